"""
Decides whether an AVIF is whole: its boxes, and that the file holds all bytes of the items they tell of.

Sources: ISO/IEC 14496-12 for boxes and item locations, ISO/IEC 23008-12 for ``ispe`` and ``ipma``, AV1 Image File
Format §2.
"""

from collections.abc import Iterator

from cpa_image_cli.adapters.pictures.file_walk import Damaged, Source

LONGEST_META = 1 << 20
"""Bytes of the box that describes the picture, which is held in memory. Real ones: below 16 KiB, with a profile."""

_KNOWN = frozenset({b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"uuid"})
"""Boxes at the top of a file. What has another name and does not fit into it was appended, and is not looked at."""


class _Fields:
    """Whole numbers, big-endian, one after the other. Whatever is missing raises Damaged."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, size: int) -> int:
        """Return the next number, of *size* bytes."""
        end = self._at + size
        if end > len(self._data):
            raise _unreadable()
        value, self._at = int.from_bytes(self._data[self._at : end]), end
        return value

    def version(self) -> tuple[int, int]:
        """Return version and flags, with which a full box begins."""
        return self.number(1), self.number(3)


def walk(source: Source) -> tuple[int, int]:
    """Walk the boxes of the file; return width and height in pixels. Raises: Damaged."""
    boxes = dict(_boxes(_meta(source)[4:]))
    if boxes.get(b"hdlr", b"")[8:12] != b"pict" or b"iinf" not in boxes:
        raise _unreadable()
    end = max(_ends(_Fields(boxes.get(b"iloc", b""))), default=0)
    if end > source.size:
        raise Damaged(f"the picture is cut off: it ends after {source.size} bytes, {end - source.size} too early")
    return _size(boxes)


def _meta(source: Source) -> bytes:
    """Return the content of the box that describes the picture, after a look at all that must fit into the file."""
    meta = b""
    while source.size - source.position >= 8:  # noqa: PLR2004 - length and name
        kind, length = _header(source)
        if kind not in _KNOWN and source.position + length > source.size:
            break
        if kind != b"meta" or meta:
            source.seek(source.position + length)
        elif length > LONGEST_META:
            raise Damaged(f"the picture is not safe to open: its meta box has {length} bytes")
        else:
            meta = b"".join(source.pieces(length))
    return meta


def _header(source: Source) -> tuple[bytes, int]:
    """Return the name of the box that begins here and how many bytes follow its header."""
    length, kind = int.from_bytes(source.read(4)), source.read(4)
    if length == 0:
        return kind, source.size - source.position
    head = 8
    if length == 1:
        length, head = int.from_bytes(source.read(8)), 16
    if length < head:
        raise Damaged("the picture is damaged: an AVIF box is shorter than its own header")
    return kind, length - head


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and content of each box in *data*; within what describes a picture none is large."""
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4])
        if not 8 <= length <= len(data) - at:  # noqa: PLR2004 - length and name
            raise _unreadable()
        yield data[at + 4 : at + 8], data[at + 8 : at + length]
        at += length


def _ends(locations: _Fields) -> Iterator[int]:
    """Yield where each piece of each item ends in the file (ISO/IEC 14496-12, §8.11.3)."""
    version, _ = locations.version()
    sizes = locations.number(2)
    of_offset, of_length, of_base, of_index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    of_index = of_index if version else 0
    for _ in range(locations.number(4 if version > 1 else 2)):
        locations.number(4 if version > 1 else 2)
        in_file = locations.number(2) & 15 == 0 if version else True
        locations.number(2)
        base, pieces = locations.number(of_base), locations.number(2)
        # Pieces without a size of their own are one: the whole item. Their count could be a bomb.
        for _ in range(pieces if of_offset + of_length else min(pieces, 1)):
            locations.number(of_index)
            end = base + locations.number(of_offset) + locations.number(of_length)
            if in_file:
                yield end


def _size(boxes: dict[bytes, bytes]) -> tuple[int, int]:
    """Return the extent of the primary item, which is a property of it (ISO/IEC 23008-12, §6.5.3 and §9.3)."""
    primary = _Fields(boxes.get(b"pitm", b""))
    wanted = primary.number(4 if primary.version()[0] else 2)
    described = dict(_boxes(boxes.get(b"iprp", b"")))
    properties = list(_boxes(described.get(b"ipco", b"")))
    for number in _properties_of(wanted, _Fields(described.get(b"ipma", b""))):
        if 0 < number <= len(properties) and properties[number - 1][0] == b"ispe":
            extent = _Fields(properties[number - 1][1])
            extent.version()
            return extent.number(4), extent.number(4)
    raise _unreadable()


def _properties_of(wanted: int, associations: _Fields) -> Iterator[int]:
    """Yield the numbers (1-based) of the properties of the item *wanted*."""
    version, flags = associations.version()
    wide = bool(flags & 1)
    for _ in range(associations.number(4)):
        item = associations.number(4 if version else 2)
        numbers = [associations.number(2 if wide else 1) for _ in range(associations.number(1))]
        if item == wanted:
            # The highest bit says that the property is essential.
            yield from (number & (0x7FFF if wide else 0x7F) for number in numbers)


def _unreadable() -> Damaged:
    return Damaged("the picture is damaged: its AVIF header cannot be read")
