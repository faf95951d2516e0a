"""Measures how far the pixels of two pictures differ, and lays both beside each other."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

from cpa_image_cli.core.provenance.comparison import PixelDifference

if TYPE_CHECKING:
    from PIL.Image import Image

TOLERANCE = 8
"""Of 255 in any channel; what a JPEG or WebP changes by being coded stays mostly below it."""

GAP = 8
"""Pixels between two pictures that are laid side by side."""

MOST_PIXELS = 100_000_000


class UncomparableError(Exception):
    """A file's pixels cannot be had; the message says why."""


def difference(first: Path, second: Path) -> PixelDifference:
    """Return how the pixels of two files differ, in RGBA. Raises: UncomparableError."""
    from PIL import ImageChops, ImageStat

    one, other = _pixels(first), _pixels(second)
    scaled = one.size != other.size
    apart = ImageChops.difference(one, other.resize(one.size) if scaled else other)
    largest = apart.getchannel(0)
    for channel in range(1, 4):
        largest = ImageChops.lighter(largest, apart.getchannel(channel))
    histogram = largest.histogram()
    squares = sum(ImageStat.Stat(apart).sum2) / (one.width * one.height * 4)
    return PixelDifference(
        changed=sum(histogram[TOLERANCE + 1 :]) / sum(histogram),
        psnr=10 * math.log10(255**2 / squares) if squares else None,
        scaled=scaled,
    )


def side_by_side(first: Path, second: Path, destination: Path) -> None:
    """Write both pictures, made equally high, beside each other to *destination*, a PNG. Raises: UncomparableError."""
    from PIL import Image

    one, other = _pixels(first), _pixels(second)
    height = max(one.height, other.height)
    one, other = (image.resize((max(1, image.width * height // image.height), height)) for image in (one, other))
    sheet = Image.new("RGBA", (one.width + GAP + other.width, height))
    sheet.paste(one)
    sheet.paste(other, (one.width + GAP, 0))
    sheet.save(destination, compress_level=1)


def _pixels(path: Path) -> "Image":
    import warnings

    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise UncomparableError(f"{path.name} has more than {MOST_PIXELS:,} pixels")
                return ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UncomparableError(f"the pixels of {path.name} cannot be read") from error
