"""The command ``history list``, in process and in a pseudo-terminal."""

import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from datetime import UTC, datetime, timedelta
from fcntl import ioctl
from pathlib import Path

import pyte
import pytest
from rich.cells import cell_len
from rich.console import Console

from cpa_image_cli import app
from cpa_image_cli.adapters.history import History
from cpa_image_cli.core.errors import Code, ExitStatus
from cpa_image_cli.core.outcome import Outcome, Trouble
from cpa_image_cli.core.picture import Picture
from cpa_image_cli.core.runs import NewRun
from cpa_image_cli.surroundings import Directories, Surroundings
from cpa_image_cli.ui.history_table import HistoryRow, plain_line, table

AT = datetime(2026, 5, 9, 6, 30, 5, tzinfo=UTC)
PICTURE = Picture(format="png", width=1024, height=1536, bytes=1_234_567, sha256="ab" * 32)


def surroundings(folder: Path) -> Surroundings:
    directories = Directories(config=folder, data=folder, cache=folder, pictures=folder)
    return Surroundings(
        environ={},
        stdin=io.StringIO(),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        home=folder,
        working_directory=folder,
        directories=lambda: directories,
    )


def listed(folder: Path, *words: str) -> tuple[int, str, str]:
    around = surroundings(folder)
    status = app.run(["history", "list", *words], around)
    assert isinstance(around.stdout, io.StringIO)
    assert isinstance(around.stderr, io.StringIO)
    return status, around.stdout.getvalue(), around.stderr.getvalue()


def recorded(folder: Path) -> list[str]:
    """Record a picture that is there, one that is gone, a failure and a run under way; return their ids."""
    (folder / "松鼠.png").write_bytes(b"")
    history = History(folder / "history.sqlite3", draw=lambda: 0.5)
    busy = Trouble(code=Code.RATE_LIMITED, message="too many requests")
    outcomes = [
        (
            "画一只可爱的松鼠",
            Outcome(
                model="gpt-5.4", requested={}, attempts=1, elapsed_s=41.6, output=folder / "松鼠.png", picture=PICTURE
            ),
        ),
        (
            "a cat\nin a [bold]hat[/]\t\x1b[31m",
            Outcome(
                model="gpt-5.4", requested={}, attempts=1, elapsed_s=8.0, output=folder / "gone.png", picture=PICTURE
            ),
        ),
        ("кот", Outcome(model="gpt-5.4", requested={}, attempts=5, elapsed_s=99.5, trouble=busy)),
        ("正在画", None),
    ]
    ids = []
    for late, (prompt, outcome) in enumerate(outcomes):
        at = AT + timedelta(minutes=late)
        ids.append(
            history.begin(NewRun(prompt=prompt, model="gpt-5.4", gateway="https://g", parameters={}, started_at=at))
        )
        if outcome is not None:
            history.finish(ids[-1], outcome, at=at + timedelta(seconds=50), timings={})
    return ids


def test_without_a_terminal_each_run_is_one_line_of_fields_newest_first(tmp_path: Path) -> None:
    first, second, third, fourth = recorded(tmp_path)
    starts = [(AT + timedelta(minutes=late)).astimezone().isoformat(timespec="seconds") for late in range(4)]

    status, out, err = listed(tmp_path)

    assert (status, err) == (0, "")
    assert [line.split("\t") for line in out.splitlines()] == [
        [fourth, starts[3], "running", "", "", "gpt-5.4", "", "正在画"],
        [third, starts[2], "failed", "100", "", "gpt-5.4", "rate_limited", "кот"],
        [second, starts[1], "missing", "8", "1024x1536", "gpt-5.4", f"{tmp_path}/gone.png", "a cat in a [bold]hat[/]"],
        [first, starts[0], "done", "42", "1024x1536", "gpt-5.4", f"{tmp_path}/松鼠.png", "画一只可爱的松鼠"],
    ]


def test_n_limits_the_list(tmp_path: Path) -> None:
    ids = recorded(tmp_path)

    _, out, _ = listed(tmp_path, "-n", "2")

    assert [line.partition("\t")[0] for line in out.splitlines()] == [ids[3], ids[2]]


def test_json_holds_all_that_is_known(tmp_path: Path) -> None:
    ids = recorded(tmp_path)

    status, out, err = listed(tmp_path, "--json")

    shown = json.loads(out)
    assert (status, err, out.count("\n")) == (0, "", 1)
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
        "started_at": "2026-05-09T06:30:05.000+00:00",
        "finished_at": "2026-05-09T06:30:55.000+00:00",
        "prompt": "画一只可爱的松鼠",
        "model": "gpt-5.4",
        "gateway": "https://g",
        "parameters": {},
        "output": f"{tmp_path}/松鼠.png",
        "missing": False,
        "format": "png",
        "width": 1024,
        "height": 1536,
        "bytes": 1_234_567,
        "sha256": "ab" * 32,
        "attempts": 1,
        "elapsed_s": 41.6,
        "timings": {},
        "usage": None,
        "error": None,
        "details": {},
    }
    assert shown["runs"][1]["error"] == {"code": "rate_limited", "message": "too many requests"}


