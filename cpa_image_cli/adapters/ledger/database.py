"""
Decides how the history file is opened: private, migrated, shared with other processes, and never waited for long.

To change the schema, append to `MIGRATIONS`; never edit what has been released. Measured with 20 processes that write
two rows each at once: no mode loses one, but a write waits up to 0.08 s with a write-ahead log, and up to 0.27 s
without, where every commit also syncs the disk. So the log is used where the file system allows it.

Search is a scan over ``folded``. Measured with rows of 2.6 kB, whole processes against the 105 ms of an empty history:
a search that finds nothing takes 1.2 times as long at 10,000 rows and 2.2 times at 100,000, a list 1.0 times at either.
SQLite's trigram index finds no Chinese word of two characters; an index over ``(seq, folded)`` halves the scan for a
third more disk; one over pairs of characters answers in 0.3 ms for half as much disk again. Any of them can be added as
a migration when a history that large exists.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from cpa_image_cli.adapters.files.private_folder import make_private
from cpa_image_cli.core.errors import Code, ConfigError

if TYPE_CHECKING:
    import sqlite3

    from cpa_image_cli.adapters.ledger.waiting import WaitingConnection

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE run (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        pid INTEGER NOT NULL,
        process_mark TEXT NOT NULL,
        started_at REAL NOT NULL,
        finished_at REAL,
        elapsed_s REAL,
        attempts INTEGER NOT NULL DEFAULT 0,
        model TEXT NOT NULL,
        gateway TEXT NOT NULL,
        prompt TEXT NOT NULL,
        folded TEXT NOT NULL,
        output,
        sha256 TEXT,
        format TEXT,
        width INTEGER,
        height INTEGER,
        bytes INTEGER,
        error_code TEXT,
        error_message TEXT,
        parameters TEXT NOT NULL DEFAULT '{}',
        usage TEXT NOT NULL DEFAULT 'null',
        timings TEXT NOT NULL DEFAULT '{}',
        details TEXT NOT NULL DEFAULT '{}'
    );
    CREATE INDEX run_running ON run (seq) WHERE state = 'running';
    """,
    """
    ALTER TABLE run ADD COLUMN job_state TEXT NOT NULL DEFAULT 'unknown';
    ALTER TABLE run ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
    ALTER TABLE run ADD COLUMN destination;
    ALTER TABLE run ADD COLUMN if_exists TEXT NOT NULL DEFAULT 'error';
    ALTER TABLE run ADD COLUMN held;
    ALTER TABLE run ADD COLUMN batch TEXT;
    ALTER TABLE run ADD COLUMN batch_row TEXT;
    ALTER TABLE run ADD COLUMN parents TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE run ADD COLUMN request_id TEXT;
    ALTER TABLE run ADD COLUMN private INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE run ADD COLUMN posts INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE run ADD COLUMN picture_sha256 TEXT;
    UPDATE run SET job_state = CASE
        WHEN state = 'done' OR output IS NOT NULL THEN 'done'
        WHEN state = 'running' THEN 'sent'
        WHEN error_code IS NULL OR instr(details, '"may_have_billed": true') > 0 THEN 'unknown'
        WHEN state = 'interrupted' THEN 'stopped'
        ELSE 'failed' END;
    UPDATE run SET posts = attempts;
    CREATE INDEX run_batch ON run (batch, batch_row) WHERE batch IS NOT NULL;
    CREATE UNIQUE INDEX run_request ON run (request_id) WHERE request_id IS NOT NULL;
    CREATE INDEX run_unknown ON run (seq) WHERE job_state = 'unknown';
    CREATE TABLE post (at REAL NOT NULL, run TEXT NOT NULL);
    CREATE INDEX post_at ON post (at);
    """,
    """
    CREATE TABLE hold (scope TEXT PRIMARY KEY, until REAL NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL);
    CREATE TABLE turn (scope TEXT NOT NULL, at REAL NOT NULL);
    CREATE INDEX turn_scope ON turn (scope, at);
    """,
    "ALTER TABLE run ADD COLUMN profile TEXT;",
)


@contextlib.contextmanager
def opened(path: Path, *, patience: float) -> Iterator["sqlite3.Connection"]:
    """
    Yield a connection to the history at *path*, made and migrated as needed.

    A lock is waited for *patience* seconds. Raises: ConfigError with `Code.HISTORY_UNREADABLE`.
    """
    with translated(path):
        make_private(path.parent)
        _make_private_file(path)
        with contextlib.closing(_connected(path, "mode=rw", patience=patience)) as connection:
            _prefer_log(connection)
            _migrate(connection)
            yield connection


