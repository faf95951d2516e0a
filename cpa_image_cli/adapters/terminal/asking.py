"""
Decides how a person is asked: for a prompt, for the name of a file, for a single key. What came is told as an event.

``editor`` asks where lines can be edited and redrawn, ``lines`` on any other terminal.
"""

import contextlib
import sys
from collections.abc import Callable
from typing import Protocol, TextIO

from cpa_image_cli.core.terminal.keys import Chosen, Escaped, Interrupted, Left, Pressed, Terminated, Typed

Asked = Typed | Left | Escaped | Interrupted | Terminated
Answered = Pressed | Left | Escaped | Interrupted | Terminated
Picked = Chosen | Left | Escaped | Interrupted | Terminated

Message = Callable[[], str]
"""What stands before the cursor, colours as escape sequences; called again at every drawing, as widths change."""


Rows = Callable[[int], str]
"""All rows as they are shown while the cursor is on the one that is given, counted from 0."""


class Asking(Protocol):
    """Somebody who asks a person. Only the main thread may call it."""

    def prompt(self, message: Message, *, draft: str = "") -> Asked:
        """Let a prompt be typed, beginning with *draft*. What Ctrl-C or Esc take back can be recalled."""

    def file_name(self, message: Message, *, draft: str = "") -> Asked:
        """Let the name of a file be typed, beginning with *draft*."""

    def key(self, message: Message) -> Answered:
        """Show *message* and wait for a key."""

    def row(self, shown: Rows, count: int, *, keys: str) -> Picked:
        """Let one of *count* rows be chosen, as *shown* with the cursor on one, by Enter or one of *keys*."""

    def discard_typed(self) -> None:
        """Forget what was typed before anything was asked."""


def flush(reads: TextIO) -> None:
    """Throw away what waits in the terminal's input."""
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
    else:
        import termios

        with contextlib.suppress(termios.error, OSError, ValueError):
            termios.tcflush(reads.fileno(), termios.TCIFLUSH)
