"""
Decides how text reaches a stream: with which colours, and what happens when nobody reads it any more.

Rich ends the process when a pipe closes. Here narration that cannot be shown is dropped, because a picture that has
been paid for must not be lost over it: Rich only composes, `Outlet` writes. It is imported where it is used, since a
run without a terminal does without it.
"""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO, cast

from cpa_image_cli.core.agents import is_for_an_agent
from cpa_image_cli.core.terminal.graphics import forbids_colours

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

FIXED_SIZE = frozenset({"COLUMNS", "LINES"})
"""Variables that would nail Rich to a size which the terminal may leave at any time."""


class Outlet:
    """
    Writes to *stream* at once, until it is gone; drops everything from then on.

    As much of a text file as Rich needs, so that what Rich prints goes the same way.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._gone = False
        self.encoding = stream.encoding or "utf-8"

    def write(self, text: str) -> int:
        """Write *text*, or drop it."""
        if text and not self._gone:
            try:
                self._stream.write(text)
                self._stream.flush()
            except OSError:
                # EPIPE from a closed pipe, EIO from a terminal that was hung up.
                self._gone = True
        return len(text)

    def flush(self) -> None:
        """Do nothing: all is flushed."""

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Return the stream's descriptor."""
        return self._stream.fileno()


def console_on(stream: TextIO, environ: Mapping[str, str]) -> "Console":
    """Return a console for *stream* that heeds ``NO_COLOR``, ``FORCE_COLOR`` and ``TERM`` in *environ*."""
    from rich.console import Console

    kept = {name: value for name, value in environ.items() if name not in FIXED_SIZE}
    if forbids_colours(environ):
        kept = {name: value for name, value in kept.items() if name != "FORCE_COLOR"} | {"NO_COLOR": "1"}
    return Console(file=cast("TextIO", Outlet(stream)), markup=False, emoji=False, highlight=False, _environ=kept)


def is_animated(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether *stream* is a terminal on which lines can be redrawn, for somebody who watches."""
    # Windows sets no TERM; elsewhere a terminal without one is as good as dumb.
    term = environ.get("TERM", "xterm" if sys.platform == "win32" else "dumb")
    return stream.isatty() and term not in {"", "dumb", "unknown"} and not is_for_an_agent(environ)


def may_be_coloured(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether `console_on` could colour what goes to *stream*; if not, nobody needs a console."""
    forced = environ.get("FORCE_COLOR") and not forbids_colours(environ)
    return stream.isatty() or bool(forced or environ.get("TTY_COMPATIBLE"))


def composed(console: "Console", renderable: "RenderableType", *, width: int | None = None) -> str:
    """Return *renderable* as it is to be written, wrapped at *width* or the console's own, but never cropped."""
    from rich.console import Group

    with console.capture() as capture:
        # Rich joins bare texts into a new one, which forgets that it must not be wrapped; not so in a group.
        console.print(Group(renderable), width=width, crop=False)
    return capture.get()
