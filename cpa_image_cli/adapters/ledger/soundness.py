"""Decides whether the history file is sound: SQLite looks at every page of it."""

from pathlib import Path

from cpa_image_cli.adapters.ledger.database import opened_to_read
from cpa_image_cli.core.errors import Code, ConfigError


def sound_runs(path: Path, *, patience: float) -> int | None:
    """
    Return how many runs the history at *path* holds, None if it is not there; a lock is waited for *patience* seconds.

    Raises: ConfigError with `Code.HISTORY_UNREADABLE` when it is damaged or cannot be opened.
    """
    if not path.exists():
        return None
    with opened_to_read(path, patience=patience) as connection:
        damage = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if damage != "ok":
            raise ConfigError(f"the history {path} is damaged: {damage}", code=Code.HISTORY_UNREADABLE)
        return int(connection.execute("SELECT count(*) FROM run").fetchone()[0])
