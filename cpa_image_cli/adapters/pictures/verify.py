"""
Decides whether bytes on disk are a picture: a format that may come, its whole structure, a size that is safe to open.

The file is read in pieces of 64 KiB and no pixel is decoded, so nothing that decodes has to be loaded. Bytes after the
end of the picture are tolerated, as every viewer does: the picture before them is whole, and paid for. To add a format,
write a module that walks its structure, put it into `WALKS`, and describe it in ``core/pictures/formats.py``.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from cpa_image_cli.adapters.pictures import jpeg, png, webp
from cpa_image_cli.adapters.pictures.file_walk import Damaged, Source
from cpa_image_cli.adapters.pictures.kinds import kind_of
from cpa_image_cli.core.errors import Code, Failure, GatewayError, OutputError
from cpa_image_cli.core.pictures.formats import FORMATS, HEAD, PictureFormat, either, expected_for
from cpa_image_cli.core.pictures.picture import Picture

MOST_PIXELS = 89_478_485
"""A quarter of a GiB, three bytes each: beyond this Pillow and what is built on it warn of a bomb."""

Size = tuple[int, int]
Walk = Callable[[Source], Size]


def _gif(source: Source) -> Size:
    from cpa_image_cli.adapters.pictures import gif

    return gif.walk(source)


def _avif(source: Source) -> Size:
    from cpa_image_cli.adapters.pictures import avif

    return avif.walk(source)


def _svg(source: Source) -> Size:
    from cpa_image_cli.adapters.pictures import svg

    return svg.walk(source)


WALKS: Mapping[str, Walk] = MappingProxyType(
    {"png": png.walk, "jpeg": jpeg.walk, "webp": webp.walk, "gif": _gif, "avif": _avif, "svg": _svg}
)
"""By the name of the format. What few ask for is loaded for them alone."""


AGAIN = "Run it again; if it happens every time, something on the way alters the answers."


class UnsoundPicture(GatewayError):  # noqa: N818 - says what came
    """What came is not a whole, known picture; *kind* names what it seems to be, as an extension does."""

    def __init__(self, sentence: str, *, kind: str, hint: str = AGAIN) -> None:
        super().__init__(Failure(code=Code.IMAGE_DAMAGED, message=sentence, hint=hint))
        self.kind = kind


def verify(path: Path, *, sha256: str, asked: str = "png") -> Picture:
    """
    Return what the file at *path* is; *sha256* is its digest, taken while it was written, *asked* the format wanted.

    Raises: UnsoundPicture when it is no whole picture of a format that may come; OutputError when it cannot be read
    back.
    """
    try:
        with path.open("rb") as file:
            return _judged(Source(file), sha256=sha256, asked=asked)
    except OSError as exc:
        raise OutputError(f"cannot read {path} back: {exc.strerror or exc}", code=Code.OUTPUT_UNWRITABLE) from exc


def _judged(source: Source, *, sha256: str, asked: str) -> Picture:
    kind = kind_of(source.peek(HEAD))
    expected = expected_for(asked)
    if kind.name not in expected:
        titles = either([row.title for row in expected.values()])
        hint = f"If that is what you want, ask for it with --format {kind.name}." if kind.name in FORMATS else AGAIN
        raise UnsoundPicture(f"what came is {kind.called}, not a {titles} picture", kind=kind.name, hint=hint)
    try:
        width, height = _walked(source, expected[kind.name])
    except Damaged as exc:
        raise UnsoundPicture(str(exc), kind=kind.name) from exc
    return Picture(format=kind.name, width=width, height=height, bytes=source.size, sha256=sha256)


def _walked(source: Source, row: PictureFormat) -> Size:
    """Return the size of what *source* holds, in the format of *row*. Raises: Damaged."""
    width, height = WALKS[row.name](source)
    if not width or not height:
        raise Damaged(f"the picture is damaged: its {row.title} header cannot be read")
    if width * height > MOST_PIXELS and row.has_pixels:
        raise Damaged(f"the picture claims {width}x{height} pixels, more than the {MOST_PIXELS} that are safe to open")
    return width, height
