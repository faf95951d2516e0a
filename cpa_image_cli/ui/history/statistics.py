"""
Decides how the figures of many runs are drawn: small plots on a terminal, fields between tabs for other programs.

Pure: statistics in, lines out. To show one more figure, add a row to `COLUMNS`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.ledger.statistics import Figures, Statistics
from cpa_image_cli.core.text import one_line
from cpa_image_cli.ui.formatting import clock_time
from cpa_image_cli.ui.history.columns import Cell, Column, Span, cell, lines
from cpa_image_cli.ui.palette import ACCENT, CAUTION, QUIET, STRONG, SUCCESS, TROUBLE

TABLES = ("day", "model", "profile", "batch")
USUAL = ("model", "day")
"""By what figures can be shown, and by what they are unless somebody says."""

DAYS = 14
"""Days that are drawn, the latest ones that had a run; programs get all."""

DONE, OTHER = "━", "╌"
"""A bar of runs: those that made a picture, then those that did not."""

MEDIAN, P90 = "━", "─"
"""A bar of time: to the median, then to where nine in ten were done."""

SHORT, LONG = 8, 16
"""Columns of a bar, on an ordinary terminal and on a wide one."""

ORDINARY, WIDE = 80, 120
FAIR, POOR = 0.9, 0.5
"""Shares of success below which it is marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a full bar stands for: *runs*, and *seconds*; *columns* is how long it is."""

    runs: int
    seconds: float
    columns: int

    @classmethod
    def of(cls, figures: Mapping[str, Figures], *, columns: int) -> "Scale":
        """Return the scale in which the largest of *figures* fills a bar."""
        return cls(
            runs=max((one.runs for one in figures.values()), default=0),
            seconds=max((one.p90 or 0.0 for one in figures.values()), default=0.0),
            columns=columns,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A column of terminals that have at least *from_width* columns."""

    column: Column
    cell: Callable[[Figures, Scale], Cell]
    from_width: int = 0


def drawn(
    statistics: Statistics, *, width: int, is_coloured: bool, this_year: int, by: str | None = None
) -> Iterator[str]:
    """
    Yield the lines that show *statistics* on a terminal of *width* columns.

    *by* is one of `TABLES`, the only one shown; without it, models and days are.
    """
    yield from _headline(statistics.whole)
    latest = list(statistics.days.items())[-DAYS:]
    days = {_day(day, this_year): figures for day, figures in reversed(latest)}
    tables = {
        "model": _named(statistics.models),
        "day": days,
        "batch": _named(statistics.batches),
        "profile": _named(statistics.profiles),
    }
    for name in (by,) if by else USUAL:
        title, figures = name.capitalize(), tables[name]
        if figures:
            yield ""
            yield from _table(title, figures, width=width, is_coloured=is_coloured)


def _named(figures: Mapping[str, Figures]) -> dict[str, Figures]:
    return {one_line(name): one for name, one in figures.items()}


def plain_lines(statistics: Statistics) -> Iterator[str]:
    """Yield fields between tabs: what it is about, runs, done, failed, interrupted, median and p90 in s, tokens."""
    yield _fields("all", "", statistics.whole)
    for model, figures in statistics.models.items():
        yield _fields("model", one_line(model), figures)
    for day, figures in statistics.days.items():
        yield _fields("day", day.isoformat(), figures)
    for kind, groups in (("batch", statistics.batches), ("profile", statistics.profiles)):
        yield from (_fields(kind, one_line(name), figures) for name, figures in groups.items())


def _headline(whole: Figures) -> Iterator[str]:
    """Yield a few lines of at most 40 columns, so that none needs to be wrapped."""
    runs = f"{whole.runs:,} {'run' if whole.runs == 1 else 'runs'}"
    yield f"{runs}, {whole.tokens:,} tokens" if whole.tokens else runs
    counts = [(whole.done, "done"), (whole.failed, "failed"), (whole.interrupted, "interrupted")]
    told = [f"{count:,} {word}" for count, word in counts if count]
    if told:
        yield ", ".join(told)
    if whole.image_tokens and whole.tokens > whole.image_tokens:
        yield f"{whole.image_tokens:,} tokens of pictures"
    if whole.lost:
        yield f"{whole.lost:,} sent, may have cost, no picture"
    if whole.lost_tokens:
        yield f"{whole.lost_tokens:,} tokens without a picture"
    if whole.median is not None:
        yield f"median {_time(whole.median)}, 9 in 10 within {_time(whole.p90)}"


