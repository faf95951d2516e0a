"""
Every picture format, once: how it is asked for, what it is called, its extensions, and its first bytes.

Flags, their help and completions, config keys, questions, file names, previews and verification take from here what
they know of formats. To add one, add a row to `FORMATS` and a walker of its structure to the table in
``adapters/pictures/verify.py``; the tests name what else there is to do.
"""

import re
from collections.abc import Callable

from cpa_image_cli.core.dataclass import dataclass

HEAD = 512
"""Bytes at the start of a file by which its format is told."""

_BRANDS_OF_AVIF = (b"avif", b"avis")
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?>(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s+svg[^>\[]*+(?:\[[^\]]*+\]\s*+)?>)\s*+)*+<(?:svg:)?svg[\s/>]",
    re.DOTALL | re.IGNORECASE,
)
"""An SVG's root, after what XML allows before it (XML 1.0, §2.8). Nothing is tried twice: comments come in hundreds."""


def _magic(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(beginnings)


def _is_webp(head: bytes) -> bool:
    return head.startswith(b"RIFF") and head[8:12] == b"WEBP"


def _is_avif(head: bytes) -> bool:
    """Whether the ``ftyp`` box that *head* begins with names AVIF among its brands (ISO/IEC 14496-12, §4.3)."""
    brands = head[8 : min(int.from_bytes(head[:4]), HEAD)]
    # Between the major and the compatible brands stands a version.
    named = (brands[at : at + 4] for at in range(0, len(brands), 4) if at != 4)  # noqa: PLR2004
    return head[4:8] == b"ftyp" and any(brand in _BRANDS_OF_AVIF for brand in named)


def _is_svg(head: bytes) -> bool:
    return _SVG.match(head) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFormat:
    """
    One format.

    *name* is how it is asked for, *title* what a person calls it, with *article* before it. The first of *extensions*
    is the one we choose. *begins* knows it by the `HEAD` of a file. *on_request* says that it is a picture only for
    somebody who asked for it: elsewhere it is no better than any other unexpected bytes. *previews* says that gateways
    send frames of it while it forms. *has_pixels* is false for a drawing, which could only be seen by carrying it out.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    begins: Callable[[bytes], bool]
    article: str = "a"
    on_request: bool = False
    previews: bool = True
    has_pixels: bool = True


FORMATS = {
    row.name: row
    for row in (
        PictureFormat(name="png", title="PNG", extensions=(".png",), begins=_magic(b"\x89PNG\r\n\x1a\n")),
        PictureFormat(name="jpeg", title="JPEG", extensions=(".jpg", ".jpeg"), begins=_magic(b"\xff\xd8\xff")),
        PictureFormat(name="webp", title="WebP", extensions=(".webp",), begins=_is_webp),
        PictureFormat(
            name="gif",
            title="GIF",
            extensions=(".gif",),
            begins=_magic(b"GIF87a", b"GIF89a"),
            on_request=True,
            previews=False,
        ),
        PictureFormat(name="avif", title="AVIF", extensions=(".avif",), begins=_is_avif, article="an", on_request=True),
        PictureFormat(
            name="svg",
            title="SVG",
            extensions=(".svg",),
            begins=_is_svg,
            article="an",
            on_request=True,
            previews=False,
            has_pixels=False,
        ),
    )
}
"""By the name that is sent. Sources: the formats of the image tool as the official SDK types them, and AVIF."""

FORMAT_OF_EXTENSION = {extension: row.name for row in FORMATS.values() for extension in row.extensions}

METAVAR = "|".join(FORMATS)
"""How a format is called in the help, which is also what TAB offers."""

LISTED = ", ".join(FORMATS)


def either(names: list[str]) -> str:
    """Return *names* as alternatives: ``PNG, JPEG or WebP``."""
    return " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


HELP = f"File format: {either(list(FORMATS))}."


def spelled(text: str) -> str:
    """Return *text* as it is sent, if it names a format: ``JPG`` is ``jpeg``."""
    lowered = text.strip().lower()
    return FORMAT_OF_EXTENSION.get(f".{lowered}", lowered)


def extension_of(name: str) -> str:
    """Return the extension for a file of the format called *name*, which need not be one of ours."""
    return FORMATS[name].extensions[0] if name in FORMATS else f".{name}"


def called(name: str) -> str:
    """Return what a person calls the format that is sent as *name*, whatever it is."""
    return FORMATS[name].title if name in FORMATS else name.upper()


def expected_for(asked: str) -> dict[str, PictureFormat]:
    """Return the formats in which a picture may come to somebody who asked for *asked*, by their names."""
    return {name: row for name, row in FORMATS.items() if name == asked or not row.on_request}
