import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.cells import cell_len

from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import Run, RunState
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.ui.history.table import HistoryRow, plain_lines, table

NOW = datetime(2026, 5, 10, tzinfo=UTC)
AT = datetime(2026, 5, 9, 14, 30, 5, tzinfo=UTC)


def row(number: int, **changes: object) -> HistoryRow:
    known: dict[str, object] = {
        "id": f"1ab{number}kx7q",
        "when": AT,
        "state": "done",
        "prompt": "画一只可爱的松鼠，戴着红帽子，在月光下的屋顶上跳舞，水彩风格，非常细致，背景是星空",
        "model": "gpt-5.4",
        "size": "1024x1536",
        "seconds": "42",
        "path": f"/pictures/松鼠-{number}.png",
        "error": "",
    }
    return HistoryRow(**(known | changes))  # type: ignore[arg-type]


ROWS = [
    row(1),
    row(2, state="missing", prompt="a cat", seconds="3723"),
    row(3, state="interrupted", seconds="", size="", path="", prompt="[bold]кот[/bold] в шляпе"),
    row(4, state="failed", error="moderation_blocked", size="", path="", prompt="a dog"),
    row(5, state="running", seconds="", size="", path="", when=AT.replace(year=2025)),
]

DRAWN = {
    40: """\
ID        Result         Prompt
1ab1kx7q  1024x1536      画一只可爱的松…
1ab2kx7q  missing        a cat
1ab3kx7q  interrupted    [bold]кот[/bol…
1ab4kx7q  moderation_b…  a dog
1ab5kx7q  running        画一只可爱的松…
""",
    80: """\
ID        When         Result                 Time  Prompt
1ab1kx7q  05-09 14:30  1024x1536              0:42  画一只可爱的松鼠，戴着红帽…
1ab2kx7q  05-09 14:30  missing             1:02:03  a cat
1ab3kx7q  05-09 14:30  interrupted                  [bold]кот[/bold] в шляпе
1ab4kx7q  05-09 14:30  moderation_blocked     0:42  a dog
1ab5kx7q  2025-05-09   running                      画一只可爱的松鼠，戴着红帽…
""",
}


def drawn(width: int, *rows: HistoryRow, is_coloured: bool = False) -> str:
    return "".join(f"{line}\n" for line in table(rows or ROWS, width=width, is_coloured=is_coloured, now=NOW))


@pytest.mark.parametrize("width", DRAWN)
def test_the_table_fits_the_terminal(width: int) -> None:
    assert drawn(width) == DRAWN[width]


def test_a_wide_terminal_shows_every_column() -> None:
    fields = [re.split(r"\s{2,}", line) for line in drawn(200).splitlines()]

    prompt = "画一只可爱的松鼠，戴着红帽子，在月光下的屋顶上跳舞，水彩风格，非常细致，背景是星空"
    assert fields == [
        ["ID", "When", "Result", "Time", "Prompt", "Model", "Gateway", "Picture"],
        ["1ab1kx7q", "05-09 14:30", "1024x1536", "0:42", prompt, "gpt-5.4", "松鼠-1.png"],
        ["1ab2kx7q", "05-09 14:30", "missing", "1:02:03", "a cat", "gpt-5.4", "松鼠-2.png"],
        ["1ab3kx7q", "05-09 14:30", "interrupted", "[bold]кот[/bold] в шляпе", "gpt-5.4"],
        ["1ab4kx7q", "05-09 14:30", "moderation_blocked", "0:42", "a dog", "gpt-5.4"],
        ["1ab5kx7q", "2025-05-09", "running", prompt, "gpt-5.4"],
    ]


@pytest.mark.parametrize("width", [20, 40, 59, 60, 80, 110, 150, 200])
def test_long_values_never_break_a_line(width: int) -> None:
    long = row(5, prompt="松鼠" * 300, model="m" * 200, path=f"/{'鼠' * 80}.png")

    lines = drawn(width, long).splitlines()

    assert len(lines) == 2
    assert max(cell_len(line) for line in lines) <= width


