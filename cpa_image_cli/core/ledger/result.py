"""
Decides what an earlier run's row says about how it ended: the same `Outcome` that was told when it did.

So whoever waits for a job, or asks for the same again, is told what whoever ordered it was told.
"""

from collections.abc import Mapping
from typing import Any

from cpa_image_cli.core.errors import Code, ExitStatus
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import Run
from cpa_image_cli.core.notice import Notice

_CODES = {code.word: code for code in Code}
_STOPS = frozenset({ExitStatus.INTERRUPTED, ExitStatus.TERMINATED})

_BILLED_HINT = "It may have been billed; look at the gateway's usage before you ask again."


def outcome_of(run: Run, *, reused: bool = False) -> Outcome:
    """Return how *run*, which is over, ended; *reused* says that it is told to somebody who asked for the same."""
    details: Mapping[str, Any] = run.details
    trouble = _trouble(run)
    return Outcome(
        model=run.model,
        requested=details.get("requested", {}),
        attempts=run.attempts,
        elapsed_s=run.elapsed_s or 0.0,
        output=run.output if trouble is None else None,
        picture=run.picture if run.job_state is JobState.DONE else None,
        delivered=details.get("delivered", {}),
        warnings=tuple(Notice(code=one["code"], message=one["message"]) for one in details.get("warnings", ())),
        usage=run.usage,
        revised_prompt=details.get("revised_prompt"),
        text=details.get("text", ""),
        response_id=details.get("response_id"),
        trace_id=details.get("trace_id"),
        trouble=trouble,
        id=run.id,
        prompt=run.prompt,
        started_at=run.started_at,
        picture_sha256=run.picture_sha256,
        reused=reused,
    )


def _trouble(run: Run) -> Trouble | None:
    if run.error_code is None:
        return _of_the_dead(run)
    details: Mapping[str, Any] = run.details
    code = _CODES.get(run.error_code, Code.INTERNAL)
    if run.job_state is JobState.UNKNOWN and code.exit_status in _STOPS:
        # What counts is no longer that somebody stopped it, but that it may have been paid for.
        code = Code.OUTCOME_UNKNOWN
    return Trouble(
        code=code,
        message=run.error_message or code.meaning,
        hint=details.get("hint"),
        status=details.get("status"),
        may_have_billed=bool(details.get("may_have_billed")),
        retryable=bool(details.get("retryable")),
        retry_after_s=details.get("retry_after_s"),
        saved_to=run.output,
    )


def _of_the_dead(run: Run) -> Trouble | None:
    """Return what is told of a run whose process died before it could say how it ended."""
    if run.job_state is JobState.DONE:
        return None
    if run.job_state is JobState.STOPPED:
        return Trouble(code=Code.INTERRUPTED, message="its process ended before anything was under way")
    message = "its process ended after the request was sent, so a picture may have been made"
    return Trouble(code=Code.OUTCOME_UNKNOWN, message=message, hint=_BILLED_HINT, may_have_billed=True)
