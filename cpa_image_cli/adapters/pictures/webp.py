"""Decides whether a WebP is whole: RIFF length, chunks, and a header for the pixels (RFC 9649, §2)."""

from cpa_image_cli.adapters.pictures.file_walk import Damaged, Source

_LOSSY = b"VP8 "
_LOSSLESS = b"VP8L"
_EXTENDED = b"VP8X"
_FRAME = b"ANMF"
_HEADER = 10
"""Bytes at the start of a chunk that tell its size, in each of the three kinds; a lossless one needs but five."""


def begins(head: bytes) -> bool:
    """Whether *head* is the beginning of a WebP."""
    return head.startswith(b"RIFF") and head[8:12] == b"WEBP"


def walk(source: Source) -> tuple[int, int]:
    """Walk the chunks within the RIFF length; return width and height in pixels. Raises: Damaged."""
    end = 8 + int.from_bytes(source.read(8)[4:], "little")
    if end > source.size:
        raise Damaged(f"the picture is cut off: the WebP says {end} bytes, {source.size} came")
    source.read(4)
    size: tuple[int, int] | None = None
    pixels = False
    while source.position + 8 <= end:
        at = source.position
        kind, length = source.read(4), int.from_bytes(source.read(4), "little")
        if source.position + length > end or (size is None and kind not in (_LOSSY, _LOSSLESS, _EXTENDED)):
            raise Damaged(f"the picture is damaged: what follows byte {at} is no WebP chunk")
        size = size or _size(kind, source.peek(_HEADER)[:length])
        pixels = pixels or kind in (_LOSSY, _LOSSLESS, _FRAME)
        # A last chunk of odd length may lack its padding; viewers do not mind.
        source.seek(min(at + 8 + length + length % 2, source.size))
    if size is None or not pixels:
        raise Damaged("the picture is damaged: a WebP without pixels")
    return size


def _size(kind: bytes, head: bytes) -> tuple[int, int]:
    if kind == _EXTENDED and len(head) == _HEADER:
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    if kind == _LOSSLESS and head[:1] == b"\x2f":
        bits = int.from_bytes(head[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == _LOSSY and head[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF
    raise Damaged("the picture is damaged: its WebP header cannot be read")
