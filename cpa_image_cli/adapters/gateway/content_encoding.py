"""
Undoes compression that nobody asked for (RFC 9110 §8.4): a paid picture must not be lost over it.

The bytes decide, as they do about the type of an answer: relays unpack an answer and pass its ``Content-Encoding`` on,
or pack it and say nothing. The header is believed only where bytes cannot tell, since ``br`` and bare ``deflate`` begin
with nothing of their own. Codings may lie on top of each other; each is undone in steps of bounded size (``unpacking``)
and yields no more than an answer may have, so that what grows inside does not keep us busy.
"""

import zlib
from collections.abc import Iterator

from cpa_image_cli.adapters.gateway.unpacking import UNPACKERS, Unpacker
from cpa_image_cli.core.errors import Code, Failure, GatewayError
from cpa_image_cli.core.wire.answer_shape import MAX_ANSWER

MOST_CODINGS = 4
"""Codings of one answer that are undone. Proxies that each compress what they were handed make two."""

BEGINNING = 16
"""Bytes by which it is told whether an answer is compressed; as many that are compressed never look like text."""

SIGNS: tuple[tuple[bytes, str], ...] = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))
"""How the codings begin that say so themselves."""

ZLIB_HEADERS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
"""How zlib's begins, with the window that everybody takes and each of its four levels. Text may begin so as well."""

UNSIGNED = frozenset({"deflate", "br"})

FOREIGN = frozenset({"aes128gcm", "compress", "dcb", "dcz", "exi", "pack200-gzip", "x-compress"})
"""Other codings that IANA knows. Any further word says nothing about the bytes: some servers write ``utf-8`` there."""

_FIRST_BYTES = frozenset(sign[0] for sign, _ in SIGNS) | {ZLIB_HEADERS[0][0]}


def decoded(pieces: Iterator[bytes], header: str) -> Iterator[bytes]:
    """
    Yield the bytes of *pieces* without the codings that they, or else the *header* ``Content-Encoding``, say they have.

    Raises: GatewayError for a coding that cannot be undone here, or too many; zlib.error for damage in any coding.
    """
    announced = [word.strip().lower() for word in header.split(",")]
    for count in range(MOST_CODINGS + 1):
        head, pieces = _peeked(pieces, is_announced=_is_coding(announced))
        coding = _coding_of(head, announced)
        if coding is None:
            break
        if count == MOST_CODINGS:
            raise GatewayError(_unreadable(f"the answer is compressed more than {MOST_CODINGS} times over"))
        pieces = _unpacked(pieces, coding)
        if coding in UNSIGNED:
            # What lies below it was listed before it.
            announced = announced[: _last(announced, coding)]
    yield from pieces


def _is_coding(announced: list[str]) -> bool:
    return any(word in FOREIGN or word in UNPACKERS for word in announced)


def _last(announced: list[str], coding: str) -> int:
    """Return where *coding* is listed last; 0 if nowhere."""
    return max((place for place, word in enumerate(announced) if word == coding), default=0)


def _peeked(pieces: Iterator[bytes], *, is_announced: bool) -> tuple[bytes, Iterator[bytes]]:
    """Return the `BEGINNING` of *pieces*, or as much of it as is needed, and all of them again."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= BEGINNING or (head and head[0] not in _FIRST_BYTES and not is_announced):
            break
    return head, _again(head, pieces)


def _again(head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from pieces


def _coding_of(head: bytes, announced: list[str]) -> str | None:
    """
    Return the outermost coding of what begins with *head*; None when there is none.

    Raises: as `decoded`.
    """
    if not head and _is_coding(announced):
        raise zlib.error("the compressed answer is cut short")
    signed = next((coding for sign, coding in SIGNS if head.startswith(sign)), None)
    if signed is not None or _is_text(head):
        return signed
    # Listed in the order in which they were applied.
    for word in reversed(announced):
        if word in UNSIGNED:
            return word
        if word in FOREIGN:
            raise GatewayError(_unreadable(f"the answer is compressed with `{word}`, which was not asked for"))
    return "deflate" if head.startswith(ZLIB_HEADERS) else None


def _is_text(head: bytes) -> bool:
    """Whether *head* begins UTF-8 as programs write it; the cut may have gone through a character."""
    text = head[:BEGINNING].decode("utf-8", "ignore")
    lost = len(head[:BEGINNING]) - len(text.encode())
    return lost < 4 and all(character.isprintable() or character in "\t\r\n\ufeff" for character in text)  # noqa: PLR2004


def _unpacked(pieces: Iterator[bytes], coding: str) -> Iterator[bytes]:
    unpacker: Unpacker | None = None
    room = MAX_ANSWER
    for piece in pieces:
        if unpacker is None:
            unpacker = _unpacker(coding, piece)
        for found in unpacker.feed(piece):
            room -= len(found)
            yield found
            if room < 0:
                raise zlib.error("it unpacks to more than the size limit")
    if unpacker is None or not unpacker.is_over:
        raise zlib.error("the compressed answer is cut short")


def _unpacker(coding: str, beginning: bytes) -> Unpacker:
    try:
        return UNPACKERS[coding](beginning)
    except ImportError as error:
        message = f"the answer is compressed with `{coding}`, for which the package `{error.name}` is missing here"
        raise GatewayError(_unreadable(message)) from error


def _unreadable(message: str) -> Failure:
    return Failure(
        code=Code.STREAM_BROKEN,
        message=message,
        hint="Have the gateway, and proxies before it, send answers uncompressed.",
    )
