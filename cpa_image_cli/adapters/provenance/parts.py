"""
Decides where the parts of a picture file lie: PNG chunks, JPEG segments, WebP chunks, GIF blocks, in their order.

The parts cover the file from its first byte to its last, so that a file can be written anew from them; none is held in
memory. To read another format, write a function that yields its parts and give it a row in `READERS`. Specifications:
PNG (third edition) §5, JPEG (ITU-T T.81) annex B, RFC 9649 for WebP, GIF89a §17-26.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.pictures.formats import FORMATS

MOST_PARTS = 200_000
"""Of one file. A PNG of 64 MiB in chunks of 8 KiB has 8,192."""

PIECE = 1 << 16

CODED = "coded"
"""The kind of a JPEG's data behind its first scan's header: what is left of the picture once all else is gone."""

TRAILING = "trailing"
"""The kind of whatever follows the picture's end."""


class UnknownContainer(Exception):  # noqa: N818 - says what it is; whoever reads a file tells it as a sentence
    """The file is no picture whose parts are known, or is broken; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """*start* and *length* span the whole part, *data_at* and *data_length* what it carries; all in bytes."""

    kind: str
    start: int
    length: int
    data_at: int
    data_length: int

    @property
    def end(self) -> int:
        """Return where the next part begins."""
        return self.start + self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """The file at *path* as its parts; *format* is ``png``, ``jpeg``, ``webp`` or ``gif``."""

    format: str
    path: Path
    parts: tuple[Part, ...]

    def all(self, *kinds: str) -> tuple[Part, ...]:
        """Return the parts of *kinds*."""
        return tuple(part for part in self.parts if part.kind in kinds)

    def read(self, part: Part, limit: int) -> bytes:
        """Return what *part* carries, at most *limit* bytes of it."""
        with self.path.open("rb") as file:
            file.seek(part.data_at)
            return file.read(min(part.data_length, limit))

    def pieces(self, start: int, length: int) -> Iterator[bytes]:
        """Yield *length* bytes of the file from *start* on, 64 KiB at a time."""
        with self.path.open("rb") as file:
            file.seek(start)
            while length > 0 and (piece := file.read(min(length, PIECE))):
                length -= len(piece)
                yield piece


def container_of(path: Path) -> Container:
    """
    Return the parts of the file at *path*.

    Raises: UnknownContainer for what is no such picture, or cut off; OSError as the file system says.
    """
    with path.open("rb") as opened:
        file = _Bounded(opened)
        head = file.at_most(0, 16)
        for name, read in READERS.items():
            if FORMATS[name].begins(head):
                parts = tuple(itertools.islice(read(file), MOST_PARTS + 1))
                if len(parts) > MOST_PARTS:
                    raise UnknownContainer(f"it has more than {MOST_PARTS:,} parts")
                return Container(format=name, path=path, parts=(*parts, *file.rest(parts[-1].end)))
    raise UnknownContainer("it is no PNG, JPEG, WebP or GIF")


class _Bounded:
    """A file whose size is known; whatever lies beyond its end says that it is cut off."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = file.seek(0, 2)

    def at_most(self, position: int, count: int) -> bytes:
        self._file.seek(position)
        return self._file.read(count)

    def read(self, position: int, count: int) -> bytes:
        self._require(position + count)
        return self.at_most(position, count)

    def part(self, kind: str, start: int, length: int, *, header: int = 0, footer: int = 0) -> Part:
        self._require(start + length)
        carried = length - header - footer
        return Part(kind=kind, start=start, length=length, data_at=start + header, data_length=carried)

    def rest(self, start: int) -> tuple[Part, ...]:
        """Return what follows the picture's end at *start* as a part, if there is anything."""
        return (self.part(TRAILING, start, self.size - start),) if self.size > start else ()

    def search(self, pattern: "re.Pattern[bytes]", position: int) -> int:
        """Return where *pattern*, which takes two bytes, is found from *position* on."""
        while True:
            self._require(position + 2)
            piece = self.at_most(position, PIECE)
            found = pattern.search(piece)
            if found:
                return position + found.start()
            position += len(piece) - 1

    def _require(self, end: int) -> None:
        if end > self.size:
            raise UnknownContainer(f"it is cut off: it ends after {self.size} bytes")


def _png(file: _Bounded) -> Iterator[Part]:
    yield file.part("signature", 0, 8)
    at, kind = 8, ""
    while kind != "IEND":
        head = file.read(at, 8)
        kind = head[4:].decode("latin-1")
        if not kind.isalpha():
            raise UnknownContainer(f"what follows byte {at} is no PNG chunk")
        part = file.part(kind, at, 12 + int.from_bytes(head[:4]), header=8, footer=4)
        yield part
        at = part.end


