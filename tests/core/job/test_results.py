from dataclasses import replace

from cpa_image_cli.core.errors import Code, CpaImageError
from cpa_image_cli.core.job.events import OfJob
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.job.results import Ended, as_json

MADE = Outcome(model="m", requested={}, attempts=1, elapsed_s=1.0)
FAILED = replace(MADE, trouble=Trouble.of(CpaImageError("no", code=Code.MODERATION)))


def test_results_are_in_the_order_they_were_asked_for_and_counted() -> None:
    shown = as_json(
        [
            Ended(whose=OfJob(job=2, row=5), outcome=FAILED, key="five"),
            Ended(whose=OfJob(job=1, n=1), outcome=MADE),
        ],
        asked=4,
        already_made=1,
    )

    assert (shown["ok"], shown["made"], shown["not_made"], shown["already_made"]) == (False, 1, 2, 1)
    assert [(one["n"], one.get("row"), one.get("key")) for one in shown["results"]] == [(1, None, None), (1, 5, "five")]


def test_all_is_well_if_what_was_asked_for_is_there() -> None:
    shown = as_json([Ended(whose=OfJob(), outcome=MADE)], asked=1)

    assert (shown["ok"], "already_made" in shown) == (True, False)
