"""
Decides when the terminal is redrawn while a job runs, and how it is left: the cursor back, nothing half drawn.

The only thread that draws is the caller's. What is shown is decided in ``screen`` and ``card``.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from rich.console import Console, ConsoleDimensions, RenderableType

from cpa_image_cli.core.estimate import Estimate
from cpa_image_cli.core.job_events import AttemptStarted, FrameArrived, JobEvent, Receiving, WireNoted
from cpa_image_cli.core.outcome import Outcome
from cpa_image_cli.ui.card import card
from cpa_image_cli.ui.console import composed
from cpa_image_cli.ui.region import SHOW_CURSOR, Region, rewraps
from cpa_image_cli.ui.screen import WIDEST, draw
from cpa_image_cli.ui.view import View, advance

SHORTEST_PAUSE = 0.08
"""Seconds between two drawings for events that come by the hundred."""

FRAME_ROWS = 16
"""Rows a frame may take at most."""

ROWS_BESIDE = 14
"""Rows left to the text below a frame."""

SMALLEST_FRAME = 4
"""Rows below which a frame is not worth showing."""


class FramePainter(Protocol):
    """
    Draws frames of a picture, each over the one before, through the same console.

    It is called only while the block is erased and the cursor is where the block begins.
    """

    @property
    def renderable(self) -> RenderableType | None:
        """The latest frame, where frames are text that belongs into the block; None where they are drawn above it."""

    def paint(self, path: Path, *, columns: int, rows: int) -> bool:
        """Draw the frame at *path* within *columns* times *rows* cells; say whether it could be."""

    def finish(self, path: Path, *, columns: int, rows: int) -> bool:
        """Draw the final picture at *path*, to stay; say whether it could be."""

    def interrupted(self) -> None:
        """Take the place of the last frame as lost."""

    def abandon(self) -> None:
        """Take frames out of a terminal that keeps them."""


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
        self._painted_for = size()
        self._tallest = 0
        self._drawn_at = float("-inf")
        self._closed = False

    def handle(self, event: JobEvent) -> None:
        """Take note of *event* and redraw."""
        self._view = advance(self._view, event, now=self._clock())
        if isinstance(event, FrameArrived) and event.path is not None:
            self._frame = event.path
            self._paint()
        if isinstance(event, AttemptStarted):
            self._frame = None
        if isinstance(event, Receiving | WireNoted) and self._clock() - self._drawn_at < SHORTEST_PAUSE:
            return
        self._draw()

    def tick(self) -> None:
        """Redraw what depends on the clock and on the terminal's size."""
        self._draw()

    def suspend(self) -> None:
        """Clear the block and show the cursor, before the process is stopped by Ctrl-Z."""
        self._erase(SHOW_CURSOR)

    def resume(self) -> None:
        """Draw anew at the cursor, after the process was continued."""
        self._region.forget()
        if self._painter is not None:
            self._painter.interrupted()
        self._draw()

    def conclude(self, outcome: Outcome) -> None:
        """Replace the block by the card of *outcome*, under the picture where pictures can be shown."""
        size = self._resized()
        self._erase(SHOW_CURSOR)
        if self._painter is not None and outcome.ok and outcome.output is not None:
            rows = max(1, min(FRAME_ROWS, size.lines - ROWS_BESIDE))
            self._painter.finish(outcome.output, columns=min(size.columns - 1, WIDEST), rows=rows)
            self._frame = None
        self.close()
        shown = card(outcome, prompt=self._view.prompt)
        self._outlet.write(composed(self._console, shown, width=min(size.columns, WIDEST)))

    def close(self) -> None:
        """Clear the block and give the cursor back."""
        if self._closed:
            return
        self._closed = True
        self._erase(SHOW_CURSOR)
        if self._painter is not None and self._frame is not None:
            self._painter.abandon()

    def _draw(self) -> None:
        if self._closed:
            return
        size, now = self._resized(), self._clock()
        if size != self._painted_for:
            self._paint()
        picture = self._painter.renderable if self._painter is not None and self._frame is not None else None
        shown = draw(self._view, now=now, width=size.columns, estimate=self._estimate, keys=self._keys, picture=picture)
        lines = composed(self._console, shown, width=size.columns - 1).removesuffix("\n").split("\n")
        self._outlet.write(self._region.redraw(lines, columns=size.columns, rows=size.lines))
        self._tallest = max(self._tallest, len(lines))
        self._drawn_at = now

    def _paint(self) -> None:
        """Draw the latest frame, if it has room."""
        size = self._resized()
        self._painted_for = size
        rows = min(FRAME_ROWS, size.lines - ROWS_BESIDE)
        if self._painter is None or self._frame is None or rows < SMALLEST_FRAME:
            return
        self._erase()
        if self._tallest + rows >= size.lines:
            # The block has pushed a frame above it out of the screen, where nothing can be drawn over.
            self._painter.interrupted()
        self._painter.paint(self._frame, columns=min(size.columns - 1, WIDEST), rows=rows)
        self._tallest = 0

    def _resized(self) -> os.terminal_size:
        size = self._size()
        self._console.size = ConsoleDimensions(size.columns, size.lines)
        return size

    def _erase(self, then: str = "") -> None:
        self._outlet.write(self._region.erase(columns=self._size().columns) + then)
