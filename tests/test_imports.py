"""
What a command imports is what a person waits for: nothing heavy where it is not used.

Each command runs in a process of its own, in a home directory of somebody who uses the program.
"""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpa_image_cli.adapters.files.model_cache import remember
from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.ledger.run import NewRun

NETWORK = frozenset({"httpx", "httpcore", "ssl", "asyncio"})
RICH = frozenset({"rich.console", "rich.text"})
"""A part of Rich, such as its table of character widths, costs little by itself."""

HEAVY = NETWORK | {"PIL", "pydantic", "rich.live"}

PROBE = """
import sys
from cpa_image_cli.__main__ import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
finally:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    config = tmp_path / ".config/cpa-image/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('base_url = "https://gateway.example"\n[profiles.work]\nmodel = "gpt-5.4"\n')
    remember(tmp_path / ".cache/cpa-image/models.json", gateway="https://gateway.example", models=["gpt-5.4"])
    at = datetime(2025, 6, 1, tzinfo=UTC)
    run = NewRun(prompt="松鼠", model="gpt-5.4", gateway="https://gateway.example", parameters={}, started_at=at)
    History(tmp_path / ".local/share/cpa-image/history.sqlite3").begin(run)
    return tmp_path


def imported(home: Path, *command: str) -> frozenset[str]:
    """Run *command*; return the modules that were imported by its end."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *command],
        env={"HOME": str(home), "LANG": "C.UTF-8", "IMAGE_GEN_KEY": "none"},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout != ""
    return frozenset(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("command", "unwanted"),
    [
        ("--version", HEAVY | {"sqlite3", "rich", "typer", "json", "platformdirs", "pathlib"}),
        ("__complete history-ids", HEAVY | {"rich", "typer", "json", "tomllib", "cpa_image_cli.adapters.ledger"}),
        ("__complete profiles", HEAVY | {"sqlite3", "rich", "typer", "json"}),
        # The file says which gateway is in use, whose models alone are offered.
        ("__complete models", HEAVY | {"sqlite3", "rich", "typer"}),
        (
            "--help",
            HEAVY
            | {"sqlite3", "tomllib", "cpa_image_cli.commands.generate.command", "cpa_image_cli.commands.config.group"},
        ),
        ("generate --help", HEAVY | {"sqlite3", "tomllib"}),
        ("config path", HEAVY | {"sqlite3", "rich"}),
        ("config show", HEAVY | {"sqlite3"}),
        ("config show --json", HEAVY | {"sqlite3", "rich"}),
        ("history list", HEAVY | RICH),
        ("history list --json", HEAVY | RICH),
        ("completion bash", HEAVY | {"sqlite3", "tomllib"}),
        (
            "generate --dry-run squirrel",
            {"cpa_image_cli.adapters.openclaw.provider", "cpa_image_cli.core.failures.hints", "PIL"},
        ),
        ("generate --dry-run --model gpt-5.4 squirrel", HEAVY | {"sqlite3", "rich"}),
    ],
)
def test_nothing_heavy_is_imported_where_it_is_not_used(home: Path, command: str, unwanted: frozenset[str]) -> None:
    modules = imported(home, *command.split())

    assert modules & unwanted == frozenset()


def test_what_is_used_is_seen(home: Path) -> None:
    """The probe would notice: a command that needs a module has it."""
    assert "sqlite3" in imported(home, "__complete", "history-ids")
    assert "rich.table" in imported(home, "config", "show")
