"""
Decides how earlier runs are listed: as a table that fits the terminal, or as one plain line each for other programs.

Pure: rows in, lines out. To add a column, add a row to `COLUMNS`; the narrower the terminal, the fewer of them are
shown, and the prompt takes what is left.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import PurePath

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import Run, RunState, folded
from cpa_image_cli.core.text import one_line
from cpa_image_cli.ui.formatting import clock_time
from cpa_image_cli.ui.history.columns import Cell, Column, cell, lines
from cpa_image_cli.ui.palette import CAUTION, QUIET, STRONG, SUCCESS, TROUBLE

MISSING = "missing"
SANDBOX = "sandbox"
"""The gateway under which runs of the sandbox are recorded."""

STYLES = {"done": SUCCESS, MISSING: CAUTION, "failed": TROUBLE, "interrupted": CAUTION, "running": STRONG}

LONGEST_PATH = 4096
LONGEST_SEARCHED = 32_000
"""Characters of a prompt in which what was searched for is looked up again, to show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """
    One run as it is listed.

    *state* is that of the run, or `MISSING` when its picture is not there any more; *progress* is how far it came,
    where that says more. *when* is in local time, *seconds* whole. *size*, *path* and *error* are empty where there is
    none. In *prompt*, the characters from *focus* to *focus_end* are what was searched for.
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
    focus: int = 0
    focus_end: int = 0
    progress: str = ""
    gateway: str = ""

    @property
    def is_sandboxed(self) -> bool:
        """Whether it was a run of the sandbox, which cost nothing."""
        return self.gateway == SANDBOX

    @classmethod
    def of(cls, run: Run, *, when: datetime, missing: bool, searched: str = "") -> "HistoryRow":
        """Return *run*, which began *when* in local time, as a row; *searched* is what it was found by."""
        prompt = one_line(run.prompt, limit=LONGEST_SEARCHED) if searched else one_line(run.prompt)
        focus, focus_end = _found(prompt, searched)
        return cls(
            id=run.id,
            when=when,
            state=MISSING if missing else run.state.value,
            prompt=prompt,
            model=one_line(run.model),
            size=run.picture.size if run.picture else "",
            seconds=f"{run.elapsed_s:.0f}" if run.elapsed_s is not None else "",
            path=one_line(str(run.output), limit=LONGEST_PATH) if run.output else "",
            error=run.error_code or "",
            focus=focus,
            focus_end=focus_end,
            progress=_progress(run),
            gateway=one_line(run.gateway),
        )

    @property
    def result(self) -> str:
        """What came of it in one word: the picture's size, or why there is none."""
        if self.state == "done":
            return self.size or self.state
        if self.progress and self.state != MISSING:
            return self.progress
        return self.error if self.state == "failed" and self.error else self.state


def _progress(run: Run) -> str:
    says_more = run.state is RunState.RUNNING or (
        run.state is RunState.INTERRUPTED and run.job_state is JobState.UNKNOWN
    )
    return run.job_state.value.replace("_", " ") if says_more else ""


def _found(prompt: str, searched: str) -> tuple[int, int]:
    """Return where the first word of *searched* lies in *prompt*; nowhere is its beginning."""
    plain, words = folded(prompt), folded(searched).split()
    # Folding may change the length of a text (ß is ss); then places in one are none in the other.
    if not words or len(plain) != len(prompt):
        return 0, 0
    start = plain.find(words[0])
    return (start, start + len(words[0])) if start >= 0 else (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A column of terminals that have at least *from_width* columns and less than *below*, and what stands in it."""

    column: Column
    cell: Callable[[HistoryRow, datetime], Cell]
    from_width: int = 0
    below: int = 100_000


def _when(row: HistoryRow, now: datetime) -> Cell:
    return cell(f"{row.when:%m-%d %H:%M}" if row.when.year == now.year else f"{row.when:%Y-%m-%d}")


def _result(row: HistoryRow, _: datetime) -> Cell:
    return cell(row.result, STYLES.get(row.state, ""))


def _prompt(row: HistoryRow) -> Cell:
    if not row.is_sandboxed:
        return Cell(((row.prompt, ""),), row.focus, row.focus_end)
    before = f"[{SANDBOX}] "
    focus = (row.focus + len(before), row.focus_end + len(before)) if row.focus_end else (0, 0)
    return Cell(((before, QUIET), (row.prompt, "")), *focus)


def _gateway(row: HistoryRow, _: datetime) -> Cell:
    return cell(row.gateway.partition("://")[2].partition("/")[0] or row.gateway, QUIET)


ROOMY = 60
"""Columns from which the longest code words are spelled out, and the time of day is shown."""

COLUMNS: Sequence[Shown] = (
    Shown(column=Column(title="ID"), cell=lambda row, _: cell(row.id, QUIET)),
    Shown(column=Column(title="When"), cell=_when, from_width=ROOMY),
    Shown(column=Column(title="Result", most=13), cell=_result, below=ROOMY),
    Shown(column=Column(title="Result", most=24), cell=_result, from_width=ROOMY),
    Shown(
        column=Column(title="Time", right=True),
        cell=lambda row, _: cell(clock_time(float(row.seconds)) if row.seconds else ""),
        from_width=72,
    ),
    Shown(
        column=Column(title="Prompt", grows=True),
        cell=lambda row, _: _prompt(row),
    ),
    Shown(column=Column(title="Model", most=24), cell=lambda row, _: cell(row.model, QUIET), from_width=110),
    Shown(column=Column(title="Gateway", most=28), cell=_gateway, from_width=130),
    Shown(
        column=Column(title="Picture", most=48),
        cell=lambda row, _: cell(PurePath(row.path).name, QUIET),
        from_width=150,
    ),
)


def table(rows: Sequence[HistoryRow], *, width: int, is_coloured: bool, now: datetime) -> Iterator[str]:
    """Yield the lines of a table of *rows* for a terminal of *width* columns; *now* says which year is this one."""
    shown = [one for one in COLUMNS if one.from_width <= width < one.below]
    cells = [[one.cell(row, now) for one in shown] for row in rows]
    return lines([one.column for one in shown], cells, width=width, is_coloured=is_coloured)


PLAIN_HEAD = "ID\tSTART\tSTATE\tSECONDS\tSIZE\tMODEL\tPATH_OR_CODE\tPROMPT\tGATEWAY"


def plain_lines(rows: Sequence[HistoryRow]) -> Iterator[str]:
    """Yield *rows* as fields between tabs, below a line that names them."""
    yield PLAIN_HEAD
    for row in rows:
        start = row.when.isoformat(timespec="seconds")
        told = (row.path or row.error, row.prompt, row.gateway)
        yield "\t".join((row.id, start, row.state, row.seconds, row.size, row.model, *told))
