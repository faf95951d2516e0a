"""
Undoes compression that nobody asked for (RFC 9110 §8.4): a paid picture must not be lost over it.

Codings may lie on top of each other. Each is undone in steps of bounded size, so that memory stays flat, and yields no
more than an answer may have, so that what grows inside does not keep us busy. To undo another one, write what makes
its decoder, and put that into `DECODERS`.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from cpa_image_cli.core.errors import Code, Failure, GatewayError
from cpa_image_cli.core.wire.answer_reader import MAX_ANSWER

if TYPE_CHECKING:
    from zlib import _Decompress

MOST_CODINGS = 4
"""Codings of one answer that are undone. Proxies that each compress what they were handed make two."""

PIECE = 64 * 1024
"""Bytes that one coding yields at a time, at most."""

HEADED = zlib.MAX_WBITS | 32
RAW = -zlib.MAX_WBITS
"""What zlib wants to be told: to look for a header of gzip or of zlib, or to expect none."""

BEGINNING = 2
"""Bytes by which a header is known."""

FOREIGN = frozenset({"aes128gcm", "br", "compress", "dcb", "dcz", "exi", "pack200-gzip", "x-compress", "zstd"})
"""Other codings that IANA knows. Any further word says nothing about the bytes: some servers write ``utf-8`` there."""


def _gzip(beginning: bytes) -> "_Decompress":
    del beginning
    return zlib.decompressobj(HEADED)


def _deflate(beginning: bytes) -> "_Decompress":
    # With zlib's header, says the standard; without one, say servers that took the word literally.
    is_gzip = beginning == b"\x1f\x8b"
    is_zlib = beginning[0] & 0x0F == zlib.DEFLATED and int.from_bytes(beginning) % 31 == 0
    return zlib.decompressobj(HEADED if is_gzip or is_zlib else RAW)


DECODERS: Mapping[str, Callable[[bytes], "_Decompress"]] = MappingProxyType(
    {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate}
)
"""What makes the decoder of a coding, given the first `BEGINNING` bytes."""


def decoded(pieces: Iterator[bytes], header: str) -> Iterator[bytes]:
    """
    Return the bytes of *pieces* without the codings that *header*, the ``Content-Encoding``, lists.

    Raises: GatewayError for a coding that cannot be undone here, or too many; zlib.error, while reading, for damage.
    """
    # Listed in the order in which they were applied.
    codings = [word.strip().lower() for word in header.split(",")]
    for foreign in FOREIGN.intersection(codings):
        raise GatewayError(_unreadable(f"the answer is compressed with `{foreign}`, which was not asked for"))
    known = [coding for coding in codings if coding in DECODERS]
    if len(known) > MOST_CODINGS:
        raise GatewayError(_unreadable(f"the answer is compressed {len(known)} times over"))
    for coding in reversed(known):
        pieces = _unpacked(pieces, DECODERS[coding])
    return pieces


def _unpacked(pieces: Iterator[bytes], make: Callable[[bytes], "_Decompress"]) -> Iterator[bytes]:
    decoder: _Decompress | None = None
    data, room = b"", MAX_ANSWER
    for piece in pieces:
        data += piece
        if decoder is None and len(data) >= BEGINNING:
            decoder = make(data[:BEGINNING])
        while decoder is not None and data and not decoder.eof:
            found = decoder.decompress(data, PIECE)
            data = decoder.unconsumed_tail
            room -= len(found)
            yield found
            if room < 0:
                raise zlib.error("it unpacks to more than the size limit")
        if decoder is not None:
            data = b""
    if decoder is None or not decoder.eof:
        raise zlib.error("the compressed answer is cut short")


def _unreadable(message: str) -> Failure:
    return Failure(
        code=Code.STREAM_BROKEN,
        message=message,
        hint="Have the gateway, and proxies before it, send answers uncompressed.",
    )
