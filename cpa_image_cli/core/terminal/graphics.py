"""
Decides how a terminal is shown a picture, from what its environment hints and what it answered.

What a terminal says about itself now counts for more than variables, which are inherited: an xterm started from kitty
still has ``KITTY_WINDOW_ID``. To support one more way of drawing, add a `Protocol` and a branch to `choose`; to
correct a terminal, its name is in one of the tables below.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.terminal.replies import (
    AreaSize,
    CellSize,
    ColourRegisters,
    DeviceAttributes,
    KittyAnswer,
    Reply,
    TerminalVersion,
)

QUERY_ID = 31
"""The image id of our Kitty query; its answer carries it."""


class Protocol(StrEnum):
    """A way of drawing a picture in a terminal."""

    KITTY = "kitty"
    ITERM = "iterm"
    SIXEL = "sixel"
    HALF_BLOCKS = "half-blocks"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Graphics:
    """
    How to draw in one terminal.

    Cell sizes are in pixels; where nobody told, they are a guess in the usual proportion 1:2. *passthrough* says
    that escape sequences must be wrapped for tmux. *placeholders* says that Kitty pictures can be laid out as text
    (kitty from 0.28, Ghostty). *colours* is the size of a Sixel palette.
    """

    protocol: Protocol
    cell_width: int = 10
    cell_height: int = 20
    passthrough: bool = False
    placeholders: bool = False
    colours: int = 256


NO_GRAPHICS = Graphics(protocol=Protocol.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a terminal told about itself; *answered* says that it told anything at all."""

    answered: bool = False
    kitty: bool = False
    sixel: bool = False
    version: str = ""
    cell: CellSize | None = None
    area: AreaSize | None = None
    colours: int | None = None


def summarise(replies: Iterable[Reply]) -> Answers:
    """Return *replies* as one value; of two alike the later counts."""
    found = {type(reply): reply for reply in replies}
    attributes = found.get(DeviceAttributes)
    kitty = found.get(KittyAnswer)
    version = found.get(TerminalVersion)
    cell = found.get(CellSize)
    area = found.get(AreaSize)
    colours = found.get(ColourRegisters)
    return Answers(
        answered=bool(found),
        kitty=isinstance(kitty, KittyAnswer) and kitty.ok and kitty.image_id == QUERY_ID,
        sixel=isinstance(attributes, DeviceAttributes) and SIXEL_FEATURE in attributes.features,
        version=version.text if isinstance(version, TerminalVersion) else "",
        cell=cell if isinstance(cell, CellSize) and cell.width and cell.height else None,
        area=area if isinstance(area, AreaSize) and area.width and area.height else None,
        colours=colours.count if isinstance(colours, ColourRegisters) else None,
    )


SIXEL_FEATURE = 4
FIRST_KITTY_WITH_PLACEHOLDERS = (0, 28)

SPEAKS_ITERM = re.compile(r"iterm2|wezterm", re.IGNORECASE)
"""Terminals whose iTerm2 pictures are the best they have, whatever else they answer to."""

MUTE = frozenset({"dumb", "unknown", "linux"})
"""Values of TERM whose terminals print our questions instead of answering them."""

MUTE_PROGRAMS = frozenset({"Apple_Terminal"})


def may_be_asked(environ: Mapping[str, str]) -> bool:
    """Whether questions will not end up as text on the screen."""
    return environ.get("TERM", "dumb") not in MUTE and environ.get("TERM_PROGRAM") not in MUTE_PROGRAMS


