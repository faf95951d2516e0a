"""A lock on the history is waited for in steps, between which Ctrl-C is heeded."""

import contextlib
import itertools
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpa_image_cli.adapters.ledger.waiting import STEP, WaitingConnection


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection that holds a database locked."""
    with contextlib.closing(sqlite3.connect(tmp_path / "history", isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield connection


@pytest.fixture
def waiting(tmp_path: Path, holder: sqlite3.Connection) -> Iterator[WaitingConnection]:
    """Yield a connection to the same database, as this program makes it."""
    del holder
    path = tmp_path / "history"
    connection = sqlite3.connect(path, timeout=STEP, isolation_level=None, factory=WaitingConnection)
    with contextlib.closing(connection):
        yield connection


def test_a_lock_is_looked_at_again_until_patience_ends(waiting: WaitingConnection) -> None:
    readings = itertools.count()
    waiting.patience, waiting.clock = 3.0, lambda: next(readings)

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        waiting.execute("BEGIN IMMEDIATE")

    assert next(readings) == 4


def test_what_was_waited_for_is_done_once_the_lock_is_gone(
    waiting: WaitingConnection, holder: sqlite3.Connection
) -> None:
    readings = itertools.count()

    def release() -> float:
        if next(readings) == 2:
            holder.execute("COMMIT")
        return 0.0

    waiting.patience, waiting.clock = 60.0, release
    waiting.execute("CREATE TABLE kept (number INTEGER)")
    waiting.execute("INSERT INTO kept VALUES (?)", [7])

    assert waiting.execute("SELECT number FROM kept").fetchall() == [(7,)]


def test_a_signal_is_heeded_while_a_lock_is_waited_for_that_is_never_released(waiting: WaitingConnection) -> None:
    readings = itertools.count()

    def struck() -> float:
        # The clock stands still, so that nothing else can end this. Here Python may act on a signal as well.
        if next(readings) == 2:
            raise KeyboardInterrupt
        return 0.0

    waiting.patience, waiting.clock = 60.0, struck

    with pytest.raises(KeyboardInterrupt):
        waiting.execute("BEGIN IMMEDIATE")


def test_an_error_that_is_no_lock_is_not_waited_for(waiting: WaitingConnection) -> None:
    waiting.patience, waiting.clock = 60.0, lambda: 0.0

    with pytest.raises(sqlite3.OperationalError, match="syntax error"):
        waiting.execute("SELECT FROM WHERE")


def test_whoever_is_in_a_hurry_waits_for_nothing_and_has_its_patience_back(waiting: WaitingConnection) -> None:
    waiting.patience, waiting.clock = 60.0, lambda: 0.0

    with pytest.raises(sqlite3.OperationalError, match="locked"), waiting.hurrying():
        waiting.execute("BEGIN IMMEDIATE")

    assert waiting.patience == 60.0
    assert waiting.execute("PRAGMA busy_timeout").fetchone() == (int(STEP * 1000),)
