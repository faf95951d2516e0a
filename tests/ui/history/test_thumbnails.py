import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from rich.cells import cell_len
from rich.console import Console

from cpa_image_cli.core.terminal.graphics import Graphics, Protocol
from cpa_image_cli.ui.console import composed
from cpa_image_cli.ui.history.table import HistoryRow
from cpa_image_cli.ui.history.thumbnails import beside, cells
from cpa_image_cli.ui.pictures.kitty import ImageId
from cpa_image_cli.ui.pictures.preview import draw

AT = datetime(2026, 5, 9, 14, 30, 5, tzinfo=UTC)
ROW = HistoryRow(
    id="1rx2brfa",
    when=AT,
    state="done",
    prompt="画一只可爱的松鼠，戴着红帽子，在月光下的屋顶上跳舞，水彩风格，非常细致，背景是星空和远山，细节丰富",
    model="gpt-5.4",
    size="1024x1024",
    seconds="42",
    path="/a.png",
    error="",
)


def lines(folder: Path, width: int, *, picture: bool = True) -> list[str]:
    path = folder / "a.png"
    Image.new("RGB", (64, 64), "red").save(path)
    columns, rows = cells(width)
    graphics = Graphics(protocol=Protocol.HALF_BLOCKS)
    drawing = draw(path, graphics, columns=columns, rows=rows, image_id=ImageId(1)) if picture else None
    console = Console(file=io.StringIO(), width=width, color_system=None)
    return [line.rstrip() for line in composed(console, beside(ROW, drawing, width=width, now=AT)).splitlines()]


def test_the_words_stand_beside_the_picture(tmp_path: Path) -> None:
    block = "▀" * 14

    assert lines(tmp_path, 60) == [
        f"{block}  1rx2brfa  05-09 14:30",
        f"{block}  1024x1024  0:42",
        f"{block}  画一只可爱的松鼠，戴着红帽子，在月光下的屋顶",
        f"{block}  上跳舞，水彩风格，非常细致，背景是星空和远山",
        f"{block}  ，细节丰富",
        block,
        block,
        "",
    ]


def test_a_narrow_terminal_gets_a_small_one(tmp_path: Path) -> None:
    block = "▀" * 8

    assert lines(tmp_path, 40) == [
        f"{block}  1rx2brfa  05-09 14:30",
        f"{block}  1024x1024  0:42",
        f"{block}  画一只可爱的松鼠，戴着红帽子…",
        block,
        "",
    ]


def test_a_run_without_a_picture_keeps_the_column_free(tmp_path: Path) -> None:
    assert lines(tmp_path, 60, picture=False)[:2] == [
        f"{' ' * 16}1rx2brfa  05-09 14:30",
        f"{' ' * 16}1024x1024  0:42",
    ]


@pytest.mark.parametrize("width", [24, 40, 80, 200])
def test_no_line_is_wider_than_the_terminal(tmp_path: Path, width: int) -> None:
    assert max(cell_len(line) for line in lines(tmp_path, width)) <= width


def test_a_run_that_took_no_known_time_tells_none() -> None:
    row = replace(ROW, state="running", size="", error="running", seconds="", path="")
    console = Console(file=io.StringIO(), width=60, color_system=None)

    shown = composed(console, beside(row, None, width=60, now=AT)).splitlines()

    assert [line.strip() for line in shown[:2]] == ["1rx2brfa  05-09 14:30", row.result]
