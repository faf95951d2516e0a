import pytest

from cpa_image_cli.core.cost.cost import Cost, cost_of, dollars, estimate_words
from cpa_image_cli.core.cost.prices import Price, Prices, Range
from cpa_image_cli.core.cost.stated import PlanWindow

PRICES = Prices(name="list", dated="2026-10-14", models={"gpt-image-2": Price(image_out=30)})
USAGE = {"tool_usage": {"image_gen": {"output_tokens": 1000}}}


def known(**more: object) -> Cost | None:
    given: dict[str, object] = {
        "stated": None,
        "plan": (),
        "prices": None,
        "image_model": None,
        "text_model": "gpt-5.4",
    }
    return cost_of(USAGE, **(given | more))  # type: ignore[arg-type]


def test_what_nobody_spoke_of_is_not_known() -> None:
    assert known() is None


def test_what_the_gateway_says_is_told_as_it_is() -> None:
    assert known(stated=0.043) == Cost(stated=0.043)


def test_an_estimate_names_whose_prices_and_their_day() -> None:
    cost = known(prices=PRICES)

    assert cost == Cost(estimate=Range(low=0.03, high=0.03), prices="list of 2026-10-14")
    assert cost is not None
    assert estimate_words(cost) == "about $0.03 at list of 2026-10-14"
    assert cost.as_json() == {"stated_usd": None, "estimated_usd": [0.03, 0.03], "prices": "list of 2026-10-14"}


def test_nothing_is_estimated_of_what_a_plan_pays_for() -> None:
    assert known(prices=PRICES, plan=(PlanWindow(used=9.0),)) is None


def test_a_model_without_a_price_has_no_estimate() -> None:
    assert known(prices=PRICES, image_model="unheard-of") is None


def test_a_range_is_told_as_one() -> None:
    assert estimate_words(Cost(estimate=Range(low=0.02, high=0.05), prices="x")) == "about $0.02 to $0.05 at x"
    assert estimate_words(Cost(stated=1.0)) == ""


@pytest.mark.parametrize(
    ("amount", "words"), [(0.0431, "$0.043"), (1.204, "$1.20"), (12.0, "$12.00"), (0.00001, "less than $0.0001")]
)
def test_money_has_the_figures_that_mean_something(amount: float, words: str) -> None:
    assert dollars(amount) == words
