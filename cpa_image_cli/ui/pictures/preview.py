"""
Decides what stands for a picture on the screen: a block of cells that Rich can print, lay out and draw again.

To add a protocol, write how it spells a picture in a module of its own and add a row to `DRAWERS`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import RenderableType

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.terminal.graphics import Graphics, Protocol, through_tmux
from cpa_image_cli.ui.pictures import iterm, kitty, sixel
from cpa_image_cli.ui.pictures.half_blocks import HalfBlocks
from cpa_image_cli.ui.pictures.kitty import ImageId, Placeholders
from cpa_image_cli.ui.pictures.pixels import PreviewError, Size, fitted, load
from cpa_image_cli.ui.pictures.placement import Placed

if TYPE_CHECKING:
    from PIL.Image import Image

SQUARE = 8
"""Pixels to the side of a square of the checkerboard; with half-blocks, whose pixels are large, one."""

SIDES_THROUGH_TMUX = (700, 400, 200)
"""Pixels; tried in turn until a Sixel picture fits into `TMUX_LIMIT`."""

TMUX_LIMIT = 1_000_000
"""Bytes. tmux drops a longer sequence (it says 1,048,576)."""


def draw(path: Path, graphics: Graphics, *, columns: int, rows: int, image_id: ImageId) -> RenderableType:
    """
    Return the picture at *path*, at most *columns* x *rows* cells large and never larger than it is.

    A picture with the same *image_id* takes the place of the one before, where terminals keep pictures by name.

    Raises:
        PreviewError: it is no picture that can be shown, or this terminal shows none.

    """
    drawer = DRAWERS.get(graphics.protocol)
    if drawer is None:
        raise PreviewError("this terminal shows neither pictures nor colours")
    limit = len(kitty.NUMERALS)
    return drawer(path, graphics, Size(max(1, min(columns, limit)), max(1, min(rows, limit))), image_id)


@dataclass(frozen=True, slots=True)
class Painter:
    """Draws the frames of one picture, and then the picture, under one name; what it cannot show it leaves out."""

    graphics: Graphics
    image_id: ImageId

    def paint(self, path: Path, *, columns: int, rows: int) -> RenderableType | None:
        """Return the picture at *path* within *columns* x *rows* cells; None when it cannot be shown."""
        try:
            return draw(path, self.graphics, columns=columns, rows=rows, image_id=self.image_id)
        except PreviewError:
            return None

    def forget(self) -> str:
        """Return what removes a picture that erasing its cells leaves on the screen; mostly empty."""
        if self.graphics.protocol is not Protocol.KITTY:
            return ""
        text = kitty.forgotten(self.image_id)
        return through_tmux(text) if self.graphics.passthrough else text


def _as_half_blocks(path: Path, graphics: Graphics, cells: Size, _: ImageId) -> RenderableType:
    ratio = graphics.cell_height / 2 / graphics.cell_width
    within = Size(cells.width, 2 * cells.height)
    return HalfBlocks(load(path, lambda source: fitted(source, within=within, pixel_ratio=ratio), square=1))


def _as_kitty(path: Path, graphics: Graphics, cells: Size, image_id: ImageId) -> RenderableType:
    image, taken = _in_pixels(path, graphics, cells)
    whole = _filling(image, Size(taken.width * graphics.cell_width, taken.height * graphics.cell_height))
    spell = kitty.sent if graphics.placeholders else kitty.placed
    sequences = spell(whole, image_id, columns=taken.width, rows=taken.height)
    text = "".join(_passed(sequence, graphics) for sequence in sequences)
    if graphics.placeholders:
        return Placeholders(image_id=image_id, columns=taken.width, rows=taken.height, sent=text)
    return Placed(columns=taken.width, rows=taken.height, sequence=text)


def _as_iterm(path: Path, graphics: Graphics, cells: Size, _: ImageId) -> RenderableType:
    image, taken = _in_pixels(path, graphics, cells)
    sequence = iterm.inline(image, columns=taken.width, rows=taken.height)
    return Placed(columns=taken.width, rows=taken.height, sequence=_passed(sequence, graphics))


def _as_sixel(path: Path, graphics: Graphics, cells: Size, _: ImageId) -> RenderableType:
    if not graphics.passthrough:
        return _sixels(path, graphics, cells, sixel.MAX_SIDE)
    *larger, smallest = SIDES_THROUGH_TMUX
    drawings = (_sixels(path, graphics, cells, side) for side in larger)
    fitting = (drawing for drawing in drawings if len(drawing.sequence) < TMUX_LIMIT)
    return next(fitting, None) or _sixels(path, graphics, cells, smallest)


def _sixels(path: Path, graphics: Graphics, cells: Size, side: int) -> Placed:
    image, taken = _in_pixels(path, graphics, cells, most=side)
    sequence = _passed(sixel.sixels(image, colours=graphics.colours), graphics)
    return Placed(columns=taken.width, rows=taken.height, sequence=sequence)


Drawer = Callable[[Path, Graphics, Size, ImageId], RenderableType]

DRAWERS: Mapping[Protocol, Drawer] = {
    Protocol.KITTY: _as_kitty,
    Protocol.ITERM: _as_iterm,
    Protocol.SIXEL: _as_sixel,
    Protocol.HALF_BLOCKS: _as_half_blocks,
}


def _passed(sequence: str, graphics: Graphics) -> str:
    return through_tmux(sequence) if graphics.passthrough else sequence


def _in_pixels(path: Path, graphics: Graphics, cells: Size, *, most: int = 10_000) -> tuple["Image", Size]:
    """Return the picture scaled for *cells* and for *most* pixels to the side, and the cells it then takes."""
    within = Size(min(cells.width * graphics.cell_width, most), min(cells.height * graphics.cell_height, most))
    image = load(path, lambda source: fitted(source, within=within), square=SQUARE)
    return image, Size(-(-image.width // graphics.cell_width), -(-image.height // graphics.cell_height))


def _filling(image: "Image", size: Size) -> "Image":
    """Return *image* with a transparent rim, so that stretching it over whole cells changes no proportion."""
    from PIL import Image

    if image.size == (size.width, size.height):
        return image
    canvas = Image.new("RGBA", (size.width, size.height))
    canvas.paste(image)
    return canvas