def test_colour_adds_nothing_but_colour() -> None:
    coloured = drawn(80, is_coloured=True)

    assert re.sub(r"\x1b\[[\d;]+m", "", coloured) == DRAWN[80]
    assert "\x1b[38;5;130mmissing\x1b[0m" in coloured
    assert "\x1b[31mmoderation_blocked\x1b[0m" in coloured


def test_a_plain_line_holds_no_tab_or_newline_of_anybody_else() -> None:
    head, line = plain_lines([row(1, prompt="松鼠", gateway="https://g/v1")])
    assert len(head.split("\t")) == len(line.split("\t"))
    assert line.split("\t") == [
        "1ab1kx7q",
        "2026-05-09T14:30:05+00:00",
        "done",
        "42",
        "1024x1536",
        "gpt-5.4",
        "/pictures/松鼠-1.png",
        "松鼠",
        "https://g/v1",
    ]


def test_a_run_of_the_sandbox_is_marked_and_the_gateway_shown_where_there_is_room() -> None:
    rows = [row(1, prompt="a cat", gateway="sandbox"), row(2, prompt="a dog", gateway="https://gate.example/v1")]

    narrow = list(table(rows, width=60, is_coloured=False, now=AT))
    wide = list(table(rows, width=140, is_coloured=False, now=AT))

    assert [line.endswith(end) for line, end in zip(narrow[1:], ("[sandbox] a cat", "  a dog"), strict=True)] == [
        True
    ] * 2
    assert wide[0].endswith("Gateway")
    assert (wide[1].endswith("sandbox"), wide[2].endswith("gate.example")) == (True, True)


def test_what_was_searched_for_stays_in_sight_behind_the_mark() -> None:
    found = row(1, prompt="a very long sentence before the squirrel", gateway="sandbox", focus=32, focus_end=40)

    (_, line) = table([found], width=50, is_coloured=False, now=AT)

    assert "squirrel" in line


def run(prompt: str, **changes: object) -> Run:
    known: dict[str, object] = {
        "id": "1rx2brfa",
        "state": RunState.DONE,
        "job_state": JobState.DONE,
        "prompt": prompt,
        "model": "gpt\n5",
        "gateway": "https://g",
        "parameters": {},
        "started_at": AT,
    }
    return Run(**(known | changes))  # type: ignore[arg-type]


def test_a_run_becomes_a_row_of_clean_single_lines() -> None:
    picture = Picture(format="png", width=8, height=9, bytes=1, sha256="")
    whole = run("a\x1b[31m\tcat\n猫", picture=picture, output=Path("/a\nb.png"), elapsed_s=41.6)

    assert HistoryRow.of(whole, when=AT, missing=False) == HistoryRow(
        id="1rx2brfa",
        when=AT,
        state="done",
        prompt="a cat 猫",
        model="gpt 5",
        size="8x9",
        seconds="42",
        path="/a b.png",
        error="",
        gateway="https://g",
    )
    assert HistoryRow.of(whole, when=AT, missing=True).result == "missing"
    assert (
        HistoryRow.of(run("", state=RunState.FAILED, error_code="timeout"), when=AT, missing=False).result == "timeout"
    )
    assert HistoryRow.of(run(""), when=AT, missing=False).result == "done"


@pytest.mark.parametrize(
    ("prompt", "searched", "found"),
    [
        ("画一只松鼠", "松鼠", "松鼠"),
        ("A Red SQUIRREL", "squirrel red", "SQUIRREL"),
        ("Ｓｑｕｉｒｒｅｌ", "squirrel", "Ｓｑｕｉｒｒｅｌ"),
        ("Eine Straße", "strasse", ""),
        ("no such word", "松鼠", ""),
    ],
)
def test_a_row_knows_where_the_word_lies_that_it_was_found_by(prompt: str, searched: str, found: str) -> None:
    row = HistoryRow.of(run(prompt), when=AT, missing=False, searched=searched)

    assert (row.prompt, row.prompt[row.focus : row.focus_end]) == (prompt, found)


def test_what_was_found_far_behind_is_in_sight() -> None:
    found = HistoryRow.of(run("月光 " * 1000 + "松鼠"), when=AT, missing=False, searched="松鼠")

    assert drawn(40, found).splitlines()[1].endswith("松鼠")
