"""The checks of this machine, each failing for its real cause."""

import io
import os
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpa_image_cli import __version__
from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.errors import Code, OutputError
from cpa_image_cli.core.findings import Status, Verdict, failed, passed, skipped, warned
from cpa_image_cli.core.ledger.run import NewRun
from cpa_image_cli.core.terminal.graphics import NO_GRAPHICS, Graphics, Protocol
from cpa_image_cli.doctor import Completion, TerminalFacts
from tests.doctor.world import World


def test_folders_that_are_not_there_yet_are_tried_where_they_would_be_made(world: World) -> None:
    world.more["free_space"] = lambda _: 5_000_000_000
    before = list(world.home.iterdir())

    assert world.verdict("output_folder") == passed(f"{world.home / 'pictures'}, not there yet, 5.0 GB free")
    assert world.verdict("data_folder") == passed(f"{world.home / 'data'}, not there yet, 5.0 GB free")
    assert list(world.home.iterdir()) == before


def test_a_folder_that_is_there_is_tried_and_left_as_it_was(world: World) -> None:
    folder = world.home / "pictures"
    folder.mkdir()
    world.more["free_space"] = lambda _: 3_400_000_000_000

    assert world.verdict("output_folder") == passed(f"{folder}, 3.4 TB free")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("check", "name"), [("output_folder", "pictures"), ("data_folder", "data")])
def test_a_file_in_the_way_of_a_folder_fails(world: World, check: str, name: str) -> None:
    path = world.writes(name, "not a folder")

    verdict = world.verdict(check)

    assert (verdict.status, verdict.code, verdict.found) == (
        Status.FAIL,
        Code.OUTPUT_UNWRITABLE,
        f"{path} is a file where a folder should be",
    )


def test_the_configured_folder_is_the_one_that_is_tried(world: World) -> None:
    world.writes("config/config.toml", 'output_dir = "~/art/new"\n')
    path = world.writes("art", "not a folder")

    assert world.verdict("output_folder").found == f"{path} is a file where a folder should be"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_fails(world: World) -> None:
    folder = world.home / "pictures"
    folder.mkdir(mode=0o500)

    verdict = world.verdict("output_folder")

    assert (verdict.status, "Permission denied" in verdict.found) == (Status.FAIL, True)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_folder_on_a_file_system_that_takes_no_files_fails(world: World) -> None:
    world.writes("config/config.toml", 'output_dir = "/proc/self"\n')

    verdict = world.verdict("output_folder")

    assert (verdict.status, verdict.code) == (Status.FAIL, Code.OUTPUT_UNWRITABLE)
    assert verdict.found.startswith("/proc/self cannot be written: ")


@pytest.mark.parametrize(
    ("free", "status", "told"), [(19_000_000, Status.FAIL, "19 MB"), (199_000_000, Status.WARN, "199 MB")]
)
def test_a_disk_without_room_is_told(world: World, free: int, status: Status, told: str) -> None:
    world.more["free_space"] = lambda _: free

    verdict = world.verdict("data_folder")

    assert (verdict.status, f"{told} free" in verdict.found) == (status, True)


def test_the_real_room_is_asked_for(world: World) -> None:
    assert world.status("data_folder") in (Status.PASS, Status.WARN)


# History


def recorded(world: World, count: int) -> Path:
    history = History(world.directories.history_file, draw=lambda: 0.5)
    for _ in range(count):
        at = datetime(2026, 11, 1, tzinfo=UTC)
        history.begin(NewRun(prompt="画" * 2000, model="m", gateway="g", parameters={}, started_at=at))
    return world.directories.history_file


@pytest.mark.parametrize(("count", "told"), [(1, "1 run"), (3, "3 runs")])
def test_a_history_is_intact_and_none_is_no_trouble(world: World, count: int, told: str) -> None:
    assert world.verdict("history") == passed("nothing is recorded yet")
    recorded(world, count)
    assert world.verdict("history") == passed(f"intact, {told}")


def overwrite_all(path: Path) -> None:
    path.write_bytes(b"these are no pages at all" * 1000)