@contextlib.contextmanager
def opened_to_read(path: Path, *, patience: float) -> Iterator["sqlite3.Connection"]:
    """As `opened`, for a file that may lie where nothing can be written; if it is not there, what is read is empty."""
    with translated(path):
        is_there = path.exists()
    if not is_there:
        with translated(path), contextlib.closing(_empty()) as connection:
            yield connection
        return
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        with opened(path, patience=patience) as connection:
            yield connection
        return
    with translated(path), contextlib.closing(_read_only(path, patience=patience)) as connection:
        yield _up_to_date(connection)


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into ConfigError, one sentence about *path*."""
    try:
        import sqlite3  # 8 ms, and some builds of Python lack it
    except ImportError as exc:
        raise _trouble(path, "this Python was built without sqlite3") from exc
    try:
        yield
    except sqlite3.Error as exc:
        raise _trouble(path, _sentence(exc)) from exc
    except OSError as exc:
        raise _trouble(path, exc.strerror or str(exc)) from exc
    except ValueError as exc:
        # JSON or a state that no version of ours wrote.
        raise _trouble(path, _DAMAGED) from exc


_DAMAGED = "it is damaged; move it away, and a new one is begun"
_SENTENCES = {
    "SQLITE_BUSY": "another program holds it locked",
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_CANTOPEN": "it cannot be opened for writing",
    "SQLITE_READONLY": "it cannot be written",
    "SQLITE_FULL": "the disk is full",
}


def _sentence(error: "sqlite3.Error") -> str:
    # Names go into detail (SQLITE_READONLY_DIRECTORY); errors of the module itself have none.
    name = getattr(error, "sqlite_errorname", "")
    return next((said for known, said in _SENTENCES.items() if name.startswith(known)), str(error))


def _connected(path: Path, mode: str, *, patience: float) -> "WaitingConnection":
    import sqlite3

    from cpa_image_cli.adapters.ledger.waiting import STEP, WaitingConnection

    uri = f"file:{quote(os.fsencode(path))}?{mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=STEP, isolation_level=None, factory=WaitingConnection)
    connection.patience = patience
    connection.row_factory = sqlite3.Row
    return connection


def _empty() -> "sqlite3.Connection":
    connection = _in_memory()
    _migrate(connection)
    return connection


def _in_memory() -> "sqlite3.Connection":
    import sqlite3

    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


def _read_only(path: Path, *, patience: float) -> "sqlite3.Connection":
    import sqlite3

    connection = _connected(path, "mode=ro", patience=patience)
    try:
        _version(connection)
    except sqlite3.OperationalError:
        # A write-ahead log cannot be read without writing beside it, unless nobody can be writing.
        connection.close()
        connection = _connected(path, "immutable=1", patience=patience)
    return connection


def _up_to_date(connection: "sqlite3.Connection") -> "sqlite3.Connection":
    """Return *connection*, or a copy in memory that is brought up to date where the file cannot be."""
    if _version(connection) == len(MIGRATIONS):
        return connection
    copy = _in_memory()
    connection.backup(copy)
    _migrate(copy, path=_path_of(connection))
    return copy


def _make_private_file(path: Path) -> None:
    """Create *path* before SQLite does, as 0600; its log and journal take the mode over."""
    try:
        # Never opened when it exists: closing any descriptor drops the locks this process has on the file.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            with contextlib.suppress(OSError):
                path.chmod(0o600)


def _prefer_log(connection: "WaitingConnection") -> None:
    import sqlite3

    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        # The switch needs the file for itself; without it all goes on, a little slower, and the next run tries again.
        with contextlib.suppress(sqlite3.OperationalError), connection.hurrying():
            connection.execute("PRAGMA journal_mode = WAL")
    # With a log, NORMAL cannot damage the file; a power failure may cost the last rows.
    connection.execute("PRAGMA synchronous = NORMAL")


def _migrate(connection: "sqlite3.Connection", *, path: Path | None = None) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    with transaction(connection):
        done = _version(connection)
        if done > len(MIGRATIONS):
            raise _trouble(path or _path_of(connection), "it was written by a newer version of this program")
        for script in MIGRATIONS[done:]:
            for statement in filter(str.strip, script.split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


@contextlib.contextmanager
def transaction(connection: "sqlite3.Connection") -> Iterator[None]:
    """Do what the block does as a whole or not at all, with the right to write from the beginning."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        # SQLite has rolled back by itself when the disk is full.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _version(connection: "sqlite3.Connection") -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _path_of(connection: "sqlite3.Connection") -> Path:
    return Path(connection.execute("PRAGMA database_list").fetchone()["file"])


def _trouble(path: Path, reason: str) -> ConfigError:
    return ConfigError(f"the history {path} cannot be used: {reason}", code=Code.HISTORY_UNREADABLE)
