"""
Decides what a sandbox drawing shows: a small landscape whose weather, palette and details follow from a seed.

Everything is placed in fractions of the canvas, so one prompt gives one scene in every size.
"""

import math
from random import Random
from typing import TYPE_CHECKING

from cpa_image_cli.sandbox.drawing.canvas import MOODS, SMOOTH, Canvas, disc, gradient, mix
from cpa_image_cli.sandbox.drawing.details import Line, balloons, birds, house, trees

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

RIDGES = 5
HORIZON = 0.72
GLOW_EDGE = 75
"""Pillow's inverted radial gradient still has this shade in the middle of its edges; light must end there."""


def landscape(width: int, height: int, *, seed: int) -> "Image":
    """Return the scene of *seed*, *width* by *height* pixels, mode RGB."""
    chance = Random(seed)  # noqa: S311 - a picture, not a secret
    mood = MOODS[chance.randrange(len(MOODS))]
    canvas = Canvas(image=gradient(mood.sky, width, height), mood=mood, chance=chance, width=width, height=height)
    if mood.starry:
        _stars(canvas)
    centre = _sun(canvas)
    _clouds(canvas)
    wet = chance.random() < 0.5  # noqa: PLR2004 - every other scene has a lake
    skylines = [_skyline(chance, depth / (RIDGES - 1), wet=wet) for depth in range(RIDGES)]
    for depth, line in enumerate(skylines[:-2]):
        _ridge(canvas, line, depth)
    balloons(canvas)
    if wet:
        _lake(canvas, centre)
    for depth, line in enumerate(skylines[-2:], start=RIDGES - 2):
        nearest = depth == RIDGES - 1
        _ridge(canvas, line, depth)
        trees(canvas, line, nearest=nearest)
        if not nearest:
            house(canvas, line)
    birds(canvas)
    return canvas.image


def _stars(canvas: Canvas) -> None:
    places = [
        (canvas.chance.random(), canvas.chance.random() ** 1.5 * 0.6, canvas.chance.random() ** 3) for _ in range(140)
    ]

    def shape(pen: "ImageDraw", width: float, height: float) -> None:
        unit = min(width, height)
        for x, y, size in places:
            radius = unit * (0.0007 + 0.0016 * size)
            disc(pen, x * width, y * height, radius, shade=round(120 + 135 * size))

    canvas.paint((canvas.mood.light, canvas.mood.light), shape)


def _sun(canvas: Canvas) -> float:
    """Paint the sun, or the moon, with its glow, and return where it stands across the width."""
    from PIL import Image, ImageOps

    x, y = canvas.chance.uniform(0.22, 0.78), canvas.chance.uniform(0.2, 0.42)
    unit = min(canvas.width, canvas.height)
    radius = unit * canvas.chance.uniform(0.055, 0.085)
    glow = ImageOps.invert(Image.radial_gradient("L"))
    for reach, strength in ((9.0, 0.5), (3.2, 0.55)):
        side = round(radius * reach * 2)
        fading = [
            round(255 * strength * max(0.0, (shade - GLOW_EDGE) / (255 - GLOW_EDGE)) ** 2) for shade in range(256)
        ]
        mask = glow.resize((side, side), Image.Resampling.BILINEAR).point(fading)
        corner = round(x * canvas.width - side / 2), round(y * canvas.height - side / 2)
        canvas.image.paste(canvas.mood.glow, (*corner, corner[0] + side, corner[1] + side), mask)
    bite = canvas.mood.starry and canvas.chance.random() < 0.6  # noqa: PLR2004 - a crescent, mostly

    def shape(pen: "ImageDraw", width: float, height: float) -> None:
        disc(pen, x * width, y * height, radius * SMOOTH)
        if bite:
            disc(pen, x * width + radius * 0.9, y * height - radius * 0.5, radius * SMOOTH * 0.9, shade=0)

    canvas.paint((canvas.mood.light, mix(canvas.mood.light, canvas.mood.glow, 0.6)), shape)
    return x