def test_an_empty_history_is_said_and_no_failure(tmp_path: Path) -> None:
    assert listed(tmp_path) == (0, "", "no runs yet\n")
    assert listed(tmp_path, "--json") == (0, '{"schema": "cpa-image/history/1", "runs": []}\n', "")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_history_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "history.sqlite3").write_bytes(b"this is no database" * 300)

    status, out, err = listed(tmp_path)

    assert (status, out) == (int(ExitStatus.CONFIG), "")
    assert "it is damaged; move it away, and a new one is begun" in " ".join(err.split())


# -- the table -----------------------------------------------------------------------------------------------------


def row(number: int, **changes: str) -> HistoryRow:
    known = {
        "id": f"1ab{number}kx7q",
        "state": "done",
        "prompt": "画一只可爱的松鼠，戴着红帽子，在月光下的屋顶上跳舞，水彩风格，非常细致，背景是星空",
        "model": "gpt-5.4",
        "size": "1024x1536",
        "seconds": "42",
        "path": f"/pictures/松鼠-{number}.png",
        "error": "",
    }
    return HistoryRow(when=datetime(2026, 5, 9, 14, 30, 5, tzinfo=UTC), **(known | changes))


ROWS = [
    row(1),
    row(2, state="missing", prompt="a cat"),
    row(3, state="interrupted", seconds="", size="", path="", prompt="[bold]кот[/bold] в шляпе"),
    row(4, state="failed", error="rate_limited", size="", path="", prompt="a dog"),
]

DRAWN = {
    40: """\
ID        State        Prompt
1ab1kx7q  done         画一只可爱的松鼠…
1ab2kx7q  missing      a cat
1ab3kx7q  interrupted  [bold]кот[/bold]…
1ab4kx7q  failed       a dog
""",
    80: """\
ID        When         State        Time  Prompt
1ab1kx7q  05-09 14:30  done         42 s  画一只可爱的松鼠，戴着红帽子，在月光 …
1ab2kx7q  05-09 14:30  missing      42 s  a cat
1ab3kx7q  05-09 14:30  interrupted        [bold]кот[/bold] в шляпе
1ab4kx7q  05-09 14:30  failed       42 s  a dog
""",
}


def drawn(width: int) -> str:
    file = io.StringIO()
    Console(file=file, width=width, color_system=None).print(table(ROWS, width=width))
    return "".join(line.rstrip() + "\n" for line in file.getvalue().splitlines())


@pytest.mark.parametrize("width", DRAWN)
def test_the_table_fits_the_terminal(width: int) -> None:
    assert drawn(width) == DRAWN[width]


def test_a_wide_terminal_shows_every_column() -> None:
    fields = [re.split(r"\s{2,}", line) for line in drawn(200).splitlines()]

    prompt = "画一只可爱的松鼠，戴着红帽子，在月光下的屋顶上跳舞，水彩风格，非常细致，背景是星空"
    assert fields == [
        ["ID", "When", "State", "Time", "Prompt", "Size", "Model", "Picture"],
        ["1ab1kx7q", "05-09 14:30", "done", "42 s", prompt, "1024x1536", "gpt-5.4", "松鼠-1.png"],
        ["1ab2kx7q", "05-09 14:30", "missing", "42 s", "a cat", "1024x1536", "gpt-5.4", "松鼠-2.png"],
        ["1ab3kx7q", "05-09 14:30", "interrupted", "[bold]кот[/bold] в шляпе", "gpt-5.4"],
        ["1ab4kx7q", "05-09 14:30", "failed", "42 s", "a dog", "gpt-5.4", "rate_limited"],
    ]


@pytest.mark.parametrize("width", [20, 40, 59, 60, 80, 130, 160, 200])
def test_long_values_never_break_a_line(width: int) -> None:
    long = row(5, prompt="松鼠" * 300, model="m" * 200, path=f"/{'鼠' * 80}.png")
    file = io.StringIO()

    Console(file=file, width=width, color_system=None).print(table([long], width=width))

    lines = file.getvalue().splitlines()
    assert len(lines) == 2
    assert max(cell_len(line) for line in lines) <= width


def test_a_plain_line_holds_no_tab_or_newline_of_anybody_else() -> None:
    assert plain_line(row(1, prompt="松鼠")).split("\t") == [
        "1ab1kx7q",
        "2026-05-09T14:30:05+00:00",
        "done",
        "42",
        "1024x1536",
        "gpt-5.4",
        "/pictures/松鼠-1.png",
        "松鼠",
    ]


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_in_a_terminal_no_line_is_wider_than_it(tmp_path: Path, columns: int) -> None:
    folder = tmp_path / "cpa-image"
    folder.mkdir()
    ids = recorded(folder)
    controller, terminal = pty.openpty()
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environ = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "TERM": "xterm-256color", "NO_COLOR": ""}

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
    assert screen.display[4].startswith(ids[0])
