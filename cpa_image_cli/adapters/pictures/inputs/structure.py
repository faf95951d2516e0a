"""
Decides which bytes of a picture are sent: what a person sees, and how it is to be coloured; nothing else.

Left out, without touching a pixel: EXIF with its places and times, XMP, IPTC, comments, text chunks, content
credentials, which the rest would break, and whatever lies after the end. A colour profile stays. Whether the picture
can go as it is, or has to be turned, scaled or converted first, is read on the way.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from cpa_image_cli.adapters.pictures.inputs.content import Part, Span
from cpa_image_cli.adapters.pictures.verify import MOST_PIXELS
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.pictures.inputs import bad_picture

UPRIGHT = 1
"""The orientation of a picture that is stored as it is seen."""

_ORIENTATIONS = range(1, 9)
_ORIENTATION_TAG = 0x0112
_LONGEST_EXIF = 1 << 16
"""Bytes of EXIF that are looked at; JPEG has no room for more, and the orientation stands in the first hundred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """
    What is sent of a picture that can go as it is: *parts*.

    *orientation* is that of EXIF, 1 for upright. *deep* says that it has more than 8 bits a channel, *separated* that
    it is made of printing inks. *lossless* says how it was compressed. *frames* is more than 1 for an animation.
    """

    parts: tuple[Part, ...]
    orientation: int = UPRIGHT
    deep: bool = False
    separated: bool = False
    lossless: bool = True
    frames: int = 1


def structure_of(file: BinaryIO, form: str, *, end: int) -> Structure:
    """Return how the sound picture in *file*, of the format *form* and *end* bytes long, is made."""
    return _READERS[form](file, end)


@dataclass(frozen=True, slots=True)
class _Segment:
    """A chunk or segment: its *kind*, where it begins with all that belongs to it, and where its content lies."""

    kind: bytes
    start: int
    length: int
    content: Span


def _at(file: BinaryIO, start: int, count: int) -> bytes:
    file.seek(start)
    return file.read(count)


def _content(file: BinaryIO, segment: _Segment) -> bytes:
    return _at(file, segment.content.start, min(segment.content.length, _LONGEST_EXIF))


