"""What is told of a history that cannot be used, and that what was half written is undone."""

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.adapters.ledger.database import opened, transaction
from cpa_image_cli.core.errors import Code, ConfigError
from cpa_image_cli.core.ledger.run import NewRun
from tests.inherited import inherited

RUN = NewRun(
    prompt="画一只松鼠", model="gpt-5.4", gateway="x", parameters={}, started_at=datetime(2026, 5, 9, tzinfo=UTC)
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


WITHOUT_SQLITE = """
import sys
sys.modules["sqlite3"] = None
from pathlib import Path
from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.errors import ConfigError
try:
    History(Path(sys.argv[1])).recent(10)
except ConfigError as error:
    print(error.code.word, error.message)
# What measures the coverage of this very process needs it.
del sys.modules["sqlite3"]
"""


def test_a_python_that_was_built_without_sqlite_is_told(path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_SQLITE, path]

    run = subprocess.run(command, env=inherited(), capture_output=True, text=True, check=True)

    assert run.stdout == (
        f"history_unreadable the history {path} cannot be used: this Python was built without sqlite3\n"
    )


def test_a_row_that_no_version_of_ours_wrote_is_damage(path: Path) -> None:
    history = History(path)
    history.begin(RUN)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE run SET parameters = 'no JSON'")
    connection.close()

    with pytest.raises(ConfigError) as raised:
        history.recent(10)

    assert (raised.value.code, raised.value.message) == (
        Code.HISTORY_UNREADABLE,
        f"the history {path} cannot be used: it is damaged; move it away, and a new one is begun",
    )


def test_a_run_that_does_not_fit_leaves_the_history_as_it_was(path: Path) -> None:
    history = History(path)
    identity = history.begin(RUN)

    def fill(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        with transaction(connection):
            connection.execute("UPDATE run SET prompt = 'another'")
            connection.execute("UPDATE run SET details = hex(zeroblob(1000000))")

    with pytest.raises(ConfigError, match="the disk is full"), opened(path, patience=1.0) as connection:
        fill(connection)

    assert [(run.id, run.prompt) for run in history.recent(10)] == [(identity, RUN.prompt)]
