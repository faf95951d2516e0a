"""
Decides whether an SVG is whole: one XML document whose root is ``svg``, and nothing that grows while it is read.

It is a program as much as a picture: nothing in it is carried out, resolved or fetched here, and nothing is drawn.
"""

import re
from collections.abc import Mapping
from xml.parsers.expat import ExpatError, ParserCreate

from cpa_image_cli.adapters.pictures.file_walk import Damaged, Source

LARGEST = 16 << 20
"""Bytes; the reader may have to hold a file whole, if it is a single word. Real ones: below 1 MiB."""

DEEPEST = 200
"""Elements within each other: viewers draw them by calling themselves."""

WIDEST = 1_000_000
"""Pixels of an edge that is believed."""

UNTOLD = (300, 150)
"""Pixels of a drawing that does not say how large it is (CSS 2.2, §10.3.2)."""

_LENGTH = re.compile(r"\s*\+?(\d{1,9}(?:\.\d*)?|\.\d+)(px|pt|pc|mm|cm|in|)\s*")
_PIXELS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
"""Pixels of each unit (CSS Values 3, §6.2); what is relative to a window has no size of its own."""


def walk(source: Source) -> tuple[int, int]:
    """Read to the end of the root; return width and height in pixels, as told. Raises: Damaged."""
    if source.size > LARGEST:
        raise Damaged(f"the picture is not safe to open: an SVG of {source.size} bytes")
    drawing = _Drawing()
    for piece in source.rest():
        if not drawing.is_whole:
            drawing.read(piece)
    if not drawing.is_whole:
        raise Damaged(f"the picture is cut off: it ends after {source.size} bytes, before the end of the SVG")
    return drawing.size


class _Drawing:
    """An SVG on its way through the parser. *is_whole* once its root has ended; *size* is in pixels, as told."""

    def __init__(self) -> None:
        self.is_whole = False
        self.size = UNTOLD
        self._depth = 0
        self._parser = ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = _refuse_entity

    def read(self, piece: bytes) -> None:
        """Take in *piece*. Raises: Damaged."""
        try:
            self._parser.Parse(piece, False)
        except (ExpatError, LookupError, ValueError) as exc:
            # What follows the root does not matter; the rest is an encoding that nobody knows, or no XML.
            if not self.is_whole:
                line = self._parser.CurrentLineNumber
                raise Damaged(f"the picture is damaged: line {line} of the SVG is no XML") from exc

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self._depth:
            if name.rpartition(":")[2] != "svg":
                raise Damaged("the picture is damaged: its root is no SVG")
            self.size = _size(attributes)
        self._depth += 1
        if self._depth > DEEPEST:
            raise Damaged("the picture is not safe to open: its elements are too deep within each other")

    def _end(self, _name: str) -> None:
        self._depth -= 1
        self.is_whole = self.is_whole or not self._depth


def _refuse_entity(*_declared: object) -> None:
    """Refuse words that stand for others: they may stand for gigabytes, or for a file of this machine."""
    raise Damaged("the picture is not safe to open: an SVG that defines entities")


def _size(attributes: Mapping[str, str]) -> tuple[int, int]:
    """Return the size that the root tells, of its own or by its view box (SVG 2, §8.2)."""
    width, height = (_length(attributes.get(name, "")) for name in ("width", "height"))
    box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
    wide, high = (_length(edge) for edge in (*box[2:4], "", "")[:2])
    if width and not height:
        height = width * high / wide if wide and high else None
    elif height and not width:
        width = height * wide / high if wide and high else None
    edges = (width or wide or UNTOLD[0], height or high or UNTOLD[1])
    return round(min(max(edges[0], 1), WIDEST)), round(min(max(edges[1], 1), WIDEST))


def _length(text: str) -> float | None:
    """Return *text* in pixels; None for what is no length, or zero."""
    match = _LENGTH.fullmatch(text)
    return (float(match[1]) * _PIXELS[match[2]] or None) if match else None
