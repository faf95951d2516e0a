"""
Decides which pixels a preview is made of: read safely, upright, scaled, and opaque on a checkerboard.

Whatever is wrong with a file becomes one `PreviewError`. To preview one more kind of file, add Pillow's name of it to
`READABLE`; names whose readers start other programs (EPS) do not belong there.
"""

import contextlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.pictures.formats import FORMATS, HEAD

if TYPE_CHECKING:
    from PIL.Image import Image

READABLE = (
    *(row.name.upper() for row in FORMATS.values() if row.has_pixels),
    *("BMP", "PPM", "TIFF", "ICO", "TGA", "QOI", "JPEG2000"),
)

MAX_SOURCE = 100_000_000
"""Pixels of a file that is still opened: 400 MB when decoded, a dozen times the largest picture gateways make."""

LIGHT, DARK = 0x99, 0x66
"""The two greys behind transparent pixels: visible on black and on white terminals."""

ORIENTATION = 0x0112
TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
"""How to set a picture upright, by the EXIF tag for how the camera was held (Exif 2.32, 4.6.4)."""

LYING = frozenset({5, 6, 7, 8})
"""The orientations that swap width and height."""


class PreviewError(UsageError):
    """A file is no picture that can be previewed."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height, in pixels."""

    width: int
    height: int


Fit = Callable[[Size], Size]
"""From the upright size of a picture to the size it is wanted in."""


def fitted(source: Size, *, within: Size, pixel_ratio: float = 1.0) -> Size:
    """
    Return the largest size of *source*'s proportions that fits *within*, and never a larger one than it has.

    *pixel_ratio* is the height of a target pixel in widths of one, for half-blocks whose pixels are not square.
    """
    scale = min(within.width / source.width, within.height * pixel_ratio / source.height, 1.0)
    width = max(1, min(within.width, round(source.width * scale)))
    height = max(1, min(within.height, round(source.height * scale / pixel_ratio)))
    return Size(width, height)


def load(path: Path, fit: Fit, *, square: int) -> "Image":
    """
    Return the picture at *path* in RGB and in the size that *fit* wants.

    *square* is the side of the checkerboard's squares, in pixels of the result.

    Raises:
        PreviewError: the file is missing, no picture, damaged, or too large.

    """
    try:
        with warnings.catch_warnings():
            # Pillow warns where a picture is large or slightly broken; what matters is decided here.
            warnings.simplefilter("ignore")
            return _load(path, fit, square)
    except FileNotFoundError as exc:
        raise PreviewError(f"{path} does not exist") from exc
    except IsADirectoryError as exc:
        raise PreviewError(f"{path} is a folder, not a picture") from exc
    except PermissionError as exc:
        raise PreviewError(f"{path} may not be read") from exc
    except _broken() as exc:
        raise _refusal(path) from exc


def _refusal(path: Path) -> PreviewError:
    """Return what to say of *path*, which no reader of pixels takes."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        if FORMATS["svg"].begins(file.read(HEAD)):
            return PreviewError(
                f"{path} is an SVG, which is seen by carrying out what it says; nothing here does",
                hint="Open it in a program that you trust with it: it may hold scripts.",
            )
    return PreviewError(f"{path} is not a picture that can be shown", hint="See whether the file is whole.")


def _broken() -> tuple[type[Exception], ...]:
    """Return what Pillow's readers raise over a file that is damaged or lies about itself."""
    import struct
    import zlib

    from PIL import Image

    # UnidentifiedImageError and a truncated file are OSErrors; the rest is what damaged chunks lead to.
    damaged = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, OverflowError, MemoryError)
    return (*damaged, struct.error, zlib.error, Image.DecompressionBombError)


def _load(path: Path, fit: Fit, square: int) -> "Image":
    from PIL import Image

    with path.open("rb") as file, Image.open(file, formats=READABLE) as source:
        if source.width * source.height > MAX_SOURCE:
            raise PreviewError(f"{path} is too large to preview ({source.width}x{source.height} pixels)")
        orientation = source.getexif().get(ORIENTATION, 1)
        stored = Size(source.width, source.height)
        wanted = _swapped(fit(_swapped(stored, orientation)), orientation)
        # JPEG decodes at an eighth, a quarter or half its size for next to nothing; twice ours keeps it sharp.
        source.draft("RGB", (2 * wanted.width, 2 * wanted.height))
        small = _plain(source).resize((wanted.width, wanted.height), Image.Resampling.LANCZOS, reducing_gap=2.0)
        if orientation in TURNS:
            small = small.transpose(Image.Transpose[TURNS[orientation]])
        return _opaque(small, square)


def _swapped(size: Size, orientation: int) -> Size:
    return Size(size.height, size.width) if orientation in LYING else size


def _plain(source: "Image") -> "Image":
    """Return *source* in RGB, or in RGBA when it is transparent anywhere."""
    if source.mode.startswith("I"):
        # Sixteen bits of grey, which a plain conversion would clip to white.
        return source.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    return source.convert("RGBA" if source.has_transparency_data else "RGB")


def _opaque(image: "Image", square: int) -> "Image":
    from PIL import Image

    if image.mode == "RGB":
        return image
    board = _checkerboard(Size(image.width, image.height), square).convert("RGBA")
    return Image.alpha_composite(board, image).convert("RGB")


def _checkerboard(size: Size, square: int) -> "Image":
    from PIL import Image

    columns, rows = -(-size.width // square), -(-size.height // square)
    greys = bytes(DARK if (row + column) % 2 else LIGHT for row in range(rows) for column in range(columns))
    board = Image.frombytes("L", (columns, rows), greys)
    return board.resize((columns * square, rows * square), Image.Resampling.NEAREST).crop(
        (0, 0, size.width, size.height)
    )
