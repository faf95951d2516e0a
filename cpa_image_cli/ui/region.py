"""
Decides which bytes redraw a block of lines in place: only what changed, and nothing left behind by a resize.

`Region` computes and writes nothing itself. ``rich.live`` is not used because it counts the rows of its last drawing
as they were when it drew them; a terminal that re-wraps its lines on a resize then keeps stale rows on the screen.
Here the rows are counted again at the new width.
"""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from cpa_image_cli.core.text import clean

HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
ERASE_LINE, ERASE_BELOW = "\x1b[2K", "\x1b[J"
# A terminal that knows synchronised output shows the whole update at once; the others ignore these two.
BEGIN_UPDATE, END_UPDATE = "\x1b[?2026h", "\x1b[?2026l"


def rewraps(environ: Mapping[str, str]) -> bool:
    """
    Whether the terminal re-wraps long lines when its width changes.

    Nearly all do. xterm (which says so in ``XTERM_VERSION``), the Linux console and GNU screen cut them off.
    """
    if "XTERM_VERSION" in environ or environ.get("TERM") == "linux":
        return False
    return "TMUX" in environ or not environ.get("TERM", "").startswith("screen")


class Region:
    """
    The lines at the cursor. It holds what is on the screen; the cursor rests where the last of them begins.

    No line may reach the last column. *rewraps* says what the terminal does to lines when it is resized.
    """

    def __init__(self, *, rewraps: bool) -> None:
        self._rewraps = rewraps
        self._lines: list[str] = []
        self._columns = 0

    def redraw(self, lines: Sequence[str], *, columns: int, rows: int) -> str:
        """Return what turns the screen, now *columns* wide and *rows* high, into one that shows *lines*."""
        # What does not fit is left out at the top: where things stand is said at the bottom.
        shown = [line.rstrip(" ") for line in lines][-max(1, rows) :]
        if columns == self._columns and len(shown) == len(self._lines):
            update = self._changed(shown)
        else:
            update = self.erase(columns=columns) + "\r\n".join(shown) + "\r"
        self._lines, self._columns = shown, columns
        return f"{HIDE_CURSOR}{BEGIN_UPDATE}{update}{END_UPDATE}" if update else ""

    def erase(self, *, columns: int) -> str:
        """Return what removes the lines and leaves the cursor where the first of them began."""
        if not self._lines:
            return ""
        above = sum(self._height(line, columns) for line in self._lines[:-1])
        self._lines = []
        return f"\r{_move(-above)}{ERASE_BELOW}"

    def forget(self) -> None:
        """Take what is on the screen as no longer ours: the next drawing starts at the cursor."""
        self._lines = []

    def _changed(self, shown: Sequence[str]) -> str:
        changed = [number for number, line in enumerate(shown) if line != self._lines[number]]
        if not changed:
            return ""
        at, update = len(shown) - 1, ""
        for number in changed:
            update += _move(number - at) + ERASE_LINE + shown[number] + "\r"
            at = number
        return update + _move(len(shown) - 1 - at)

    def _height(self, line: str, columns: int) -> int:
        if columns == self._columns or not self._rewraps:
            return 1
        return max(1, -(-cell_len(clean(line)) // max(1, columns)))


def _move(rows: int) -> str:
    """Return what moves the cursor *rows* down, or up where negative."""
    if rows == 0:
        return ""
    return f"\x1b[{rows}B" if rows > 0 else f"\x1b[{-rows}A"
