"""Runs the program in a process of its own, so that it can be killed, starved and measured."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.faults.home import Home
from tests.faults.in_process import Ended
from tests.faults.servers import PATIENCE

PROGRAM = (sys.executable, "-m", "cpa_image_cli")
MEASURED = (sys.executable, str(Path(__file__).with_name("measured.py")))
LOOK = 0.0005
"""Seconds between two looks at something that is about to happen."""


@dataclass(frozen=True, slots=True)
class Closed(Ended):
    """How a process ended. *seconds* is its life after `Process.signal`, *peak* its memory in bytes if measured."""

    seconds: float = 0.0
    peak: int = 0


class Process:
    """
    ``cpa-image`` with *argv* in *home*, started at once.

    *through* is put before the program: a shell that closes streams, ``prlimit``. *measured* counts its memory.
    """

    def __init__(
        self,
        home: Home,
        *argv: str,
        base_url: str | None = None,
        stdin: int | None = subprocess.DEVNULL,
        through: tuple[str, ...] = (),
        measured: bool = False,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.stdout, self.stderr, self._peak = (home.root.parent / name for name in ("stdout", "stderr", "peak"))
        self._signalled_at = time.monotonic()
        program = (*MEASURED, str(self._peak)) if measured else PROGRAM
        with self.stdout.open("wb") as out, self.stderr.open("wb") as err:
            self.popen = subprocess.Popen(
                [*through, *program, *argv],
                cwd=home.wanted,
                env=home.environ(base_url, **(environ or {})),
                stdin=stdin,
                stdout=out,
                stderr=err,
            )
        self.pid = self.popen.pid

    def signal(self, number: signal.Signals) -> None:
        """Send *number*, unless the process is over already."""
        self._signalled_at = time.monotonic()
        self.popen.send_signal(number)

    def end(self) -> Closed:
        """Wait for the end, which must come before patience ends; a negative status is the signal that killed it."""
        try:
            status = self.popen.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
            raise
        seconds = time.monotonic() - self._signalled_at
        peak = int(self._peak.read_text()) if self._peak.exists() else 0
        return Closed(
            status, self.stdout.read_bytes(), self.stderr.read_text(errors="surrogateescape"), (), seconds, peak
        )

    def wait_for(self, happened: Callable[[], object]) -> None:
        """Wait until *happened*, or the process is over."""
        until = time.monotonic() + PATIENCE
        while not happened() and self.popen.poll() is None and time.monotonic() < until:
            threading.Event().wait(LOOK)


def run_process(home: Home, *argv: str, base_url: str | None = None, through: tuple[str, ...] = ()) -> Closed:
    """Run ``cpa-image`` with *argv* to its end."""
    return Process(home, *argv, base_url=base_url, through=through).end()


def is_root() -> bool:
    """Whether this user may mount file systems, and is above permissions."""
    return os.name == "posix" and os.geteuid() == 0
