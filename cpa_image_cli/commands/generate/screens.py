"""Decides how a run is shown: a live view, plain lines, JSON lines, errors only; with keys and pictures or not."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from cpa_image_cli.adapters.terminal.keyboard import Keyboard, NoKeyboard, can_listen, keys, size_of
from cpa_image_cli.commands.generate.presentation import Presentation, Telling
from cpa_image_cli.core.job.events import JobEvent
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui.console import console_on
from cpa_image_cli.ui.run.jsonl import JsonLinesRenderer
from cpa_image_cli.ui.run.plain import PlainRenderer, QuietRenderer
from cpa_image_cli.ui.run.renderer import Renderer

if TYPE_CHECKING:
    from cpa_image_cli.adapters.terminal.graphics_query import Detection
    from cpa_image_cli.ui.pictures.preview import Painter


class Screen:
    """
    What shows a run, and hears keys meanwhile; a `Viewer` while it is open.

    *shows_frames*: preview frames are looked at. *shows_card*: a card with the picture's path stays on the terminal.
    """

    def __init__(self, presentation: Presentation, around: Surroundings) -> None:
        self.shows_frames = False
        self.shows_card = presentation.telling is Telling.LIVE
        self._presentation = presentation
        self._around = around
        self._renderer: Renderer = QuietRenderer(around.stderr, around.environ)
        self._keyboard: Keyboard = NoKeyboard()

    @contextlib.contextmanager
    def opened(self, estimate: Estimate | None) -> "Iterator[Screen]":
        """Show what happens from now on, and leave the terminal as it was found."""
        opened = self._live if self._presentation.telling is Telling.LIVE else self._still
        with opened(estimate):
            yield self

    def handle(self, event: JobEvent) -> None:
        """Show *event*."""
        self._renderer.handle(event)

    def tick(self) -> None:
        """Redraw what depends on the clock."""
        self._renderer.tick()

    def read_key(self) -> str | None:
        """Return a key that was pressed, or None, at once."""
        return self._keyboard.read_key()

    def close(self) -> None:
        """Leave the terminal as it was found."""
        self._renderer.close()

    def conclude(self, outcome: Outcome) -> None:
        """Tell how it ended."""
        self._renderer.conclude(outcome)

    @contextlib.contextmanager
    def _still(self, estimate: Estimate | None) -> Iterator[None]:
        self._renderer = _lines(self._presentation.telling, self._around, estimate)
        with contextlib.closing(self._renderer):
            yield

    @contextlib.contextmanager
    def _live(self, estimate: Estimate | None) -> Iterator[None]:
        from cpa_image_cli.ui.run.live import LiveRenderer

        around = self._around
        with painter_on(self._presentation.preview, around) as painter:
            self.shows_frames = painter is not None
            self._renderer = live = LiveRenderer(
                console_on(around.stderr, around.environ),
                around.environ,
                clock=around.clock,
                size=lambda: size_of(around.stderr),
                estimate=estimate,
                painter=painter,
                keys=can_listen(around.stdin, around.stderr),
            )
            with (
                keys(around.stdin, around.stderr, on_stop=live.suspend, on_continue=live.resume) as self._keyboard,
                contextlib.closing(live),
            ):
                yield


def _lines(telling: Telling, around: Surroundings, estimate: Estimate | None) -> Renderer:
    if telling is Telling.EVENTS:
        return JsonLinesRenderer(around.stdout, now=around.now)
    if telling is Telling.ERRORS:
        return QuietRenderer(around.stderr, around.environ)
    verbose = telling is Telling.EVERYTHING
    return PlainRenderer(around.stderr, around.environ, clock=around.clock, verbose=verbose, estimate=estimate)


@contextlib.contextmanager
def painter_on(wish: str, around: Surroundings) -> "Iterator[Painter | None]":
    """Yield what draws pictures on this terminal, or None; afterwards nothing of its answers is left in the input."""
    if wish == "never":
        yield None
        return
    from cpa_image_cli.adapters.terminal.graphics_query import detect
    from cpa_image_cli.core.terminal.graphics import Protocol
    from cpa_image_cli.ui.pictures.kitty import ImageId
    from cpa_image_cli.ui.pictures.preview import Painter

    detection = detect(around.environ, reads=around.stdin, writes=around.stderr, clock=around.clock)
    graphics = detection.graphics
    if graphics.protocol is Protocol.NONE and wish == "always":
        graphics = replace(graphics, protocol=Protocol.HALF_BLOCKS)
    try:
        none = graphics.protocol is Protocol.NONE
        yield None if none else Painter(graphics, ImageId.drawn(around.draw()))
    finally:
        _return_typed(detection, around)


def _return_typed(detection: "Detection", around: Surroundings) -> None:
    from cpa_image_cli.adapters.terminal.graphics_query import give_back, late_replies

    typed = detection.typed + late_replies(detection, reads=around.stdin)
    if typed:
        give_back(around.stdin, typed)
