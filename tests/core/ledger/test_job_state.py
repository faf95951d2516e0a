from pathlib import Path

import pytest

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.ledger.job_state import RUNNING, JobState, job_state_after_death
from cpa_image_cli.core.ledger.run import job_state_after
from cpa_image_cli.core.pictures.picture import Picture

PICTURE = Picture(format="png", width=8, height=8, bytes=99, sha256="ab" * 32)


def ended(code: Code | None = None, *, picture: Picture | None = None, **trouble: object) -> Outcome:
    told = Trouble(code=code, message="x", **trouble) if code else None  # type: ignore[arg-type]
    return Outcome(model="m", requested={}, attempts=1, elapsed_s=1.0, picture=picture, trouble=told)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (ended(picture=PICTURE), JobState.DONE),
        (ended(Code.OUTPUT_UNWRITABLE, picture=PICTURE, saved_to=Path("/kept/a.png")), JobState.DONE),
        (ended(Code.OUTPUT_UNWRITABLE, picture=PICTURE), JobState.UNKNOWN),
        (ended(Code.TIMEOUT, may_have_billed=True), JobState.UNKNOWN),
        (ended(Code.INTERRUPTED, may_have_billed=True), JobState.UNKNOWN),
        (ended(Code.INTERRUPTED), JobState.STOPPED),
        (ended(Code.TERMINATED), JobState.STOPPED),
        (ended(Code.RATE_LIMITED), JobState.FAILED),
    ],
)
def test_the_state_says_whether_there_is_a_picture_and_whether_one_may_have_been_paid_for(
    outcome: Outcome, state: JobState
) -> None:
    assert job_state_after(outcome) is state


@pytest.mark.parametrize(
    ("left", "true"),
    [
        (JobState.PLANNED, JobState.STOPPED),
        (JobState.SENDING, JobState.UNKNOWN),
        (JobState.SENT, JobState.UNKNOWN),
        (JobState.IN_HAND, JobState.IN_HAND),
        (JobState.DONE, JobState.DONE),
    ],
)
def test_what_a_dead_process_left_is_never_taken_for_better_than_it_is(left: JobState, true: JobState) -> None:
    assert job_state_after_death(left) is true


def test_every_state_can_be_explained() -> None:
    assert all(state.meaning for state in JobState)
    assert {state for state in JobState if "the picture is here" not in state.meaning} > RUNNING - {JobState.IN_HAND}
