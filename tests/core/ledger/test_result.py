from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.result import outcome_of
from cpa_image_cli.core.ledger.run import Run, RunState
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.picture import Picture

AT = datetime(2026, 5, 9, tzinfo=UTC)
PICTURE = Picture(format="png", width=8, height=8, bytes=99, sha256="ab" * 32)


def run(job_state: JobState, **changes: object) -> Run:
    known: dict[str, object] = {
        "id": "1rx2brfa",
        "state": RunState.FAILED,
        "job_state": job_state,
        "prompt": "画一只松鼠",
        "model": "gpt-5.4",
        "gateway": "https://gateway.example/v1",
        "parameters": {},
        "started_at": AT,
    }
    return Run(**(known | changes))  # type: ignore[arg-type]


def test_a_picture_is_told_as_it_was_told_when_it_came() -> None:
    details = {
        "requested": {"size": "auto"},
        "delivered": {"size": "8x8"},
        "warnings": [{"code": "size_differs", "message": "m"}],
        "revised_prompt": "r",
        "text": "t",
        "trace_id": "1",
        "response_id": "2",
    }
    outcome = outcome_of(
        run(JobState.DONE, output=Path("/a.png"), picture=PICTURE, details=details, elapsed_s=4.5, attempts=2),
        reused=True,
    )

    assert (outcome.ok, outcome.output, outcome.picture, outcome.reused) == (True, Path("/a.png"), PICTURE, True)
    assert (outcome.warnings, outcome.attempts) == ((Notice(code="size_differs", message="m"),), 2)
    assert outcome.as_json()["reused"] is True
    assert "reused" not in outcome_of(run(JobState.DONE)).as_json()


def test_a_failure_is_told_with_all_that_was_known_of_it() -> None:
    details = {"hint": "Wait.", "status": 429, "retryable": True, "retry_after_s": 30.0}
    trouble = outcome_of(
        run(JobState.FAILED, error_code="rate_limited", error_message="too many", details=details)
    ).trouble

    assert trouble is not None
    assert (trouble.code, trouble.message, trouble.hint) == (Code.RATE_LIMITED, "too many", "Wait.")
    assert (trouble.status, trouble.retryable, trouble.retry_after_s) == (429, True, 30.0)


@pytest.mark.parametrize(
    ("one", "code", "billed"),
    [
        (run(JobState.UNKNOWN), Code.OUTCOME_UNKNOWN, True),
        (
            run(JobState.UNKNOWN, error_code="interrupted", details={"may_have_billed": True}),
            Code.OUTCOME_UNKNOWN,
            True,
        ),
        (run(JobState.UNKNOWN, error_code="timeout", details={"may_have_billed": True}), Code.TIMEOUT, True),
        (run(JobState.STOPPED), Code.INTERRUPTED, False),
        (run(JobState.STOPPED, error_code="terminated"), Code.TERMINATED, False),
        (run(JobState.FAILED, error_code="a_word_of_tomorrow"), Code.INTERNAL, False),
    ],
)
def test_what_is_not_known_may_have_been_billed_and_what_was_stopped_before_was_not(
    one: Run, code: Code, billed: object
) -> None:
    trouble = outcome_of(one).trouble

    assert trouble is not None
    assert (trouble.code, trouble.may_have_billed) == (code, billed)


def test_a_picture_that_had_to_be_kept_elsewhere_is_named() -> None:
    outcome = outcome_of(
        run(JobState.DONE, error_code="output_unwritable", output=Path("/kept/a.png"), picture=PICTURE)
    )

    assert outcome.trouble is not None
    assert (outcome.output, outcome.trouble.saved_to, outcome.picture) == (None, Path("/kept/a.png"), PICTURE)
