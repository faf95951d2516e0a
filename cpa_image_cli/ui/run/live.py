"""
Decides when the terminal is redrawn while a job runs, and how it is left: the cursor back, nothing half drawn.

The only thread that draws is the caller's. What is shown is decided in ``screen`` and ``card``.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from rich.console import Console, ConsoleDimensions, RenderableType

from cpa_image_cli.core.job.events import AttemptStarted, FrameArrived, JobEvent, Receiving, Uploading, WireNoted
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.ui.console import composed
from cpa_image_cli.ui.region import SHOW_CURSOR, Region, rewraps
from cpa_image_cli.ui.run.card import card
from cpa_image_cli.ui.run.screen import WIDEST, draw
from cpa_image_cli.ui.run.view import View, advance

SHORTEST_PAUSE = 0.08
"""Seconds between two drawings for events that come by the hundred."""

FRAME_ROWS = 16
"""Rows a frame may take at most."""

ROWS_BESIDE = 14
"""Rows left to the text below a frame."""

SMALLEST_FRAME = 4
"""Rows below which a frame is not worth showing."""


class FramePainter(Protocol):
    """Draws pictures on this terminal."""

    def paint(self, path: Path, *, columns: int, rows: int) -> RenderableType | None:
        """
        Return the picture at *path* within *columns* times *rows* cells; None when it cannot be shown.

        A graphics protocol's bytes belong into a control segment of the last row: the rows above it are blank, and
        none is written again while the picture stays the same.
        """

    def forget(self) -> str:
        """Return what removes a picture that erasing its cells leaves on the screen; mostly empty."""


class LiveRenderer:
    """
    Redraws a block at the cursor, and leaves a card in its place.

    *size* is asked at every drawing, so that a resize needs no signal.
    """

    def __init__(
        self,
        console: Console,
        environ: Mapping[str, str],
        *,
        clock: Callable[[], float],
        size: Callable[[], os.terminal_size],
        estimate: Estimate | None = None,
        painter: FramePainter | None = None,
        keys: bool = False,
    ) -> None:
        self._console = console
        self._outlet = console.file
        self._region = Region(rewraps=rewraps(environ))
        self._clock = clock
        self._size = size
        self._estimate = estimate
        self._painter = painter
        self._keys = keys
        self._view = View(started_at=clock())
        self._frame: Path | None = None
        self._picture: tuple[os.terminal_size, RenderableType | None] | None = None
        self._drawn_at = float("-inf")
        self._closed = False

    def handle(self, event: JobEvent) -> None:
        """Take note of *event* and redraw."""
        self._view = advance(self._view, event, now=self._clock())
        if isinstance(event, FrameArrived) and event.path is not None:
            self._frame, self._picture = event.path, None
        if isinstance(event, AttemptStarted):
            self._drop_frame()
        if isinstance(event, Receiving | Uploading | WireNoted) and self._clock() - self._drawn_at < SHORTEST_PAUSE:
            return
        self._draw()

    def tick(self) -> None:
        """Redraw what depends on the clock and on the terminal's size."""
        self._draw()

    def suspend(self) -> None:
        """Clear the block and show the cursor, before the process is stopped by Ctrl-Z."""
        self._outlet.write(self._erased() + SHOW_CURSOR)

    def resume(self) -> None:
        """Draw anew at the cursor, after the process was continued."""
        self._region.forget()
        self._picture = None
        self._draw()

    def conclude(self, outcome: Outcome) -> None:
        """Replace the block by the card of *outcome*, under the picture where pictures can be shown."""
        self.close()
        size = self._resized()
        if self._painter is not None and outcome.ok and outcome.output is not None:
            picture = self._painter.paint(outcome.output, columns=_frame_columns(size), rows=max(1, _frame_rows(size)))
            if picture is not None:
                self._outlet.write(composed(self._console, picture, width=size.columns))
        shown = card(outcome, prompt=self._view.prompt)
        self._outlet.write(composed(self._console, shown, width=min(size.columns, WIDEST)))

    def close(self) -> None:
        """Clear the block and give the cursor back."""
        if not self._closed:
            self._closed = True
            self._outlet.write(self._erased() + SHOW_CURSOR)

    def _draw(self) -> None:
        if self._closed:
            return
        size, now = self._resized(), self._clock()
        shown = draw(
            self._view,
            now=now,
            width=size.columns,
            estimate=self._estimate,
            keys=self._keys,
            picture=self._painted(size),
        )
        lines = composed(self._console, shown, width=size.columns - 1).removesuffix("\n").split("\n")
        self._outlet.write(self._region.redraw(lines, columns=size.columns, rows=size.lines))
        self._drawn_at = now

    def _painted(self, size: os.terminal_size) -> RenderableType | None:
        """Return the latest frame, if it has room; painted once for each size of the terminal."""
        rows = _frame_rows(size)
        if self._painter is None or self._frame is None or rows < SMALLEST_FRAME:
            return None
        if self._picture is None or self._picture[0] != size:
            self._picture = (size, self._painter.paint(self._frame, columns=_frame_columns(size), rows=rows))
        return self._picture[1]

    def _drop_frame(self) -> None:
        if self._frame is not None:
            self._outlet.write(self._erased())
            self._frame = None

    def _resized(self) -> os.terminal_size:
        size = self._size()
        self._console.size = ConsoleDimensions(size.columns, size.lines)
        return size

    def _erased(self) -> str:
        """Return what takes everything of ours off the screen."""
        erased = self._region.erase(columns=self._size().columns)
        return erased + (self._painter.forget() if self._painter is not None and self._frame is not None else "")


def _frame_columns(size: os.terminal_size) -> int:
    return min(size.columns - 1, WIDEST)


def _frame_rows(size: os.terminal_size) -> int:
    return min(FRAME_ROWS, size.lines - ROWS_BESIDE)
