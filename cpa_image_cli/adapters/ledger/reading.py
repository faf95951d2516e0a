"""
Decides how questions about earlier runs are put to an open database.

To answer a new one, add a function here and a method to `History`.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cpa_image_cli.adapters.ledger.processes import is_running
from cpa_image_cli.adapters.ledger.rows import run_of, time_of
from cpa_image_cli.adapters.ledger.selecting import SANDBOX, condition
from cpa_image_cli.core.cost.tokens import all_tokens, image_usage, tokens
from cpa_image_cli.core.ledger.job_state import JobState, job_state_after_death
from cpa_image_cli.core.ledger.run import Run, RunState
from cpa_image_cli.core.ledger.selection import Selection

if TYPE_CHECKING:
    import sqlite3

    from cpa_image_cli.core.ledger.reference import Reference
    from cpa_image_cli.core.ledger.statistics import RunFacts

LOOKED_AT = 2000
"""The last rows that an estimate may come from: enough for anybody, and read in a few milliseconds."""

COMPARED = 50
"""Comparable runs that an estimate is made of. Gateways change; what they did long ago says little."""


def run_named(text: str, meant: "Reference", connection: "sqlite3.Connection") -> Run:
    """
    Return the run that is *meant* by what a person wrote as *text*.

    Raises: UsageError if there is none, or more than one.
    """
    from cpa_image_cli.core.ledger.reference import CANDIDATES, Back, ambiguous, unknown

    if isinstance(meant, Back):
        query, value = "SELECT * FROM run ORDER BY seq DESC LIMIT 1 OFFSET ?", meant.steps
        rows = connection.execute(query, [value]).fetchall()
    else:
        # An id sorts by its time, so the index finds all with one beginning; `{` comes after every letter.
        query = "SELECT * FROM run WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?"
        rows = connection.execute(query, [meant.text, meant.text + "{", CANDIDATES + 1]).fetchall()
    if not rows:
        raise unknown(text)
    if len(rows) > 1:
        raise ambiguous(text, [(row["id"], row["prompt"]) for row in rows])
    return with_true_state(rows[0])


COUNTED = (
    *("started_at", "state", "job_state", "pid", "process_mark", "model", "elapsed_s", "usage", "posts"),
    *("batch", "profile"),
)
"""The columns that statistics are made of."""


def facts_of(selection: Selection, connection: "sqlite3.Connection") -> "list[RunFacts]":
    """Return what statistics need of the runs of *selection*, oldest first."""
    from cpa_image_cli.core.ledger.statistics import RunFacts

    where, values = condition(selection)
    query = f"SELECT {', '.join(COUNTED)} FROM run WHERE {where} ORDER BY seq"  # noqa: S608 - no words of the user's
    return [
        RunFacts(
            started_at=time_of(row["started_at"]),
            state=true_state(row),
            model=row["model"],
            seconds=row["elapsed_s"],
            tokens=_tokens(json.loads(row["usage"])),
            image_tokens=_image_tokens(json.loads(row["usage"])),
            lost=row["posts"] if row["job_state"] == JobState.UNKNOWN else 0,
            batch=row["batch"] or "",
            profile=row["profile"] or "",
        )
        for row in connection.execute(query, values)
    ]


def seconds_of(connection: "sqlite3.Connection", *, model: str, size: str | None, quality: str | None) -> list[float]:
    """Return how long the last attempt of comparable runs took, the newest first, at most `COMPARED` of them."""
    rows = connection.execute(
        "SELECT parameters, timings FROM run WHERE seq > (SELECT max(seq) FROM run) - ?"
        " AND state = 'done' AND model = ? AND gateway <> ? ORDER BY seq DESC",
        [LOOKED_AT, model, SANDBOX],
    )
    asked, found = (size or "auto", quality or "auto"), list[float]()
    for row in rows:
        seconds = json.loads(row["timings"]).get("attempt")
        if isinstance(seconds, int | float) and _asked(json.loads(row["parameters"])) == asked:
            found.append(float(seconds))
        if len(found) == COMPARED:
            break
    return found


def with_true_state(row: "sqlite3.Row") -> Run:
    """Return the run in *row*; it is interrupted if its process is gone."""
    run, state = run_of(row), true_state(row)
    return run if run.state is state else replace(run, state=state, job_state=job_state_after_death(run.job_state))


def true_state(row: "sqlite3.Row") -> RunState:
    """Return the state of the run in *row*, whose process may be gone."""
    state = RunState(row["state"])
    if state is RunState.RUNNING and not is_running(row["pid"], row["process_mark"]):
        return RunState.INTERRUPTED
    return state


def _asked(parameters: Mapping[str, object]) -> tuple[object, object]:
    return parameters.get("size", "auto"), parameters.get("quality", "auto")


def _tokens(usage: object) -> int:
    return all_tokens(usage) if isinstance(usage, Mapping) else 0


def _image_tokens(usage: object) -> int:
    part = image_usage(usage) if isinstance(usage, Mapping) else None
    return tokens(part, "total_tokens") or 0