def _joined(parts: Iterator[Part]) -> tuple[Part, ...]:
    """Return *parts* with neighbours made one."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Span) and isinstance(last, Span) and last.start + last.length == part.start:
            joined[-1] = Span(last.start, last.length + part.length)
        else:
            joined.append(part)
    return tuple(joined)


# PNG (§5, §11)

_PNG_SEEN = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT pHYs bKGD mDCV cLLI".split())
_PNG_SIGNATURE = 8


def _png(file: BinaryIO, end: int) -> Structure:
    chunks = list(_png_chunks(file, end))
    found = {chunk.kind: chunk for chunk in reversed(chunks)}
    header = _content(file, found[b"IHDR"])
    kept = (Span(chunk.start, chunk.length) for chunk in chunks if chunk.kind in _PNG_SEEN)
    exif = _content(file, found[b"eXIf"]) if b"eXIf" in found else b""
    return Structure(
        parts=_joined(iter([Span(0, _PNG_SIGNATURE), *kept])),
        orientation=orientation(exif),
        deep=header[8] > 8,  # noqa: PLR2004 - bits of a channel
        frames=int.from_bytes(_content(file, found[b"acTL"])[:4]) if b"acTL" in found else 1,
    )


def _png_chunks(file: BinaryIO, end: int) -> Iterator[_Segment]:
    at = _PNG_SIGNATURE
    while at < end:
        head = _at(file, at, 8)
        length = int.from_bytes(head[:4])
        yield _Segment(head[4:], at, length + 12, Span(at + 8, length))
        at += length + 12


# JPEG (T.81, annex B)

_EXIF = b"Exif\0\0"
_APPLICATION = range(0xE0, 0xF0)
_SCAN = 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_INKS = 4


def _jpeg(file: BinaryIO, end: int) -> Structure:
    parts: list[Part] = [Span(0, 2)]
    found = Structure(parts=(), lossless=False)
    at = 2
    while True:
        segment = _jpeg_segment(file, at)
        marker = segment.kind[0]
        if marker == _SCAN:
            # Whatever stands between scans is part of the picture.
            parts.append(Span(at, end - at))
            return replace(found, parts=_joined(iter(parts)))
        if _jpeg_is_seen(file, segment):
            parts.append(Span(segment.start, segment.length))
        if marker in _FRAMES:
            frame = _content(file, segment)
            found = replace(found, deep=frame[0] > 8, separated=frame[5] == _INKS)  # noqa: PLR2004
        if marker == 0xE1 and found.orientation == UPRIGHT:  # noqa: PLR2004 - APP1
            content = _content(file, segment)
            if content.startswith(_EXIF):
                found = replace(found, orientation=orientation(content[len(_EXIF) :]))
        at = segment.start + segment.length


def _jpeg_segment(file: BinaryIO, at: int) -> _Segment:
    start = at
    while (marker := _at(file, at + 1, 1)) == b"\xff":
        at += 1
    length = int.from_bytes(_at(file, at + 2, 2))
    return _Segment(marker, start, at - start + 2 + length, Span(at + 4, length - 2))


def _jpeg_is_seen(file: BinaryIO, segment: _Segment) -> bool:
    """Whether *segment* says how to draw: JFIF, a colour profile, Adobe's colour transform, or no application's own."""
    marker = segment.kind[0]
    if marker == 0xFE:  # noqa: PLR2004 - a comment
        return False
    if marker not in _APPLICATION or marker in (0xE0, 0xEE):
        return True
    return marker == 0xE2 and _at(file, segment.content.start, 12) == b"ICC_PROFILE\0"  # noqa: PLR2004 - APP2


# WebP (RFC 9649, §2)

_WEBP_SEEN = frozenset({b"VP8X", b"ICCP", b"ALPH", b"VP8 ", b"VP8L"})
_WEBP_FLAGS_OF_METADATA = 0x0C
"""EXIF and XMP, in the first byte of VP8X."""


def _webp(file: BinaryIO, end: int) -> Structure:
    chunks = list(_webp_chunks(file, end))
    found = {chunk.kind: chunk for chunk in reversed(chunks)}
    kept = [part for chunk in chunks if chunk.kind in _WEBP_SEEN for part in _webp_parts(file, chunk, end)]
    size = 4 + sum(len(part) if isinstance(part, bytes) else part.length for part in kept)
    exif = _content(file, found[b"EXIF"]) if b"EXIF" in found else b""
    return Structure(
        parts=(b"RIFF" + size.to_bytes(4, "little") + b"WEBP", *_joined(iter(kept))),
        orientation=orientation(exif.removeprefix(_EXIF)),
        lossless=b"VP8L" in found,
        frames=max(1, sum(chunk.kind == b"ANMF" for chunk in chunks), 2 * (b"ANIM" in found)),
    )


def _webp_chunks(file: BinaryIO, end: int) -> Iterator[_Segment]:
    at = 12
    while at + 8 <= end:
        head = _at(file, at, 8)
        length = int.from_bytes(head[4:], "little")
        yield _Segment(head[:4], at, 8 + length + length % 2, Span(at + 8, length))
        at += 8 + length + length % 2


def _webp_parts(file: BinaryIO, chunk: _Segment, end: int) -> Iterator[Part]:
    if chunk.kind == b"VP8X":
        whole = _at(file, chunk.start, chunk.length)
        yield whole[:8] + bytes([whole[8] & ~_WEBP_FLAGS_OF_METADATA]) + whole[9:]
        return
    # The last chunk may lack its padding.
    length = min(chunk.length, end - chunk.start)
    yield Span(chunk.start, length)
    if length < chunk.length:
        yield b"\0"


# GIF (GIF89a, §17 to §27)


def _gif(file: BinaryIO, end: int) -> Structure:
    """Return a GIF as it is: it has no room for more than comments."""
    header = _at(file, 10, 1)[0]
    at = 13 + _colours(header)
    frames = 0
    while (kind := _at(file, at, 1)) != b";":
        frames += kind == b","
        at += 2
        if kind == b",":
            at += 9 + _colours(_at(file, at + 7, 1)[0])
        while length := _at(file, at, 1)[0]:
            at += 1 + length
        at += 1
    return Structure(parts=(Span(0, end),), frames=frames)


def _colours(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


_READERS: dict[str, Callable[[BinaryIO, int], Structure]] = {"png": _png, "jpeg": _jpeg, "webp": _webp, "gif": _gif}


def orientation(exif: bytes) -> int:
    """Return the orientation that *exif*, a TIFF header and what follows, names; 1 where it names none."""
    order = {b"II": "little", b"MM": "big"}.get(exif[:2])
    if order is None:
        return UPRIGHT

    def number(start: int, count: int) -> int:
        return int.from_bytes(exif[start : start + count], order)  # type: ignore[arg-type] # one of two words

    directory = number(4, 4)
    for index in range(number(directory, 2)):
        entry = directory + 2 + index * 12
        if entry + 12 > len(exif):
            break
        if number(entry, 2) == _ORIENTATION_TAG:
            value = number(entry + 8, 2)
            return value if value in _ORIENTATIONS else UPRIGHT
    return UPRIGHT


def refuse_bomb(size: tuple[int, int], *, shown: str) -> None:
    """Refuse a picture of more pixels than are safe to open. Raises: UsageError."""
    if not all(size):
        raise bad_picture(f"{shown} cannot be sent: its header names no size")
    if size[0] * size[1] > MOST_PIXELS:
        raise bad_picture(
            f"{shown} claims {size[0]}x{size[1]} pixels, more than the {MOST_PIXELS:,} that are safe to open",
            hint="Scale it down with a program that you trust it with.",
        )


def refuse_animation(structure: Structure, *, shown: str, called: str) -> None:
    """Refuse a picture that moves. Raises: UsageError."""
    if structure.frames > 1:
        raise bad_picture(
            f"{shown} is an animated {called}, and only a still picture can be sent",
            hint="Send one frame of it: `magick moving.gif[0] frame.png`.",
        )
