"""Decides whether a WebP is whole: RIFF length, chunks, headers that agree (RFC 9649, §2; RFC 6386, §9.1)."""

from cpa_image_cli.adapters.pictures.file_walk import Damaged, Source

_LOSSY = b"VP8 "
_LOSSLESS = b"VP8L"
_PIXELS = frozenset({_LOSSY, _LOSSLESS})
_EXTENDED = b"VP8X"
_ANIMATION = b"ANIM"
_FRAME = b"ANMF"
_FLAGS = 0x3E
"""Of an extended file; the others are reserved, and viewers refuse them."""

_MOVES = 0x02
"""The flag that says it holds frames, and no still picture."""

_HEADER = 10
"""Bytes at the start of a chunk that tell its size, in each of the three kinds; a lossless one needs but five."""

_PROFILES = 4
"""Of lossy pixels; the three bits for it have room for more."""

Size = tuple[int, int]


def walk(source: Source) -> Size:
    """Walk the chunks within the RIFF length; return width and height in pixels. Raises: Damaged."""
    end = 8 + int.from_bytes(source.read(8)[4:], "little")
    if end > source.size:
        raise Damaged(f"the picture is cut off: the WebP says {end} bytes, {source.size} came")
    source.read(4)
    if source.position + 8 > end:
        raise _without_pixels()
    at, kind = source.position, source.peek(4)
    after = _opened(source, end)
    if kind not in (*_PIXELS, _EXTENDED):
        raise _no_chunk(at)
    size = _size(source, kind, after)
    moves = kind == _EXTENDED and bool(source.peek(1)[0] & _MOVES)
    source.seek(min(after, source.size))
    if not _walk_on(source, size, end, moves=moves) and kind == _EXTENDED:
        raise _without_pixels()
    return size


def _walk_on(source: Source, size: Size, end: int, *, moves: bool) -> bool:
    """Walk what follows the first chunk; return whether there are pixels, all within *size*. Raises: Damaged."""
    seen: set[bytes] = set()
    while source.position + 8 <= end:
        kind = source.peek(4)
        after = _opened(source, end)
        if kind == _FRAME:
            if not moves or _ANIMATION not in seen:
                raise _unreadable()
            _check_frame(source, size, after)
        elif kind in _PIXELS and not seen & _PIXELS and (moves or _size(source, kind, after) != size):
            raise _unreadable()
        seen.add(kind)
        source.seek(min(after, source.size))
    return bool(seen & {*_PIXELS, _FRAME})


def _opened(source: Source, end: int) -> int:
    """Go into the chunk that begins here; return where the next one does. Raises: Damaged."""
    at = source.position
    length = int.from_bytes(source.read(8)[4:], "little")
    if source.position + length > end:
        raise _no_chunk(at)
    # A last chunk of odd length may lack its padding; viewers do not mind.
    return source.position + length + length % 2


def _check_frame(source: Source, canvas: Size, end: int) -> None:
    """Refuse a frame that does not lie within *canvas*, or is not as large as it says. Raises: Damaged."""
    left, top, width, height = (int.from_bytes(source.read(3), "little") for _ in range(4))
    source.read(4)
    size = (width + 1, height + 1)
    while (kind := source.peek(4)) not in _PIXELS:
        # Its transparency, for one, stands before its pixels.
        source.seek(_opened(source, end))
    if _size(source, kind, _opened(source, end)) != size:
        raise _unreadable()
    if 2 * left + size[0] > canvas[0] or 2 * top + size[1] > canvas[1]:
        raise _unreadable()


def _size(source: Source, kind: bytes, after: int) -> Size:
    """Return the size that the chunk of *kind* tells whose content begins here. Raises: Damaged."""
    length = after - source.position
    head = source.peek(min(_HEADER, length))
    if kind == _EXTENDED and len(head) == _HEADER and not head[0] & ~_FLAGS:
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    if kind == _LOSSLESS and head[:1] == b"\x2f" and len(head) > 4 and not head[4] >> 5:  # noqa: PLR2004 - its version
        bits = int.from_bytes(head[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == _LOSSY and len(head) == _HEADER and head[3:6] == b"\x9d\x01\x2a":
        tag = int.from_bytes(head[:3], "little")
        # A frame of its own, of a known profile, that is shown, and whose first part is no longer than the chunk.
        if not tag & 1 and tag >> 1 & 7 < _PROFILES and tag >> 4 & 1 and tag >> 5 < length:
            return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF
    raise _unreadable()


def _no_chunk(at: int) -> Damaged:
    return Damaged(f"the picture is damaged: what follows byte {at} is no WebP chunk")


def _without_pixels() -> Damaged:
    return Damaged("the picture is damaged: a WebP without pixels")


def _unreadable() -> Damaged:
    return Damaged("the picture is damaged: its WebP header cannot be read")