def inside_tmux(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is tmux, which stands between us and the one that draws."""
    return bool(environ.get("TMUX"))


def is_multiplexer(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is tmux or screen, be it at the other end of an ssh connection."""
    return inside_tmux(environ) or environ.get("TERM", "").startswith(("tmux", "screen"))


def forbids_colours(environ: Mapping[str, str]) -> bool:
    """Whether ``FORCE_COLOR`` is a no, as Node has it; for Rich and others it is a yes as long as it is something."""
    return environ.get("FORCE_COLOR", "").lower() in {"0", "false", "no", "off"}


def has_colours(environ: Mapping[str, str]) -> bool:
    """Whether text may be coloured: a picture of half-blocks is made of nothing else (https://no-color.org)."""
    if environ.get("NO_COLOR") or forbids_colours(environ):
        return False
    # Windows Terminal sets no TERM.
    return environ.get("TERM", "") not in {"", "dumb", "unknown"} or bool(environ.get("WT_SESSION"))


def choose(
    environ: Mapping[str, str], answers: Answers, *, outer: Answers | None = None, cell: CellSize | None = None
) -> Graphics:
    """
    Return how to draw, given what the terminal answered.

    *outer* is what the terminal around tmux answered; *cell* is the cell size that the operating system knows.
    """
    pixels = _pixel_protocol(environ, answers, outer)
    size = answers.cell or (outer.cell if outer else None) or cell or CellSize(10, 20)
    protocol, passthrough = pixels or (Protocol.HALF_BLOCKS if has_colours(environ) else Protocol.NONE, False)
    speaker = outer if passthrough and outer else answers
    return Graphics(
        protocol=protocol,
        cell_width=size.width,
        cell_height=size.height,
        passthrough=passthrough,
        placeholders=protocol is Protocol.KITTY and draws_placeholders(speaker.version),
        colours=max(2, min(speaker.colours or 256, 256)),
    )


def _pixel_protocol(
    environ: Mapping[str, str], answers: Answers, outer: Answers | None
) -> tuple[Protocol, bool] | None:
    """Return the best protocol and whether it needs passthrough; None when there are only characters."""
    if environ.get("TERM") == "dumb":
        return None
    if inside_tmux(environ):
        return _inside_tmux(answers, outer or Answers())
    spoken = _answered(answers) if answers.answered else _hinted(environ)
    return None if spoken is None else (spoken, False)


def _inside_tmux(answers: Answers, outer: Answers) -> tuple[Protocol, bool] | None:
    if outer.kitty and draws_placeholders(outer.version):
        return Protocol.KITTY, True
    if answers.sixel:
        # This tmux draws Sixel itself, and so knows where the picture is.
        return Protocol.SIXEL, False
    if SPEAKS_ITERM.search(outer.version):
        return Protocol.ITERM, True
    return (Protocol.SIXEL, True) if outer.sixel else None


def _answered(answers: Answers) -> Protocol | None:
    if SPEAKS_ITERM.search(answers.version):
        return Protocol.ITERM
    if answers.kitty:
        return Protocol.KITTY
    return Protocol.SIXEL if answers.sixel else None


HINTS: tuple[tuple[str, str, Protocol], ...] = (
    ("TERM_PROGRAM", r"iTerm\.app|WezTerm", Protocol.ITERM),
    ("TERM_PROGRAM", r"ghostty|kitty", Protocol.KITTY),
    ("LC_TERMINAL", r"iTerm2", Protocol.ITERM),
    ("TERM", r"xterm-kitty|xterm-ghostty", Protocol.KITTY),
    ("KITTY_WINDOW_ID", r".+", Protocol.KITTY),
)
"""Variable, what it must be, and the protocol to believe in when the terminal could not be asked; first hit wins."""


def _hinted(environ: Mapping[str, str]) -> Protocol | None:
    for name, pattern, protocol in HINTS:
        if re.fullmatch(pattern, environ.get(name, "")):
            return protocol
    return None


def draws_placeholders(version: str) -> bool:
    """Whether the terminal that calls itself *version* draws Unicode placeholders; there is no way to ask it."""
    if version.lower().startswith("ghostty"):
        return True
    found = re.match(r"kitty\((\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= FIRST_KITTY_WITH_PLACEHOLDERS


def through_tmux(sequence: str) -> str:
    """Return the escape *sequence* wrapped so that tmux hands it on; it needs ``allow-passthrough on`` from 3.3."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
