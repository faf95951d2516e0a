"""
Decides how a person is asked: for a prompt, for the name of a file, for a single key. What came is told as an event.

``editor`` asks where lines can be edited and redrawn, ``lines`` on any other terminal.
"""

import contextlib
import sys
from collections.abc import Callable
from typing import Protocol, TextIO

from cpa_image_cli.core.terminal.keys import Interrupted, Left, Pressed, Terminated, Typed

Asked = Typed | Left | Interrupted | Terminated
Chosen = Pressed | Left | Interrupted | Terminated

Message = Callable[[], str]
"""What stands before the cursor, colours as escape sequences; called again at every drawing, as widths change."""


class Asking(Protocol):
    """Somebody who asks a person. Only the main thread may call it."""

    def prompt(self, message: Message, *, draft: str = "") -> Asked:
        """Let a prompt be typed, beginning with *draft*."""

    def file_name(self, message: Message, *, draft: str = "") -> Asked:
        """Let the name of a file be typed, beginning with *draft*."""

    def key(self, message: Message) -> Chosen:
        """Show *message* and wait for a key."""

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
