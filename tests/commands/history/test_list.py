"""The command ``history list``, in process and in a pseudo-terminal."""

import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from dataclasses import replace
from datetime import timedelta
from fcntl import ioctl
from pathlib import Path

import pyte
import pytest
from PIL import Image

from cpa_image_cli.core.errors import Code, ExitStatus
from cpa_image_cli.core.job.outcome import Trouble
from tests.commands.history.histories import NOW, Past, Said, Terminal, done


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return Past(tmp_path)


@pytest.fixture
def ids(past: Past) -> list[str]:
    """Record a picture that is there, one that is gone, a failure and a run under way; return their ids."""
    return [
        past.drew("画一只可爱的松鼠", name="松鼠.png", ago=timedelta(days=3)),
        past.ended("a cat\nin a [bold]hat[/]\t\x1b[31m", done(past.folder / "gone.png"), ago=timedelta(days=2)),
        past.failed("кот", ago=timedelta(days=1), model="gpt-5.5"),
        past.begun("正在画"),
    ]


def test_without_a_terminal_each_run_is_one_line_of_fields_newest_first(past: Past, ids: list[str]) -> None:
    starts = [(NOW - timedelta(days=days)).astimezone().isoformat(timespec="seconds") for days in (3, 2, 1, 0)]

    said = past.says("list")

    assert (said.status, said.err) == (0, "")
    head, *lines = (line.split("\t") for line in said.out.splitlines())
    assert (head[0], head[-2:]) == ("ID", ["PROMPT", "GATEWAY"])
    assert [line[:-1] for line in lines] == [
        [ids[3], starts[3], "running", "", "", "gpt-5.4", "", "正在画"],
        [ids[2], starts[2], "failed", "100", "", "gpt-5.5", "rate_limited", "кот"],
        [
            ids[1],
            starts[1],
            "missing",
            "42",
            "1024x1536",
            "gpt-5.4",
            f"{past.folder}/gone.png",
            "a cat in a [bold]hat[/]",
        ],
        [ids[0], starts[0], "done", "42", "1024x1536", "gpt-5.4", f"{past.folder}/松鼠.png", "画一只可爱的松鼠"],
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["-n", "2"], [3, 2]),
        (["--search", "松鼠"], [0]),
        (["-s", "HAT cat"], [1]),
        (["--search", ""], [3, 2, 1, 0]),
        (["--failed"], [2]),
        (["--since", "36h"], [3, 2]),
        (["--since", "2026-05-07T12:00Z"], [3, 2, 1]),
        (["--model", "gpt-5.5"], [2]),
        (["--model", "gpt-5*", "--since", "50h", "-n", "1"], [3]),
    ],
)
def test_options_pick_which_runs(past: Past, ids: list[str], words: list[str], found: list[int]) -> None:
    lines = past.says("list", *words).out.splitlines()[1:]

    assert [line.partition("\t")[0] for line in lines] == [ids[number] for number in found]


def test_json_holds_all_that_is_known(past: Past, ids: list[str]) -> None:
    said = past.says("list", "--json")

    shown = json.loads(said.out)
    assert (said.status, said.err, said.out.count("\n")) == (0, "", 1)
    assert shown["schema"] == "cpa-image/history/1"
    assert [(run["id"], run["state"], run["missing"]) for run in shown["runs"]] == [
        (ids[3], "running", False),
        (ids[2], "failed", False),
        (ids[1], "done", True),
        (ids[0], "done", False),
    ]
    assert shown["runs"][3] == {
        "id": ids[0],
        "state": "done",
        "started_at": "2026-05-06T12:00:00.000+00:00",
        "finished_at": "2026-05-06T12:00:41.600+00:00",
        "prompt": "画一只可爱的松鼠",
        "model": "gpt-5.4",
        "gateway": "https://gateway.example/v1",
        "parameters": {"output_format": "png", "stream": False},
        "output": f"{past.folder}/松鼠.png",
        "missing": False,
        "format": "png",
        "width": 1024,
        "height": 1536,
        "bytes": 1_234_567,
        "sha256": "ab" * 32,
        "attempts": 1,
        "elapsed_s": 41.6,
        "timings": {"request_sent": 0.1, "attempt": 41.6},
        "usage": {"total_tokens": 1121, "image": None, "text": {"total_tokens": 1121}},
        "error": None,
        "details": {"requested": {"format": "png"}},
        "job_state": "done",
        "fingerprint": None,
        "group": None,
        "row": None,
        "parents": [],
        "request_id": None,
        "profile": None,
        "picture_sha256": None,
    }
    assert shown["runs"][1]["error"] == {"code": "rate_limited", "message": "too many requests"}


def test_an_empty_history_is_said_and_no_failure(past: Past) -> None:
    assert past.says("list") == Said(0, "", "no runs yet\n")
    assert past.says("list", "--json") == Said(0, '{"schema": "cpa-image/history/1", "runs": []}\n', "")
    assert list(past.folder.iterdir()) == []


def test_nothing_found_is_told_from_nothing_there(past: Past, ids: list[str]) -> None:
    assert past.says("list", "--search", "麒麟") == Said(0, "", "no runs match\n")
    assert len(ids) == 4


def test_a_time_that_is_none_is_a_usage_error(past: Past) -> None:
    said = past.says("list", "--since", "soon", "--json")

    assert said.status == ExitStatus.USAGE
    assert json.loads(said.out)["error"]["message"] == "--since 'soon' is no time"