_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""In coded data FF is followed by 00, and restart markers are part of it."""

_BARE = frozenset(range(0xD0, 0xDA)) | {0x01}
"""Markers without a length: restarts, SOI, EOI, TEM."""

_LEAD, _SOS, _EOI = 0xFF, 0xDA, 0xD9


def _jpeg(file: _Bounded) -> Iterator[Part]:
    part = file.part("SOI", 0, 2)
    yield part
    while part.kind != "SOS":
        part = _segment(file, part.end)
        yield part
    yield file.part(CODED, part.end, _end_of_scans(file, part.end) - part.end)


def _segment(file: _Bounded, at: int) -> Part:
    lead, marker = file.read(at, 2)
    if lead != _LEAD or marker in _BARE:
        raise UnknownContainer(f"what follows byte {at} is no JPEG segment")
    if marker == _LEAD:
        return file.part("fill", at, 1)
    return file.part(_name(marker), at, 2 + _length(file, at + 2), header=4)


def _name(marker: int) -> str:
    if marker in range(0xE0, 0xF0):
        return f"APP{marker - 0xE0}"
    return {_SOS: "SOS", 0xFE: "COM"}.get(marker, f"{marker:02X}")


def _length(file: _Bounded, at: int) -> int:
    length = int.from_bytes(file.read(at, 2))
    if length < 2:  # noqa: PLR2004 - it counts its own two bytes
        raise UnknownContainer(f"the segment at byte {at} has no length")
    return length


def _end_of_scans(file: _Bounded, at: int) -> int:
    """Return where the picture ends whose first scan begins at *at*: more tables and scans may follow it."""
    while True:
        at = file.search(_NEXT_MARKER, at)
        marker = file.read(at, 2)[1]
        if marker == _EOI:
            return at + 2
        at += 2 if marker in _BARE else 2 + _length(file, at + 2)


def _webp(file: _Bounded) -> Iterator[Part]:
    end = 8 + int.from_bytes(file.read(4, 4), "little")
    part = file.part("RIFF", 0, 12, header=8)
    yield part
    while part.end + 8 <= end:
        head = file.read(part.end, 8)
        length = int.from_bytes(head[4:], "little")
        # The last chunk of odd length may lack its padding.
        padding = length % 2 if part.end + 8 + length < min(end, file.size) else 0
        part = file.part(head[:4].decode("latin-1"), part.end, 8 + length + padding, header=8, footer=padding)
        yield part


_TABLE = 0x80
_EXTENSION, _FRAME, _TRAILER = 0x21, 0x2C, 0x3B


def _gif(file: _Bounded) -> Iterator[Part]:
    part = file.part("header", 0, 13 + _table(file.read(10, 1)[0]))
    yield part
    while (introducer := file.read(part.end, 1)[0]) != _TRAILER:
        part = _extension(file, part.end) if introducer == _EXTENSION else _frame(file, part.end, introducer)
        yield part
    yield file.part("trailer", part.end, 1)


def _table(packed: int) -> int:
    """Return how many bytes the colour table takes that *packed* announces."""
    return 3 << (packed & 7) + 1 if packed & _TABLE else 0


def _frame(file: _Bounded, at: int, introducer: int) -> Part:
    if introducer != _FRAME:
        raise UnknownContainer(f"what follows byte {at} is no GIF block")
    data = at + 10 + _table(file.read(at + 9, 1)[0]) + 1
    return file.part("frame", at, _after_blocks(file, data) - at)


def _extension(file: _Bounded, at: int) -> Part:
    label = file.read(at + 1, 1)[0]
    kind = {0xFE: "comment", 0xF9: "control", 0xFF: "application"}.get(label, f"extension {label:02X}")
    if kind == "application":
        kind = f"application {file.read(at + 3, 11).decode('latin-1')}"
    return file.part(kind, at, _after_blocks(file, at + 2) - at, header=2)


def _after_blocks(file: _Bounded, at: int) -> int:
    """Return where the row of data blocks ends that begins at *at*: each tells its length, the last is empty."""
    while length := file.read(at, 1)[0]:
        at += 1 + length
    return at + 1


READERS: Mapping[str, Callable[[_Bounded], Iterator[Part]]] = MappingProxyType(
    {"png": _png, "jpeg": _jpeg, "webp": _webp, "gif": _gif}
)
"""What yields the parts of each format."""
