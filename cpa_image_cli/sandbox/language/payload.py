"""
Decides how the bytes of a picture become the text of a JSON string, without ever holding a large one whole.

A `Payload` is made of runs, so 64 MiB of padding costs one block. To play another spelling of base64, add a member
to `Spelling` and a row to `SPELLERS`.
"""

import base64
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from enum import Enum
from functools import lru_cache

from cpa_image_cli.core.dataclass import dataclass

Text = list[bytes]
"""Pieces of text; a repeated piece is the same object, so that the list stays small."""

BLOCK = 3 * 65536
"""Bytes of one block of padding: a multiple of three, so that each block has the same base64."""
LINE = 76
"""Characters per line of wrapped base64, as MIME has it."""
CHUNK_FRAME = 12
"""Bytes of a PNG chunk around its data: length, type and CRC."""
FILLERS = bytes(2)
"""Bring the blocks to a multiple of three."""
IEND = struct.pack(">I4sI", 0, b"IEND", zlib.crc32(b"IEND"))


class Spelling(Enum):
    """How the base64 of a picture is written."""

    PLAIN = "as everybody does"
    UNPADDED = "without the final ="
    DATA_URL = "behind data:image/...;base64,"
    ESCAPED_SLASHES = r"with \/ for /"
    WRAPPED = "with line breaks inside"
    URL_SAFE = "with - for + and _ for /"


@dataclass(frozen=True, slots=True)
class Payload:
    """Bytes as runs of a piece and how often it comes; all but the last have lengths that are multiples of three."""

    runs: tuple[tuple[bytes, int], ...]

    @property
    def size(self) -> int:
        """Return how many bytes there are."""
        return sum(len(piece) * times for piece, times in self.runs)

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes themselves."""
        for piece, times in self.runs:
            for _ in range(times):
                yield piece


def needing_padding(png: bytes) -> Payload:
    """Return *png*, grown by a few bytes if its base64 would otherwise not end in ``=``."""
    # A chunk of 1 byte more or less than a multiple of three always shifts the length off one.
    return plain(png) if len(png) % 3 else padded(png, len(png) + CHUNK_FRAME + 4)


def plain(data: bytes) -> Payload:
    """Return *data* as it is."""
    return Payload(((data, 1),))


def padded(png: bytes, size: int) -> Payload:
    """
    Return *png* grown to *size* bytes by one private chunk of noise before its end: a valid picture all the same.

    Anything that is no PNG, or is as large already, comes back as it is.
    """
    room = size - len(png) - CHUNK_FRAME
    if room < len(FILLERS) or not png.endswith(IEND):
        return plain(png)
    head = png.removesuffix(IEND) + struct.pack(">I4s", room, b"paDd")
    filler = FILLERS[: -len(head) % 3]
    times, left = divmod(room - len(filler), BLOCK)
    checksum = zlib.crc32(filler, zlib.crc32(b"paDd"))
    for _ in range(times):
        checksum = zlib.crc32(_noise(), checksum)
    rest = _noise()[:left]
    tail = rest + struct.pack(">I", zlib.crc32(rest, checksum)) + IEND
    return Payload(((head + filler, 1), (_noise(), times), (tail, 1)))


def spelled(payload: Payload, spelling: Spelling, *, mime: str) -> Text:
    """Return the inside of a JSON string that stands for *payload*."""
    return SPELLERS[spelling](_base64(payload), mime)


@lru_cache(maxsize=1)
def _noise() -> bytes:
    return random.Random(0).randbytes(BLOCK)  # noqa: S311 - incompressible, and the same every time


def _base64(payload: Payload) -> Text:
    text: Text = []
    for piece, times in payload.runs:
        text.extend([base64.b64encode(piece)] * times)
    return text


def _escaped(text: Text, _mime: str) -> Text:
    return [piece.replace(b"/", rb"\/") for piece in text]


def _wrapped(text: Text, _mime: str) -> Text:
    whole = b"".join(text)
    return [rb"\n".join(whole[start : start + LINE] for start in range(0, len(whole), LINE)) + rb"\n"]


SPELLERS: dict[Spelling, Callable[[Text, str], Text]] = {
    Spelling.PLAIN: lambda text, _: text,
    Spelling.UNPADDED: lambda text, _: [*text[:-1], text[-1].rstrip(b"=")],
    Spelling.DATA_URL: lambda text, mime: [b"data:" + mime.encode() + b";base64,", *text],
    Spelling.ESCAPED_SLASHES: _escaped,
    Spelling.WRAPPED: _wrapped,
    Spelling.URL_SAFE: lambda text, _: [piece.translate(bytes.maketrans(b"+/", b"-_")) for piece in text],
}
