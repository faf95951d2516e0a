"""What is done with a picture once it is there; the viewer and the clipboard here write down what they were given."""

import sys
from pathlib import Path

import pytest

from tests.faults.home import Home
from tests.faults.in_process import run_here
from tests.session.terminal import Terminal

pytestmark = pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="programs of X11")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def tool(folder: Path, name: str) -> Path:
    """Put a program called *name* into *folder*; return the file in which it notes its arguments."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f'#!/bin/sh\necho "$@" >> {folder}/{name}.noted\n', encoding="utf-8")
    (folder / name).chmod(0o755)
    return folder / f"{name}.noted"


def test_a_picture_is_opened_and_copied(home: Home, tmp_path: Path) -> None:
    opened, copied = tool(tmp_path / "bin", "xdg-open"), tool(tmp_path / "bin", "xclip")
    own = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "DISPLAY": ":0"}

    ended = run_here(home, "generate", "x", "--sandbox", "-o", "x.png", "--open", "--copy", **own)

    assert (ended.status, opened.read_text()) == (0, f"{home.wanted / 'x.png'}\n")
    assert copied.read_text() == "-selection clipboard -t image/png -i\n"


def test_each_of_many_is_opened_and_the_last_is_copied(home: Home, tmp_path: Path) -> None:
    opened, copied = tool(tmp_path / "bin", "xdg-open"), tool(tmp_path / "bin", "xclip")
    own = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "DISPLAY": ":0"}

    ended = run_here(home, "generate", "x", "--sandbox", "-n", "2", "-o", "new/", "--open", "--copy", **own)

    assert (ended.status, len(opened.read_text().splitlines()), len(copied.read_text().splitlines())) == (0, 2, 1)


def test_what_cannot_be_done_is_told_and_the_picture_counts(home: Home, tmp_path: Path) -> None:
    ended = run_here(home, "generate", "x", "--sandbox", "-o", "x.png", "--open", "--copy", PATH=str(tmp_path))

    assert (ended.status, home.pictures()) == (0, ["x.png"])
    assert "warning: no program to open pictures was found here" in ended.stderr
    assert "warning: no program for the clipboard was found here" in ended.stderr


def test_nobody_is_rung_for_without_a_terminal(home: Home) -> None:
    ended = run_here(home, "generate", "x", "--sandbox", "-o", "x.png", "--notify")

    assert "\x07" not in ended.stderr


def test_on_a_terminal_the_bell_rings_at_the_end(tmp_path: Path) -> None:
    with Terminal(tmp_path, "generate", "x", "--sandbox", "-o", "x.png", "--notify", "--quiet") as terminal:
        status = terminal.left()

        assert (status, b"\x07" in terminal.raw) == (0, True)
