"""Decides whether a JPEG is whole: its segments and scans from SOI to EOI (ITU-T T.81, annex B)."""

import re

from cpa_image_cli.adapters.pictures.file_walk import Damaged, Source

LONGEST_HEADER = 32 << 20
"""Bytes before the first scan, which a reader of the header holds in memory. Real ones: below 4 MiB."""

_END = 0xD9
_SCAN = 0xDA
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a segment: TEM, and restart markers."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""The end of a scan's data: neither a stuffed byte, nor a restart marker, nor filling."""


def begins(head: bytes) -> bool:
    """Whether *head* is the beginning of a JPEG."""
    return head.startswith(b"\xff\xd8\xff")


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
            _, height, width = (int.from_bytes(source.read(n)) for n in (1, 2, 2))
            size = size or (width, height)
        source.seek(end)
        if marker == _SCAN:
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
    if byte in (0x00, 0xD8):
        raise Damaged(f"the picture is damaged: byte {at} should begin a JPEG marker")
    return byte


def _segment_end(source: Source) -> int:
    at = source.position
    length = int.from_bytes(source.read(2))
    if length < 2:  # noqa: PLR2004 - it counts itself
        raise Damaged(f"the picture is damaged: the JPEG segment at byte {at} has no length")
    return at + length


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
