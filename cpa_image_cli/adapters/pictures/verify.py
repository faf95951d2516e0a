"""
Decides whether bytes on disk are a picture: known magic, whole structure, header within Pillow's limits.

The file is read in pieces of 64 KiB and no pixel is decoded. Bytes after the end of the picture are tolerated, as every
viewer does: the picture before them is whole, and paid for. To add a format, write a module that walks its structure,
put it into `WALKS`, and name its extensions in ``core/pictures/picture.py``.
"""

import struct
import threading
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from cpa_image_cli.adapters.pictures import jpeg, png, webp
from cpa_image_cli.adapters.pictures.file_walk import Damaged, Source
from cpa_image_cli.adapters.pictures.unknown_formats import looks_like
from cpa_image_cli.core.errors import Code, Failure, GatewayError, OutputError
from cpa_image_cli.core.pictures.picture import Picture

MOST_FOR_PILLOW = 1 << 20
"""Bytes of a WebP that Pillow may look at: it holds three copies of such a file. The walk finds the size as well."""

Size = tuple[int, int]
Walk = Callable[[Source], Size]

NAMES = {"png": "PNG", "jpeg": "JPEG", "webp": "WebP"}

WALKS: Mapping[str, tuple[Callable[[bytes], bool], Walk]] = MappingProxyType(
    {
        "png": (png.begins, png.walk),
        "jpeg": (jpeg.begins, jpeg.walk),
        "webp": (webp.begins, webp.walk),
    }
)

# Filters of warnings belong to the process; two threads must not take turns at them.
_filters = threading.Lock()


def verify(path: Path, *, sha256: str) -> Picture:
    """
    Return what the file at *path* is; *sha256* is its digest, taken while it was written.

    Raises: GatewayError with `Code.IMAGE_DAMAGED` when it is no whole picture of a known format; OutputError when it
    cannot be read back.
    """
    try:
        with path.open("rb") as file:
            source = Source(file)
            name, walk = _format_of(source)
            size = walk(source)
        _refuse_bomb(size)
        if name != "webp" or source.size <= MOST_FOR_PILLOW:
            size = _header_size(path, name)
    except Damaged as exc:
        raise GatewayError(_failure(str(exc))) from exc
    except OSError as exc:
        raise OutputError(f"cannot read {path} back: {exc.strerror or exc}", code=Code.OUTPUT_UNWRITABLE) from exc
    return Picture(format=name, width=size[0], height=size[1], bytes=source.size, sha256=sha256)


def get_ready() -> None:
    """Load Pillow, which takes 30 ms, so that no picture has to wait for it."""
    from PIL import Image, WebPImagePlugin  # noqa: F401 - as below

    Image.preinit()


def _format_of(source: Source) -> tuple[str, Walk]:
    head = source.peek(512)
    for name, (begins, walk) in WALKS.items():
        if begins(head):
            return name, walk
    raise Damaged(f"what came is {looks_like(head)}, not a PNG, JPEG or WebP picture")


def _header_size(path: Path, name: str) -> Size:
    """Return the pixel size that Pillow reads. Raises: Damaged when it refuses the header."""
    from PIL import Image, WebPImagePlugin  # noqa: F401 - WebP's registers it

    try:
        with _filters, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=(name,)) as image:
                return image.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise Damaged("the picture claims more pixels than are safe to open") from exc
    except (OSError, SyntaxError, ValueError, LookupError, TypeError, EOFError, MemoryError, struct.error) as exc:
        raise Damaged(f"the picture is damaged: its {NAMES[name]} header cannot be read") from exc


def _refuse_bomb(size: Size) -> None:
    from PIL import Image

    width, height = size
    limit = Image.MAX_IMAGE_PIXELS
    if limit is not None and width * height > limit:
        raise Damaged(f"the picture claims {width}x{height} pixels, more than the {limit} that are safe to open")


def _failure(sentence: str) -> Failure:
    hint = "Run it again; if it happens every time, something on the way alters the answers."
    return Failure(code=Code.IMAGE_DAMAGED, message=sentence, hint=hint)
