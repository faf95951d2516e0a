"""
Decides what of a picture file tells where it came from, and writes the file without it; not one coded byte changes.

What decides how the picture looks stays: colour profiles, gamma, density, and its orientation, which is all that is
kept of EXIF. Content credentials go only when that is asked for.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from cpa_image_cli.adapters.provenance.credentials import carrying
from cpa_image_cli.adapters.provenance.embedding import Piece, is_xmp, png_chunk, write_anew
from cpa_image_cli.adapters.provenance.metadata import exif_in
from cpa_image_cli.adapters.provenance.parts import TRAILING, Container, Part, container_of
from cpa_image_cli.core.dataclass import dataclass

PICTURE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "png": frozenset({"signature", "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "acTL", "fcTL", "fdAT"})
        | {"iCCP", "sRGB", "gAMA", "cHRM", "cICP", "mDCV", "cLLI", "pHYs", "sBIT", "bKGD"},
        # APP14 says how an Adobe program coded the colours.
        "jpeg": frozenset({"SOI", "APP0", "APP14", "SOS", "coded", "fill"}),
        "webp": frozenset({"RIFF", "VP8X", "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP"}),
        "gif": frozenset({"header", "control", "frame", "trailer", "extension 01"})
        | {"application NETSCAPE2.0", "application ANIMEXTS1.0"},
    }
)
"""By format, the parts that decide how the picture looks. Whatever else there is tells about it."""

NAMES = MappingProxyType(
    {
        "tEXt": "text",
        "zTXt": "text",
        "iTXt": "text",
        "tIME": "time",
        "eXIf": "EXIF",
        "EXIF": "EXIF",
        "APP1": "EXIF",
        "APP13": "IPTC",
        "COM": "comment",
        "comment": "comment",
        TRAILING: "bytes after the picture's end",
    }
)

_PROFILE = b"ICC_PROFILE\0"

ORIENTATION = 0x0112
_UPRIGHT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Something in a file that tells about the picture: what it is, and how many bytes of the file it takes."""

    what: str
    bytes: int


def carriers_in(container: Container) -> tuple[Carrier, ...]:
    """Return all that *container* carries beside the picture, in the order of the file."""
    named = ((_what(container, part), part) for part in container.parts)
    return tuple(Carrier(what=what, bytes=part.length) for what, part in named if what)


def _what(container: Container, part: Part) -> str:
    """Return what *part* tells about the picture; empty for one that decides how it looks."""
    if part in carrying(container):
        return "content credentials"
    if is_xmp(container, part):
        return "XMP"
    return "" if _decides(container, part) else NAMES.get(part.kind, "unknown data")


def _decides(container: Container, part: Part) -> bool:
    if container.format == "jpeg" and part.kind == "APP2":
        return container.read(part, len(_PROFILE)) == _PROFILE
    # Tables of a JPEG are called by their marker.
    is_table = container.format == "jpeg" and not part.kind.startswith(("APP", "COM", TRAILING))
    return is_table or part.kind in PICTURE[container.format]


def stripped(container: Container, destination: Path, *, with_credentials: bool) -> tuple[Carrier, ...]:
    """
    Write the picture to *destination* without what tells about it; return what is left there all the same.

    Raises: OSError; UnknownContainer if what was written cannot be read again.
    """
    gone = {part for part in container.parts if _goes(container, part, with_credentials=with_credentials)}
    turned = orientation_of(container)
    write_anew(container, _arranged(container, [p for p in container.parts if p not in gone], turned), destination)
    return carriers_in(container_of(destination))


def _goes(container: Container, part: Part, *, with_credentials: bool) -> bool:
    what = _what(container, part)
    return bool(what) and (with_credentials or what != "content credentials")


def orientation_of(container: Container) -> int:
    """Return how the picture has to be turned to be seen, as EXIF numbers it: 1 is upright."""
    data = exif_in(container)
    if not data:
        return _UPRIGHT
    from PIL import Image

    try:
        exif = Image.Exif()
        exif.load(b"Exif\0\0" + data)
        value = exif.get(ORIENTATION, _UPRIGHT)
    except Exception:  # noqa: BLE001 - Pillow raises whatever its parsing of hostile bytes comes across
        return _UPRIGHT
    return value if isinstance(value, int) and value in range(1, 9) else _UPRIGHT


def _tiff_of(orientation: int) -> bytes:
    """Return an EXIF block that says how the picture lies and nothing else: one entry, a SHORT, big endian."""
    entry = ORIENTATION.to_bytes(2) + (3).to_bytes(2) + (1).to_bytes(4) + orientation.to_bytes(2) + b"\0\0"
    return b"MM\0\x2a\0\0\0\x08" + (1).to_bytes(2) + entry + b"\0\0\0\0"


def _arranged(container: Container, parts: list[Part], orientation: int) -> Iterator[Piece]:
    tiff = _tiff_of(orientation) if orientation != _UPRIGHT else b""
    if container.format == "webp":
        yield from _webp(container, parts, tiff)
        return
    place = next(at for at, part in enumerate(parts) if part.kind not in {"signature", "IHDR", "SOI", "APP0", "header"})
    yield from parts[:place]
    if tiff:
        yield png_chunk(b"eXIf", tiff) if container.format == "png" else _segment(b"Exif\0\0" + tiff)
    yield from parts[place:]


def _segment(body: bytes) -> bytes:
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body


_HAS_EXIF, _HAS_XMP = 0x08, 0x04


def _webp(container: Container, parts: list[Part], tiff: bytes) -> Iterator[Piece]:
    """Yield a WebP whose header tells what is left in it."""
    pieces: list[Piece] = []
    for part in parts[1:]:
        if part.kind == "VP8X":
            fields = container.read(part, part.data_length)
            flags = fields[0] & ~(_HAS_EXIF | _HAS_XMP) | (_HAS_EXIF if tiff else 0)
            pieces.append(b"VP8X" + len(fields).to_bytes(4, "little") + bytes([flags]) + fields[1:])
        else:
            pieces += [part, b"\0" * (part.length % 2)]
    if tiff:
        pieces.append(b"EXIF" + len(tiff).to_bytes(4, "little") + tiff)
    size = 4 + sum(len(piece) if isinstance(piece, bytes) else piece.length for piece in pieces)
    yield b"RIFF" + size.to_bytes(4, "little") + b"WEBP"
    yield from pieces
