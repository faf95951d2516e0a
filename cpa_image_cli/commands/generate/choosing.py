"""
Decides which of several pictures that were just made are kept: a numbered sheet of them, and keys.

What is set aside lies in the user's trash from then on, and the same keys fetch it back; nothing is ever deleted.
"""

import contextlib
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from cpa_image_cli.adapters.programs.trash import fetch_back, throw_away
from cpa_image_cli.adapters.terminal.keyboard import Keyboard, can_listen, keys, size_of
from cpa_image_cli.commands.dialogue.stdio import write_drawn, write_line
from cpa_image_cli.commands.generate.afterwards import opening, tried
from cpa_image_cli.commands.generate.presentation import Presentation, Printed
from cpa_image_cli.commands.generate.screens import painter_on
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.terminal.keys import ENTER
from cpa_image_cli.core.text import one_line
from cpa_image_cli.process.signals import SIGNALS, Stopped, code_of
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui.console import Outlet, composed, console_on

NUMBERS = "123456789"
"""The keys of the first pictures; further ones have none."""

TICK = 0.05
"""Seconds between two looks at the keyboard."""

ROOM = 3
"""Rows left free below the sheet: for what the keys do, and for what was done."""

ERASED = "\r\x1b[2K"
"""What takes away the line on which the cursor is (xterm control sequences)."""


def choose(pictures: Sequence[Path], presentation: Presentation, around: Surroundings) -> Code | None:
    """
    Show *pictures* to whoever sits there, and let keys set some of them aside until that is done.

    Does nothing unless there is a person at a terminal that shows pictures. Returns what broke it off.
    """
    sits_there = around.stdout.isatty() and can_listen(around.stdin, around.stderr) and not SIGNALS.hung_up
    if not (pictures and sits_there and presentation.wants_frames and presentation.printed is Printed.PATH):
        return None
    # What was made is told and safe: now a signal may break off again.
    SIGNALS.heed()
    try:
        if _drawn(pictures, presentation.preview, around):
            Choice(pictures, around).until_done()
    except (KeyboardInterrupt, Stopped) as stop:
        return code_of(stop)
    finally:
        SIGNALS.ignore()
    return None


def _drawn(pictures: Sequence[Path], preview: str, around: Surroundings) -> bool:
    """Draw the sheet of *pictures*, if this terminal shows any; return whether it does."""
    from cpa_image_cli.ui.pictures.contact_sheet import contact_sheet, grid_of
    from cpa_image_cli.ui.pictures.kitty import ImageId
    from cpa_image_cli.ui.pictures.pixels import Size

    with painter_on(preview, around) as painter:
        if painter is None:
            return False
        graphics, console = painter.graphics, console_on(around.stderr, around.environ)
        room = Size(console.width, max(1, console.height - ROOM))
        grid = grid_of(len(pictures), room, ratio=graphics.cell_width / graphics.cell_height)
        sheet = contact_sheet(pictures, graphics, grid, (ImageId.drawn(around.draw()) for _ in pictures))
        write_drawn(around.stderr, composed(console, sheet).rstrip("\n"))
    return True


class Choice:
    """Which of *pictures* are set aside, and the line that says so and what the keys do."""

    def __init__(self, pictures: Sequence[Path], around: Surroundings) -> None:
        self._pictures = pictures
        self._around = around
        self._outlet = Outlet(around.stderr)
        self._aside: dict[Path, Path | None] = {}

    def until_done(self) -> None:
        """Do what keys say until Enter, or until the terminal is gone; leave it as it was found."""
        around = self._around
        try:
            with keys(around.stdin, around.stderr, on_stop=self._erase, on_continue=self._show_keys) as keyboard:
                self._show_keys()
                while (key := self._next_key(keyboard)) is not None and key != ENTER:
                    self._erase()
                    tried(partial(self._press, key), around)
                    self._show_keys()
        finally:
            self._erase()

    def _next_key(self, keyboard: Keyboard) -> str | None:
        """Return the next key that is pressed; None when there is nobody any more who could."""
        around = self._around
        while not SIGNALS.hung_up and around.stdin.isatty():
            # EIO is how a terminal that has just gone says so.
            with contextlib.suppress(OSError):
                if key := keyboard.read_key():
                    return key
            around.wait(threading.Event(), TICK)
        return None

    def _press(self, key: str) -> None:
        if key in NUMBERS[: len(self._pictures)]:
            self._toggle(self._pictures[NUMBERS.index(key)])
        elif key == "u" and self._aside:
            self._fetch_back(next(reversed(self._aside)))
        elif key == "o":
            for picture in self._pictures:
                if picture not in self._aside:
                    opening(picture, self._around)()

    def _toggle(self, picture: Path) -> None:
        if picture in self._aside:
            self._fetch_back(picture)
            return
        around = self._around
        self._aside[picture] = throw_away(picture, around.environ, home=around.home, at=around.now().astimezone())
        write_line(around.stderr, f"into the trash: {one_line(str(picture))}")

    def _fetch_back(self, picture: Path) -> None:
        fetch_back(picture, self._aside[picture])
        del self._aside[picture]
        write_line(self._around.stderr, f"back again: {one_line(str(picture))}")

    def _show_keys(self) -> None:
        aside = [str(number) for number, picture in enumerate(self._pictures, 1) if picture in self._aside]
        last = min(len(self._pictures), len(NUMBERS))
        words = [
            *([f"set aside: {', '.join(aside)}"] if aside else []),
            "Enter done",
            f"{f'1–{last}' if last > 1 else '1'} keep or set aside",
            "o open",
            *(["u undo"] if aside else []),
        ]
        self._write(ERASED + "  ·  ".join(words)[: size_of(self._around.stderr).columns - 1])

    def _erase(self) -> None:
        self._write(ERASED)

    def _write(self, text: str) -> None:
        self._outlet.write(text)
