"""
Decides how a sequence that draws at the cursor becomes a block of text that Rich can lay out.

Terminals differ in where they leave the cursor after a picture, and scroll when it reaches the last row. So the block
is written as blank lines first; the last of them then goes back to the upper left corner, draws, and returns.
"""

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.segment import ControlType, Segment

from cpa_image_cli.core.dataclass import dataclass


def control(text: str) -> Segment:
    """Return *text* as a segment that takes no columns, so that Rich neither wraps, colours nor cuts it."""
    return Segment(text, control=[(ControlType.CURSOR_FORWARD, 0)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """
    A picture of *columns* x *rows* cells, drawn by *sequence* at its upper left corner.

    While its last line is not written again, the picture stays; writing that line anew draws it anew.
    """

    columns: int
    rows: int
    sequence: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Write blank lines, and the picture with the last of them."""
        blank = " " * self.columns
        for _ in range(self.rows - 1):
            yield Segment(blank)
            yield Segment.line()
        # A line below is made first (down, up), lest the picture scroll the screen under the saved position.
        yield control("\x1bD\x1bM\x1b7")
        yield Segment(blank)
        # Saved again each time: some terminals forget a position once they have returned to it.
        yield control(f"\x1b8\x1b7{self._drawn()}\x1b8{_move(self.columns, 'C')}")
        yield Segment.line()

    def _drawn(self) -> str:
        up, down = _move(self.rows - 1, "A"), _move(1, "B")
        erased = f"\x1b[{self.columns}X"
        # Erasing characters takes the last picture away. It also makes tmux, which is lazy about the cursor, put that
        # of the terminal around it where ours is: there a sequence that was passed through draws.
        return up + down.join([erased] * self.rows) + up + erased + self.sequence

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Return the width, which is fixed."""
        return Measurement(self.columns, self.columns)


def _move(cells: int, direction: str) -> str:
    return f"\x1b[{cells}{direction}" if cells else ""