def test_a_damaged_history_is_a_configuration_error(past: Past) -> None:
    (past.folder / "history.sqlite3").write_bytes(b"this is no database" * 300)

    said = past.says("list")

    assert (said.status, said.out) == (int(ExitStatus.CONFIG), "")
    assert "it is damaged; move it away, and a new one is begun" in " ".join(said.err.split())


def test_on_a_terminal_it_is_a_table_in_colour_unless_there_is_none(past: Past, ids: list[str]) -> None:
    coloured = past.says("list", stdout=Terminal(), environ={"TERM": "xterm"}).out.splitlines()
    plain = past.says("list", stdout=Terminal(), environ={"TERM": "xterm", "NO_COLOR": "1"}).out.splitlines()

    assert plain[0] == "ID        When         Result        Time  Prompt"
    assert (plain[3].split()[0], plain[3].split()[3]) == (ids[1], "missing")
    assert "\x1b[38;5;130mmissing\x1b[0m" in coloured[3]


def test_the_word_that_was_searched_for_is_in_sight(past: Past) -> None:
    past.drew("月光下的屋顶上，" * 20 + "一只松鼠")

    said = past.says("list", "--search", "松鼠", stdout=Terminal())

    assert said.out.splitlines()[1].endswith("一只松鼠")


def test_thumbnails_are_drawn_where_there_is_a_picture(past: Past) -> None:
    past.drew("红", name="red.png")
    Image.new("RGB", (64, 64), (255, 0, 0)).save(past.folder / "red.png")
    past.failed("кот")

    said = past.says("list", "--thumbnails", stdout=Terminal(), environ={"TERM": "xterm", "COLORTERM": "truecolor"})

    blocks = said.out.rstrip("\n").split("\n\n")
    assert [block.count("\x1b[38;2;255;0;0;48;2;255;0;0m" + "▀" * 14) for block in blocks] == [0, 7]
    assert ["rate_limited" in blocks[0], "1024x1536" in blocks[1]] == [True, True]


def test_thumbnails_into_a_pipe_are_the_plain_lines(past: Past, ids: list[str]) -> None:
    assert past.says("list", "--thumbnails").out == past.says("list").out
    assert len(ids) == 4


def test_a_picture_is_not_called_missing_where_nobody_can_look(past: Past) -> None:
    # A name that is too long can be looked up by nobody, not even by root.
    past.ended("松鼠", done(past.folder / ("a" * 5000)))

    assert past.says("list").out.splitlines()[1].split("\t")[2] == "done"


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_in_a_terminal_no_line_is_wider_than_it(tmp_path: Path, columns: int) -> None:
    folder = tmp_path / "cpa-image"
    folder.mkdir()
    past = Past(folder)
    ids = [past.drew("画一只可爱的松鼠" * 9), past.failed("a cat"), past.begun("正在画")]
    controller, terminal = pty.openpty()
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environ = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "TERM": "xterm-256color"}

    status = subprocess.run(
        [sys.executable, "-m", "cpa_image_cli", "history", "list"], stdout=terminal, env=environ, check=False
    ).returncode
    os.close(terminal)
    screen = pyte.Screen(columns, 24)
    pyte.ByteStream(screen).feed(os.read(controller, 1 << 16))
    os.close(controller)

    lines = [line.rstrip() for line in screen.display if line.strip()]
    assert status == 0
    assert [line.split()[0] for line in lines] == ["ID", *reversed(ids)]


def modules_of(past: Past, *words: str) -> set[str]:
    """Return the modules that a process has imported once it has listed runs."""
    script = f"""
import io, sys
from cpa_image_cli import app
from cpa_image_cli.process.surroundings import Surroundings
from dataclasses import replace
app.run(["history", "list", *{words!r}], replace(Surroundings.of_process(), stdout=io.StringIO()))
print(*sys.modules)
"""
    environ = {**os.environ, "XDG_DATA_HOME": str(past.folder.parent), "HOME": str(past.folder)}
    told = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    return set(told.stdout.split())


def test_listing_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    past = Past(tmp_path / "cpa-image")
    past.folder.mkdir()
    past.drew("画一只可爱的松鼠")

    loaded = modules_of(past, "--search", "松鼠")

    assert "sqlite3" in loaded
    assert (
        loaded & {"httpx", "PIL", "asyncio", "ssl", "rich.console", "rich.table", "cpa_image_cli.engine.generation"}
        == set()
    )


def test_the_group_alone_says_what_there_is(past: Past) -> None:
    said = past.says()

    commands = ("list", "show", "open", "path", "rerun", "stats", "export", "forget", "prune")
    listed = said.out.partition("Commands\n")[2].partition("\n\n")[0]
    assert (said.status, said.err) == (ExitStatus.OK, "")
    assert re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE) == [*commands]


def test_jobs_that_are_under_way_or_may_have_cost_something_are_picked(past: Past, ids: list[str]) -> None:
    lost = Trouble(code=Code.TIMEOUT, message="gave up", may_have_billed=True)
    unknown = past.ended("月光", replace(done(None), picture=None, trouble=lost))

    def listed(*options: str) -> list[str]:
        return [line.split("\t")[0] for line in past.says("list", *options).out.splitlines()[1:]]

    assert listed("--running") == [ids[3]]
    assert listed("--unknown") == [unknown]
    assert listed("--unknown", "--running") == [unknown, ids[3]]
