"""A history that another program holds locked."""

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Literal

from cpa_image_cli.adapters.ledger.database import opened
from tests.faults.home import Home


@contextlib.contextmanager
def locked(home: Home, *, against: Literal["everybody", "writers"] = "everybody") -> Iterator[sqlite3.Connection]:
    """Hold the history of *home* locked, which is made if there is none."""
    with opened(home.directories.history_file, patience=0):
        pass
    with contextlib.closing(
        sqlite3.connect(home.directories.history_file, isolation_level=None, check_same_thread=False)
    ) as other:
        # With a write-ahead log even an exclusive transaction lets others read.
        if against == "everybody":
            other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        yield other
