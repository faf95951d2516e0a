"""After ``generate -n`` on a terminal: the sheet of what was made, and the keys that set pictures aside."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import KEY
from tests.session.terminal import CTRL_C, ENTER, Terminal

pytestmark = pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the trash of other systems")

THREE = ("generate", "松鼠", "-n", "3", "-j", "3", "--size", "64x64", "-o", "s.png")
KEYS = "Enter done  ·  1–3 keep or set aside  ·  o open"


def pictures(home: Path) -> list[str]:
    return sorted(path.name for path in home.glob("*.png"))


def trash(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "data" / "Trash").rglob("*.*"))


@contextmanager
def making(home: Path, *words: str, columns: int = 100, **environ: str) -> Iterator[Terminal]:
    """Yield a terminal on which three pictures are being made."""
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        own = {"COLORTERM": "truecolor", "IMAGE_GEN_BASE_URL": gateway.base_url, "IMAGE_GEN_KEY": KEY}
        with Terminal(home, *THREE, *words, columns=columns, **own, **environ) as terminal:
            yield terminal


@contextmanager
def choosing(home: Path, *words: str, columns: int = 100, **environ: str) -> Iterator[Terminal]:
    """Yield a terminal on which three pictures have been made and the keys are awaited."""
    with making(home, *words, columns=columns, **environ) as terminal:
        terminal.becomes(lambda: terminal.last.startswith("Enter done"), "the keys")
        yield terminal


@pytest.mark.parametrize("columns", [40, 100, 200])
def test_the_sheet_is_numbered_and_enter_keeps_all(tmp_path: Path, columns: int) -> None:
    with choosing(tmp_path, columns=columns) as terminal:
        assert terminal.last == KEYS[: columns - 1].rstrip()
        assert "▀" in terminal.text
        terminal.types(ENTER)
        status = terminal.left()

        assert (status, terminal.modes == terminal.modes_before) == (0, True)
        numbers = [
            number for row in terminal.rows for number in row.split() if row.split() and row.strip()[0].isdigit()
        ]
        assert {"1", "2", "3"} <= set(numbers)
        assert "Enter done" not in terminal.text
    assert pictures(tmp_path) == ["s-1.png", "s-2.png", "s-3.png"]


def test_a_number_sets_aside_and_the_same_again_keeps(tmp_path: Path) -> None:
    with choosing(tmp_path) as terminal:
        terminal.types("2")
        terminal.ends_with("set aside: 2  ·  Enter done  ·  1–3 keep or set aside  ·  o open  ·  u undo")
        assert pictures(tmp_path) == ["s-1.png", "s-3.png"]
        assert trash(tmp_path) == ["s-2.png", "s-2.png.trashinfo"]
        assert f"into the trash: {tmp_path / 's-2.png'}" in "".join(terminal.rows)
        terminal.types("2")
        terminal.ends_with(KEYS)
        assert (pictures(tmp_path), trash(tmp_path)) == (["s-1.png", "s-2.png", "s-3.png"], [])


def test_u_fetches_back_the_last_that_was_set_aside(tmp_path: Path) -> None:
    with choosing(tmp_path) as terminal:
        terminal.types("3", "1")
        terminal.shows("set aside: 1, 3")
        terminal.types("u")
        terminal.shows("set aside: 3")
        terminal.types("x", "9", ENTER)
        status = terminal.left()

        assert f"back again: {tmp_path / 's-1.png'}" in "".join(terminal.rows)
    assert (status, pictures(tmp_path), trash(tmp_path)) == (
        0,
        ["s-1.png", "s-2.png"],
        ["s-3.png", "s-3.png.trashinfo"],
    )


def test_what_is_in_the_place_by_now_is_not_overwritten(tmp_path: Path) -> None:
    with choosing(tmp_path) as terminal:
        terminal.types("1")
        terminal.shows("set aside: 1")
        (tmp_path / "s-1.png").write_bytes(b"mine")
        terminal.types("u")
        terminal.shows("is another file by now")
        terminal.types(ENTER)

        assert terminal.left() == 0
    assert ((tmp_path / "s-1.png").read_bytes(), trash(tmp_path)) == (b"mine", ["s-1.png", "s-1.png.trashinfo"])


def test_o_opens_what_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "xdg-open").write_text(f'#!/bin/sh\necho "$@" >> {folder}/noted\n', encoding="utf-8")
    (folder / "xdg-open").chmod(0o755)
    with choosing(tmp_path, PATH=f"{folder}:/usr/bin:/bin") as terminal:
        terminal.types("2")
        terminal.shows("set aside: 2")
        terminal.types("o", ENTER)

        assert terminal.left() == 0
    assert (folder / "noted").read_text().splitlines() == [str(tmp_path / "s-1.png"), str(tmp_path / "s-3.png")]


@pytest.mark.parametrize("way", ["ctrl-c", "sigterm"])
def test_stopping_leaves_the_terminal_as_it_was_and_every_picture_where_it_is(way: str, tmp_path: Path) -> None:
    with choosing(tmp_path) as terminal:
        if way == "ctrl-c":
            terminal.types(CTRL_C)
        else:
            terminal.kill(signal.SIGTERM)
        status = terminal.left()

        assert status == (130 if way == "ctrl-c" else 143)
        assert (terminal.cursor[1], terminal.modes == terminal.modes_before) == (True, True)
        assert "Enter done" not in terminal.text
        assert "nothing had been sent" not in terminal.text
    assert pictures(tmp_path) == ["s-1.png", "s-2.png", "s-3.png"]


def test_it_ends_when_the_terminal_is_gone(tmp_path: Path) -> None:
    with choosing(tmp_path) as terminal:
        terminal.kill(signal.SIGHUP)

        assert terminal.left() == 0


@pytest.mark.parametrize("words", [["--quiet"], ["--json"], ["--jsonl"], ["--preview", "never"]], ids=" ".join)
def test_nobody_is_asked_who_does_not_look_at_pictures(words: list[str], tmp_path: Path) -> None:
    with making(tmp_path, *words) as terminal:
        assert terminal.left() == 0
        assert "Enter done" not in terminal.text
    assert pictures(tmp_path) == ["s-1.png", "s-2.png", "s-3.png"]
