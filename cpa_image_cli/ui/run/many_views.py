"""
Decides how many jobs are told while they run: a block that is redrawn, a line for each that ends, or only the failures.

Each is told of every event and of every end; where results go is not its affair.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TextIO

from cpa_image_cli.core.job.events import JobEvent, Receiving, RetryScheduled, Uploading, WireNoted
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.ui import formatting
from cpa_image_cli.ui.console import Outlet, composed
from cpa_image_cli.ui.failure.problem import Problem
from cpa_image_cli.ui.region import SHOW_CURSOR, Region, rewraps
from cpa_image_cli.ui.run.live import SHORTEST_PAUSE
from cpa_image_cli.ui.run.many import Many, advance, concluded, draw, sum_words
from cpa_image_cli.ui.run.plain import HEARTBEAT, narrated, retry_words

if TYPE_CHECKING:
    from rich.console import Console


class ManyRenderer(Protocol):
    """One of these is chosen for many jobs. Only the main thread calls it."""

    def handle(self, event: JobEvent) -> None:
        """Take note of *event*."""

    def tick(self) -> None:
        """Time passed and nothing happened."""

    def ended(self, job: int, name: str, outcome: Outcome) -> None:
        """Tell how number *job*, called *name*, ended."""

    def ending(self, sentence: str) -> None:
        """Tell that no more are begun, and in *sentence* why."""

    def close(self) -> None:
        """Leave the terminal as it was found. May be called again."""


def ending_words(name: str, outcome: Outcome) -> str:
    """Return on one line how the job called *name* ended."""
    problem = Problem.of_outcome(outcome)
    if problem is not None:
        cause = f": {problem.cause}" if problem.cause else ""
        billed = "; it may have been billed" if problem.may_have_billed and not problem.says_billed else ""
        kept = f"; kept as {problem.saved_to}" if problem.saved_to else ""
        return f"{name}  ✗ {problem.sentence}{cause}{billed}{kept} [{problem.code.word}]"
    place = clean(str(outcome.output)) if outcome.output is not None else "written to standard output"
    told = [place]
    if outcome.picture is not None:
        told.append(f"({formatting.picture_words(outcome.picture)}, {formatting.clock_time(outcome.elapsed_s)})")
    warnings = "".join(f"; {one_line(notice.message)}" for notice in outcome.warnings)
    return f"{name}  ✓ {' '.join(told)}{warnings}"


class QuietMany:
    """Says only what went wrong."""

    def __init__(self, stream: TextIO) -> None:
        self._outlet = Outlet(stream)

    def handle(self, event: JobEvent) -> None:
        """Say nothing about *event*."""

    def tick(self) -> None:
        """Say nothing."""

    def ended(self, job: int, name: str, outcome: Outcome) -> None:
        """Say why there is no picture, if there is none."""
        del job
        if not outcome.ok:
            self._outlet.write(f"{ending_words(name, outcome)}\n")

    def ending(self, sentence: str) -> None:
        """Say *sentence*."""
        self._outlet.write(f"{sentence}\n")

    def close(self) -> None:
        """Do nothing: there is nothing to restore."""


class PlainMany(QuietMany):
    """Writes a line for each end, for each retry, and a sign of life in between; *verbose* tells every event."""

    def __init__(self, stream: TextIO, many: Many, *, clock: Callable[[], float], verbose: bool = False) -> None:
        super().__init__(stream)
        self._many = many
        self._clock = clock
        self._verbose = verbose
        self._told_at = clock()

    def handle(self, event: JobEvent) -> None:
        """Tell *event*, if it is worth it."""
        self._many = advance(self._many, event, now=self._clock())
        if isinstance(event, RetryScheduled):
            self._say(f"{event.job}  {retry_words(event)}")
        elif self._verbose and not isinstance(event, Receiving):
            self._say(f"{event.job}  {narrated(event)}")

    def tick(self) -> None:
        """Say that they still run, when nothing was said for `HEARTBEAT` seconds."""
        if self._clock() - self._told_at >= HEARTBEAT and self._many.running:
            running = ", ".join(map(str, self._many.running))
            self._say(f"still at {running}; {self._many.made} of {self._many.of} made")

    def ended(self, job: int, name: str, outcome: Outcome) -> None:
        """Tell how *job* ended."""
        self._many = concluded(self._many, job, outcome)
        self._say(ending_words(name, outcome))

    def ending(self, sentence: str) -> None:
        """Say *sentence* with the time since the start."""
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self._told_at = self._clock()
        self._outlet.write(f"{formatting.clock_time(self._told_at - self._many.started_at)}  {sentence}\n")


class LiveMany:
    """
    Redraws a block at the cursor: a line for each job that runs, and a sum. What ended goes into the lines above it.

    *size* is asked at every drawing, so that a resize needs no signal.
    """

    def __init__(
        self,
        console: "Console",
        environ: Mapping[str, str],
        many: Many,
        *,
        clock: Callable[[], float],
        size: Callable[[], os.terminal_size],
        estimate: Estimate | None = None,
    ) -> None:
        self._console = console
        self._outlet = console.file
        self._region = Region(rewraps=rewraps(environ))
        self._many = many
        self._clock = clock
        self._size = size
        self._estimate = estimate
        self._drawn_at = float("-inf")
        self._closed = False

    def handle(self, event: JobEvent) -> None:
        """Take note of *event* and redraw."""
        self._many = advance(self._many, event, now=self._clock())
        if isinstance(event, Receiving | Uploading | WireNoted) and self._clock() - self._drawn_at < SHORTEST_PAUSE:
            return
        self._draw()

    def tick(self) -> None:
        """Redraw what depends on the clock and on the terminal's size."""
        self._draw()

    def ended(self, job: int, name: str, outcome: Outcome) -> None:
        """Tell how *job* ended, above the block."""
        self._many = concluded(self._many, job, outcome)
        self._say(ending_words(name, outcome))

    def ending(self, sentence: str) -> None:
        """Tell *sentence* above the block, and that no more are begun in it."""
        self._many = replace(self._many, begins_more=False)
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self._outlet.write(f"{self._erased()}{sentence}\r\n")
        self._draw()

    def suspend(self) -> None:
        """Clear the block and show the cursor, before the process is stopped by Ctrl-Z."""
        self._outlet.write(self._erased() + SHOW_CURSOR)

    def resume(self) -> None:
        """Draw anew at the cursor, after the process was continued."""
        self._region.forget()
        self._draw()

    def close(self) -> None:
        """Leave the sum in the place of the block, and give the cursor back."""
        if not self._closed:
            self._closed = True
            said = sum_words(self._many, now=self._clock())
            self._outlet.write(f"{self._erased()}{said}\r\n{SHOW_CURSOR}")

    def _draw(self) -> None:
        if self._closed:
            return
        size, now = self._size(), self._clock()
        shown = draw(self._many, now=now, width=size.columns, rows=size.lines, estimate=self._estimate)
        lines = composed(self._console, shown, width=size.columns - 1).removesuffix("\n").split("\n")
        self._outlet.write(self._region.redraw(lines, columns=size.columns, rows=size.lines))
        self._drawn_at = now

    def _erased(self) -> str:
        return self._region.erase(columns=self._size().columns)
