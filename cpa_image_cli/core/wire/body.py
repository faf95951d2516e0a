"""
What a request sends: pieces whose length is known before the first of them is made, from the beginning each time.

Nothing here holds a whole picture: a `Source` opens what it stands for anew whenever somebody iterates, so that a
retry sends the same again and memory stays flat, however large the body is.
"""

import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from cpa_image_cli.core.dataclass import dataclass

_SHOWN = 12
"""Bytes of a picture that are shown as base64; no log, message or record holds more than 80 of its characters."""


class Source(Protocol):
    """Bytes that lie elsewhere, and are read while they are sent."""

    @property
    def length(self) -> int:
        """Return how many bytes `pieces` yields."""

    def pieces(self) -> Iterator[bytes]:
        """Yield them, from the beginning."""


@dataclass(frozen=True, slots=True)
class DataUrl:
    """*content* as ``data:…;base64,…``, which needs no escapes in JSON."""

    media_type: str
    content: Source

    @property
    def start(self) -> str:
        """Return what stands before the base64."""
        return f"data:{self.media_type};base64,"

    @property
    def length(self) -> int:
        """Return how many bytes `pieces` yields."""
        return len(self.start) + (self.content.length + 2) // 3 * 4

    def pieces(self) -> Iterator[bytes]:
        """Yield the text, made piece by piece."""
        yield self.start.encode()
        carry = b""
        for piece in self.content.pieces():
            whole = carry + piece
            cut = len(whole) - len(whole) % 3
            carry = whole[cut:]
            yield binascii.b2a_base64(memoryview(whole)[:cut], newline=False)
        yield binascii.b2a_base64(carry, newline=False)

    def shown(self) -> str:
        """Return the beginning, as far as a person or a log may see it, and how long the whole is."""
        for piece in self.content.pieces():
            beginning = binascii.b2a_base64(piece[:_SHOWN], newline=False).decode()
            return f"{self.start}{beginning}… ({self.length:,} characters)"
        return self.start


@dataclass(frozen=True, slots=True)
class Body:
    """A request's body. Iterating yields its pieces; it may be iterated again."""

    parts: tuple[bytes | DataUrl, ...]

    @property
    def length(self) -> int:
        """Return how many bytes it has."""
        return sum(len(part) if isinstance(part, bytes) else part.length for part in self.parts)

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            pieces = (part,) if isinstance(part, bytes) else part.pieces()
            # An empty piece would end a chunked body, and says nothing in any other.
            yield from (piece for piece in pieces if piece)


def json_body(value: object) -> Body:
    """Return *value* as JSON; each `DataUrl` in it becomes a string."""
    return Body(tuple(_merged(_encoded(value))))


def _merged(parts: Iterable[bytes | DataUrl]) -> Iterator[bytes | DataUrl]:
    text = bytearray()
    for part in parts:
        if isinstance(part, bytes):
            text += part
            continue
        yield bytes(text)
        text.clear()
        yield part
    yield bytes(text)


def _encoded(value: object) -> Iterator[bytes | DataUrl]:
    match value:
        case DataUrl():
            yield from (b'"', value, b'"')
        case Mapping():
            yield from _listed(b"{", ((*_encoded(key), b":", *_encoded(inner)) for key, inner in value.items()), b"}")
        case list() | tuple():
            yield from _listed(b"[", map(_encoded, value), b"]")
        case _:
            yield json.dumps(value, ensure_ascii=False).encode()


def _listed(opening: bytes, items: Iterable[Iterable[bytes | DataUrl]], closing: bytes) -> Iterator[bytes | DataUrl]:
    yield opening
    for number, item in enumerate(items):
        if number:
            yield b","
        yield from item
    yield closing
