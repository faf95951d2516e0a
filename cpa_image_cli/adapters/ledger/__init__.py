"""
Decides what the history file answers: a row before the request, completed after it, read newest first.

Safe for any number of processes at once. A run whose process is gone is shown, and at the next run also stored, as
interrupted. `Recorder` is for those who must not fail over it. A file that is not there is an empty history.
"""

import contextlib
import os
import random
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cpa_image_cli.adapters.ledger.database import opened, opened_to_read, transaction
from cpa_image_cli.adapters.ledger.processes import is_running, own_mark
from cpa_image_cli.adapters.ledger.reading import facts_of, run_named, seconds_of, with_true_state
from cpa_image_cli.adapters.ledger.rows import row_of_new, row_of_outcome
from cpa_image_cli.adapters.ledger.selecting import condition
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.ledger.run import NewRun, Run, RunState, run_id
from cpa_image_cli.core.ledger.selection import EVERYTHING, Selection

if TYPE_CHECKING:
    import sqlite3

    from cpa_image_cli.core.ledger.statistics import RunFacts

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

    def recent(self, limit: int, selection: Selection = EVERYTHING) -> list[Run]:
        """Return the last *limit* runs of *selection*, newest first."""
        with contextlib.closing(self._each(selection, order="DESC")) as runs:
            return list(islice(runs, limit))

    def each(self, selection: Selection = EVERYTHING) -> Generator[Run, None, None]:
        """Yield the runs of *selection* one by one, oldest first."""
        return self._each(selection, order="ASC")

    def find(self, references: Sequence[str]) -> list[Run]:
        """
        Return the runs that *references* name, each by the beginning of its id, ``last``, or ``last~2``.

        Raises: UsageError for one that names no run, or several.
        """
        from cpa_image_cli.core.ledger.reference import reference

        wanted = [(text, reference(text)) for text in references]
        with self._opened_to_read() as connection:
            return [run_named(text, meant, connection) for text, meant in wanted]

    def forget(self, identities: Collection[str]) -> None:
        """Delete the rows called *identities*, and overwrite where they were. Pictures stay where they are."""
        with opened(self.path, patience=self._patience) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            with transaction(connection):
                connection.executemany("DELETE FROM run WHERE id = ?", [[identity] for identity in identities])

    def facts(self, selection: Selection = EVERYTHING) -> "list[RunFacts]":
        """Return what statistics need of the runs of *selection*, oldest first."""
        with self._opened_to_read() as connection:
            return facts_of(selection, connection)

    def estimate(self, model: str, size: str | None, quality: str | None) -> Estimate | None:
        """
        Return how long pictures took that real gateways made lately for the same *model*, *size* and *quality*.

        None for size or quality is the same as ``auto``. Returns None if there were no such runs.
        """
        with self._opened_to_read() as connection:
            return Estimate.of(seconds_of(connection, model=model, size=size, quality=quality))

    def _each(self, selection: Selection, *, order: Literal["ASC", "DESC"]) -> Generator[Run, None, None]:
        where, values = condition(selection)
        with self._opened_to_read() as connection:
            query = f"SELECT * FROM run WHERE {where} ORDER BY seq {order}"  # noqa: S608 - no words of the user's
            for row in connection.execute(query, values):
                run = with_true_state(row)
                if not (selection.without_picture and run.state is RunState.RUNNING):
                    yield run

    def _opened_to_read(self) -> "AbstractContextManager[sqlite3.Connection]":
        return opened_to_read(self.path, patience=self._patience)

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
