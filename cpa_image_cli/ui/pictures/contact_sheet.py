"""Decides how several pictures are laid out as one sheet: equal cells, each with its number and what its name is."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.align import Align
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.pictures.told_apart import told_apart
from cpa_image_cli.core.terminal.graphics import Graphics
from cpa_image_cli.ui.palette import QUIET, STRONG, TROUBLE
from cpa_image_cli.ui.pictures.kitty import ImageId
from cpa_image_cli.ui.pictures.pixels import PreviewError, Size
from cpa_image_cli.ui.pictures.preview import draw

MOST_ACROSS = 4

NARROWEST, LOWEST = 16, 4
"""Columns and rows of a cell in which a picture is still told from another; a sheet of many is rather higher."""

GAP = 2
"""Columns between two cells."""

LABEL = 1
"""Rows below a picture."""


@dataclass(frozen=True, slots=True)
class Grid:
    """*across* cells in a row, in each of them room for a picture of the size *cell*, in columns and rows."""

    across: int
    cell: Size


def grid_of(count: int, room: Size, *, ratio: float, lowest: int = LOWEST) -> Grid:
    """
    Return the grid of *count* pictures within *room*, which it exceeds in height before a cell gets below *lowest*.

    *ratio* is the width of the terminal's cells in heights of one: a cell of the grid is at most a square.
    """
    across = max(1, min(MOST_ACROSS, count, (room.width + GAP) // (NARROWEST + GAP)))
    width = max(1, (room.width - GAP * (across - 1)) // across)
    down = -(-count // across)
    height = min(round(width * ratio), room.height // down - LABEL)
    return Grid(across, Size(width, max(lowest, height)))


@dataclass(frozen=True, slots=True)
class ContactSheet:
    """What stands in each cell of *grid*: its number, a name, and a picture or why there is none."""

    grid: Grid
    names: Sequence[str]
    pictures: Sequence[RenderableType | PreviewError]

    @property
    def errors(self) -> list[PreviewError]:
        """Why there are no pictures where there are none."""
        return [picture for picture in self.pictures if isinstance(picture, PreviewError)]

    def __rich__(self) -> RenderableType:
        """Return rows of pictures, a row of labels below each."""
        table = Table.grid(padding=(0, GAP, 0, 0))
        for _ in range(self.grid.across):
            table.add_column(width=self.grid.cell.width)
        labels = [_label(number, name) for number, name in enumerate(self.names, 1)]
        for start in range(0, len(labels), self.grid.across):
            row = slice(start, start + self.grid.across)
            table.add_row(*map(self._framed, self.pictures[row]))
            table.add_row(*labels[row])
        return table

    def _framed(self, picture: RenderableType | PreviewError) -> RenderableType:
        shown = Text(str(picture), TROUBLE, overflow="fold") if isinstance(picture, PreviewError) else picture
        return Align.center(shown, vertical="middle", height=self.grid.cell.height)


def contact_sheet(paths: Sequence[Path], graphics: Graphics, grid: Grid, ids: Iterable[ImageId]) -> ContactSheet:
    """Return the pictures at *paths* in *grid*; *ids* are their names in the terminal. Whatever fails has a cell."""
    pictures = [_drawn(path, graphics, grid.cell, name) for path, name in zip(paths, ids, strict=False)]
    return ContactSheet(grid, told_apart([str(path) for path in paths]), pictures)


def _drawn(path: Path, graphics: Graphics, cell: Size, name: ImageId) -> RenderableType | PreviewError:
    try:
        return draw(path, graphics, columns=cell.width, rows=cell.height, image_id=name)
    except PreviewError as error:
        return error


def _label(number: int, name: str) -> Text:
    words = [(str(number), STRONG)] if name == str(number) else [(str(number), STRONG), (f"  {name}", QUIET)]
    return Text.assemble(*words, justify="center", no_wrap=True, overflow="ellipsis")
