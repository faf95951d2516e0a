"""
Decides how text reaches a stream: with which colours, and what happens when nobody reads it any more.

Rich ends the process when a pipe closes. Here narration that cannot be shown is dropped, because a picture that has
been paid for must not be lost over it: Rich only composes, `Outlet` writes.
"""

import sys
from collections.abc import Mapping
from typing import TextIO

from rich.console import Console, RenderableType

FIXED_SIZE = frozenset({"COLUMNS", "LINES"})
"""Variables that would nail Rich to a size which the terminal may leave at any time."""


def console_on(stream: TextIO, environ: Mapping[str, str]) -> Console:
    """Return a console for *stream* that heeds ``NO_COLOR``, ``FORCE_COLOR`` and ``TERM`` in *environ*."""
    kept = {name: value for name, value in environ.items() if name not in FIXED_SIZE}
    return Console(file=stream, markup=False, emoji=False, highlight=False, _environ=kept)


def is_animated(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether *stream* is a terminal on which lines can be redrawn."""
    # Windows sets no TERM; elsewhere a terminal without one is as good as dumb.
    term = environ.get("TERM", "xterm" if sys.platform == "win32" else "dumb")
    return stream.isatty() and term not in {"", "dumb", "unknown"}


def composed(console: Console, renderable: RenderableType, *, width: int | None = None) -> str:
    """Return *renderable* as it is to be written, wrapped at *width* or the console's own, but never cropped."""
    if width is not None:
        console.width = width
    with console.capture() as capture:
        console.print(renderable, crop=False)
    return capture.get()


class Outlet:
    """Writes to *stream* until it is gone, and drops everything from then on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._gone = False

    def write(self, text: str) -> None:
        """Write *text* at once."""
        if self._gone or not text:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            # EPIPE from a closed pipe, EIO from a terminal that was hung up.
            self._gone = True
