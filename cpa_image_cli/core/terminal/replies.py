"""
Decides which bytes from a terminal are answers to our questions and which were typed by a person.

`ReplyReader` takes bytes in any pieces. To understand one more reply, add a dataclass, put it into `Reply`, and add
a row to `PARSERS`; a sequence that no row knows was typed (arrow keys, Alt and a letter) and is handed back whole.
"""

import re
from collections.abc import Callable

from cpa_image_cli.core.dataclass import dataclass

MAX_REPLY = 1024
"""Bytes. A longer sequence without an end is no reply of a terminal."""


@dataclass(frozen=True, slots=True)
class DeviceAttributes:
    """Answer to ``CSI c``, which every terminal gives and gives last: 4 among *features* is Sixel."""

    features: frozenset[int]


@dataclass(frozen=True, slots=True)
class KittyAnswer:
    """Answer to a Kitty graphics query: whether the terminal could load the picture."""

    image_id: int
    ok: bool


@dataclass(frozen=True, slots=True)
class TerminalVersion:
    """Answer to XTVERSION, ``CSI > q``: name and version as the terminal spells them, ``kitty(0.35.2)``."""

    text: str


@dataclass(frozen=True, slots=True)
class CellSize:
    """Answer to ``CSI 16 t``: one character cell, in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class AreaSize:
    """Answer to ``CSI 14 t``: the whole text area, in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ColourRegisters:
    """Answer to XTSMGRAPHICS ``CSI ? 1 ; 1 ; 0 S``: how many colours one Sixel picture may have; 0 is an error."""

    count: int


@dataclass(frozen=True, slots=True)
class CursorPosition:
    """Answer to ``CSI 6 n``, counted from 1. F3 with Shift, pressed in the first row, looks the same."""

    row: int
    column: int


Reply = DeviceAttributes | KittyAnswer | TerminalVersion | CellSize | AreaSize | ColourRegisters | CursorPosition


def _numbers(text: bytes) -> frozenset[int]:
    return frozenset(int(part) for part in text.split(b";") if part)


_WHOLE = re.compile(
    rb"\x1b(?:"
    rb"\[[0-?]*[ -/]*[@-~]"  # CSI
    rb"|_G[ -~]*\x1b\\"  # APC, as Kitty graphics replies use it
    rb"|P>\|[^\x00-\x1f\x7f]*\x1b\\"  # DCS > |, the answer to XTVERSION
    rb")"
)
_BEGUN = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|_(?:G[ -~]*\x1b?)?|P(?:>(?:\|[^\x00-\x1f\x7f]*\x1b?)?)?)?")

PARSERS: tuple[tuple[re.Pattern[bytes], Callable[[re.Match[bytes]], Reply]], ...] = (
    (re.compile(rb"\x1b\[\?([0-9;]{1,200})c"), lambda found: DeviceAttributes(_numbers(found[1]))),
    (
        re.compile(rb"\x1b_G(?:[^;]*,)?i=(\d{1,10})(?:,[^;]*)?;(.*)\x1b\\"),
        lambda found: KittyAnswer(int(found[1]), ok=found[2] == b"OK"),
    ),
    (re.compile(rb"\x1bP>\|(.*)\x1b\\"), lambda found: TerminalVersion(found[1].decode("utf-8", "replace"))),
    (re.compile(rb"\x1b\[6;(\d{1,5});(\d{1,5})t"), lambda found: CellSize(int(found[2]), int(found[1]))),
    (re.compile(rb"\x1b\[4;(\d{1,5});(\d{1,5})t"), lambda found: AreaSize(int(found[2]), int(found[1]))),
    (re.compile(rb"\x1b\[(\d{1,5});(\d{1,5})R"), lambda found: CursorPosition(int(found[1]), int(found[2]))),
    (re.compile(rb"\x1b\[\?1;(?:0;(\d{1,9})|[0-9;]{1,20})S"), lambda found: ColourRegisters(int(found[1] or 0))),
)


class ReplyReader:
    """
    Separates replies from typed bytes, wherever the input is cut.

    What may still become a reply is held back until more arrives; `flush` gives it up as typed.
    """

    def __init__(self) -> None:
        self._held = b""
        self._typed = bytearray()

    def receive(self, data: bytes) -> list[Reply]:
        """Take in *data*; return the replies that it completes."""
        replies: list[Reply] = []
        rest = self._held + data
        while rest:
            plain, escape, tail = rest.partition(b"\x1b")
            self._typed += plain
            rest = escape + tail
            whole = _WHOLE.match(rest)
            if whole is not None:
                self._sort(whole[0], replies)
                rest = rest[whole.end() :]
            elif len(rest) < MAX_REPLY and _BEGUN.fullmatch(rest):
                break
            else:
                # An escape that begins nothing we know was typed; what follows it may still be a reply.
                self._typed += rest[:1]
                rest = rest[1:]
        self._held = rest
        return replies

    def _sort(self, sequence: bytes, replies: list[Reply]) -> None:
        for pattern, reply in PARSERS:
            found = pattern.fullmatch(sequence)
            if found is not None:
                replies.append(reply(found))
                return
        self._typed += sequence

    def take_typed(self) -> bytes:
        """Return, once, what was typed so far."""
        typed = bytes(self._typed)
        self._typed.clear()
        return typed

    def flush(self) -> bytes:
        """Return, once, what was typed so far and what looked like the beginning of a reply."""
        typed = self.take_typed() + self._held
        self._held = b""
        return typed
