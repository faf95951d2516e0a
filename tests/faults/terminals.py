"""Runs the program on a pseudo-terminal, and keeps every byte that it sends there."""

import fcntl
import os
import pty
import struct
import termios
import threading
from dataclasses import dataclass

import pyte

from tests.faults.home import Home
from tests.faults.processes import Process

COLUMNS, LINES = 100, 60


@dataclass(frozen=True, slots=True)
class Seen:
    """What reached the terminal: *raw* bytes, and how the program ended."""

    status: int
    raw: bytes
    columns: int = COLUMNS

    @property
    def screen(self) -> pyte.HistoryScreen:
        """Return an emulator's screen after all of it."""
        screen = pyte.HistoryScreen(self.columns, LINES, history=5000)
        pyte.ByteStream(screen).feed(self.raw)
        return screen

    @property
    def text(self) -> str:
        """Return what can be read on the screen, as one line, since a row may end anywhere."""
        return "".join(row.strip() for row in self.screen.display)


def run_on_terminal(
    home: Home, *argv: str, base_url: str | None = None, stdin: bytes = b"", columns: int = COLUMNS
) -> Seen:
    """Run ``cpa-image`` with *argv* on a terminal of its own, *columns* wide, at which *stdin* is typed."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, columns, 0, 0))
    pieces: list[bytes] = []
    environ = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    process = Process(home, *argv, base_url=base_url, stdin=slave, stdout=slave, stderr=slave, environ=environ)
    os.close(slave)
    os.write(master, stdin)
    reader = threading.Thread(target=_read_all, args=(master, pieces))
    reader.start()
    status = process.end().status
    reader.join()
    os.close(master)
    return Seen(status, b"".join(pieces), columns)


def _read_all(master: int, pieces: list[bytes]) -> None:
    # EIO is how a terminal says that nobody has its other end open any more.
    try:
        while piece := os.read(master, 65536):
            pieces.append(piece)
    except OSError:
        return
