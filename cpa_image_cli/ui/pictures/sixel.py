"""
Decides how a picture is spelled in Sixel (VT330/VT340 Programmer Reference, chapter 14).

A picture is cut into bands six pixels high; per band and colour, one character says which of the six pixels of each
column have that colour. Work per column is left to ``bytes.translate`` and whole-number arithmetic, since a loop in
Python over every pixel would take seconds.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

BAND = 6
EMPTY = 0x3F
"""The character for six pixels of another colour; the pixels to draw are added to it as bits, the upper one lowest."""

MAX_SIDE = 1000
"""Pixels. xterm draws no larger picture unless it is told to (``maxGraphicSize``)."""

_ONE = bytes(255) + b"\x01" + bytes(255)
_TO_SIXELS = bytes(range(EMPTY, EMPTY + 64)) + bytes(192)
_RUNS = re.compile(rb"(.)\1{3,}", re.DOTALL)


def sixels(image: "Image", *, colours: int) -> str:
    """Return the sequence that draws *image*, in RGB, at the cursor with at most *colours* (2 to 256) colours."""
    indexed = _quantised(image, colours)
    palette = indexed.getpalette("RGB") or []
    pixels = indexed.tobytes()
    width, height = image.size
    used = sorted(set(pixels))
    # The second parameter 1 leaves undrawn pixels as they are; raster attributes name pixels of proportion 1:1.
    head = f'\x1bP0;1;0q"1;1;{width};{height}'
    registers = "".join(_register(index, *palette[3 * index : 3 * index + 3]) for index in used)
    bands = (_band(pixels[start : start + BAND * width], width) for start in range(0, width * height, BAND * width))
    return head + registers + b"-".join(bands).decode("ascii") + "\x1b\\"


def _quantised(image: "Image", colours: int) -> "Image":
    from PIL import Image

    palette = image.quantize(colours, Image.Quantize.MEDIANCUT)
    if image.getcolors(colours) is not None:
        return palette
    return image.quantize(colours, palette=palette, dither=Image.Dither.FLOYDSTEINBERG)


def _register(index: int, red: int, green: int, blue: int) -> str:
    shares = ";".join(str(round(part * 100 / 255)) for part in (red, green, blue))
    return f"#{index};2;{shares}"


def _band(pixels: bytes, width: int) -> bytes:
    return b"$".join(_colour_of_band(pixels, width, colour) for colour in sorted(set(pixels)))


def _colour_of_band(pixels: bytes, width: int, colour: int) -> bytes:
    mask = pixels.translate(_ONE[255 - colour : 511 - colour])
    bits = 0
    for row, start in enumerate(range(0, len(mask), width)):
        # Every byte is 0 or 1, and six shifts do not carry into the next.
        bits |= int.from_bytes(mask[start : start + width], "big") << row
    line = bits.to_bytes(width, "big").translate(_TO_SIXELS).rstrip(bytes([EMPTY]))
    return b"#%d" % colour + _RUNS.sub(lambda run: b"!%d%c" % (len(run[0]), run[0][0]), line)
