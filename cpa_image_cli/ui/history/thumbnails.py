"""
Decides how earlier runs are listed with their pictures: a small one at the left, a few lines beside it.

Pure: rows and drawn pictures in, renderable out.
"""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cpa_image_cli.ui.formatting import clock_time
from cpa_image_cli.ui.history.columns import shortened
from cpa_image_cli.ui.history.table import STYLES, HistoryRow
from cpa_image_cli.ui.palette import QUIET

LARGE, SMALL = (14, 7), (8, 4)
"""Columns and rows of the largest thumbnail; a square one is as high as it is wide."""

ROOMY = 60
"""Columns of a terminal from which there is room for large thumbnails."""

GAP = 2


def cells(width: int) -> tuple[int, int]:
    """Return the columns and rows of a thumbnail on a terminal of *width* columns."""
    return LARGE if width >= ROOMY else SMALL


def beside(row: HistoryRow, picture: RenderableType | None, *, width: int, now: datetime) -> RenderableType:
    """Return *row* with its *picture*, if there is one to show, on a terminal of *width* columns."""
    columns, rows = cells(width)
    table = Table.grid(padding=(0, GAP, 0, 0))
    table.add_column(width=columns)
    table.add_column(overflow="fold")
    table.add_row(picture or "", _words(row, width=max(1, width - columns - GAP), rows=rows, now=now))
    return Group(table, Text())


def _words(row: HistoryRow, *, width: int, rows: int, now: datetime) -> RenderableType:
    when = f"{row.when:%m-%d %H:%M}" if row.when.year == now.year else f"{row.when:%Y-%m-%d}"
    result = Text(row.result, style=STYLES.get(row.state, ""))
    if row.seconds:
        result.append(f"  {clock_time(float(row.seconds))}", QUIET)
    # Lines broken between words hold less than they could: so many lines of it fit into one more.
    prompt = shortened(row.prompt, width * (rows - 3), focus=row.focus, focus_end=row.focus_end)
    return Group(Text.assemble((row.id, QUIET), f"  {when}"), result, Text(prompt))
