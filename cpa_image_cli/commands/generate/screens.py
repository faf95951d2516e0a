"""Decides how a run is shown: a live view, plain lines, JSON lines, errors only; with keys and pictures or not."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cpa_image_cli.adapters.terminal.keyboard import Keyboard, NoKeyboard, can_listen, keys, size_of
from cpa_image_cli.commands.generate.flags import GenerateFlags
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.settings.settings import Settings
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui.console import console_on, is_animated
from cpa_image_cli.ui.run.jsonl import JsonLinesRenderer
from cpa_image_cli.ui.run.plain import PlainRenderer, QuietRenderer
from cpa_image_cli.ui.run.renderer import Renderer

if TYPE_CHECKING:
    from cpa_image_cli.adapters.terminal.graphics_query import Detection
    from cpa_image_cli.ui.pictures.preview import Painter


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """
    What shows a run, and what hears keys meanwhile.

    *shows_frames*: preview frames are looked at. *shows_card*: a card with the picture's path stays on the terminal.
    """

    renderer: Renderer
    keyboard: Keyboard
    shows_frames: bool = False
    shows_card: bool = False


def is_live(flags: GenerateFlags, around: Surroundings) -> bool:
    """Whether the run is shown by the live view."""
    other = flags.quiet or flags.jsonl or flags.verbose
    return not other and is_animated(around.stderr, around.environ)


def asks_for_frames(flags: GenerateFlags, settings: Settings, around: Surroundings) -> bool:
    """Whether somebody watches who would see preview frames if there were any."""
    return is_live(flags, around) and settings.preview.value != "never"


@contextlib.contextmanager
def screen_for(
    flags: GenerateFlags, settings: Settings, around: Surroundings, *, estimate: Estimate | None
) -> Iterator[Screen]:
    """Yield the screen that *flags* and the terminal call for, and leave the terminal as it was found."""
    if not is_live(flags, around):
        renderer = _still(flags, around, estimate)
        with contextlib.closing(renderer):
            yield Screen(renderer=renderer, keyboard=NoKeyboard())
        return
    from cpa_image_cli.ui.run.live import LiveRenderer

    with _painter(settings, around) as painter:
        live = LiveRenderer(
            console_on(around.stderr, around.environ),
            around.environ,
            clock=around.clock,
            size=lambda: size_of(around.stderr),
            estimate=estimate,
            painter=painter,
            keys=can_listen(around.stdin, around.stderr),
        )
        with (
            keys(around.stdin, around.stderr, on_stop=live.suspend, on_continue=live.resume) as keyboard,
            contextlib.closing(live),
        ):
            yield Screen(renderer=live, keyboard=keyboard, shows_frames=painter is not None, shows_card=True)


def _still(flags: GenerateFlags, around: Surroundings, estimate: Estimate | None) -> Renderer:
    if flags.jsonl:
        return JsonLinesRenderer(around.stdout, now=around.now)
    if flags.quiet:
        return QuietRenderer(around.stderr, around.environ)
    return PlainRenderer(around.stderr, around.environ, clock=around.clock, verbose=flags.verbose, estimate=estimate)


@contextlib.contextmanager
def _painter(settings: Settings, around: Surroundings) -> "Iterator[Painter | None]":
    """Yield what draws pictures on this terminal, or None; afterwards nothing of its answers is left in the input."""
    wish = settings.preview.value
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
