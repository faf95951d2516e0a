"""A person watches ``generate`` on a real terminal, read back through an emulator, and touches its keys."""

import re
import signal
from pathlib import Path

import pytest

from tests.session.terminal import CTRL_C, Terminal

DRAW = ("generate", "画一只可爱的松鼠", "-o", "squirrel.png", "--size", "256x256")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def seconds_left(terminal: Terminal) -> int | None:
    found = re.search(r"in (\d+) s", terminal.text)
    return int(found[1]) if found else None


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_frames_are_drawn_and_a_card_stays(home: Path, columns: int) -> None:
    with Terminal(home, *DRAW, "--sandbox", "--stream", columns=columns) as terminal:
        terminal.shows("frame 1 of 2")
        assert "▀" in terminal.text
        terminal.shows("✓")
        status = terminal.left()

        assert (status, terminal.cursor[1], terminal.modes == terminal.modes_before) == (0, True, True)
        assert "PNG 256x256" in terminal.text
        assert "frame 1 of 2" not in terminal.text
        assert str(home / "squirrel.png") in "".join(terminal.rows)


def test_the_countdown_falls_and_r_retries_now(home: Path) -> None:
    with Terminal(home, *DRAW, "--scenario", "rate-limited-then-ok") as terminal:
        terminal.shows("r retry now")
        first = seconds_left(terminal)
        assert first is not None
        terminal.becomes(lambda: (seconds_left(terminal) or 0) < first, "a smaller number of seconds")
        terminal.types("r")
        terminal.shows("✓")

        assert terminal.left() == 0


def test_q_stops_while_it_waits(home: Path) -> None:
    with Terminal(home, *DRAW, "--scenario", "rate-limited-then-ok") as terminal:
        terminal.shows("q stop")
        terminal.types("q")
        status = terminal.left()

        assert (status, terminal.cursor[1], terminal.modes == terminal.modes_before) == (130, True, True)
        assert "no picture was made" in terminal.text
        assert not (home / "squirrel.png").exists()


@pytest.mark.parametrize("way", ["ctrl-c", "sigterm"])
def test_stopping_leaves_the_terminal_as_it_was(way: str, home: Path) -> None:
    with Terminal(home, *DRAW, "--scenario", "stall") as terminal:
        terminal.shows("sent")
        if way == "ctrl-c":
            terminal.types(CTRL_C)
        else:
            terminal.kill(signal.SIGTERM)
        status = terminal.left()

        assert status == (130 if way == "ctrl-c" else 143)
        assert (terminal.cursor[1], terminal.modes == terminal.modes_before) == (True, True)
        assert "may have been made" in " ".join(terminal.text.split())
        assert sorted(path.name for path in home.iterdir() if path.suffix == ".png") == []


def test_a_failure_shows_what_the_model_said_and_what_to_do(home: Path) -> None:
    with Terminal(home, *DRAW, "--scenario", "refusal") as terminal:
        terminal.shows("✗")
        status = terminal.left()

        assert status == 5
        assert "the model said" in terminal.text


def test_pictures_are_drawn_without_colours_if_one_insists_whatever_is_typed_meanwhile(home: Path) -> None:
    words = (*DRAW, "--sandbox", "--preview", "always")
    with Terminal(home, *words, NO_COLOR="1") as terminal:
        terminal.becomes(lambda: terminal.modes != terminal.modes_before, "the question how it draws")
        terminal.types("ls", "\x1b[?6c", "\n")
        terminal.shows("✓")
        status = terminal.left()

        assert (status, terminal.modes == terminal.modes_before) == (0, True)
        assert "▀" in terminal.text
