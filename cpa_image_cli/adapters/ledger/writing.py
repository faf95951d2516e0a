"""
Decides how rows of jobs are added and changed in an open database, within the transaction of whoever asks.

A row belongs to the process whose number and mark it bears. What a dead one left is settled here: written down as what
is true of it, so that nobody takes it for running when its number is given out again.
"""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from cpa_image_cli.adapters.ledger.processes import is_running, mark_of, own_mark
from cpa_image_cli.adapters.ledger.rows import row_of_new
from cpa_image_cli.core.errors import Code, OutputError
from cpa_image_cli.core.ledger.job_state import JobState, job_state_after_death
from cpa_image_cli.core.ledger.run import NewRun, RunState, run_id

if TYPE_CHECKING:
    import sqlite3


NUMBERED = "number"
"""What `NewRun.if_exists` says where a name that is taken is no obstacle."""


def added(connection: "sqlite3.Connection", run: NewRun, *, draw: Callable[[], float]) -> str:
    """Add *run* as planned by this process; return its id."""
    identity = _free_id(connection, run.started_at, draw)
    row = row_of_new(run) | own() | {"id": identity}
    columns = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    connection.execute(f"INSERT INTO run ({columns}) VALUES ({values})", row)  # noqa: S608 - our own names
    return identity


def change(connection: "sqlite3.Connection", identity: str, row: Mapping[str, object]) -> None:
    """Write the columns of *row* into the row called *identity*."""
    values = ", ".join(f"{name} = :{name}" for name in row)
    connection.execute(f"UPDATE run SET {values} WHERE id = :id", {**row, "id": identity})  # noqa: S608 - as above


def private_of(connection: "sqlite3.Connection", identity: str) -> int:
    """Return how private the row called *identity* is, as `rows.kept_private` takes it."""
    row = connection.execute("SELECT private FROM run WHERE id = ?", [identity]).fetchone()
    return int(row["private"]) if row is not None else 0


def own() -> dict[str, object]:
    """Return the columns that make a row this process's."""
    return {"pid": os.getpid(), "process_mark": own_mark()}


def owned_by(pid: int) -> dict[str, object]:
    """Return the columns that make a row another process's, *pid*, which is running."""
    return {"pid": pid, "process_mark": mark_of(pid)}


def settle(connection: "sqlite3.Connection") -> None:
    """Write down what is true of the jobs of dead processes; a picture in hand is left for whoever publishes it."""
    for row in dead(connection):
        state = job_state_after_death(JobState(row["job_state"]))
        if state is not JobState.IN_HAND:
            change(connection, row["id"], {"state": RunState.INTERRUPTED.value, "job_state": state.value})


def dead(connection: "sqlite3.Connection") -> "list[sqlite3.Row]":
    """Return the rows of jobs that are under way by what is written, but whose process is gone."""
    running = connection.execute("SELECT * FROM run WHERE state = 'running'").fetchall()
    return [row for row in running if not is_running(row["pid"], row["process_mark"])]


def refuse_claimed(connection: "sqlite3.Connection", run: NewRun) -> None:
    """Raise OutputError if a job under way will put its picture where *run* wants its own, and nowhere else."""
    if run.destination is None or run.if_exists == NUMBERED:
        return
    query = "SELECT id, destination FROM run WHERE state = 'running' AND destination IS NOT NULL AND if_exists <> ?"
    wanted = os.path.realpath(run.destination)
    for row in connection.execute(query, [NUMBERED]):
        if os.path.realpath(os.fsdecode(row["destination"])) == wanted:
            raise OutputError(
                f"the run {row['id']} is making a picture for {run.destination}",
                code=Code.OUTPUT_CLAIMED,
                hint="Wait for its end, or name another file; --if-exists number finds a name by itself.",
            )


def _free_id(connection: "sqlite3.Connection", at: datetime, draw: Callable[[], float]) -> str:
    attempt = 0
    while True:
        identity = run_id(at, draw=draw(), attempt=attempt)
        if connection.execute("SELECT 1 FROM run WHERE id = ?", [identity]).fetchone() is None:
            return identity
        attempt += 1
