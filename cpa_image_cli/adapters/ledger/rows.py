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
from cpa_image_cli.core.ledger.run import NewRun, Run, RunState, folded, state_after
from cpa_image_cli.core.pictures.picture import Picture

if TYPE_CHECKING:
    import sqlite3

LONGEST_TEXT = 20_000
"""Characters of a model's words that are remembered."""

Row = dict[str, object]


def row_of_new(run: NewRun) -> Row:
    """Return the columns that are known before the request."""
    prompt = _text(run.prompt)
    return {
        "state": RunState.RUNNING.value,
        "started_at": run.started_at.timestamp(),
        "prompt": prompt,
        "folded": folded(prompt),
        "model": _text(run.model),
        "gateway": _text(run.gateway),
        "parameters": _json(run.parameters),
    }


def row_of_outcome(outcome: Outcome, *, at: datetime, timings: Mapping[str, float]) -> Row:
    """Return the columns that *outcome*, reached *at*, fills."""
    trouble, picture = outcome.trouble, outcome.picture
    path = outcome.output or (trouble.saved_to if trouble else None)
    return {
        "state": state_after(outcome).value,
        "finished_at": at.timestamp(),
        "elapsed_s": round(outcome.elapsed_s, 3),
        "attempts": outcome.attempts,
        "output": _path(path),
        "sha256": picture.sha256 if picture else None,
        "format": picture.format if picture else None,
        "width": picture.width if picture else None,
        "height": picture.height if picture else None,
        "bytes": picture.bytes if picture else None,
        "error_code": trouble.code.word if trouble else None,
        "error_message": _text(trouble.message) if trouble else None,
        "usage": _json(outcome.usage),
        "timings": _json(timings),
        "details": _json(_details(outcome)),
    }


def run_of(row: "sqlite3.Row") -> Run:
    """Return the run that lies in *row*."""
    finished_at, path = row["finished_at"], row["output"]
    return Run(
        id=row["id"],
        state=RunState(row["state"]),
        prompt=row["prompt"],
        model=row["model"],
        gateway=row["gateway"],
        parameters=json.loads(row["parameters"]),
        started_at=time_of(row["started_at"]),
        finished_at=time_of(finished_at) if finished_at is not None else None,
        elapsed_s=row["elapsed_s"],
        output=Path(os.fsdecode(path)) if path is not None else None,
        picture=_picture(row),
        attempts=row["attempts"],
        usage=json.loads(row["usage"]),
        timings=json.loads(row["timings"]),
        error_code=row["error_code"],
        error_message=row["error_message"],
        details=json.loads(row["details"]),
    )


def _picture(row: "sqlite3.Row") -> Picture | None:
    if row["format"] is None:
        return None
    return Picture(**{name: row[name] for name in ("format", "width", "height", "bytes", "sha256")})


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
    }
    if trouble is not None:
        details |= {"hint": trouble.hint, "status": trouble.status, "may_have_billed": trouble.may_have_billed}
    return {name: value for name, value in details.items() if value}


def time_of(stamp: float) -> datetime:
    """Return the moment that lies in a row as *stamp*, Unix seconds."""
    return datetime.fromtimestamp(stamp, UTC)


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _path(path: Path | None) -> str | bytes | None:
    if path is None:
        return None
    raw = os.fsencode(path)
    return raw if _text(str(path)) != str(path) else str(path)


def _json(value: Any) -> str:  # noqa: ANN401 - whatever a gateway sent
    return _text(json.dumps(value, ensure_ascii=False, default=str))
