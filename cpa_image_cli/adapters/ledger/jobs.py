"""
Decides how processes share jobs through the ledger: who makes one, how far it is, what it may still cost.

Every change is one transaction with the right to write from its beginning, so that two processes never both believe
that a row is theirs, that a request id is new, or that one more request is allowed.
"""

import contextlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cpa_image_cli.adapters.ledger.database import opened, opened_to_read, transaction
from cpa_image_cli.adapters.ledger.reading import with_true_state
from cpa_image_cli.adapters.ledger.rows import (
    Row,
    kept_private,
    path_as_stored,
    row_of_held,
    row_of_outcome,
    run_of,
    time_of,
)
from cpa_image_cli.adapters.ledger.selecting import SANDBOX
from cpa_image_cli.adapters.ledger.writing import (
    added,
    change,
    dead,
    own,
    owned_by,
    private_of,
    refuse_claimed,
    settle,
)
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.allowance import DAY, UNLIMITED, Allowance
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import Held, NewRun, Run, RunState

if TYPE_CHECKING:
    import sqlite3


_REMEMBERED = 2 * DAY
"""For so long requests are counted: no limit looks back further than a day, but clocks are set."""


PATIENCE = 2.0
"""Seconds that another process's lock is waited for."""

HURRY = 0.2
"""The same, for a run that was stopped: it has half a second to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A job that is this process's now, under *id*."""

    id: str


