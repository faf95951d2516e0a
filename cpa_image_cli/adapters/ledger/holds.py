"""
Decides how all processes of a user keep to one limit: by two small tables in the data folder.

It is a courtesy to the gateway, and never in the way: what cannot be read holds nobody back.
"""

import contextlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cpa_image_cli.adapters.ledger.database import opened, opened_to_read, transaction
from cpa_image_cli.core.errors import Code, ConfigError, Failure
from cpa_image_cli.core.job.cool_down import HARDLY, LONGEST, Hold, Turn, hold_after, next_turn
from cpa_image_cli.core.job.retry import GiveUp, Retry

if TYPE_CHECKING:
    import sqlite3

PATIENCE = 0.2
"""Seconds that another process's lock is waited for: what is at stake is one request too many."""


class CoolDown:
    """
    The limits that are on for one job: in the ledger at *path*, for what `cool_down.scope_of` says is its *scope*.

    *now* is the wall clock. A job that *asks_anyway* is held back by none, and tells others of what it meets.
    """

    def __init__(self, path: Path, scope: str, *, now: Callable[[], datetime], asks_anyway: bool = False) -> None:
        self._path = path
        self._scope = scope
        self._now = now
        self._asks_anyway = asks_anyway

    def met(self, failure: Failure, verdict: Retry | GiveUp) -> None:
        """Hold back the others, if *failure* is theirs as well, of which *verdict* was reached."""
        hold = hold_after(failure, verdict, now=self._now().timestamp())
        if hold is not None:
            self._put(hold)

    def turn(self, mine: Turn | None = None) -> Turn | None:
        """
        Return when the job may leave, which takes its place in the row; None if it may at once.

        *mine* is the turn it waited for: it is its last, unless the limit was met anew meanwhile.
        """
        if self._asks_anyway:
            return None
        now = self._now().timestamp()
        with contextlib.suppress(ConfigError):
            with opened_to_read(self._path, patience=PATIENCE) as connection:
                hold = _hold(connection, self._scope, now)
            if hold is None or (mine is not None and hold.until <= mine.at + HARDLY):
                return None
            with opened(self._path, patience=PATIENCE) as connection, transaction(connection):
                return _turn(connection, self._scope, now)
        return None

    def _put(self, hold: Hold) -> None:
        with contextlib.suppress(ConfigError), opened(self._path, patience=PATIENCE) as connection:
            connection.execute(
                "INSERT INTO hold (scope, until, code, message) VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO UPDATE"
                " SET until = excluded.until, code = excluded.code, message = excluded.message"
                " WHERE excluded.until > until",
                [self._scope, hold.until, hold.code.word, hold.message],
            )


def _turn(connection: "sqlite3.Connection", scope: str, now: float) -> Turn | None:
    hold = _hold(connection, scope, now)
    if hold is None:
        return None
    last = connection.execute("SELECT max(at) FROM turn WHERE scope = ?", [scope]).fetchone()[0]
    at = next_turn(hold, last=last, now=now)
    if at is None:
        connection.execute("DELETE FROM hold WHERE scope = ?", [scope])
        connection.execute("DELETE FROM turn WHERE scope = ?", [scope])
        return None
    others = connection.execute("SELECT count(*) FROM turn WHERE scope = ? AND at > ?", [scope, now]).fetchone()[0]
    connection.execute("INSERT INTO turn (scope, at) VALUES (?, ?)", [scope, at])
    return Turn(at=at, others=int(others), hold=hold)


def _hold(connection: "sqlite3.Connection", scope: str, now: float) -> Hold | None:
    row = connection.execute("SELECT * FROM hold WHERE scope = ?", [scope]).fetchone()
    # One that lies further ahead than any window was written under a wrong clock.
    if row is None or row["until"] > now + LONGEST:
        return None
    code = next((code for code in Code if code.word == row["code"]), Code.RATE_LIMITED)
    return Hold(until=row["until"], code=code, message=row["message"])