def _clouds(canvas: Canvas) -> None:
    clouds = [
        (canvas.chance.random(), canvas.chance.uniform(0.08, 0.4), canvas.chance.uniform(0.08, 0.2), puff)
        for puff in (canvas.chance.randrange(3, 7) for _ in range(canvas.chance.randrange(2, 5)))
    ]
    offsets = [(canvas.chance.uniform(-1, 1), canvas.chance.uniform(0.35, 1.0)) for _ in range(8)]
    shade = 90 if canvas.mood.starry else 170

    def shape(pen: "ImageDraw", width: float, height: float) -> None:
        for x, y, size, puffs in clouds:
            span = size * width
            flat = y * height
            for shift, swell in offsets[:puffs]:
                middle = x * width + shift * span * 0.6
                high = span * 0.2 * swell * (1 - abs(shift) * 0.5)
                pen.pieslice((middle - high * 2, flat - high, middle + high * 2, flat + high), 180, 360, fill=shade)
            pen.rounded_rectangle((x * width - span, flat - 1, x * width + span, flat + span * 0.045), span, fill=shade)

    canvas.paint((canvas.mood.light, mix(canvas.mood.light, canvas.mood.sky[-2], 0.6)), shape)


def _skyline(chance: Random, nearness: float, *, wet: bool) -> Line:
    """Return a ridge's upper edge; *nearness* is 0 for the farthest ridge and 1 for the nearest."""
    base: float = 0.5 + 0.4 * nearness**1.25
    if wet and nearness > 0.6:  # noqa: PLR2004 - the shore in front of the lake
        base += 0.06
    sharp = 1 - nearness
    waves = [(chance.uniform(0.7, 1.4) * 2**octave, chance.uniform(0, math.tau), 2.0**-octave) for octave in range(5)]
    reach = 0.1 * sharp + 0.045

    def line(x: float) -> float:
        height = 0.0
        for octave, (pitch, phase, share) in enumerate(waves):
            angle = x * math.tau * pitch * 0.75 + phase
            # Far ridges are folded into peaks, near ones stay round and lose their fine octaves.
            peak = 1 - 2 * abs(math.sin(angle / 2))
            height += share * (sharp * peak + (1 - sharp) * math.sin(angle) * (0.6 if octave < 2 else 0.12))  # noqa: PLR2004
        return base - reach * height

    return line


def _ridge(canvas: Canvas, line: Line, depth: int) -> None:
    nearness = depth / (RIDGES - 1)
    colour = mix(*canvas.mood.land, nearness**0.9)
    mist = mix(colour, canvas.mood.sky[-1], 0.45 * (1 - nearness))
    steps = max(64, canvas.width // 4)

    def shape(pen: "ImageDraw", width: float, height: float) -> None:
        top = [(width * step / steps, height * line(step / steps)) for step in range(steps + 1)]
        pen.polygon([(0, height), *top, (width, height)], fill=255)

    canvas.paint((colour, mist, mist) if nearness < 1 else (colour, mix(colour, (0, 0, 0), 0.35)), shape)


def _lake(canvas: Canvas, centre: float) -> None:
    """Mirror what lies above the shore, dim it, and lay ripples and the light's path over it."""
    from PIL import Image, ImageOps

    shore = round(canvas.height * HORIZON)
    deep = canvas.height - shore
    mirrored = ImageOps.flip(canvas.image.crop((0, max(0, shore - deep), canvas.width, shore)))
    mirrored = mirrored.resize((canvas.width, deep))
    tint = gradient((canvas.mood.sky[-2], canvas.mood.land[1]), canvas.width, deep)
    canvas.image.paste(Image.blend(mirrored, tint, 0.38), (0, shore))
    ripples = [(canvas.chance.random(), canvas.chance.gauss(0, 1), canvas.chance.random()) for _ in range(90)]

    def shape(pen: "ImageDraw", width: float, height: float) -> None:
        for fall, aside, size in ripples:
            y = height * (HORIZON + 0.005 + (1 - HORIZON) * fall)
            x = width * (centre + aside * (0.03 + 0.1 * fall))
            half = width * (0.006 + 0.03 * size * (0.4 + fall))
            thick = max(1.0, height * 0.0012 * (1 + fall))
            pen.rounded_rectangle((x - half, y - thick, x + half, y + thick), thick, fill=round(70 + 110 * size))

    canvas.paint((canvas.mood.light, canvas.mood.glow), shape)