def _table(title: str, figures: Mapping[str, Figures], *, width: int, is_coloured: bool) -> Iterator[str]:
    scale = Scale.of(figures, columns=LONG if width >= WIDE else SHORT)
    shown = [one for one in COLUMNS if one.from_width <= width]
    rows = [[cell(name), *(one.cell(figure, scale) for one in shown)] for name, figure in figures.items()]
    columns = [Column(title=title, most=24, grows=True), *(one.column for one in shown)]
    return lines(columns, rows, width=width, is_coloured=is_coloured)


def _runs_bar(one: Figures, scale: Scale) -> Cell:
    return _bar((one.done, DONE, SUCCESS), (one.runs, OTHER, TROUBLE), full=scale.runs, columns=scale.columns)


def _time_bar(one: Figures, scale: Scale) -> Cell:
    parts = (one.median or 0.0, MEDIAN, ACCENT), (one.p90 or 0.0, P90, QUIET)
    return _bar(*parts, full=scale.seconds, columns=scale.columns)


def _bar(*parts: tuple[float, str, str], full: float, columns: int) -> Cell:
    """Return a bar: each of *parts* reaches up to its value, drawn with its character in its style."""
    spans: list[Span] = []
    drawn_so_far = 0
    for value, character, style in parts:
        # What there is at all is seen, however little of it there is.
        reach = max(round(value / full * columns), 1 if value else 0) if full else 0
        spans.append((character * max(0, reach - drawn_so_far), style))
        drawn_so_far = max(drawn_so_far, reach)
    return Cell((*spans, (" " * (columns - drawn_so_far), "")))


def _success(share: float | None) -> Cell:
    if share is None:
        return cell("")
    # 99.6% is not all of them.
    percent = 99 if FAIR < share < 1 and round(share * 100) == 100 else round(share * 100)  # noqa: PLR2004 - percents
    return cell(f"{percent}%", STRONG if share >= FAIR else CAUTION if share >= POOR else TROUBLE)


def _time(seconds: float | None) -> str:
    return "" if seconds is None else clock_time(round(seconds))


def _count(tokens: int) -> str:
    """Return *tokens* as ``812``, ``51k`` or ``1.2M``."""
    thousand, million = 1000, 1_000_000
    if tokens < thousand:
        return str(tokens) if tokens else ""
    return f"{tokens / thousand:.0f}k" if tokens < million - thousand / 2 else f"{tokens / million:.1f}M"


def _day(day: date, this_year: int) -> str:
    return f"{day:%m-%d %a}" if day.year == this_year else f"{day:%Y-%m-%d}"


COLUMNS: Sequence[Shown] = (
    Shown(column=Column(title=""), cell=_runs_bar, from_width=ORDINARY),
    Shown(column=Column(title="Runs", right=True), cell=lambda one, _: cell(f"{one.runs:,}")),
    Shown(column=Column(title="Done", right=True), cell=lambda one, _: _success(one.success)),
    Shown(column=Column(title=""), cell=_time_bar, from_width=ORDINARY),
    Shown(column=Column(title="Median", right=True), cell=lambda one, _: cell(_time(one.median))),
    Shown(column=Column(title="9 in 10", right=True), cell=lambda one, _: cell(_time(one.p90)), from_width=48),
    Shown(column=Column(title="Tokens", right=True), cell=lambda one, _: cell(_count(one.tokens)), from_width=60),
)


def _fields(kind: str, name: str, one: Figures) -> str:
    times = ("" if seconds is None else f"{seconds:.1f}" for seconds in (one.median, one.p90))
    counts = (one.runs, one.done, one.failed, one.interrupted)
    return "\t".join((kind, name, *map(str, counts), *times, str(one.tokens)))
