"""What is different when an agent runs the program, on a terminal of its own or on none."""

from pathlib import Path

import pytest

from cpa_image_cli.core.agents import AGENT_VARIABLES, JSON_HINT
from tests.faults.home import Home
from tests.faults.in_process import run_here
from tests.session.terminal import Terminal

SMALL = ("--sandbox", "--size", "64x64", "-o", "squirrel.png")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


@pytest.mark.parametrize("variable", AGENT_VARIABLES)
def test_an_agent_is_told_of_json_in_one_line(home: Home, variable: str) -> None:
    ended = run_here(home, "generate", "x", *SMALL, **{variable: "1"})

    assert ended.stderr.splitlines().count(JSON_HINT) == 1
    assert ended.stdout.decode() == f"{home.picture}\n"


@pytest.mark.parametrize("flag", ["--json", "--jsonl", "--quiet"])
def test_an_agent_that_knows_is_told_nothing(home: Home, flag: str) -> None:
    ended = run_here(home, "generate", "x", *SMALL, flag, CLAUDECODE="1")

    assert JSON_HINT not in ended.stderr


def test_a_person_is_not_told_of_json(home: Home) -> None:
    assert JSON_HINT not in run_here(home, "generate", "x", *SMALL).stderr


def test_a_sandbox_without_network_says_exactly_what_to_change(home: Home) -> None:
    ended = run_here(home, "generate", "x", "--json", base_url="http://127.0.0.1:9", CODEX_SANDBOX_NETWORK_DISABLED="1")

    error = ended.object["error"]
    assert error["code"] == "connection_failed"
    assert "network_access = true" in error["hint"]
    assert "cpa-image mcp" in error["hint"]
    assert (error["retryable"], ended.object["attempts"]) == (False, 1)


def test_with_a_network_the_sandbox_is_not_blamed(home: Home) -> None:
    ended = run_here(home, "generate", "x", "--json", base_url="http://127.0.0.1:9", CODEX_SANDBOX_NETWORK_DISABLED="0")

    assert "network_access" not in ended.object["error"]["hint"]


def test_on_an_agents_terminal_nothing_moves(tmp_path: Path) -> None:
    with Terminal(tmp_path, "generate", "x", *SMALL, CODEX_THREAD_ID="1") as terminal:
        assert terminal.left() == 0

    assert b"\x1b[?25l" not in terminal.raw
    assert (tmp_path / "squirrel.png").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "cpa-image"),
        (("generate", "--sandbox"), "no prompt was given"),
        (("history", "prune", "--missing"), "--yes"),
    ],
)
def test_an_agent_is_asked_nothing(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    with Terminal(tmp_path, *words, CLAUDECODE="1") as terminal:
        assert terminal.left() == 2
        assert told in terminal.text
