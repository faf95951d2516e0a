"""The commands ``history show``, ``open`` and ``path``."""

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from cpa_image_cli.core.errors import ExitStatus
from tests.commands.history.histories import Past, Said, Terminal, done

COLOURS = {"TERM": "xterm", "COLORTERM": "truecolor"}
RED = "\x1b[38;2;255;0;0;48;2;255;0;0m"


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return Past(tmp_path)


def drew_red(past: Past, prompt: str = "画一只红松鼠") -> str:
    identity = past.drew(prompt, name="红松鼠.png")
    Image.new("RGB", (64, 64), (255, 0, 0)).save(past.folder / "红松鼠.png")
    return identity


def test_without_a_terminal_show_tells_one_thing_a_line(past: Past) -> None:
    identity = drew_red(past)

    said = past.says("show", identity[:6])

    lines = said.out.splitlines()
    assert (said.status, said.err) == (0, "")
    assert lines[:2] == [f"id\t{identity}", "state\tdone"]
    assert lines[3:6] == ["prompt\t画一只红松鼠", f"path\t{past.folder}/红松鼠.png", "picture\tPNG 1024x1536, 1.2 MB"]


def test_on_a_terminal_show_draws_the_picture_above_the_words(past: Past) -> None:
    drew_red(past)

    out = past.says("show", "last", stdout=Terminal(), environ=COLOURS).out

    lines = out.splitlines()
    pictured = [line.startswith(RED) for line in lines]
    assert (pictured[0], pictured.index(False), any(pictured[pictured.index(False) :])) == (True, 9, False)
    assert len(lines) <= 24 - 3


@pytest.mark.parametrize(
    ("words", "environ", "stdout", "drawn"),
    [
        (["--preview", "never"], COLOURS, Terminal, False),
        (["--preview", "always"], {}, None, True),
        (["--preview", "auto"], COLOURS, Terminal, True),
        (["--preview", "auto"], {}, None, False),
        ([], {**COLOURS, "NO_COLOR": "1"}, Terminal, False),
    ],
)
def test_preview_says_whether_the_picture_is_drawn(
    past: Past, words: list[str], environ: dict[str, str], stdout: type[Terminal] | None, *, drawn: bool
) -> None:
    drew_red(past)

    changes = {"stdout": stdout()} if stdout else {}
    said = past.says("show", "last", *words, environ=environ, **changes)

    assert (said.status, said.err, "▀" in said.out) == (0, "", drawn)


def test_the_configuration_may_forbid_previews(past: Past) -> None:
    drew_red(past)
    (past.folder / "config.toml").write_text('preview = "never"\n')

    assert "▀" not in past.says("show", "last", stdout=Terminal(), environ=COLOURS).out


def test_a_file_that_is_no_picture_any_more_is_no_reason_to_fail(past: Past) -> None:
    past.drew("松鼠")

    said = past.says("show", "last", stdout=Terminal(), environ=COLOURS)
    insisted = past.says("show", "last", "--preview", "always", stdout=Terminal(), environ=COLOURS)

    assert (said.status, said.err, "松鼠" in said.out) == (0, "", True)
    assert (insisted.status, insisted.err.startswith("no preview: ")) == (0, True)


def test_a_missing_picture_is_marked_and_no_failure(past: Past) -> None:
    identity = past.ended("松鼠", done(past.folder / "gone.png"))

    shown, path = past.says("show", "last", "--preview", "always"), past.says("path", "last")

    assert (shown.status, shown.out.splitlines()[1]) == (0, "state\tmissing")
    assert path == Said(0, f"{past.folder}/gone.png\n", "the picture is not there any more\n")
    assert json.loads(past.says("path", "last", "--json").out) == {
        "schema": "cpa-image/history/1",
        "id": identity,
        "output": f"{past.folder}/gone.png",
        "missing": True,
    }


