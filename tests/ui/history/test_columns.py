import pytest
from rich.cells import cell_len

from cpa_image_cli.ui.history.columns import Cell, Column, cell, lines, shortened
from cpa_image_cli.ui.palette import QUIET, SUCCESS, TROUBLE

COLUMNS = [
    Column(title="ID"),
    Column(title="N", right=True),
    Column(title="What", grows=True),
    Column(title="M", most=5),
]


def drawn(*rows: tuple[str, ...], width: int) -> list[str]:
    return list(lines(COLUMNS, [[cell(text) for text in row] for row in rows], width=width, is_coloured=False))


def test_columns_are_as_wide_as_what_they_hold_in_columns_of_the_terminal() -> None:
    assert drawn(("a", "1", "松鼠", "m"), ("bb", "100", "a cat", "model-x"), width=80) == [
        "ID    N  What   M",
        "a     1  松鼠   m",
        "bb  100  a cat  mode…",
    ]


def test_the_growing_column_takes_what_is_left_and_is_shortened() -> None:
    assert drawn(("a", "1", "画一只可爱的松鼠", "m"), width=23) == [
        "ID  N  What           M",
        "a   1  画一只可爱的…  m",
    ]


@pytest.mark.parametrize("width", range(1, 60))
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    rows = drawn(("1rx2brfa", "1,000", "松鼠" * 40, "模型" * 9), ("b", "", "", ""), width=width)

    assert max(cell_len(line) for line in rows) <= width
    assert len(rows) == 3


def test_styles_end_where_their_text_does() -> None:
    cells = [Cell((("━━", SUCCESS), ("╌", TROUBLE), (" ", ""))), cell("x", QUIET)]

    _, line = lines([Column(title=""), Column(title="")], [cells], width=80, is_coloured=True)

    assert line == "\x1b[32m━━\x1b[0m\x1b[31m╌\x1b[0m   \x1b[2mx\x1b[0m"


def test_a_shortened_cell_keeps_its_first_style() -> None:
    _, line = lines([Column(title="", most=4)], [[cell("松鼠松鼠", TROUBLE)]], width=80, is_coloured=True)

    assert line == "\x1b[31m松…\x1b[0m"


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (40, "一只松鼠在月光下的屋顶上跳舞"),
        (28, "一只松鼠在月光下的屋顶上跳舞"),
        (27, "一只松鼠在月光下的屋顶上跳…"),
        (16, "…在月光下的屋顶…"),
        (6, "…屋顶…"),
        (5, "…屋…"),
        (1, "…"),
        (0, ""),
    ],
)
def test_what_was_looked_for_stays_in_sight(columns: int, shown: str) -> None:
    text = "一只松鼠在月光下的屋顶上跳舞"

    assert shortened(text, columns, focus=text.index("屋顶"), focus_end=text.index("屋顶") + 2) == shown
