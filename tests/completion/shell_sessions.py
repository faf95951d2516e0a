"""Real shells, each at a pseudo-terminal of its own, whose screen is read back through a terminal emulator."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pyte

from tests.required import lacking, require_programs

PATIENCE = 60.0
"""Seconds that a screen is waited for; a loaded machine needs a few."""

PROMPT = "ready>"
COLUMNS, LINES = 110, 60

BASH_COMPLETION = Path("/usr/share/bash-completion/bash_completion")

START: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "bash": (
        ("bash", "--noprofile", "--rcfile", "{home}/.bashrc", "-i"),
        {".bashrc": f"PS1='{PROMPT} '\nbind 'set bell-style none'\nsource {BASH_COMPLETION}\n"},
    ),
    "zsh": (
        ("zsh", "-i"),
        {
            ".zshrc": (
                "fpath=(~/.local/share/zsh/site-functions $fpath)\n"
                "autoload -Uz compinit && compinit -u\n"
                f"PS1='{PROMPT} '\nunsetopt beep\nsetopt nolistbeep\n"
            )
        },
    ),
    "fish": (
        ("fish", "-i"),
        {
            ".config/fish/config.fish": (
                "set -g fish_greeting\nset -g fish_autosuggestion_enabled 0\n"
                f"function fish_prompt; echo -n '{PROMPT} '; end\n"
            ),
            # Its presence keeps fish from reading all manual pages (with Python) at its first start.
            ".local/share/fish/generated_completions/.keep": "",
        },
    ),
}

"""By shell: its command, and the files it reads when it starts, below the home directory."""

INSTALLED = {
    "bash": ".local/share/bash-completion/completions/cpa-image",
    "zsh": ".local/share/zsh/site-functions/_cpa-image",
    "fish": ".config/fish/completions/cpa-image.fish",
}
"""Where ``--install`` puts the scripts, below the home directory; a test of the command holds the two together."""


@dataclass(kw_only=True)
class Session:
    """
    One interactive shell, working in *folder*.

    *started* is the file in which every start of Python or cpa-image leaves a line.
    """

    shell: str
    process: subprocess.Popen[bytes]
    terminal: int
    other_end: int
    home: Path
    folder: Path
    started: Path
    screen: pyte.Screen = field(default_factory=lambda: pyte.Screen(COLUMNS, LINES))

    def __post_init__(self) -> None:
        self._stream = pyte.ByteStream(self.screen)
        self.screen.write_process_input = self._reply  # fish asks the terminal who it is

    def type(self, text: str) -> None:
        """Type *text*; a tab in it is the TAB key."""
        os.write(self.terminal, text.encode())

    def text(self) -> str:
        """Return what is on the screen, without the blanks at the ends of lines."""
        # The emulator keeps an empty cell behind each character of two columns; it is no blank.
        rows = ("".join(self.screen.buffer[row][column].data for column in range(COLUMNS)) for row in range(LINES))
        return "\n".join(row.rstrip() for row in rows).rstrip("\n")

    def line(self) -> str:
        """Return the command line: the last one that begins with the prompt."""
        rows = [row for row in self.text().splitlines() if row.startswith(PROMPT)]
        return rows[-1].removeprefix(PROMPT).strip() if rows else ""

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Read the terminal until the screen is as wanted."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            left = deadline - time.monotonic()
            assert left > 0, f"{what}; the screen is:\n{self.text()}"
            if select.select([self.terminal], [], [], min(left, 1.0))[0]:
                self._stream.feed(os.read(self.terminal, 65536))

    def shows(self, *words: str) -> str:
        """Wait until all *words* are on the screen; return the screen."""
        self.wait_until(lambda: all(word in self.text() for word in words), f"not shown: {words}")
        return self.text()

    def becomes(self, *lines: str) -> None:
        """Wait until the command line is one of *lines*."""
        self.wait_until(lambda: self.line() in lines, f"the line never became {lines}")

    def starts(self) -> list[str]:
        """Return the command lines of every start of Python or cpa-image so far."""
        return self.started.read_text().splitlines() if self.started.exists() else []

    def _reply(self, data: str) -> None:
        os.write(self.terminal, data.encode())

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)
        os.close(self.other_end)


class Starter(Protocol):
    """Starts a shell."""

    def __call__(self, shell: str, *, script: str | None = None) -> Session:
        """Start *shell* with *script* installed, or the program's own."""


def require(program: str) -> None:
    """Go on only if *program* is installed, with all that its completion needs."""
    require_programs(program)
    if program == "bash" and not BASH_COMPLETION.exists():
        lacking("bash-completion is not installed")


def at_terminal(shell: str, *, home: Path, programs: Path, folder: Path) -> Session:
    """Start *shell* at a pseudo-terminal, which becomes its controlling terminal when it is opened."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    name = os.ttyname(theirs)
    process = subprocess.Popen(
        ["/bin/sh", "-c", 'exec "$@" <"$0" >"$0" 2>&1', name, *(part.format(home=home) for part in START[shell][0])],
        env=_environment(home, programs),
        cwd=folder,
        start_new_session=True,
    )
    # Theirs stays open, since a terminal that nobody has open is at its end, and the shell takes a while to open it.
    return Session(
        shell=shell,
        process=process,
        terminal=ours,
        other_end=theirs,
        home=home,
        folder=folder,
        started=programs.parent / "started",
    )


def _environment(home: Path, programs: Path) -> dict[str, str]:
    return {
        "HOME": str(home),
        "ZDOTDIR": str(home),
        "PATH": f"{programs}:/usr/bin:/bin",
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
    }
