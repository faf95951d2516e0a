"""Makes a picture small enough for a model to look at: hosts cut, re-encode or choke on anything larger."""

import io
import os
from typing import TYPE_CHECKING

from cpa_image_cli.adapters.files.below import open_below
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.pictures.safe_names import SafeName

if TYPE_CHECKING:
    from PIL import Image

LONGEST_EDGE = 512
LARGEST = 100_000
"""Bytes of the JPEG."""

MOST_PIXELS = 100_000_000
_QUALITIES = (85, 70, 55, 40, 25)


def preview_of(name: SafeName) -> bytes:
    """Return the picture called *name* as a small JPEG. Raises: UsageError for what is none, or is not there."""
    try:
        descriptor = open_below(name.root, name.steps)
    except OSError as error:
        raise UsageError(f"{name.path} cannot be read: {error.strerror or error}") from error
    with os.fdopen(descriptor, "rb") as file:
        try:
            return _small(file)
        except (OSError, ValueError, SyntaxError, ArithmeticError) as error:
            raise UsageError(f"{name.path} is no picture that can be shown") from error


def _small(file: io.BufferedReader) -> bytes:
    from PIL import Image

    with Image.open(file, formats=("PNG", "JPEG", "WEBP", "GIF")) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        picture.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
        picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
        small = Image.new("RGB", picture.size, "white")
        coloured = picture.convert("RGBA")
        small.paste(coloured, mask=coloured.getchannel("A"))
    coded = (_coded(small, quality) for quality in _QUALITIES)
    return next(jpeg for jpeg in coded if len(jpeg) <= LARGEST)


def _coded(picture: "Image.Image", quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
