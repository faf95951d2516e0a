"""
Decides how the sandbox changes a picture that it is sent: so that anybody sees it, and sees where.

The colours turn, and a ring is drawn around what was in the middle. With a mask that is heeded, only where the mask
opens, and every other pixel stays.
"""

import hashlib
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

SHARE = 0.55
"""How much of the new colour there is."""

RING = 0.38
"""Radius of the ring, as a share of the shorter edge."""


def edited(original: bytes, mask: bytes | None, *, prompt: str, size: tuple[int, int]) -> "Image":
    """Return the picture *original* as *prompt* changes it, at *size*; only where *mask* opens, if there is one."""
    from PIL import Image

    before = Image.open(io.BytesIO(original)).convert("RGBA").convert("RGB").resize(size, Image.Resampling.LANCZOS)
    after = _changed(before, prompt)
    if mask is None:
        return after
    keeps = Image.open(io.BytesIO(mask)).convert("RGBA").getchannel("A").resize(size, Image.Resampling.NEAREST)
    return Image.composite(before, after, keeps)


def _changed(before: "Image", prompt: str) -> "Image":
    from PIL import Image, ImageDraw

    seed = hashlib.sha256(prompt.encode("utf-8", "replace")).digest()
    colour = (seed[0], seed[1], 255 - min(seed[0], seed[1]))
    after = Image.blend(before, Image.new("RGB", before.size, colour), SHARE)
    middle, radius = (before.width / 2, before.height / 2), RING * min(before.size)
    box = (middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius)
    ImageDraw.Draw(after).ellipse(box, outline=(255, 255, 255), width=max(1, round(radius / 8)))
    return after
