from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.ledger.percentiles import percentile
from cpa_image_cli.core.ledger.run import RunState
from cpa_image_cli.core.ledger.statistics import Figures, RunFacts, summarised

AT = datetime(2026, 5, 9, 23, 30, tzinfo=UTC)


def fact(seconds: float, *, state: RunState = RunState.DONE, model: str = "gpt-5.4", days: int = 0) -> RunFacts:
    tokens = 1000 if state is RunState.DONE else 0
    return RunFacts(started_at=AT + timedelta(days=days), state=state, model=model, seconds=seconds, tokens=tokens)


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [
        ([7.0], 0.5, 7.0),
        ([7.0], 0.9, 7.0),
        ([3.0, 1.0], 0.5, 2.0),
        ([3.0, 1.0, 2.0], 0.5, 2.0),
        ([float(n) for n in range(1, 12)], 0.9, 10.0),
        ([10.0, 20.0, 30.0], 0.9, 28.0),
        ([1.0, 2.0], 0.0, 1.0),
        ([1.0, 2.0], 1.0, 2.0),
    ],
)
def test_a_percentile_lies_between_its_neighbours(values: list[float], share: float, found: float) -> None:
    assert percentile(values, share) == pytest.approx(found)


def test_an_estimate_is_made_of_runs_and_of_none_there_is_none() -> None:
    assert Estimate.of([]) is None
    assert Estimate.of([10.0, 30.0, 20.0]) == Estimate(median=20.0, p90=28.0, runs=3)


def test_figures_count_by_state_and_time_what_made_a_picture() -> None:
    facts = [
        fact(10.0),
        fact(30.0),
        fact(500.0, state=RunState.FAILED),
        fact(700.0, state=RunState.INTERRUPTED),
        fact(0.0, state=RunState.RUNNING),
    ]

    figures = Figures.of(facts)

    assert figures == Figures(runs=5, done=2, failed=1, interrupted=1, tokens=2000, median=20.0, p90=28.0)
    assert figures.success == pytest.approx(2 / 3)


def test_nothing_is_claimed_of_no_runs() -> None:
    assert Figures.of([]).as_json() == {
        "runs": 0,
        "done": 0,
        "failed": 0,
        "interrupted": 0,
        "success_rate": None,
        "median_s": None,
        "p90_s": None,
        "total_tokens": 0,
        "image_tokens": 0,
        "requests_lost": 0,
        "tokens_lost": 0,
    }


def test_runs_are_summed_up_by_model_and_by_the_day_of_the_place() -> None:
    facts = [fact(10.0), fact(20.0, model="gpt-5.5", days=1), fact(30.0, model="gpt-5.5")]

    found = summarised(facts, day_of=lambda moment: (moment + timedelta(hours=8)).date())

    assert found.whole == Figures.of(facts)
    assert list(found.models.items()) == [("gpt-5.5", Figures.of(facts[1:])), ("gpt-5.4", Figures.of(facts[:1]))]
    assert list(found.days.items()) == [
        (date(2026, 5, 10), Figures.of([facts[0], facts[2]])),
        (date(2026, 5, 11), Figures.of([facts[1]])),
    ]


def test_runs_are_summed_up_by_batch_and_by_profile_where_there_is_one() -> None:
    batched = replace(fact(10.0), batch="cards", profile="work")
    facts = [batched, fact(20.0)]

    found = summarised(facts, day_of=datetime.date)

    assert found.batches == {"cards": Figures.of([batched])}
    assert found.profiles == {"work": Figures.of([batched])}
    assert [row["batch"] for row in found.as_json()["batches"]] == ["cards"]
    assert [row["profile"] for row in found.as_json()["profiles"]] == ["work"]


def test_what_was_spent_without_a_picture_is_counted_apart() -> None:
    lost = replace(fact(30.0, state=RunState.FAILED), tokens=500, lost=2)

    figures = Figures.of([fact(10.0), lost])

    assert (figures.lost, figures.lost_tokens, figures.tokens) == (2, 500, 1500)