def test_show_gives_programs_the_run_as_the_list_does(past: Past) -> None:
    drew_red(past)

    shown = json.loads(past.says("show", "last", "--json").out)

    assert shown == {"schema": "cpa-image/history/1", "run": json.loads(past.says("list", "--json").out)["runs"][0]}


def test_path_prints_the_path_and_nothing_else(past: Past) -> None:
    drew_red(past)
    past.failed("later", ago=timedelta(days=-1))

    assert past.says("path", "last~1") == Said(0, f"{past.folder}/红松鼠.png\n", "")


@pytest.mark.parametrize("command", ["path", "open"])
def test_a_run_without_a_picture_has_no_path(past: Past, command: str) -> None:
    identity = past.failed("кот")

    said = past.says(command, "last")

    assert (said.status, said.out) == (ExitStatus.USAGE, "")
    assert f"the run {identity} has no picture: rate_limited" in said.err
    assert f"cpa-image history show {identity}" in said.err


@pytest.mark.parametrize("command", ["show", "path", "open", "forget", "rerun"])
def test_a_run_that_is_not_there_is_a_usage_error_everywhere(past: Past, command: str) -> None:
    said = past.says(command, "zzz", "--json")

    assert said.status == ExitStatus.USAGE
    assert json.loads(said.out)["error"]["message"] == "there is no run 'zzz'"


def test_an_ambiguous_beginning_lists_what_it_may_be(past: Past) -> None:
    ids = [past.drew("画一只松鼠"), past.drew("a cat")]

    said = past.says("path", ids[0][:3])

    assert said.status == ExitStatus.USAGE
    assert f"It may be {ids[1]} (a cat), {ids[0]} (画一只松鼠)" in said.err


# -- open ----------------------------------------------------------------------------------------------------------


def opener(past: Past, *, status: int = 0) -> dict[str, str]:
    """Put a program in the place of the system's opener that notes what it was given; return its environment."""
    programs = past.folder / "bin"
    programs.mkdir()
    script = f'#!/bin/sh\nprintf "%s\\n" "$@" > "{past.folder}/opened"\nexit {status}\n'
    for name in ("xdg-open", "open"):
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    shell = Path(shutil.which("sh") or "/bin/sh").parent
    return {"PATH": f"{programs}{os.pathsep}{shell}"}


def test_open_hands_the_picture_to_the_systems_viewer(past: Past) -> None:
    identity = drew_red(past)

    said = past.says("open", "last", "--json", environ=opener(past))

    assert (past.folder / "opened").read_text() == f"{past.folder}/红松鼠.png\n"
    assert (said.status, said.err) == (0, "")
    assert json.loads(said.out) == {
        "schema": "cpa-image/history/1",
        "id": identity,
        "output": f"{past.folder}/红松鼠.png",
    }


def test_open_says_when_nothing_can_open_it(past: Past) -> None:
    drew_red(past)

    failing = past.says("open", "last", environ=opener(past, status=3))
    nothing = past.says("open", "last", environ={"PATH": "/nonexistent"})

    assert (failing.status, "could not open the picture" in failing.err) == (ExitStatus.USAGE, True)
    assert (nothing.status, "no program to open pictures" in nothing.err) == (ExitStatus.USAGE, True)


def test_a_picture_that_is_gone_is_not_opened(past: Past) -> None:
    past.ended("松鼠", done(past.folder / "gone.png"))

    said = past.says("open", "last", environ=opener(past))

    assert (said.status, "is not there any more" in said.err) == (ExitStatus.USAGE, True)
    assert not (past.folder / "opened").exists()


def test_a_person_who_opens_a_picture_sees_it_and_reads_nothing(past: Past) -> None:
    drew_red(past)

    said = past.says("open", "last", environ=opener(past))

    assert (said.status, said.out, said.err) == (0, "", "")
    assert (past.folder / "opened").read_text() == f"{past.folder}/红松鼠.png\n"
