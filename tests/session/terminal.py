"""
The program in a pseudo-terminal of its own, read back through a terminal emulator and typed at as a person types.

Nothing here waits for a fixed time: whoever types waits until the screen shows what is to be answered.
"""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Self

import pyte

from tests.inherited import inherited

PATIENCE = 60.0
"""Seconds after which a screen that never came is a failure, on a machine that is busy with other things."""

ENTER, CTRL_C, CTRL_D, BACKSPACE = "\r", "\x03", "\x04", "\x7f"
UP, DOWN, LEFT, CTRL_U, ESCAPE = "\x1b[A", "\x1b[B", "\x1b[D", "\x15", "\x1b"
PASTE, PASTED = "\x1b[200~", "\x1b[201~"

AS_A_SHELL_DOES = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Makes standard input the terminal whose Ctrl-C reaches the program, even if the tests run where it is ignored."""


class Terminal:
    """
    ``cpa-image`` with *words* on a terminal of its own, in the folder *home*, which is also where its files go.

    *raw* is every byte that the program has sent there.
    """

    def __init__(self, home: Path, *words: str, columns: int = 80, lines: int = 40, **environ: str) -> None:
        self.home = home
        self.raw = b""
        self._screen = pyte.HistoryScreen(columns, lines, history=1000)
        self._parser = pyte.ByteStream(self._screen)
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.modes_before = termios.tcgetattr(self._slave)
        self._process = subprocess.Popen(
            [sys.executable, "-c", AS_A_SHELL_DOES, sys.executable, "-m", "cpa_image_cli", *words],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            cwd=home,
            env=environment(home, environ),
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._master)
        os.close(self._slave)

    @property
    def text(self) -> str:
        """The rows that are on the screen."""
        return "\n".join(self.rows)

    @property
    def rows(self) -> list[str]:
        """The rows that are on the screen, without the empty ones at its end."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip().split("\n")

    @property
    def last(self) -> str:
        """The lowest row that is not empty."""
        return self.rows[-1]

    @property
    def cursor(self) -> tuple[int, bool]:
        """The cursor's column, and whether it is shown."""
        return self._screen.cursor.x, not self._screen.cursor.hidden

    @property
    def modes(self) -> list[object]:
        """What the terminal is set to now."""
        return termios.tcgetattr(self._slave)

    def types(self, *keys: str) -> None:
        """Type *keys*."""
        os.write(self._master, "".join(keys).encode())

    def kill(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self._process.send_signal(number)

    def shows(self, sign: str) -> None:
        """Wait until *sign* is on the screen, which may have broken it in two at its edge."""
        self.becomes(lambda: sign in "".join(self.rows), sign)

    def ends_with(self, row: str) -> None:
        """Wait until the lowest row is *row*."""
        self.becomes(lambda: self.last == row, row)

    def becomes(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until *is_so*; *what* says in the failure what never was."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            left = deadline - time.monotonic()
            assert left > 0, f"never seen: {what!r}\n{self.text}"
            assert self._read(left) or is_so(), f"ended without {what!r}\n{self.text}"

    def left(self) -> int:
        """Wait until the program has ended; return its exit status."""
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None:
            assert time.monotonic() < deadline, f"still there\n{self.text}"
            self._read(0.05)
        while self._read(0):
            pass
        return self._process.returncode

    def _read(self, wait: float) -> bool:
        """Take what the program writes within *wait* seconds; False when it has ended and nothing is left."""
        if select.select([self._master], [], [], min(wait, 0.2))[0]:
            piece = os.read(self._master, 65536)
            self.raw += piece
            self._parser.feed(piece)
            return True
        return self._process.poll() is None


def environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a person in *home* who has configured nothing."""
    own = {"HOME": str(home), "TERM": "xterm-256color", "PYTHONUTF8": "1", "TZ": "UTC"}
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE")}
    return {**inherited(), **own, **folders, "XDG_PICTURES_DIR": str(home / "pictures"), **more}


@contextlib.contextmanager
def session(home: Path, *words: str, columns: int = 80, **environ: str) -> Iterator[Terminal]:
    """Yield a terminal on which a session has been opened and asks for a prompt."""
    with Terminal(home, *words, columns=columns, **environ) as terminal:
        terminal.ends_with("›")
        yield terminal
