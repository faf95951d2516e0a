"""
Decides how a picture is drawn with characters: upper half blocks, whose two colours are two pixels.

To Rich it is text, so that it may be part of a live region, and its colours follow what the terminal has.
"""

from dataclasses import field
from itertools import groupby
from typing import TYPE_CHECKING

from rich.color import Color
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.style import Style

from cpa_image_cli.core.dataclass import dataclass

if TYPE_CHECKING:
    from PIL.Image import Image

BLOCK = "▀"

Pixel = bytes
"""Red, green and blue."""


@dataclass(frozen=True, slots=True)
class HalfBlocks:
    """A picture in RGB, one column and half a row to the pixel."""

    image: "Image"
    _rows: list[bytes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        data, stride = self.image.tobytes(), 3 * self.image.width
        rows = [data[start : start + stride] for start in range(0, len(data), stride)]
        object.__setattr__(self, "_rows", rows)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Write two rows of pixels to the line; equal neighbours share one segment."""
        for top in range(0, len(self._rows), 2):
            upper = _pixels(self._rows[top])
            lower = _pixels(self._rows[top + 1]) if top + 1 < len(self._rows) else [b""] * len(upper)
            for (above, below), run in groupby(zip(upper, lower, strict=True)):
                yield Segment(BLOCK * len(list(run)), _style(above, below))
            yield Segment.line()

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Return the width, which is fixed."""
        return Measurement(self.image.width, self.image.width)


def _pixels(row: bytes) -> list[Pixel]:
    return [row[start : start + 3] for start in range(0, len(row), 3)]


def _style(above: Pixel, below: Pixel) -> Style:
    """Return the colours of one cell; below the last row of an odd picture the terminal's background shows."""
    return Style.from_color(Color.from_rgb(*above), Color.from_rgb(*below) if below else None)
