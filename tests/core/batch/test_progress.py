from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cpa_image_cli.core.batch.progress import Standing, row_names, standing_of
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import Run, RunState

HERE, GONE = frozenset({"1"}), frozenset[str]()

RUN = Run(
    id="1",
    state=RunState.DONE,
    job_state=JobState.DONE,
    prompt="",
    model="",
    gateway="",
    parameters={},
    started_at=datetime(2026, 1, 1, tzinfo=UTC),
    fingerprint="f",
)


@pytest.mark.parametrize(
    ("state", "fingerprint", "there", "standing"),
    [
        (JobState.DONE, "f", HERE, Standing.MADE),
        (JobState.DONE, "f", GONE, Standing.OPEN),
        (JobState.DONE, "another", HERE, Standing.OPEN),
        (JobState.UNKNOWN, "f", GONE, Standing.UNKNOWN),
        (JobState.UNKNOWN, "another", GONE, Standing.OPEN),
        (JobState.SENT, "f", GONE, Standing.ELSEWHERE),
        (JobState.SENT, "another", GONE, Standing.ELSEWHERE),
        (JobState.FAILED, "f", GONE, Standing.OPEN),
        (JobState.STOPPED, "f", GONE, Standing.OPEN),
    ],
)
def test_the_ledger_says_how_a_row_stands(
    state: JobState, fingerprint: str, there: frozenset[str], standing: Standing
) -> None:
    run = replace(RUN, job_state=state)

    assert standing_of(run, fingerprint=fingerprint, is_there=lambda run: run.id in there) is standing


def test_what_was_never_begun_is_to_be_made() -> None:
    assert standing_of(None, fingerprint="f", is_there=lambda _: True) is Standing.OPEN


def test_a_picture_is_known_by_its_key_or_by_what_it_asks_for_and_then_by_its_order() -> None:
    assert row_names([None, None, "k", "k"], ["f", "f", "g", "g"], [1, 1, 1, 2]) == [
        "f",
        "f again 2",
        "key k",
        "key k 2",
    ]
