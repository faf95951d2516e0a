"""
Decides what the history file answers: a row before the request, completed after it, read newest first.

Safe for any number of processes at once. A run whose process is gone is shown, and at the next run also stored, as
interrupted. `Recorder` is for those who must not fail over it.
"""

import os
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cpa_image_cli.adapters.history.database import opened, opened_to_read, transaction
from cpa_image_cli.adapters.history.processes import is_running, own_mark
from cpa_image_cli.adapters.history.rows import row_of_new, row_of_outcome, run_of
from cpa_image_cli.core.outcome import Outcome
from cpa_image_cli.core.runs import NewRun, Run, RunState, folded, run_id

if TYPE_CHECKING:
    import sqlite3

PATIENCE = 2.0
"""Seconds that another process's lock is waited for."""

HURRY = 0.2
"""The same, for a run that was stopped: it has half a second to end."""


class History:
    """
    The history file at *path*, opened anew for each question, so that nothing is held during a long run.

    *draw* gives a random float in [0, 1). Every method raises ConfigError with `Code.HISTORY_UNREADABLE`.
    """

    def __init__(self, path: Path, *, patience: float = PATIENCE, draw: Callable[[], float] = random.random) -> None:
        self.path = path
        self._patience = patience
        self._draw = draw

    def in_a_hurry(self) -> "History":
        """Return the same history with less patience."""
        return History(self.path, patience=min(HURRY, self._patience), draw=self._draw)

    def begin(self, run: NewRun) -> str:
        """Record that *run* is about to be sent by this process; return its id."""
        row = row_of_new(run) | {"pid": os.getpid(), "process_mark": own_mark()}
        with opened(self.path, patience=self._patience) as connection, transaction(connection):
            _settle(connection)
            row["id"] = self._free_id(connection, run.started_at)
            columns = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            connection.execute(f"INSERT INTO run ({columns}) VALUES ({values})", row)  # noqa: S608 - our own names
        return str(row["id"])

    def finish(self, identity: str, outcome: Outcome, *, at: datetime, timings: Mapping[str, float]) -> None:
        """Complete the row *identity* with *outcome*, reached *at*; *timings* are in seconds."""
        row = row_of_outcome(outcome, at=at, timings=timings)
        values = ", ".join(f"{name} = :{name}" for name in row)
        with opened(self.path, patience=self._patience) as connection, transaction(connection):
            connection.execute(f"UPDATE run SET {values} WHERE id = :id", row | {"id": identity})  # noqa: S608 - as above

    def recent(self, limit: int, *, containing: str = "") -> list[Run]:
        """
        Return the last *limit* runs, newest first; none when there is no file.

        With *containing*, those whose prompt holds each of its words, in any script and without regard to case.
        """
        if not self.path.exists():
            return []
        words = folded(containing).split()
        where = " AND ".join(["instr(folded, ?) > 0"] * len(words)) or "TRUE"
        with opened_to_read(self.path, patience=self._patience) as connection:
            rows = connection.execute(
                f"SELECT * FROM run WHERE {where} ORDER BY seq DESC LIMIT ?",  # noqa: S608 - no words of the user's
                [*words, limit],
            )
            return [_with_true_state(row) for row in rows]

    def _free_id(self, connection: "sqlite3.Connection", at: datetime) -> str:
        attempt = 0
        while True:
            identity = run_id(at, draw=self._draw(), attempt=attempt)
            if connection.execute("SELECT 1 FROM run WHERE id = ?", [identity]).fetchone() is None:
                return identity
            attempt += 1


def _settle(connection: "sqlite3.Connection") -> None:
    """Mark the runs of dead processes as interrupted, before their numbers are given out again."""
    running = connection.execute("SELECT seq, pid, process_mark FROM run WHERE state = 'running'").fetchall()
    dead = [[row["seq"]] for row in running if not is_running(row["pid"], row["process_mark"])]
    connection.executemany("UPDATE run SET state = 'interrupted' WHERE seq = ?", dead)


def _with_true_state(row: "sqlite3.Row") -> Run:
    run = run_of(row)
    if run.state is RunState.RUNNING and not is_running(row["pid"], row["process_mark"]):
        return replace(run, state=RunState.INTERRUPTED)
    return run
