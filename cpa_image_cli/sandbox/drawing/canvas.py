"""
Decides what a sandbox drawing is painted with: the moods a scene may have, and a canvas whose edges are soft.

To add a mood, add a row to `MOODS`.
"""

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from cpa_image_cli.core.dataclass import dataclass

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

Colour = tuple[int, int, int]
Shape = Callable[["ImageDraw", float, float], None]
"""Draws itself in white with a pen, given the width and height of what it draws on."""

SMOOTH = 2
"""Shapes are drawn this many times larger and reduced, which is what makes their edges soft."""


def _hex(text: str) -> Colour:
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """A time of day. *sky* runs from the top to the horizon, *land* from the farthest ridge to the nearest."""

    sky: tuple[Colour, ...]
    land: tuple[Colour, Colour]
    light: Colour
    glow: Colour
    accents: tuple[Colour, ...]
    starry: bool = False


def _mood(sky: str, land: str, light: str, glow: str, accents: str, *, starry: bool = False) -> Mood:
    near, far = (_hex(word) for word in reversed(land.split()))
    return Mood(
        sky=tuple(_hex(word) for word in sky.split()),
        land=(far, near),
        light=_hex(light),
        glow=_hex(glow),
        accents=tuple(_hex(word) for word in accents.split()),
        starry=starry,
    )


MOODS = (
    _mood("f6c9a0 f9dcb8 fcecd2 fff8ea", "e3b591 5b2c1f", "fffdf2", "ffe2ad", "bc4749 f2a65a 386641"),
    _mood("2f80c2 6db6e0 b5e0ee f3f4dd", "9fc3bd 20524a", "fffbe0", "fff3b8", "e4572e f3a712 fdfcdc"),
    _mood("0b1030 1b2558 39457f 6a6fa5", "4b5688 080c20", "f4f1de", "aeb8e8", "f2cc8f e07a5f 81b29a", starry=True),
    _mood("2b2d5b 6f4a8e d9748f f7b27a ffe0a3", "b0708f 1d1a3a", "fff3cf", "ffd08a", "f25f5c ffe066 70c1b3"),
    _mood("1c3a4a 2f6f7a 79b8ad dfeed2", "86b4aa 0e2a30", "fdfff0", "e6f5c9", "ff9f6b fbe9a0 d1495b"),
    _mood("46327e 8d5bb0 e38fb8 fbd0c9 fff0e0", "b78bb8 2a1c4d", "fff6e4", "ffd5d0", "3dccc7 ffe66d ff6b6b"),
    _mood("12233f 1f4c66 3f8f87 a7d8a0", "3c7f80 06141f", "eaffe0", "8ff0c0", "f7d488 ef798a 9ad1f5", starry=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """What a detail is painted on. *chance* is the scene's own randomness, drawn in a fixed order."""

    image: "Image"
    mood: Mood
    chance: Random
    width: int
    height: int

    def paint(self, colours: tuple[Colour, ...], shape: Shape) -> None:
        """Fill *shape*, given a pen and the scaled width and height, with a vertical gradient of *colours*."""
        from PIL import Image, ImageDraw

        large = self.width * SMOOTH, self.height * SMOOTH
        mask = Image.new("L", large, 0)
        shape(ImageDraw.Draw(mask), *large)
        mask = mask.reduce(SMOOTH)
        box = mask.getbbox()
        if box is not None:
            filling = gradient(colours, box[2] - box[0], box[3] - box[1])
            self.image.paste(filling, box[:2], mask.crop(box))


def gradient(colours: tuple[Colour, ...], width: int, height: int) -> "Image":
    """Return a picture that runs through *colours* from its upper to its lower edge."""
    from PIL import Image

    steps = Image.new("RGB", (1, len(colours)))
    steps.putdata(colours)
    # Bicubic from one pixel per colour, cut at the middle of the outer two, is a smooth gradient over them all.
    box = (0, 0.5, 1, len(colours) - 0.5) if len(colours) > 1 else None
    column = steps.resize((1, height), Image.Resampling.BILINEAR, box=box)
    return column.resize((width, height), Image.Resampling.NEAREST)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour *share* of the way from *first* to *second*."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def disc(pen: "ImageDraw", x: float, y: float, radius: float, *, shade: int = 255) -> None:
    """Fill a circle around *x* and *y*."""
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=shade)
