"""
Decides how a picture is spelled for iTerm2 and WezTerm (https://iterm2.com/documentation-images.html).

One sequence holds a whole image file. iTerm2 from 3.5, and tmux, drop a sequence over a mebibyte, so a picture that
does not fit as PNG goes as JPEG; the multipart form would be exact, but only iTerm2 reads it.
"""

import io
from base64 import standard_b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

LIMIT = 1_000_000
"""Bytes of base64; a little under the 1,048,576 that a whole sequence may have."""

QUALITIES = (92, 80, 60, 30)


def inline(image: "Image", *, columns: int, rows: int) -> str:
    """Return the sequence that draws *image* at the cursor, as large as *columns* x *rows* cells allow."""
    data = _file(image)
    keys = f"size={len(data)};inline=1;width={columns};height={rows};preserveAspectRatio=1"
    return f"\x1b]1337;File={keys}:{standard_b64encode(data).decode('ascii')}\x07"


def _file(image: "Image") -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=6)
    for quality in QUALITIES:
        if len(file.getvalue()) * 4 // 3 < LIMIT:
            break
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
    return file.getvalue()
