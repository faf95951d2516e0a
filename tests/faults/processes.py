"""Runs the program in a process of its own, so that it can be killed, starved and measured."""

import contextlib
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
from tests.faults.servers import LOOK, PATIENCE

PROGRAM = (sys.executable, "-m", "cpa_image_cli")
MEASURED = (sys.executable, str(Path(__file__).with_name("measured.py")))
HELD = (sys.executable, str(Path(__file__).with_name("held.py")))
ROOM = 48 << 20
"""
Bytes by which the peak of a run may exceed that of an ordinary one, whatever a server sends: what is no picture may
have 16 MiB, and is there more than once while it is decoded.
"""

READING = frozenset({"0", "63"})
POLLING = frozenset({"7", "271", "73"})
SLEEPING = frozenset({"35", "101", "230", "115"})
"""Numbers of the system calls ``read``, ``poll`` and ``ppoll``, ``nanosleep`` and its kin on x86-64 and ARM."""


@dataclass(frozen=True, slots=True)
class Closed(Ended):
    """How a process ended. *seconds* is its life after `Process.send`, *peak* its memory in bytes if measured."""

    seconds: float = 0.0
    peak: int = 0


class Process:
    """
    ``cpa-image`` with *argv* in *home*, started at once.

    *through* is put before the program: a shell that closes streams, ``prlimit``. *measured* counts its memory.
    *held_at* names a function at which it waits, as ``held.py`` does. *environ* adds variables, or with None takes them
    away. *stdout* and *stderr* are descriptors in place of files, of which each *number* has its own.
    """

    def __init__(
        self,
        home: Home,
        *argv: str,
        base_url: str | None = None,
        stdin: int = subprocess.DEVNULL,
        stdout: int | None = None,
        stderr: int | None = None,
        through: tuple[str, ...] = (),
        measured: bool = False,
        held_at: str | None = None,
        environ: Mapping[str, str | None] | None = None,
        number: int = 1,
    ) -> None:
        self.stdout, self.stderr, self._peak, self._sign = (
            home.root.parent / f"{name}-{number}" for name in ("stdout", "stderr", "peak", "held")
        )
        self._started_at = self._signalled_at = time.monotonic()
        program = (*MEASURED, str(self._peak)) if measured else PROGRAM
        if held_at is not None:
            program = (*HELD, held_at, str(self._sign))
        variables = {**home.environ(base_url), **(environ or {})}
        with self.stdout.open("wb") as out, self.stderr.open("wb") as err:
            self.popen = subprocess.Popen(
                [*through, *program, *argv],
                cwd=home.wanted,
                env={name: value for name, value in variables.items() if value is not None},
                stdin=stdin,
                stdout=out if stdout is None else stdout,
                stderr=err if stderr is None else stderr,
            )
        self.pid = self.popen.pid

    def send(self, number: signal.Signals) -> None:
        """Send *number*, unless the process is over already."""
        self._signalled_at = time.monotonic()
        self.popen.send_signal(number)

    def wait_at_most(self, seconds: float) -> None:
        """Let *seconds* pass, unless it is over before."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(seconds)

    def insist(self, number: signal.Signals) -> None:
        """Send *number* again and again, as somebody does who wants out."""
        while self.popen.poll() is None and time.monotonic() - self._started_at < PATIENCE:
            self.popen.send_signal(number)
            self.wait_at_most(0.05)

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

    def told(self) -> str:
        """Return what it wrote to standard error so far."""
        return self.stderr.read_text(errors="surrogateescape")

    def is_held(self) -> bool:
        """Whether it waits where it is held."""
        return self._sign.exists()

    def release(self) -> None:
        """Let it go on from where it is held."""
        self._sign.unlink()

    def is_in(self, calls: frozenset[str]) -> bool:
        """Whether its main thread is in one of these system calls."""
        return Path(f"/proc/{self.pid}/syscall").read_text().split()[0] in calls

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
