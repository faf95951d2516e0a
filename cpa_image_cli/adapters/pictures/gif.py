"""Decides whether a GIF is whole: its blocks from the header to the trailer (GIF89a specification, §17 to §27)."""

from cpa_image_cli.adapters.pictures.file_walk import Damaged, Source

_EXTENSION = 0x21
_IMAGE = 0x2C
_TRAILER = 0x3B
_CODE_SIZES = range(1, 12)
"""Bits of the first codes; codes themselves have at most twelve."""


def walk(source: Source) -> tuple[int, int]:
    """Walk from the header to the trailer; return width and height of what it draws on. Raises: Damaged."""
    source.read(6)
    width, height = _pair(source)
    _skip_colours(source, source.read(3)[0])
    frames = 0
    while (kind := source.read(1)[0]) != _TRAILER:
        at = source.position - 1
        if kind == _IMAGE:
            (left, top), (wide, high) = _pair(source), _pair(source)
            # Viewers enlarge a screen that is too small for its pictures.
            width, height = max(width, left + wide), max(height, top + high)
            _skip_colours(source, source.read(1)[0])
        first = source.read(1)[0]
        if kind not in (_IMAGE, _EXTENSION) or (kind == _IMAGE and first not in _CODE_SIZES):
            raise Damaged(f"the picture is damaged: what follows byte {at} is no GIF block")
        frames += kind == _IMAGE
        while length := source.read(1)[0]:
            source.seek(source.position + length)
    if not frames:
        raise Damaged("the picture is damaged: a GIF without pixels")
    return width, height


def _pair(source: Source) -> tuple[int, int]:
    return int.from_bytes(source.read(2), "little"), int.from_bytes(source.read(2), "little")


def _skip_colours(source: Source, flags: int) -> None:
    """Go beyond the table of colours that *flags* announce, if they do."""
    if flags & 0x80:
        source.seek(source.position + 3 * 2 ** (1 + (flags & 7)))
