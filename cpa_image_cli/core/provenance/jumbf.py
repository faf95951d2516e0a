"""Reads JUMBF (ISO 19566-5), the nested boxes in which content credentials lie: who holds what, by label."""

from collections.abc import Iterator

from cpa_image_cli.core.dataclass import dataclass

DEEPEST = 16
MOST_BOXES = 10_000
_HAS_LABEL = 0x02
_UNLABELLED = 17
"""Bytes of a description box without a label: 16 of type, one of toggles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """
    One superbox: what it is called, the *contents* of its plain boxes by their type, and the superboxes inside.

    *label* is empty where there is none.
    """

    label: str
    contents: tuple[tuple[str, bytes], ...] = ()
    boxes: tuple["Box", ...] = ()

    def named(self, label: str) -> "Box | None":
        """Return the superbox inside that is called *label*."""
        return next((box for box in self.boxes if box.label == label), None)

    def content(self, kind: str) -> bytes:
        """Return the first content of *kind*, such as ``cbor``; empty if there is none."""
        return next((data for of, data in self.contents if of == kind), b"")


class MalformedBoxes(ValueError):  # noqa: N818 - says what it is
    """The bytes are no JUMBF."""


def boxes_in(data: bytes) -> tuple[Box, ...]:
    """Return the superboxes in *data*, from outside. Raises: MalformedBoxes."""
    counted = [0]
    return tuple(_superbox(content, 0, counted) for kind, content in _plain(data) if kind == "jumb")


def _superbox(data: bytes, depth: int, counted: list[int]) -> Box:
    counted[0] += 1
    if depth > DEEPEST or counted[0] > MOST_BOXES:
        raise MalformedBoxes("boxes are nested or many beyond reason")
    inner = list(_plain(data))
    described = next((content for kind, content in inner if kind == "jumd"), b"")
    return Box(
        label=_label(described),
        contents=tuple((kind, content) for kind, content in inner if kind not in {"jumb", "jumd"}),
        boxes=tuple(_superbox(content, depth + 1, counted) for kind, content in inner if kind == "jumb"),
    )


def _label(described: bytes) -> str:
    """Return the label in a description box: 16 bytes of type, one of toggles, then text that ends in a zero byte."""
    if len(described) <= _UNLABELLED or not described[16] & _HAS_LABEL:
        return ""
    return described[17:].partition(b"\0")[0].decode(errors="replace")


def _plain(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        header = 8
        if length == 1:
            length, header = int.from_bytes(data[at + 8 : at + 16]), 16
        elif length == 0:
            length = len(data) - at
        if length < header or at + length > len(data):
            raise MalformedBoxes("a box is longer than what holds it")
        yield kind.decode("latin-1"), data[at + header : at + length]
        at += length
