"""
Decides how a terminal is told that something is over: by a notification of the desktop where it knows how, else a bell.

Sources: OSC 9 is iTerm2's, and WezTerm's, Ghostty's, ConEmu's and Windows Terminal's; OSC 99 is kitty's; OSC 777 is
urxvt's, and VTE's and foot's. To teach it another terminal, add a row to `KNOWN`. Inside tmux or screen nobody knows
who would hear it, and the bell is passed on.
"""

import re
from collections.abc import Callable, Mapping

from cpa_image_cli.core.terminal.graphics import is_multiplexer
from cpa_image_cli.core.text import one_line

BELL = "\x07"
TITLE = "cpa-image"
LONGEST = 120

Sequence = Callable[[str], str]


def _osc_9(text: str) -> str:
    return f"\x1b]9;{TITLE}: {text}\x07"


def _osc_99(text: str) -> str:
    return f"\x1b]99;;{TITLE}: {text}\x1b\\"


def _osc_777(text: str) -> str:
    return f"\x1b]777;notify;{TITLE};{text}\x07"


KNOWN: tuple[tuple[str, str, Sequence], ...] = (
    ("TERM", r"xterm-kitty", _osc_99),
    ("KITTY_WINDOW_ID", r".+", _osc_99),
    ("TERM_PROGRAM", r"iTerm\.app|WezTerm|ghostty", _osc_9),
    ("TERM", r"xterm-ghostty|wezterm", _osc_9),
    ("WT_SESSION", r".+", _osc_9),
    ("ConEmuANSI", r"ON", _osc_9),
    ("TERM", r"rxvt-unicode.*|foot.*", _osc_777),
    ("VTE_VERSION", r".+", _osc_777),
)
"""A variable, what it must be, and what the terminal that sets it so understands; the first that fits."""


def notification(environ: Mapping[str, str], text: str) -> str:
    """Return what to write to the terminal that *environ* tells of, so that somebody is told *text*."""
    if is_multiplexer(environ):
        return BELL
    # A semicolon ends a field, and a server may have had a hand in the text.
    said = one_line(text, limit=LONGEST).replace(";", ",")
    for variable, pattern, sequence in KNOWN:
        if re.fullmatch(pattern, environ.get(variable, "")):
            return sequence(said)
    return BELL
