import pytest

from cpa_image_cli.core.cost.prices import Price, Prices, Range, estimate

PRICE = Price(text_in=5, text_cached=1, image_in=8, image_cached=2, image_out=30, text_out=10)
TEXT = Price(text_in=2, text_cached=0.5, text_out=15)
PRICES = Prices(name="list", dated="2026-10-14", models={"gpt-image-2": PRICE, "gpt-5.4": TEXT, "gpt-5.4-mini": PRICE})


def estimated(image: dict[str, object] | None, **text: object) -> Range | None:
    usage = {**text, "tool_usage": {"image_gen": image}} if image is not None else text
    return estimate(usage, image_model="gpt-image-2", text_model="gpt-5.4", prices=PRICES)


@pytest.mark.parametrize(
    ("model", "price"),
    [
        ("gpt-image-2", PRICE),
        ("gpt-image-2-2026-04-01", PRICE),
        ("gpt-image-22", None),
        ("gpt-5.4-mini-2026", PRICE),
        ("gpt-5.4-2026", TEXT),
        ("unknown", None),
    ],
)
def test_the_longest_name_that_fits_has_the_price(model: str, price: Price | None) -> None:
    assert PRICES.of(model) == price


def test_every_kind_of_token_has_its_price() -> None:
    image = {
        "input_tokens": 300,
        "input_tokens_details": {"image_tokens": 200, "text_tokens": 100},
        "cached_tokens_details": {"cached_image_tokens": 50, "cached_text_tokens": 10},
        "output_tokens": 1010,
        "output_tokens_details": {"image_tokens": 1000},
    }

    cost = (150 * 8 + 50 * 2 + 90 * 5 + 10 * 1 + 1000 * 30 + 10 * 10) / 1e6

    assert estimated(image) == Range(low=pytest.approx(cost), high=pytest.approx(cost))


def test_input_without_details_is_a_range_and_output_without_them_is_the_picture() -> None:
    assert estimated({"input_tokens": 100, "output_tokens": 1000}) == Range(
        low=pytest.approx((500 + 30_000) / 1e6), high=pytest.approx((800 + 30_000) / 1e6)
    )


def test_details_of_one_kind_alone_are_taken_as_they_are() -> None:
    image = {"input_tokens": 100, "input_tokens_details": {"text_tokens": 100}, "output_tokens": 0, "total_tokens": 100}
    other = {"input_tokens": 100, "input_tokens_details": {"image_tokens": 100}, "total_tokens": 100}

    assert estimated(image) == Range(low=pytest.approx(0.0005), high=pytest.approx(0.0005))
    assert estimated(other) == Range(low=pytest.approx(0.0008), high=pytest.approx(0.0008))


def test_the_text_model_is_added_where_it_was_reported() -> None:
    image = {"output_tokens": 1000}
    text = {"input_tokens": 100, "output_tokens": 10, "input_tokens_details": {"cached_tokens": 40}}

    cost = 0.03 + (60 * 2 + 40 * 0.5 + 10 * 15) / 1e6

    assert estimated(image, **text) == Range(low=pytest.approx(cost), high=pytest.approx(cost))


def test_a_text_model_without_a_price_is_left_out() -> None:
    usage = {"input_tokens": 100, "tool_usage": {"image_gen": {"output_tokens": 1000}}}

    assert estimate(usage, image_model="gpt-image-2", text_model="else", prices=PRICES) == Range(
        low=pytest.approx(0.03), high=pytest.approx(0.03)
    )


def test_without_tokens_or_without_a_price_nothing_is_estimated() -> None:
    assert estimated(None, input_tokens=7) is None
    assert estimate({}, image_model="unknown", text_model="gpt-5.4", prices=PRICES) is None
