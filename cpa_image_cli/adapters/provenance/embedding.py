"""
Puts an XMP packet into a picture file, or takes it out again, coded bytes untouched and memory flat.

The new file is written beside the old one and takes its name only when it is whole and on disk. Where each format
wants the packet: PNG in an iTXt chunk right after IHDR, JPEG in an APP1 after JFIF and Exif, WebP as its last chunk,
with a VP8X header made where there is none (XMP specification part 3; RFC 9649 §2.7).
"""

import stat
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from cpa_image_cli.adapters.files.whole_file import whole_file
from cpa_image_cli.adapters.provenance.parts import TRAILING, Container, Part, UnknownContainer

PNG_KEYWORD = b"XML:com.adobe.xmp\0"
JPEG_NAMESPACE = b"http://ns.adobe.com/xap/1.0/\0"
LONGEST_IN_JPEG = 0xFFFF - 2 - len(JPEG_NAMESPACE)
"""Bytes of a packet that one segment holds. ExtendedXMP would hold more and is read by few."""

Piece = bytes | Part
"""Of a file to be written: bytes as they are, or a part taken over from the old file."""


class NoRoom(Exception):  # noqa: N818 - says what it is
    """The container has no place for a packet of this size."""


def is_xmp(container: Container, part: Part) -> bool:
    """Whether *part* holds an XMP packet."""
    match container.format, part.kind:
        case "png", "iTXt":
            return container.read(part, len(PNG_KEYWORD)) == PNG_KEYWORD
        case "jpeg", "APP1":
            return container.read(part, len(JPEG_NAMESPACE)) == JPEG_NAMESPACE
        case "webp", "XMP ":
            return True
        case _:
            return part.kind == "application XMP DataXMP"


def with_packet(container: Container, packet: bytes) -> list[Piece]:
    """
    Return what the file of *container* consists of once it carries *packet* and no other.

    Raises: NoRoom; UnknownContainer for a format that takes none.
    """
    if container.format not in _ARRANGED:
        raise UnknownContainer(f"no packet is put into a {container.format.upper()}")
    others = [part for part in container.parts if not is_xmp(container, part)]
    return list(_ARRANGED[container.format](container, others, packet))


def _in_png(_: Container, parts: list[Part], packet: bytes) -> Iterator[Piece]:
    signature, header, *rest = parts
    # No compression, no language, no translated keyword.
    body = PNG_KEYWORD + b"\0\0\0\0" + packet
    yield signature
    yield header
    yield png_chunk(b"iTXt", body)
    yield from rest


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Return the PNG chunk of *kind* that carries *body*."""
    return len(body).to_bytes(4) + kind + body + zlib.crc32(body, zlib.crc32(kind)).to_bytes(4)


def _in_jpeg(container: Container, parts: list[Part], packet: bytes) -> Iterator[Piece]:
    if len(packet) > LONGEST_IN_JPEG:
        raise NoRoom(f"a JPEG has room for {LONGEST_IN_JPEG:,} bytes of it")
    body = JPEG_NAMESPACE + packet
    place = 1
    while parts[place].kind == "APP0" or (parts[place].kind == "APP1" and container.read(parts[place], 4) == b"Exif"):
        place += 1
    yield from parts[:place]
    yield b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body
    yield from parts[place:]


_HAS_XMP, _HAS_ALPHA = 0x04, 0x10


def _in_webp(container: Container, parts: list[Part], packet: bytes) -> Iterator[Piece]:
    first = parts[1]
    chunks = [part for part in parts[1 if first.kind != "VP8X" else 2 :] if part.kind != TRAILING]
    # A last chunk of odd length may have lacked its padding; it is not the last any more.
    pieces = [_extended(container, first), *(piece for part in chunks for piece in (part, b"\0" * (part.length % 2)))]
    pieces.append(b"XMP " + len(packet).to_bytes(4, "little") + packet + b"\0" * (len(packet) % 2))
    size = 4 + sum(len(piece) if isinstance(piece, bytes) else piece.length for piece in pieces)
    yield b"RIFF" + size.to_bytes(4, "little") + b"WEBP"
    yield from pieces
    yield from (part for part in parts if part.kind == TRAILING)


def _extended(container: Container, first: Part) -> bytes:
    """Return the VP8X chunk that announces a packet: the file's own, or one made of the picture's header."""
    head = container.read(first, 10)
    if first.kind == "VP8X":
        fields = bytes([head[0] | _HAS_XMP]) + head[1:]
    elif first.kind == "VP8L":
        bits = int.from_bytes(head[1:5], "little")
        flags = _HAS_XMP | (_HAS_ALPHA if bits >> 28 & 1 else 0)
        fields = _fields(flags, bits & 0x3FFF, bits >> 14 & 0x3FFF)
    elif first.kind == "VP8 ":
        width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        fields = _fields(_HAS_XMP, width - 1, height - 1)
    else:
        raise UnknownContainer("its WebP header cannot be read")
    return b"VP8X" + len(fields).to_bytes(4, "little") + fields


def _fields(flags: int, width_less_one: int, height_less_one: int) -> bytes:
    return bytes([flags, 0, 0, 0]) + width_less_one.to_bytes(3, "little") + height_less_one.to_bytes(3, "little")


_ARRANGED: Mapping[str, Callable[[Container, list[Part], bytes], Iterator[Piece]]] = MappingProxyType(
    {"png": _in_png, "jpeg": _in_jpeg, "webp": _in_webp}
)


def write_anew(container: Container, pieces: Iterable[Piece], destination: Path) -> None:
    """
    Write *pieces* to *destination*, which may be the file of *container* itself; nothing is lost if that fails.

    Raises: OSError, and then *destination* is what it was.
    """
    with whole_file(destination, mode=stat.S_IMODE(container.path.stat().st_mode)) as file:
        for piece in pieces:
            for data in (piece,) if isinstance(piece, bytes) else container.pieces(piece.start, piece.length):
                file.write(data)
