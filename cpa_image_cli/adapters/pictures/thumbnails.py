"""
Makes the small copies that the gallery shows: WebP files, each made once, called after what it was made from.

A copy is private, written whole or not at all, and remade never: another picture has another hash, and another name.
"""

from pathlib import Path

from cpa_image_cli.adapters.files.private_folder import make_private
from cpa_image_cli.adapters.files.whole_file import whole_file

SIDE = 384
"""Pixels of the longer side; enough for a card on a dense screen, 6 to 14 KB."""

QUALITY = 70
MOST_PIXELS = 100_000_000


def name_of(sha256: str) -> str:
    """Return what the small copy of the picture with this digest is called."""
    return f"{sha256[:32]}.webp"


def make(picture: Path, thumbnail: Path) -> bool:
    """Make *thumbnail* of the file *picture*; return whether there is one now. Raises: OSError if it has no room."""
    from PIL import Image, ImageOps

    try:
        with Image.open(picture) as image:
            if image.width * image.height > MOST_PIXELS:
                return False
            image.draft("RGB", (SIDE * 2, SIDE * 2))
            small = ImageOps.exif_transpose(image)
            small.thumbnail((SIDE, SIDE))
            small = small.convert("RGBA" if small.has_transparency_data else "RGB")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return False
    make_private(thumbnail.parent)
    with whole_file(thumbnail) as file:
        small.save(file, "WEBP", quality=QUALITY)
    return True
