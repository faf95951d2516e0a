"""Decides whether a PNG is whole: its chunks and their checksums up to IEND (PNG specification, §5 and §11)."""

import zlib

from cpa_image_cli.adapters.pictures.file_walk import Damaged, Source

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LONGEST_CHUNK = (1 << 31) - 1
LONGEST_BEFORE_PIXELS = 16 << 20
"""Bytes of one chunk that precedes the pixels, which a reader of the header holds in memory. Real ones: below 4 MiB."""


def walk(source: Source) -> tuple[int, int]:
    """Walk from signature to IEND; return width and height in pixels. Raises: Damaged."""
    source.read(len(SIGNATURE))
    header = _header(source)
    pixels = False
    while True:
        at = source.position
        length, kind = int.from_bytes(source.read(4)), source.read(4)
        if not kind.isalpha() or length > LONGEST_CHUNK or kind == b"IHDR":
            raise Damaged(f"the picture is damaged: what follows byte {at} is no PNG chunk")
        pixels = pixels or kind == b"IDAT"
        if not pixels and length > LONGEST_BEFORE_PIXELS:
            raise Damaged(f"the picture is not safe to open: its {kind.decode()} chunk has {length} bytes")
        _check(source, kind, length, at)
        if kind == b"IEND":
            break
    if not pixels:
        raise Damaged("the picture is damaged: a PNG without pixels")
    return header


_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""Bits of a sample that each type of colour may have (PNG specification, §11.2.1)."""


def _header(source: Source) -> tuple[int, int]:
    if source.read(8) != b"\0\0\0\x0dIHDR":
        raise Damaged("the picture is damaged: a PNG must begin with its IHDR chunk")
    fields = source.read(13)
    if zlib.crc32(fields, zlib.crc32(b"IHDR")) != int.from_bytes(source.read(4)):
        raise Damaged("the picture is damaged: the checksum of its IHDR chunk is wrong")
    depth, colour, compression, filtering, interlace = fields[8:]
    if depth not in _DEPTHS.get(colour, ()) or compression or filtering or interlace > 1:
        raise Damaged("the picture is damaged: its PNG header cannot be read")
    return int.from_bytes(fields[:4]), int.from_bytes(fields[4:8])


def _check(source: Source, kind: bytes, length: int, at: int) -> None:
    checksum = zlib.crc32(kind)
    for piece in source.pieces(length):
        checksum = zlib.crc32(piece, checksum)
    if checksum != int.from_bytes(source.read(4)):
        raise Damaged(f"the picture is damaged: the checksum of its {kind.decode()} chunk at byte {at} is wrong")
