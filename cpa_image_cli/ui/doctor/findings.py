"""
Decides when findings are shown: filled in as they come on a terminal, in order as plain lines without one.

What is finished from the top on is printed for good and scrolls away as any output does; only what follows is redrawn,
so an examination of any length fits any window.
"""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from rich.console import Console, ConsoleDimensions, Group
from rich.text import Text

from cpa_image_cli.core.findings import Finding, Label, Status
from cpa_image_cli.core.text import one_line
from cpa_image_cli.ui.console import Outlet, composed, console_on
from cpa_image_cli.ui.doctor.rows import LONGEST, WIDEST, Row, drawn, first_step, plain_lines, rows_of, summary, tone
from cpa_image_cli.ui.palette import ACCENT, QUIET
from cpa_image_cli.ui.region import SHOW_CURSOR, Region, rewraps

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
TURN = 0.1
"""Seconds of one step of the spinner."""

LONG = 3.0
"""Seconds after which somebody wants to know how long it has been."""


class SilentFindings:
    """Shows nothing: a program gets it all at the end."""

    def handle(self, finding: Finding) -> None:
        """Do nothing."""

    def tick(self) -> None:
        """Do nothing."""

    def conclude(self, *, hint: str = "") -> None:
        """Do nothing."""


class PlainFindings:
    """Writes a line or two per finding, in the order of the table, as soon as all before it are known."""

    def __init__(self, stream: TextIO, labels: Sequence[Label]) -> None:
        self._outlet = Outlet(stream)
        self._queue = _Queue(labels)
        self._finished: list[Finding] = []

    def handle(self, finding: Finding) -> None:
        """Take note of *finding*."""
        self._finished.append(finding)
        self._queue.add(finding)
        self._tell(self._queue.take_settled())

    def tick(self) -> None:
        """Do nothing: time alone is not told."""

    def conclude(self, *, hint: str = "") -> None:
        """Write what all of it means and what to do first, or else *hint*."""
        self._tell(self._queue.take())
        self._write(summary(self._finished))
        for line in _last_words(self._finished, hint):
            self._write(line)

    def _tell(self, settled: Sequence[Finding]) -> None:
        for line in plain_lines(settled):
            self._write(line)

    def _write(self, line: str) -> None:
        # A stream without Chinese is one of the things that are reported.
        self._outlet.write(line.encode(self._outlet.encoding, "replace").decode(self._outlet.encoding) + "\n")


