"""
Decides how a lock on the history is waited for: in short steps, between which a signal is heeded.

SQLite's own waiting is one call, during which Python cannot act on Ctrl-C. Imported where a database is opened, since
it needs ``sqlite3``.
"""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any

STEP = 0.05
"""Seconds that SQLite waits by itself, at most."""


class WaitingConnection(sqlite3.Connection):
    """A connection on which `execute` waits *patience* seconds for a lock; *clock* is monotonic, in seconds."""

    patience = 0.0
    clock: Callable[[], float] = staticmethod(time.monotonic)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - the base class's type is private
        """Execute *sql* as the base class does. A statement that met a lock has done nothing, and is repeated."""
        until = self.clock() + self.patience
        while True:
            try:
                return super().execute(sql, parameters)
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or self.clock() >= until:
                    raise

    @contextlib.contextmanager
    def hurrying(self) -> Iterator[None]:
        """Wait for no lock at all within the block."""
        patience, self.patience = self.patience, 0.0
        self.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            self.patience = patience
            self.execute(f"PRAGMA busy_timeout = {int(STEP * 1000)}")


def _is_busy(error: sqlite3.Error) -> bool:
    # Names go into detail (SQLITE_BUSY_RECOVERY).
    return getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY")
