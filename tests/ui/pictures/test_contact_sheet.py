"""Several pictures as one sheet: how many across, how large, and what stands below each."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

from cpa_image_cli.core.terminal.graphics import Graphics, Protocol
from cpa_image_cli.ui.pictures.contact_sheet import ContactSheet, Grid, contact_sheet, grid_of
from cpa_image_cli.ui.pictures.kitty import ImageId
from cpa_image_cli.ui.pictures.pixels import Size

GRID = Grid(2, Size(8, 4))


@pytest.mark.parametrize(
    ("count", "room", "grid"),
    [
        (2, Size(80, 22), Grid(2, Size(39, 20))),
        (4, Size(80, 22), Grid(4, Size(18, 9))),
        (9, Size(80, 22), Grid(4, Size(18, 6))),
        (9, Size(200, 70), Grid(4, Size(48, 22))),
        (4, Size(40, 22), Grid(2, Size(19, 10))),
        (4, Size(10, 22), Grid(1, Size(10, 4))),
        (100, Size(80, 22), Grid(4, Size(18, 4))),
    ],
)
def test_up_to_four_stand_beside_each_other_and_the_sheet_stays_in_sight_if_it_can(
    count: int, room: Size, grid: Grid
) -> None:
    assert grid_of(count, room, ratio=0.5) == grid


def sheet_of(paths: Sequence[Path], protocol: Protocol = Protocol.HALF_BLOCKS) -> ContactSheet:
    ids = (ImageId.drawn(number / 10) for number in range(len(paths)))
    return contact_sheet(paths, Graphics(protocol=protocol), GRID, ids)


def rows_of(sheet: ContactSheet) -> list[str]:
    console = Console(file=io.StringIO(), width=40, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(sheet)
    return [row.rstrip() for row in capture.get().splitlines()]


def picture(folder: Path, name: str, size: tuple[int, int]) -> Path:
    Image.new("RGB", size, "red").save(folder / name)
    return folder / name


def test_cells_are_equal_pictures_keep_their_shape_and_the_number_stands_below(tmp_path: Path) -> None:
    wide, high = picture(tmp_path, "fox.png", (80, 20)), picture(tmp_path, "owl.png", (20, 80))
    small = picture(tmp_path, "squirrel in the snow.png", (2, 2))

    assert rows_of(sheet_of([wide, high, small])) == [
        "             ▀▀",
        "▀▀▀▀▀▀▀▀     ▀▀",
        "             ▀▀",
        "             ▀▀",
        " 1  fox    2  owl",
        "",
        "   ▀▀",
        "",
        "",
        "3  squi…",
    ]


def test_what_cannot_be_shown_has_a_cell_that_says_so(tmp_path: Path) -> None:
    sheet = sheet_of([tmp_path / "s-1.png", picture(tmp_path, "s-2.png", (20, 80))])

    assert [str(error) for error in sheet.errors] == [f"{tmp_path / 's-1.png'} does not exist"]
    assert rows_of(sheet)[-1] == "   1         2"


def test_pictures_that_the_terminal_keeps_by_name_have_each_its_own(tmp_path: Path) -> None:
    sheet = sheet_of([picture(tmp_path, "s-1.png", (20, 80)), picture(tmp_path, "s-2.png", (20, 80))], Protocol.KITTY)

    assert len({ImageId.drawn(0.0), ImageId.drawn(0.1)}) == 2
    assert "".join(rows_of(sheet)).count("\x1b_Ga=T") == 2
