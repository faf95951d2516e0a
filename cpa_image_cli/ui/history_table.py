"""
Decides how earlier runs are listed: as a table that fits the terminal, or as one plain line each for other programs.

Pure: rows in, renderable or text out. To add a column, add a row to `COLUMNS`; the narrower the terminal, the fewer of
them are shown, and the prompt takes what is left.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from rich.table import Table
from rich.text import Text

from cpa_image_cli.core.runs import Run
from cpa_image_cli.core.text import one_line
from cpa_image_cli.ui.palette import CAUTION, QUIET, STRONG, SUCCESS, TROUBLE

MISSING = "missing"
_STYLES = {"done": SUCCESS, MISSING: CAUTION, "failed": TROUBLE, "interrupted": CAUTION, "running": STRONG}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """
    One run as it is listed. *state* is that of the run, or `MISSING` when its picture is not there any more.

    *when* is in local time. *path* and *error* are empty where there is none.
    """

    id: str
    when: datetime
    state: str
    prompt: str
    model: str
    size: str
    seconds: str
    path: str
    error: str

    @classmethod
    def of(cls, run: Run, *, when: datetime, missing: bool) -> "HistoryRow":
        """Return *run* as a row; *when* is its start in local time."""
        return cls(
            id=run.id,
            when=when,
            state=MISSING if missing else run.state.value,
            prompt=one_line(run.prompt),
            model=one_line(run.model),
            size=run.picture.size if run.picture else "",
            seconds=f"{run.elapsed_s:.0f}" if run.elapsed_s is not None else "",
            path=one_line(str(run.output), limit=4096) if run.output else "",
            error=run.error_code or "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """
    A column that is shown on terminals of at least *from_width* columns.

    It is no wider than *most*; *grows* says that it takes what is left.
    """

    title: str
    cell: Callable[[HistoryRow], Text]
    from_width: int = 0
    most: int | None = None
    right: bool = False
    grows: bool = False


def _quiet(text: str) -> Text:
    return Text(text, style=QUIET)


def _picture(row: HistoryRow) -> Text:
    return Text(PurePath(row.path).name) if row.path and not row.error else _quiet(row.error)


COLUMNS: Sequence[Column] = (
    Column(title="ID", cell=lambda row: _quiet(row.id)),
    Column(title="When", cell=lambda row: Text(f"{row.when:%m-%d %H:%M}"), from_width=60),
    Column(title="State", cell=lambda row: Text(row.state, style=_STYLES.get(row.state, ""))),
    Column(title="Time", cell=lambda row: Text(f"{row.seconds} s" if row.seconds else ""), from_width=72, right=True),
    Column(title="Prompt", cell=lambda row: Text(row.prompt), grows=True),
    Column(title="Size", cell=lambda row: _quiet(row.size), from_width=100),
    Column(title="Model", cell=lambda row: _quiet(row.model), from_width=130, most=24),
    Column(title="Picture", cell=_picture, from_width=160, most=48),
)


def table(rows: Iterable[HistoryRow], *, width: int) -> Table:
    """Return *rows* as a table for a terminal of *width* columns. No cell is ever wrapped."""
    shown = [column for column in COLUMNS if column.from_width <= width]
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), width=width, header_style=QUIET)
    for column in shown:
        drawn.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=True,
            overflow="ellipsis",
            max_width=column.most,
            ratio=1 if column.grows else None,
        )
    for row in rows:
        drawn.add_row(*(column.cell(row) for column in shown))
    return drawn


def plain_line(row: HistoryRow) -> str:
    """Return *row* as fields between tabs: id, start, state, seconds, size, model, path or error, prompt."""
    start = row.when.isoformat(timespec="seconds")
    return "\t".join((row.id, start, row.state, row.seconds, row.size, row.model, row.path or row.error, row.prompt))
