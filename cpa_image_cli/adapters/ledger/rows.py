"""
Decides how a run lies in a row: what is searched or counted has a column, the rest is JSON.

Nothing here can fail for what a text holds: a prompt with stray surrogates is stored with replacement characters, and
a path that is no Unicode as bytes.
"""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import Held, NewRun, Run, RunState, folded, job_state_after, state_after
from cpa_image_cli.core.pictures.inputs import Parent
from cpa_image_cli.core.pictures.picture import Picture

if TYPE_CHECKING:
    import sqlite3

LONGEST_TEXT = 20_000
"""Characters of a model's words that are remembered."""

WORDS_ONLY, PATH_TOO = 1, 2
"""What is kept out of a private row: the prompt and what was made of it; its picture's path, too."""

Row = dict[str, object]


def row_of_new(run: NewRun) -> Row:
    """Return the columns that are known before the request."""
    private = (PATH_TOO if run.hides_path else WORDS_ONLY) if run.is_private else 0
    prompt = "" if private else _text(run.prompt)
    return {
        "state": RunState.RUNNING.value,
        "job_state": JobState.PLANNED.value,
        "started_at": run.started_at.timestamp(),
        "prompt": prompt,
        "folded": folded(prompt),
        "model": _text(run.model),
        "gateway": _text(run.gateway),
        "parameters": _json({name: value for name, value in run.parameters.items() if _may_be_kept(name, run)}),
        "fingerprint": run.fingerprint,
        "destination": None if private == PATH_TOO else path_as_stored(run.destination),
        "if_exists": run.if_exists,
        "batch": run.group,
        "batch_row": run.row,
        "parents": _json([_parent(parent, private) for parent in run.parents]),
        "request_id": run.request_id,
        "profile": run.profile,
        "private": private,
    }


def row_of_held(held: Held) -> Row:
    """Return the columns that a picture in hand fills."""
    return {"job_state": JobState.IN_HAND.value, "held": path_as_stored(held.path)} | _row_of_picture(held.picture)


def row_of_outcome(outcome: Outcome, *, at: datetime, timings: Mapping[str, float]) -> Row:
    """Return the columns that *outcome*, reached *at*, fills."""
    trouble, picture = outcome.trouble, outcome.picture
    path = outcome.output or (trouble.saved_to if trouble else None)
    return {
        "state": state_after(outcome).value,
        "job_state": job_state_after(outcome).value,
        "finished_at": at.timestamp(),
        "elapsed_s": round(outcome.elapsed_s, 3),
        "attempts": outcome.attempts,
        "output": path_as_stored(path),
        "held": None,
        **(_row_of_picture(picture) if picture else {}),
        "picture_sha256": outcome.picture_sha256,
        "error_code": trouble.code.word if trouble else None,
        "error_message": _text(trouble.message) if trouble else None,
        "usage": _json(outcome.usage),
        "timings": _json(timings),
        "details": _json(_details(outcome)),
    }


def kept_private(row: Row, private: int) -> Row:
    """Return the columns of an outcome, *row*, without what would tell of the prompt as far as it is *private*."""
    if not private:
        return row
    details = json.loads(str(row.get("details", "{}")))
    kept = {name: value for name, value in details.items() if name not in _WORDS}
    path = {"output": None} if private == PATH_TOO else {}
    return row | {"details": _json(kept), "error_message": None} | path


_WORDS = frozenset({"revised_prompt", "text", "warnings", "raw"})


def _parent(parent: Parent, private: int) -> dict[str, str]:
    known = parent.as_json()
    return {name: known[name] for name in ("origin", "sha256")} if private else known


def _may_be_kept(parameter: str, run: NewRun) -> bool:
    return parameter != "instructions" or not run.is_private


def _row_of_picture(picture: Picture) -> Row:
    return {name: getattr(picture, name) for name in _PICTURE}


_PICTURE = ("format", "width", "height", "bytes", "sha256")


def run_of(row: "sqlite3.Row") -> Run:
    """Return the run that lies in *row*."""
    finished_at = row["finished_at"]
    return Run(
        id=row["id"],
        state=RunState(row["state"]),
        job_state=JobState(row["job_state"]),
        prompt=row["prompt"],
        model=row["model"],
        gateway=row["gateway"],
        parameters=json.loads(row["parameters"]),
        started_at=time_of(row["started_at"]),
        finished_at=time_of(finished_at) if finished_at is not None else None,
        elapsed_s=row["elapsed_s"],
        output=_path_in(row["output"]),
        picture=_picture(row),
        attempts=row["attempts"],
        usage=json.loads(row["usage"]),
        timings=json.loads(row["timings"]),
        error_code=row["error_code"],
        error_message=row["error_message"],
        details=json.loads(row["details"]),
        fingerprint=row["fingerprint"],
        destination=_path_in(row["destination"]),
        if_exists=row["if_exists"],
        held=_path_in(row["held"]),
        group=row["batch"],
        row=row["batch_row"],
        parents=tuple(json.loads(row["parents"])),
        request_id=row["request_id"],
        profile=row["profile"],
        is_private=bool(row["private"]),
        posts=row["posts"],
        picture_sha256=row["picture_sha256"],
    )


def _picture(row: "sqlite3.Row") -> Picture | None:
    if row["format"] is None:
        return None
    return Picture(**{name: row[name] for name in _PICTURE})


_OF_TROUBLE = ("hint", "status", "may_have_billed", "retryable", "retry_after_s", "url")


def _details(outcome: Outcome) -> dict[str, object]:
    trouble = outcome.trouble
    details: dict[str, object] = {
        "requested": dict(outcome.requested),
        "delivered": dict(outcome.delivered),
        "warnings": [{"code": notice.code, "message": notice.message} for notice in outcome.warnings],
        "revised_prompt": outcome.revised_prompt,
        "text": outcome.text[:LONGEST_TEXT],
        "response_id": outcome.response_id,
        "trace_id": outcome.trace_id,
        "cost": outcome.cost and outcome.cost.as_json(),
        "plan": [window.as_json() for window in outcome.plan],
        "mask": outcome.mask.as_json() if outcome.mask else None,
        "raw": str(outcome.raw) if outcome.raw else None,
    }
    if trouble is not None:
        details |= {name: getattr(trouble, name) for name in _OF_TROUBLE}
    return {name: value for name, value in details.items() if value}


def time_of(stamp: float) -> datetime:
    """Return the moment that lies in a row as *stamp*, Unix seconds."""
    return datetime.fromtimestamp(stamp, UTC)


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def path_as_stored(path: Path | None) -> str | bytes | None:
    """Return *path* as it lies in a row: bytes if it is no Unicode."""
    if path is None:
        return None
    raw = os.fsencode(path)
    return raw if _text(str(path)) != str(path) else str(path)


def _path_in(value: str | bytes | None) -> Path | None:
    return Path(os.fsdecode(value)) if value is not None else None


def _json(value: Any) -> str:  # noqa: ANN401 - whatever a gateway sent
    return _text(json.dumps(value, ensure_ascii=False, default=str))
