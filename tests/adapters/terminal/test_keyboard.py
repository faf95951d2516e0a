import contextlib
import io
import os
import pty
import select
import sys
import termios
from collections.abc import Iterator
from typing import TextIO

import pytest

from cpa_image_cli.adapters.terminal.keyboard import keys, size_of
from cpa_image_cli.core.terminal.keys import ENTER


@pytest.fixture
def terminal() -> Iterator[tuple[int, TextIO]]:
    """The master's descriptor, and the terminal as a program sees it."""
    master, slave = pty.openpty()
    with os.fdopen(slave, "r+b", buffering=0) as raw, io.TextIOWrapper(raw, encoding="utf-8") as stream:
        yield master, stream
    os.close(master)


def modes(stream: TextIO) -> list[object]:
    return termios.tcgetattr(stream.fileno())


def typed(master: int, stream: TextIO, data: bytes) -> None:
    """Type *data* and wait until it has arrived."""
    os.write(master, data)
    select.select([stream.fileno()], [], [], 5)


SHELL = """
import os, signal, sys, termios
from cpa_image_cli.adapters.terminal.keyboard import keys

def waits_for_lines():
    return bool(termios.tcgetattr(0)[3] & termios.ICANON)

signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = os.fork()
if job == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    said = []
    with keys(sys.stdin, sys.stderr, on_stop=lambda: said.append("stop"), on_continue=lambda: said.append("go")):
        said.append(waits_for_lines())
        signal.raise_signal(signal.SIGTSTP)
        said.append(waits_for_lines())
    os._exit(said != [False, "stop", "go", False])
_, status = os.waitpid(job, os.WUNTRACED)
print("stopped", os.WIFSTOPPED(status), waits_for_lines())
os.kill(job, signal.SIGCONT)
_, status = os.waitpid(job, 0)
print("ended", os.waitstatus_to_exitcode(status), waits_for_lines(), flush=True)
"""
"""Does what a shell does with a job that is stopped and taken up again."""


BACKGROUND = """
import os, signal, sys, termios
from cpa_image_cli.adapters.terminal.keyboard import keys

def modes():
    local = termios.tcgetattr(0)[3]
    return bool(local & termios.ICANON), bool(local & termios.ECHO)

signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = os.fork()
if job == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    said = []
    with keys(sys.stdin, sys.stderr, on_stop=lambda: said.append("stop"), on_continue=lambda: said.append("go")):
        said.append(modes())
        signal.raise_signal(signal.SIGTSTP)
        said.append(modes())
    os._exit(said != [(False, False), "stop", (True, False)])
os.waitpid(job, os.WUNTRACED)
print("stopped", modes())
os.tcsetpgrp(0, os.getpid())
own = termios.tcgetattr(0)
own[3] &= ~termios.ECHO
termios.tcsetattr(0, termios.TCSANOW, own)
os.kill(job, signal.SIGCONT)
_, status = os.waitpid(job, 0)
print("ended", os.waitstatus_to_exitcode(status), modes(), flush=True)
"""
"""Does what a shell does with a job that goes on in the background (``bg``), while a password is typed at the shell."""


def said_by(shell_script: str) -> list[str]:
    """Return the lines that *shell_script* prints as the first process of a terminal."""
    shell, master = pty.fork()
    if shell == 0:
        os.execv(sys.executable, [sys.executable, "-c", shell_script])
    said = b""
    with os.fdopen(master, "rb", buffering=0) as output, contextlib.suppress(OSError):
        # Linux ends a terminal that nobody holds any more with an error.
        while chunk := output.read(1000):
            said += chunk
    os.waitpid(shell, 0)
    return said.decode().splitlines()


def test_ctrl_z_puts_the_terminal_back_and_going_on_listens_again() -> None:
    assert said_by(SHELL) == ["stopped True True", "ended 0 True"]


def test_in_the_background_it_leaves_the_terminal_to_whoever_has_it() -> None:
    assert said_by(BACKGROUND) == ["stopped (True, True)", "ended 0 (True, False)"]


@pytest.mark.parametrize(
    ("data", "read"),
    [
        (b"r", ["r", None]),
        (b"rq", ["r", "q"]),
        (b"R", ["r", None]),
        ("ｒｑ".encode(), ["r", "q"]),
        ("松q".encode(), ["松", "q"]),
        (b"\x1b[A", [None, None]),
        (b"\xffq", [None, "q"]),
        (b"\n", [ENTER, None]),
        (b"\x04", [None, None]),
    ],
    ids=repr,
)
def test_keys_are_read_one_at_a_time(terminal: tuple[int, TextIO], data: bytes, read: list[str | None]) -> None:
    master, stream = terminal
    with keys(stream, stream) as keyboard:
        typed(master, stream, data)

        assert [keyboard.read_key(), keyboard.read_key()] == read


def test_nothing_typed_is_no_key_and_no_wait(terminal: tuple[int, TextIO]) -> None:
    _, stream = terminal
    with keys(stream, stream) as keyboard:
        assert keyboard.read_key() is None


def test_the_terminal_is_put_back_after_a_crash(terminal: tuple[int, TextIO]) -> None:
    _, stream = terminal
    before = modes(stream)

    during = []

    def crash() -> None:
        with keys(stream, stream):
            during.extend(modes(stream))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()

    assert modes(stream) == before
    assert (during[3] & termios.ECHO, during[3] & termios.ICANON, during[3] & termios.ISIG) == (0, 0, termios.ISIG)


def test_what_was_typed_ahead_stays_for_the_shell(terminal: tuple[int, TextIO]) -> None:
    master, stream = terminal
    typed(master, stream, b"ls\n")

    with keys(stream, stream):
        typed(master, stream, b"make\n")

    found = b""
    while len(found) < len(b"ls\nmake\n") and select.select([stream.fileno()], [], [], 5)[0]:
        found += os.read(stream.fileno(), 100)
    assert found == b"ls\nmake\n"


def test_away_from_a_terminal_no_key_is_heard(terminal: tuple[int, TextIO]) -> None:
    _, stream = terminal
    with keys(io.StringIO("r"), stream) as without_stdin, keys(stream, io.StringIO()) as without_stderr:
        assert without_stdin.read_key() is None
        assert without_stderr.read_key() is None


def test_a_terminal_without_a_size_has_the_usual_one(terminal: tuple[int, TextIO]) -> None:
    _, stream = terminal

    assert size_of(stream) == size_of(io.StringIO()) == os.terminal_size((80, 24))