def damage_a_page(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'run'").fetchone()[0]
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def come_from_the_future(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


@pytest.mark.parametrize("spoil", [overwrite_all, damage_a_page, come_from_the_future])
def test_a_history_that_cannot_be_used_fails(world: World, spoil: Callable[[Path], None]) -> None:
    path = recorded(world, 20)
    for log in path.parent.glob("*-wal"):
        log.unlink()
    spoil(path)

    verdict = world.verdict("history")

    assert (verdict.status, verdict.code, str(path) in verdict.found) == (Status.FAIL, Code.HISTORY_UNREADABLE, True)
    assert verdict.advice == f"Move {path} away; a new one is begun, and pictures are not concerned."


# The terminal


def terminal(
    *, protocol: Protocol = Protocol.HALF_BLOCKS, colours: str | None = "truecolor", width: int | None = 2
) -> dict[str, TerminalFacts]:
    graphics = Graphics(protocol=protocol) if protocol is not Protocol.NONE else NO_GRAPHICS
    return {"terminal": TerminalFacts(graphics=graphics, colours=colours, chinese_width=width)}


def test_without_a_terminal_there_is_none_to_look_at(world: World) -> None:
    assert world.verdict("graphics") == world.verdict("colour") == skipped("output does not go to a terminal")


@pytest.mark.parametrize(
    ("protocol", "status", "told"),
    [
        (Protocol.KITTY, Status.PASS, "kitty's graphics protocol"),
        (Protocol.ITERM, Status.PASS, "iTerm2's protocol"),
        (Protocol.SIXEL, Status.PASS, "Sixel"),
        (Protocol.HALF_BLOCKS, Status.PASS, "half-blocks"),
        (Protocol.NONE, Status.WARN, "not at all"),
    ],
)
def test_how_pictures_are_shown_is_told(world: World, protocol: Protocol, status: Status, told: str) -> None:
    world.more |= terminal(protocol=protocol)

    verdict = world.verdict("graphics")

    assert (verdict.status, told in verdict.found) == (status, True)


def test_drawing_through_tmux_is_told(world: World) -> None:
    graphics = Graphics(protocol=Protocol.KITTY, passthrough=True)
    world.more["terminal"] = TerminalFacts(graphics=graphics, colours="256", chinese_width=2)

    assert world.verdict("graphics") == passed("in full, by kitty's graphics protocol, through tmux")


@pytest.mark.parametrize(
    ("colours", "environ", "verdict"),
    [
        ("truecolor", {}, passed("16 million colours")),
        ("256", {}, passed("256 colours")),
        (None, {"NO_COLOR": "1"}, passed("switched off by NO_COLOR")),
        (None, {"TERM": "dumb"}, warned("none (TERM=dumb)", "Set TERM to what your terminal is.")),
        (
            "standard",
            {"TERM": "xterm"},
            warned(
                "16 colours (TERM=xterm), too few for previews",
                "If your terminal has more: export COLORTERM=truecolor",
            ),
        ),
    ],
)
def test_colours_are_told(world: World, colours: str | None, environ: dict[str, str], verdict: Verdict) -> None:
    world.environ = environ
    world.more |= terminal(colours=colours)

    assert world.verdict("colour") == verdict


def test_an_output_without_chinese_fails(world: World) -> None:
    world.stdout = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")

    assert world.verdict("chinese") == failed(
        "output is written as latin-1, which has no Chinese",
        "Set PYTHONUTF8=1, or LC_ALL=C.UTF-8.",
        Code.CONFIG_INVALID,
    )


@pytest.mark.parametrize(
    ("width", "verdict"),
    [
        (2, passed("two columns each, as they should")),
        (None, skipped("the terminal did not tell how wide it is")),
        (
            1,
            warned(
                "a character takes 1 column here, and not two",
                "Tables will be ragged; look at the terminal's settings for East Asian width and locale.",
            ),
        ),
    ],
)
def test_the_width_of_chinese_text_is_told(world: World, width: int | None, verdict: Verdict) -> None:
    world.more |= terminal(width=width)

    assert world.verdict("chinese") == verdict


def test_chinese_in_a_pipe_needs_only_an_encoding(world: World) -> None:
    assert world.verdict("chinese") == passed("written as utf-8")


# Completion and installation


@pytest.mark.parametrize(
    ("state", "status", "told"),
    [
        ("current", Status.PASS, "installed for zsh"),
        ("absent", Status.WARN, "not installed for zsh"),
        ("outdated", Status.WARN, "_cpa-image is of another version"),
        ("foreign", Status.WARN, "_cpa-image is somebody else's"),
        ("cannot write /z: it is a file", Status.WARN, "cannot write /z: it is a file"),
    ],
)
def test_the_state_of_completion_is_told(world: World, state: str, status: Status, told: str) -> None:
    world.more["completion"] = Completion(shell="zsh", path=Path("/z/_cpa-image"), state=state)
    world.more |= terminal()

    verdict = world.verdict("completion")

    assert (verdict.status, told in verdict.found) == (status, True)
    assert bool(verdict.advice) is (status is Status.WARN)


def test_completion_that_is_missing_where_nobody_is_at_a_terminal_is_no_warning(world: World) -> None:
    world.more["completion"] = Completion(shell="zsh", path=Path("/z/_cpa-image"), state="absent")

    assert world.verdict("completion") == skipped("not installed for zsh")


def test_a_shell_without_a_script_is_skipped(world: World) -> None:
    assert world.verdict("completion") == skipped("$SHELL names no shell that there is a script for")


@pytest.mark.skipif(sys.platform == "win32", reason="programs are found otherwise there")
def test_another_cpa_image_in_the_shells_path_is_warned_of(world: World) -> None:
    other = world.writes("other/cpa-image", "#!/bin/sh\n", mode=0o755)
    world.environ["PATH"] = str(other.parent)

    verdict = world.verdict("version")

    assert verdict.status is Status.WARN
    assert verdict.found.startswith(f"cpa-image {__version__}, Python ")
    assert verdict.found.endswith(f"; but `cpa-image` in your shell is {other}")


@pytest.mark.skipif(sys.platform == "win32", reason="as above")
def test_this_cpa_image_may_be_found_directly_by_a_link_or_not_at_all(world: World) -> None:
    own = world.writes("bin/cpa-image", "#!/bin/sh\n", mode=0o755)
    link = world.home / "links/cpa-image"
    link.parent.mkdir()
    link.symlink_to(own)

    for folder in (own.parent, link.parent, world.home / "nowhere"):
        world.environ["PATH"] = str(folder)
        assert world.status("version") is Status.PASS


def test_an_error_that_a_check_did_not_foresee_is_its_finding(world: World) -> None:
    def full(_: Path) -> int:
        raise OutputError("the disk is gone", code=Code.OUTPUT_UNWRITABLE, hint="look for it")

    world.more["free_space"] = full

    assert world.verdict("data_folder") == failed("the disk is gone", "look for it", Code.OUTPUT_UNWRITABLE)


def test_a_bug_in_a_check_is_no_finding(world: World) -> None:
    def broken(_: Path) -> int:
        raise ZeroDivisionError

    world.more["free_space"] = broken

    with pytest.raises(ZeroDivisionError):
        world.findings()