class Ledger:
    """
    The jobs in the history file at *path*, opened anew for each question, so that nothing is held during a long run.

    *draw* gives a random float in [0, 1). Every method raises ConfigError with `Code.HISTORY_UNREADABLE`; those that
    only mark how far a job is do nothing when its row was forgotten meanwhile.
    """

    def __init__(self, path: Path, *, patience: float = PATIENCE, draw: Callable[[], float] = random.random) -> None:
        self.path = path
        self._patience = patience
        self._draw = draw

    def in_a_hurry(self) -> Self:
        """Return the same history with less patience."""
        return type(self)(self.path, patience=min(HURRY, self._patience), draw=self._draw)

    def begin(self, run: NewRun) -> str:
        """
        Record that *run* is planned by this process; return its id.

        Raises: OutputError when another job is making a picture for the same file.
        """
        with self._writing() as connection:
            settle(connection)
            refuse_claimed(connection, run)
            return added(connection, run, draw=self._draw)

    def finish(self, identity: str, outcome: Outcome, *, at: datetime, timings: Mapping[str, float]) -> None:
        """Complete the row *identity* with *outcome*, reached *at*; *timings* are in seconds."""
        row = row_of_outcome(outcome, at=at, timings=timings)
        with self._writing() as connection:
            change(connection, identity, kept_private(row, private_of(connection, identity)))

    def claim(self, run: NewRun, *, after: str | None) -> str | None:
        """
        Begin *run*, which has a group and a row, if the last job there is still the one called *after* (None: none).

        Return its id, or None when another process was quicker: then look again at `latest`.
        """
        with self._writing() as connection:
            settle(connection)
            last = connection.execute(
                "SELECT id FROM run WHERE batch = ? AND batch_row = ? ORDER BY seq DESC LIMIT 1", [run.group, run.row]
            ).fetchone()
            if (last["id"] if last else None) != after:
                return None
            refuse_claimed(connection, run)
            return added(connection, run, draw=self._draw)

    def begin_once(self, run: NewRun) -> Begun | Run:
        """
        Begin *run* under its request id, or return the run that has this id.

        One that never sent anything and is over gives its id away: there has been no request under it.
        """
        with self._writing() as connection:
            settle(connection)
            first = connection.execute("SELECT * FROM run WHERE request_id = ?", [run.request_id]).fetchone()
            if first is None or _sent_nothing(first):
                refuse_claimed(connection, run)
                connection.execute("UPDATE run SET request_id = NULL WHERE request_id = ?", [run.request_id])
                return Begun(id=added(connection, run, draw=self._draw))
            return run_of(first)

    def first_asked(self, request_id: str) -> Run | None:
        """Return the run that has *request_id*, unless it never sent anything and is over."""
        with self._opened_to_read() as connection:
            row = connection.execute("SELECT * FROM run WHERE request_id = ?", [request_id]).fetchone()
            run = with_true_state(row) if row is not None else None
            return None if run is None or (run.posts == 0 and run.state is not RunState.RUNNING) else run

    def latest(self, group: str) -> dict[str, Run]:
        """Return the last job of each row of *group*, by the row."""
        with self._opened_to_read() as connection:
            rows = connection.execute("SELECT * FROM run WHERE batch = ? ORDER BY seq", [group])
            return {row["batch_row"]: with_true_state(row) for row in rows}

    def get(self, identity: str) -> Run | None:
        """Return the run whose whole id is *identity*."""
        with self._opened_to_read() as connection:
            row = connection.execute("SELECT * FROM run WHERE id = ?", [identity]).fetchone()
            return with_true_state(row) if row is not None else None

    def owner(self, identity: str) -> tuple[int, list[str]] | None:
        """Return the process that works at the job *identity*, and all jobs it works at; None if nobody does."""
        with self._opened_to_read() as connection:
            running = connection.execute("SELECT * FROM run WHERE state = 'running' ORDER BY seq").fetchall()
            alive = [row for row in running if with_true_state(row).state is RunState.RUNNING]
            pid = next((int(row["pid"]) for row in alive if row["id"] == identity), None)
            return None if pid is None else (pid, [row["id"] for row in alive if row["pid"] == pid])

    def hand_over(self, identity: str, *, to: int) -> None:
        """Make the job *identity* that of the running process *to*."""
        with self._writing() as connection:
            change(connection, identity, owned_by(to))

    def send(self, identity: str, *, at: datetime, allowance: Allowance = UNLIMITED) -> datetime | None:
        """
        Note that the request of the job *identity* is about to leave; it counts from now on.

        Return None, or when *allowance* will let it go: then nothing is noted, and nothing must be sent. What the
        sandbox is sent costs nothing, and does not count.
        """
        now = at.timestamp()
        with self._writing() as connection:
            row = connection.execute("SELECT gateway FROM run WHERE id = ?", [identity]).fetchone()
            if row is None or row["gateway"] != SANDBOX:
                opens_at = _opens_at(connection, allowance, now)
                if opens_at is not None:
                    return time_of(opens_at)
                connection.execute("DELETE FROM post WHERE at < ?", [now - _REMEMBERED.total_seconds()])
                connection.execute("INSERT INTO post (at, run) VALUES (?, ?)", [now, identity])
            connection.execute(
                "UPDATE run SET job_state = ?, posts = posts + 1 WHERE id = ?", [JobState.SENDING.value, identity]
            )
        return None

    def mark(self, identity: str, state: JobState) -> None:
        """Note that the job *identity*, which is under way, is in *state* now."""
        with self._writing() as connection:
            change(connection, identity, {"job_state": state.value})

    def hold(self, identity: str, held: Held) -> None:
        """Note that the picture of the job *identity* is in hand."""
        with self._writing() as connection:
            change(connection, identity, row_of_held(held))

    def abandoned(self) -> list[Run]:
        """
        Settle what dead processes left, and take over their pictures in hand: to be published, and then concluded.

        Returned are the runs of those pictures, with what is known of them.
        """
        with self._opened_to_read() as connection:
            if not dead(connection):
                return []
        with self._writing() as connection:
            settle(connection)
            held = dead(connection)
            for row in held:
                change(connection, row["id"], own())
            return [run_of(row) for row in held]

    def conclude(self, identity: str, state: JobState, *, output: Path | None, at: datetime) -> None:
        """Note what became of a picture in hand that was taken over; *output* is where it lies."""
        coarse = RunState.DONE if state is JobState.DONE else RunState.INTERRUPTED
        row: Row = {"state": coarse.value, "job_state": state.value, "output": path_as_stored(output), "held": None}
        with self._writing() as connection:
            row = kept_private(row | {"finished_at": at.timestamp()}, private_of(connection, identity))
            change(connection, identity, row)

    def posts_since(self, since: datetime) -> int:
        """Return how many requests may have left since then."""
        with self._opened_to_read() as connection:
            query = "SELECT count(*) FROM post WHERE at > ?"
            return int(connection.execute(query, [since.timestamp()]).fetchone()[0])

    def settled(self, identities: Sequence[str]) -> dict[str, Run]:
        """Return those of *identities* that are over, by id."""
        with self._opened_to_read() as connection:
            query = "SELECT * FROM run WHERE id = ?"
            rows = [connection.execute(query, [identity]).fetchone() for identity in identities]
        runs = [with_true_state(row) for row in rows if row is not None]
        return {run.id: run for run in runs if run.state is not RunState.RUNNING}

    def _opened_to_read(self) -> "AbstractContextManager[sqlite3.Connection]":
        return opened_to_read(self.path, patience=self._patience)

    @contextlib.contextmanager
    def _writing(self) -> "Iterator[sqlite3.Connection]":
        with opened(self.path, patience=self._patience) as connection, transaction(connection):
            yield connection


def _sent_nothing(row: "sqlite3.Row") -> bool:
    return RunState(row["state"]) is not RunState.RUNNING and int(row["posts"]) == 0


def _opens_at(connection: "sqlite3.Connection", allowance: Allowance, now: float) -> float | None:
    """Return when the limits of *allowance* let another request go; None if they do now."""
    opens = []
    for most, seconds in allowance.windows:
        if most == 0:
            return now + seconds
        query = "SELECT at FROM post WHERE at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"
        row = connection.execute(query, [now - seconds, most - 1]).fetchone()
        if row is not None:
            opens.append(row["at"] + seconds)
    return max(opens, default=None)
