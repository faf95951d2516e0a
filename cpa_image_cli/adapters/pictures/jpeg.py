"""Decides whether a JPEG is whole: its segments and scans from SOI to EOI (ITU-T T.81, annex B)."""

import re

from cpa_image_cli.adapters.pictures.file_walk import Damaged, Source

LONGEST_HEADER = 32 << 20
"""Bytes before the first scan, which a reader of the header holds in memory. Real ones: below 4 MiB."""

_END = 0xD9
_SCAN = 0xDA
_TABLES = 0xDB
_FIRST_MARKER = 0xC0
"""What lies below is reserved, but for `_ALONE`."""

_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a segment: TEM, and restart markers."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_DEPTH = 8
"""Bits of a sample; viewers read no other."""

_COLOURS = (1, 3, 4)
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""The end of a scan's data: neither a stuffed byte, nor a restart marker, nor filling."""


def walk(source: Source) -> tuple[int, int]:
    """Walk from SOI to EOI; return width and height in pixels. Raises: Damaged."""
    source.read(2)
    size: tuple[int, int] | None = None
    scans = 0
    while (marker := _next_marker(source)) != _END:
        if marker in _ALONE:
            continue
        end = _segment_end(source)
        if marker in _FRAMES:
            told = _frame(source, end)
            size = size or told
        elif marker == _TABLES:
            _check_tables(source, end)
        source.seek(end)
        if marker == _SCAN:
            if size is None:
                raise _unreadable()
            scans += 1
            _skip_scan(source)
        elif not scans and end > LONGEST_HEADER:
            raise Damaged("the picture is not safe to open: its JPEG header is too large")
    if size is None or not scans:
        raise Damaged("the picture is damaged: a JPEG without pixels")
    return size


def _next_marker(source: Source) -> int:
    at = source.position
    byte = source.read(1)[0]
    if byte != 0xFF:  # noqa: PLR2004 - every marker begins so
        raise Damaged(f"the picture is damaged: byte {at} should begin a JPEG marker")
    while byte == 0xFF:  # noqa: PLR2004 - filling (T.81, B.1.1.2)
        byte = source.read(1)[0]
    if byte == 0xD8 or (byte < _FIRST_MARKER and byte not in _ALONE):  # noqa: PLR2004 - no second beginning
        raise Damaged(f"the picture is damaged: byte {at} should begin a JPEG marker")
    return byte


def _segment_end(source: Source) -> int:
    at = source.position
    length = int.from_bytes(source.read(2))
    if length < 2:  # noqa: PLR2004 - it counts itself
        raise Damaged(f"the picture is damaged: the JPEG segment at byte {at} has no length")
    return at + length


def _frame(source: Source, end: int) -> tuple[int, int]:
    """Return the size that a frame's header tells (T.81, B.2.2). Raises: Damaged."""
    depth, height, width, colours = (int.from_bytes(source.read(n)) for n in (1, 2, 2, 1))
    if depth != _DEPTH or colours not in _COLOURS or end != source.position + 3 * colours:
        raise _unreadable()
    return width, height


def _check_tables(source: Source, end: int) -> None:
    """Refuse tables for the pixels that are cut short (T.81, B.2.4.1). Raises: Damaged."""
    while source.position < end:
        precise = source.read(1)[0] >> 4
        source.seek(source.position + (128 if precise else 64))
    if source.position > end:
        raise _unreadable()


def _unreadable() -> Damaged:
    return Damaged("the picture is damaged: its JPEG header cannot be read")


def _skip_scan(source: Source) -> None:
    """Go to the marker after the entropy-coded data; searched in C, a marker may lie across two pieces."""
    carried = b""
    start = source.position
    for piece in source.rest():
        window = carried + piece
        found = _MARKER.search(window)
        if found:
            source.seek(start - len(carried) + found.start())
            return
        carried = b"\xff" if window.endswith(b"\xff") else b""
        start = source.position
    raise Damaged(f"the picture is cut off: it ends after {source.size} bytes without the JPEG end marker")
