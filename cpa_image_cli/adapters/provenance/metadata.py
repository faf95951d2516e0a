"""
Reads the texts that a picture file carries: PNG text, comments, EXIF, XMP, IPTC; bounded, whatever the file holds.

EXIF and IPTC are taken apart by Pillow. What cannot be read is as if it were not there.
"""

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from cpa_image_cli.adapters.provenance.embedding import JPEG_NAMESPACE, PNG_KEYWORD, is_xmp
from cpa_image_cli.adapters.provenance.parts import Container, Part
from cpa_image_cli.core.provenance import packet
from cpa_image_cli.core.provenance.foreign import Texts

LONGEST_TEXT = 1 << 20
"""Bytes of one text; a ComfyUI graph has some 100 KB."""

MOST_TEXTS = 200

_EXIF_IN_JPEG = b"Exif\0\0"
_USER_COMMENT = {b"ASCII\0\0\0": "ascii", b"UNICODE\0": "", b"JIS\0\0\0\0\0": "shift_jis"}
"""The eight bytes before a user comment and the encoding they name; UNICODE is UTF-16 in the order of the EXIF."""

_IPTC_FIELDS = {(2, 5): "title", (2, 120): "caption", (2, 25): "keywords", (2, 80): "by", (2, 116): "copyright"}


def packet_in(container: Container) -> bytes:
    """Return the XMP packet inside *container*, at most `packet.LONGEST` bytes of it; empty if there is none."""
    for part in container.parts:
        if is_xmp(container, part):
            data = container.read(part, packet.LONGEST)
            if container.format == "png":
                return _after_png_header(data)
            return data.removeprefix(JPEG_NAMESPACE)
    return b""


def _after_png_header(data: bytes) -> bytes:
    """Return the text of an iTXt chunk, without keyword, compression, language and translated keyword."""
    flags, rest = data[len(PNG_KEYWORD) :][:2], data[len(PNG_KEYWORD) + 2 :]
    text = rest.partition(b"\0")[2].partition(b"\0")[2]
    return _inflated(text) if flags[:1] == b"\1" else text


def texts_of(container: Container) -> Texts:
    """Return every text in *container*."""
    texts = (_text(container, part) for part in container.parts)
    chunks: dict[str, str] = {}
    for found in texts:
        if found and len(chunks) < MOST_TEXTS:
            chunks.setdefault(*found)
    return Texts(
        chunks=chunks,
        exif=_exif(container),
        xmp=packet.properties_in(packet_in(container)),
        iptc=_iptc(container.path) if container.all("APP13") else {},
    )


def _text(container: Container, part: Part) -> tuple[str, str] | None:
    match container.format, part.kind:
        case "png", "tEXt" | "zTXt" | "iTXt":
            return _png_text(part.kind, container.read(part, LONGEST_TEXT))
        case "jpeg", "COM":
            return "COM", container.read(part, LONGEST_TEXT).decode(errors="replace")
        case "gif", "comment":
            return "comment", b"".join(_blocks(container.read(part, LONGEST_TEXT))).decode(errors="replace")
        case _:
            return None


def _png_text(kind: str, data: bytes) -> tuple[str, str]:
    keyword, _, rest = data.partition(b"\0")
    name = keyword.decode("latin-1")
    if kind == "tEXt":
        return name, rest.decode("latin-1")
    if kind == "zTXt":
        return name, _inflated(rest[1:]).decode("latin-1")
    text = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    return name, (_inflated(text) if rest[:1] == b"\1" else text).decode(errors="replace")


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, LONGEST_TEXT)
    except zlib.error:
        return b""


def _blocks(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data) and (length := data[at]):
        yield data[at + 1 : at + 1 + length]
        at += 1 + length


def exif_in(container: Container) -> bytes:
    """Return the EXIF block of *container*, a TIFF header first; empty if there is none."""
    for part in container.parts:
        if part.kind in {"eXIf", "EXIF"}:
            return container.read(part, LONGEST_TEXT).removeprefix(_EXIF_IN_JPEG)
        if part.kind == "APP1" and container.read(part, len(_EXIF_IN_JPEG)) == _EXIF_IN_JPEG:
            return container.read(part, LONGEST_TEXT)[len(_EXIF_IN_JPEG) :]
    return b""


def _exif(container: Container) -> Mapping[str, str]:
    data = exif_in(container)
    if not data:
        return {}
    from PIL import ExifTags, Image

    told: dict[str, str] = {}
    try:
        exif = Image.Exif()
        exif.load(_EXIF_IN_JPEG + data)
        values = {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}
        if exif.get_ifd(ExifTags.IFD.GPSInfo):
            values[ExifTags.Base.GPSInfo] = "in the file"
    except Exception:  # noqa: BLE001 - Pillow raises whatever its parsing of hostile bytes comes across
        return {}
    little = data.startswith(b"II")
    for tag, value in values.items():
        name = ExifTags.TAGS.get(tag, "")
        if name and len(told) < MOST_TEXTS:
            told[name] = _exif_text(value, little=little)
    return told


def _exif_text(value: object, *, little: bool) -> str:
    if isinstance(value, bytes):
        encoding = _USER_COMMENT.get(value[:8])
        if encoding is None:
            return value.decode(errors="replace").strip("\0 ")
        return value[8:].decode(encoding or ("utf-16-le" if little else "utf-16-be"), errors="replace").strip("\0 ")
    return str(value)[:LONGEST_TEXT].strip("\0 ") if isinstance(value, str | int) else ""


def _iptc(path: Path) -> Mapping[str, str]:
    from PIL import Image, IptcImagePlugin

    try:
        with Image.open(path) as image:
            told = IptcImagePlugin.getiptcinfo(image) or {}
    except Exception:  # noqa: BLE001 - as above
        return {}
    fields = ((name, told.get(number)) for number, name in _IPTC_FIELDS.items())
    return {name: value.decode(errors="replace") for name, value in fields if isinstance(value, bytes)}
