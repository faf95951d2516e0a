"""
Decides how the terminal itself is handled: its size, single keys while a job waits, and leaving it as it was found.

Keys are read one at a time and only when asked for, so that what was typed ahead stays for the shell.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Protocol, TextIO

from cpa_image_cli.core.terminal.keys import ENTER, as_key

FALLBACK_SIZE = (80, 24)


class Keyboard(Protocol):
    """Single keys, without waiting for Enter."""

    def read_key(self) -> str | None:
        """Return one key that was pressed, lower-cased, or `ENTER`; None when there is none. Never waits."""


class NoKeyboard:
    """What stands in where keys cannot be read."""

    def read_key(self) -> str | None:
        """Return None."""
        return None


def size_of(stream: TextIO) -> os.terminal_size:
    """Return the size of the terminal behind *stream*, 80x24 where it is not known."""
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return os.terminal_size(FALLBACK_SIZE)
    # Some pseudo-terminals have no size until somebody sets one.
    return os.terminal_size((size.columns or FALLBACK_SIZE[0], size.lines or FALLBACK_SIZE[1]))


def _key_of(data: bytes) -> str | None:
    """Return the key in *data*, if it is one that prints or Enter."""
    if data in {b"\r", b"\n"}:
        return ENTER
    text = as_key(data.decode(errors="ignore"))
    return text if len(text) == 1 and text.isprintable() else None


if sys.platform == "win32":
    import msvcrt

    class _WindowsKeyboard:
        def read_key(self) -> str | None:
            if not msvcrt.kbhit():
                return None
            first = msvcrt.getwch()
            if first in "\0\xe0":
                # A function key: its second half is no key of ours.
                msvcrt.getwch()
                return None
            return _key_of(first.encode())

    @contextlib.contextmanager
    def keys(
        stdin: TextIO,
        stderr: TextIO,
        *,
        on_stop: Callable[[], None] = lambda: None,
        on_continue: Callable[[], None] = lambda: None,
    ) -> Iterator[Keyboard]:
        """Yield a keyboard; one that hears nothing unless *stdin* and *stderr* are a console."""
        del on_stop, on_continue
        yield _WindowsKeyboard() if can_listen(stdin, stderr) else NoKeyboard()

    def can_listen(stdin: TextIO, stderr: TextIO) -> bool:
        """Whether `keys` would hear anything."""
        return stdin.isatty() and stderr.isatty()

else:
    import select
    import signal
    import termios
    from types import FrameType

    ESCAPE = b"\x1b"
    Modes = list[int | list[bytes | int]]
    LOCAL_MODES = 3
    CONTROL_CHARACTERS = 6

    class _PosixKeyboard:
        def __init__(self, descriptor: int) -> None:
            self._descriptor = descriptor

        def read_key(self) -> str | None:
            if not self._is_ready():
                return None
            data = os.read(self._descriptor, 1)
            if data == ESCAPE:
                # An arrow or a function key: its other bytes came with it and are no keys of ours.
                while self._is_ready():
                    os.read(self._descriptor, 1)
                return None
            for _ in range(_bytes_to_follow(data)):
                data += os.read(self._descriptor, 1) if self._is_ready() else b""
            return _key_of(data)

        def _is_ready(self) -> bool:
            return bool(select.select([self._descriptor], [], [], 0)[0])

    def _bytes_to_follow(first: bytes) -> int:
        """Return how many more bytes the UTF-8 character has that begins with *first*; 0 for what begins none."""
        if not b"\xc2" <= first <= b"\xf4":
            return 0
        return 1 if first < b"\xe0" else 2 if first < b"\xf0" else 3

    @contextlib.contextmanager
    def keys(
        stdin: TextIO,
        stderr: TextIO,
        *,
        on_stop: Callable[[], None] = lambda: None,
        on_continue: Callable[[], None] = lambda: None,
    ) -> Iterator[Keyboard]:
        """
        Yield a keyboard, and put the terminal back whatever happens.

        It hears nothing unless *stdin* and *stderr* are terminals and the process is in the foreground.
        Ctrl-C keeps its meaning. At Ctrl-Z the terminal is put back and *on_stop* is called before the process stops,
        *on_continue* after it goes on. Call it in the main thread, which signals belong to.
        """
        descriptor = _listenable(stdin, stderr)
        if descriptor is None:
            yield NoKeyboard()
            return
        found = termios.tcgetattr(descriptor)
        with _stops_handled(descriptor, found, on_stop=on_stop, on_continue=on_continue):
            _listen(descriptor)
            try:
                yield _PosixKeyboard(descriptor)
            finally:
                _put_back(descriptor, found)

    def can_listen(stdin: TextIO, stderr: TextIO) -> bool:
        """Whether `keys` would hear anything."""
        return _listenable(stdin, stderr) is not None

    def _listenable(stdin: TextIO, stderr: TextIO) -> int | None:
        if not (stdin.isatty() and stderr.isatty()):
            return None
        descriptor = stdin.fileno()
        return descriptor if _is_in_foreground(descriptor) else None

    def _is_in_foreground(descriptor: int) -> bool:
        try:
            return os.tcgetpgrp(descriptor) == os.getpgrp()
        except OSError:
            # Not our controlling terminal: its job control does not concern us.
            return True

    def _listen(descriptor: int) -> None:
        modes = termios.tcgetattr(descriptor)
        # ISIG stays, and with it Ctrl-C. TCSANOW, because the usual TCSAFLUSH throws away what was typed ahead.
        modes[LOCAL_MODES] &= ~(termios.ECHO | termios.ICANON)
        modes[CONTROL_CHARACTERS] = [*modes[CONTROL_CHARACTERS]]
        modes[CONTROL_CHARACTERS][termios.VMIN], modes[CONTROL_CHARACTERS][termios.VTIME] = 1, 0
        termios.tcsetattr(descriptor, termios.TCSANOW, modes)

    def _put_back(descriptor: int, found: Modes) -> None:
        # A background process that sets terminal modes is stopped (SIGTTOU); by then the shell has put them back.
        if _is_in_foreground(descriptor):
            with contextlib.suppress(termios.error):
                termios.tcsetattr(descriptor, termios.TCSANOW, found)

    @contextlib.contextmanager
    def _stops_handled(
        descriptor: int, found: Modes, *, on_stop: Callable[[], None], on_continue: Callable[[], None]
    ) -> Iterator[None]:
        def stop(number: int, frame: FrameType | None) -> None:
            del frame
            on_stop()
            _put_back(descriptor, found)
            signal.signal(number, signal.SIG_DFL)
            # The process stops in here, and goes on from here.
            signal.raise_signal(number)
            signal.signal(number, stop)
            if _is_in_foreground(descriptor):
                _listen(descriptor)
                on_continue()

        before = signal.signal(signal.SIGTSTP, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGTSTP, before)