class LiveFindings:
    """
    Redraws what is still open, and prints what is finished above it.

    *size* is asked at every drawing, so that a resize needs no signal.
    """

    def __init__(
        self,
        stream: TextIO,
        environ: Mapping[str, str],
        labels: Sequence[Label],
        *,
        clock: Callable[[], float],
        size: Callable[[], os.terminal_size],
    ) -> None:
        self._console: Console = console_on(stream, environ)
        self._outlet = self._console.file
        self._region = Region(rewraps=rewraps(environ))
        self._labels = tuple(labels)
        self._queue = _Queue(labels)
        self._finished: list[Finding] = []
        self._open_group: str | None = None
        self._clock = clock
        self._started_at = clock()
        self._size = size

    def handle(self, finding: Finding) -> None:
        """Take note of *finding* and redraw."""
        self._finished.append(finding)
        self._queue.add(finding)
        self._print(self._queue.take_settled())
        self.tick()

    def tick(self) -> None:
        """Redraw what is still open."""
        size = self._resized()
        lines = self._composed(self._open_rows(), size.columns - 1)
        # The first open ones are those that are printed next, so they stay in sight.
        self._outlet.write(self._region.redraw(lines[: max(1, size.lines - 1)], columns=size.columns, rows=size.lines))

    def conclude(self, *, hint: str = "") -> None:
        """Print what is left, what all of it means, and what to do first, or else *hint*."""
        self._print(self._queue.take())
        self.close()
        in_order = sorted(self._finished, key=lambda finding: self._labels.index(finding.label))
        told = Text(summary(self._finished), style=tone(self._finished))
        parts = [Text(), told, *(Text(line, style=QUIET) for line in _last_words(in_order, hint))]
        self._outlet.write(composed(self._console, Group(*parts), width=min(self._resized().columns, WIDEST)))

    def suspend(self) -> None:
        """Clear what is half drawn and show the cursor, before the process is stopped by Ctrl-Z."""
        self.close()

    def resume(self) -> None:
        """Draw anew at the cursor, after the process was continued."""
        self._region.forget()
        self.tick()

    def close(self) -> None:
        """Take away what is half drawn, and give the cursor back."""
        self._outlet.write(self._region.erase(columns=self._size().columns) + SHOW_CURSOR)

    def _print(self, settled: Sequence[Finding]) -> None:
        if not settled:
            return
        size = self._resized()
        text = self._region.erase(columns=size.columns)
        lines = self._composed(self._printed_rows(settled), size.columns - 1)
        self._outlet.write(text + "".join(f"{line}\n" for line in lines))
        self._open_group = settled[-1].label.group.value

    def _printed_rows(self, settled: Sequence[Finding]) -> Iterator[tuple[str, list[Row]]]:
        for group, members in itertools.groupby(settled, key=lambda finding: finding.label.group.value):
            yield group, list(rows_of(list(members)))

    def _open_rows(self) -> Iterator[tuple[str, list[Row]]]:
        turn = SPINNER[int(self._clock() / TURN) % len(SPINNER)]
        for group, members in itertools.groupby(self._queue.open_labels(), key=lambda label: label.group.value):
            yield group, list(self._open_rows_of(members, turn))

    def _open_rows_of(self, members: Iterable[Label], turn: str) -> Iterator[Row]:
        elapsed = self._clock() - self._started_at
        waited = f"{elapsed:.0f} s" if elapsed >= LONG else ""
        early = self._queue.early
        for is_known, labels in itertools.groupby(members, key=early.__contains__):
            if is_known:
                yield from rows_of([early[label] for label in labels])
            else:
                yield from (Row(mark=turn, style=ACCENT, title=label.title, found=waited, dim=True) for label in labels)

    def _composed(self, groups: Iterator[tuple[str, list[Row]]], columns: int) -> list[str]:
        width = min(columns, WIDEST)
        lines: list[str] = []
        for group, rows in groups:
            is_continued = group == self._open_group and not lines
            title = "" if is_continued else group
            if title and (lines or self._open_group is not None):
                lines.append("")
            text = composed(self._console, drawn(title, rows, width=width), width=width)
            lines += text.removesuffix("\n").split("\n")
        return lines

    def _resized(self) -> os.terminal_size:
        size = self._size()
        self._console.size = ConsoleDimensions(size.columns, size.lines)
        return size


def _last_words(finished: Sequence[Finding], hint: str) -> Iterator[str]:
    first = first_step(finished)
    if first:
        yield f"Do this first: {one_line(first, limit=LONGEST)}"
    elif hint:
        yield hint


class _Queue:
    """Findings that came early wait for those that stand before them in the table."""

    def __init__(self, labels: Sequence[Label]) -> None:
        self._labels = list(labels)
        self.early: dict[Label, Finding] = {}

    def add(self, finding: Finding) -> None:
        self.early[finding.label] = finding

    def open_labels(self) -> list[Label]:
        return list(self._labels)

    def take(self) -> list[Finding]:
        """Return, once, those before which none is missing."""
        ready = [self.early[label] for label in itertools.takewhile(self.early.__contains__, self._labels)]
        self._remove(ready)
        return ready

    def take_settled(self) -> list[Finding]:
        """As `take`, but for skips at the end: the next may share their row."""
        ready = [self.early[label] for label in itertools.takewhile(self.early.__contains__, self._labels)]
        while ready and ready[-1].verdict.status is Status.SKIP and len(ready) < len(self._labels):
            ready.pop()
        self._remove(ready)
        return ready

    def _remove(self, ready: Sequence[Finding]) -> None:
        del self._labels[: len(ready)]
