"""
Decides how rows of cells become lines: in columns, none wrapped, none wider than the terminal.

Without Rich, whose import alone takes longer than all of ``history list``. Widths are terminal columns, of which a
Chinese character takes two.
"""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.ui.palette import ACCENT, CAUTION, QUIET, STRONG, SUCCESS, TROUBLE

CODES = {ACCENT: "36", QUIET: "2", CAUTION: "38;5;130", TROUBLE: "31", SUCCESS: "32", STRONG: "1"}
"""The palette in the numbers of ECMA-48 (SGR)."""

GAP = 2
LEAST = 8
"""Columns that the growing one is not squeezed below, as long as the terminal has them."""

BEFORE_FOCUS = 6
"""Characters shown before what was looked for, so that it can be read."""

Span = tuple[str, str]
"""A text without control characters, and its style from the palette, or none."""


@dataclass(frozen=True, slots=True)
class Cell:
    """
    What stands in one column of one row.

    If it must be shortened, the characters from *focus* to *focus_end* stay in sight, and only the first style is kept.
    """

    spans: tuple[Span, ...]
    focus: int = 0
    focus_end: int = 0

    @property
    def text(self) -> str:
        """Return it without styles."""
        return "".join(text for text, _ in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column as wide as its widest cell, but no wider than *most*; *grows* says that it takes what is left."""

    title: str
    most: int | None = None
    right: bool = False
    grows: bool = False


def cell(text: str, style: str = "") -> Cell:
    """Return a cell of one style."""
    return Cell(((text, style),))


def lines(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, width: int, is_coloured: bool) -> Iterator[str]:
    """Yield a line of titles, and one for each of *rows*, for a terminal of *width* columns."""
    everything = [[cell(column.title, QUIET) for column in columns], *rows]
    widths = _widths(columns, everything, width)
    for row in everything:
        cells = zip(columns, row, widths, strict=True)
        shown = [_padded(one, columns_, column, is_coloured=is_coloured) for column, one, columns_ in cells if columns_]
        yield (" " * GAP).join(shown).rstrip()


def shortened(text: str, columns: int, *, focus: int = 0, focus_end: int = 0) -> str:
    """Return *text* in at most so many *columns*, with what is between *focus* and *focus_end* in sight."""
    if cell_len(text) <= columns:
        return text
    if focus and cell_len(text[:focus_end]) >= columns:
        text = "…" + text[_start(text, columns, focus, focus_end) :]
    if cell_len(text) <= columns:
        return text
    return set_cell_size(text, max(0, columns - 1)).rstrip() + "…" if columns else ""


def _start(text: str, columns: int, focus: int, focus_end: int) -> int:
    """Return where to begin so that there is something before the focus, and yet all of it is seen, if that can be."""
    starts = range(max(0, focus - BEFORE_FOCUS), focus)
    # Two columns are for the ellipses.
    return next((start for start in starts if cell_len(text[start:focus_end]) <= columns - 2), focus)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: int) -> list[int]:
    natural = [max(cell_len(row[place].text) for row in rows) for place in range(len(columns))]
    wanted = [min(size, column.most or size) for size, column in zip(natural, columns, strict=True)]
    for place, column in enumerate(columns):
        if column.grows:
            others = sum(size + GAP for other, size in enumerate(wanted) if other != place)
            wanted[place] = min(natural[place], max(LEAST, width - others))
    widths, left = [], width
    for size in wanted:
        widths.append(max(0, min(size, left)))
        left -= size + GAP
    return widths


def _padded(one: Cell, columns: int, column: Column, *, is_coloured: bool) -> str:
    spans = one.spans
    if cell_len(one.text) > columns:
        style = spans[0][1]
        spans = ((shortened(one.text, columns, focus=one.focus, focus_end=one.focus_end), style),)
    written = "".join(styled(text, style) if is_coloured else text for text, style in spans)
    padding = " " * (columns - sum(cell_len(text) for text, _ in spans))
    return padding + written if column.right else written + padding


def styled(text: str, style: str) -> str:
    """Return *text* in a *style* of the palette, if it has one."""
    return f"\x1b[{CODES[style]}m{text}\x1b[0m" if style and text else text
