"""
Decides what lives in a sandbox drawing: trees, a house, balloons, birds.

To add something, write a function from `Canvas` here and call it in ``scenery.landscape``. Chances are drawn in a
fixed order, so what is added last changes the old scenes least.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from cpa_image_cli.sandbox.drawing.canvas import Canvas, Shape, disc, mix

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

Points = list[tuple[float, float]]
Line = Callable[[float], float]
"""A skyline: fraction of the width to fraction of the height, both from the top left corner."""


def trees(canvas: Canvas, line: Line, *, nearest: bool) -> None:
    """Plant pines or round trees along *line*."""
    pines = canvas.chance.random() < 0.6  # noqa: PLR2004
    colour = mix(*canvas.mood.land, 1.0 if nearest else 0.82)
    clumps = [canvas.chance.random() for _ in range(3)]
    places = sorted(
        ((clumps[number % 3] + canvas.chance.gauss(0, 0.09)) % 1.0, canvas.chance.uniform(0.6, 1.25))
        for number in range(16 if nearest else 34)
    )
    tall = 0.105 if nearest else 0.045

    def shape(pen: "ImageDraw", width: float, height: float) -> None:
        unit = min(width, height)
        for x, size in places:
            draw = _pine if pines else _round_tree
            draw(pen, x * width, line(x) * height + unit * 0.006, unit * tall * size)

    canvas.paint((mix(colour, canvas.mood.land[0], 0.12), colour), shape)


def _pine(pen: "ImageDraw", x: float, foot: float, tall: float) -> None:
    pen.rectangle((x - tall * 0.03, foot - tall * 0.2, x + tall * 0.03, foot), fill=255)
    for tier, (low, high, half) in enumerate(((0.1, 0.5, 0.24), (0.33, 0.74, 0.18), (0.58, 1.0, 0.12))):
        sag = tall * 0.03 * (3 - tier)
        points: Points = [
            (x, foot - tall * high),
            (x + tall * half, foot - tall * low + sag),
            (x, foot - tall * low),
            (x - tall * half, foot - tall * low + sag),
        ]
        pen.polygon(points, fill=255)


def _round_tree(pen: "ImageDraw", x: float, foot: float, tall: float) -> None:
    pen.polygon(
        [
            (x - tall * 0.045, foot),
            (x - tall * 0.02, foot - tall * 0.5),
            (x + tall * 0.02, foot - tall * 0.5),
            (x + tall * 0.045, foot),
        ],
        fill=255,
    )
    for aside, up, radius in ((0, 0.72, 0.26), (-0.17, 0.56, 0.19), (0.18, 0.58, 0.18), (0.02, 0.5, 0.2)):
        disc(pen, x + tall * aside, foot - tall * up, tall * radius)


def house(canvas: Canvas, line: Line) -> None:
    """Put a cottage on the second ridge, a light in its window."""
    x = canvas.chance.uniform(0.12, 0.88)
    wall = mix(canvas.mood.land[0], canvas.mood.light, 0.55)
    roof = canvas.mood.accents[0]
    window = (255, 214, 120)

    def part(points: Callable[[float, float, float], Points]) -> Shape:
        def shape(pen: "ImageDraw", width: float, height: float) -> None:
            side = min(width, height) * 0.032
            pen.polygon(points(x * width, line(x) * height + side * 0.35, side), fill=255)

        return shape

    def box(left: float, right: float, low: float, high: float) -> Callable[[float, float, float], Points]:
        def corners(x: float, foot: float, side: float) -> Points:
            return [
                (x + side * left, foot - side * low),
                (x + side * right, foot - side * low),
                (x + side * right, foot - side * high),
                (x + side * left, foot - side * high),
            ]

        return corners

    def gable(x: float, foot: float, side: float) -> Points:
        return [(x - side * 0.95, foot - side * 0.8), (x, foot - side * 1.5), (x + side * 0.95, foot - side * 0.8)]

    canvas.paint((wall, mix(wall, canvas.mood.land[1], 0.3)), part(box(-0.75, 0.75, -0.4, 0.85)))
    canvas.paint((mix(roof, wall, 0.3),) * 2, part(box(0.35, 0.58, 0.9, 1.6)))
    canvas.paint((roof, mix(roof, canvas.mood.land[1], 0.35)), part(gable))
    canvas.paint((window, window), part(box(-0.45, -0.1, 0.25, 0.6)))
    canvas.paint((mix(roof, canvas.mood.land[1], 0.6),) * 2, part(box(0.15, 0.5, -0.4, 0.5)))


def balloons(canvas: Canvas) -> None:
    """Let up to two hot-air balloons rise, striped in the mood's accents."""
    for _ in range(canvas.chance.choice((0, 1, 1, 2))):
        x, y = canvas.chance.uniform(0.12, 0.88), canvas.chance.uniform(0.14, 0.4)
        _balloon(canvas, x, y, canvas.chance.uniform(0.028, 0.05))


def _balloon(canvas: Canvas, x: float, y: float, size: float) -> None:
    first, second = canvas.chance.sample(canvas.mood.accents, 2)

    def envelope(share: float) -> Shape:
        def shape(pen: "ImageDraw", width: float, height: float) -> None:
            radius = size * min(width, height)
            middle, top = x * width, y * height
            half = radius * share
            pen.pieslice((middle - half, top - radius, middle + half, top + radius), 180, 360, fill=255)
            points = [(middle - half, top), (middle - radius * 0.22 * share, top + radius * 1.35)]
            points += [(2 * middle - px, py) for px, py in reversed(points)]
            pen.polygon(points, fill=255)

        return shape

    def basket(pen: "ImageDraw", width: float, height: float) -> None:
        radius = size * min(width, height)
        middle, top = x * width, y * height
        pen.rectangle(
            (middle - radius * 0.2, top + radius * 1.55, middle + radius * 0.2, top + radius * 1.85), fill=255
        )
        for side in (-1, 1):
            pen.line(
                (middle + side * radius * 0.18, top + radius * 1.3, middle + side * radius * 0.18, top + radius * 1.6),
                fill=200,
                width=max(1, round(radius * 0.04)),
            )

    canvas.paint((first, mix(first, canvas.mood.land[1], 0.3)), envelope(1.0))
    canvas.paint((second, mix(second, canvas.mood.land[1], 0.3)), envelope(0.66))
    canvas.paint((first, mix(first, canvas.mood.land[1], 0.3)), envelope(0.3))
    canvas.paint((mix(canvas.mood.land[1], first, 0.3),) * 2, basket)


def birds(canvas: Canvas) -> None:
    """Let a few birds cross the sky."""
    x, y = canvas.chance.uniform(0.2, 0.75), canvas.chance.uniform(0.12, 0.36)
    flock = [
        (x + canvas.chance.uniform(-0.1, 0.1), y + canvas.chance.uniform(-0.05, 0.05), canvas.chance.uniform(0.6, 1.0))
        for _ in range(canvas.chance.randrange(3, 8))
    ]

    def shape(pen: "ImageDraw", width: float, height: float) -> None:
        wing = min(width, height) * 0.014
        for bx, by, size in flock:
            span = wing * size
            for left in (bx * width - span, bx * width):
                pen.arc((left, by * height, left + span, by * height + span * 0.8), 190, 350, 230, round(span * 0.16))

    canvas.paint((mix(canvas.mood.land[1], canvas.mood.land[0], 0.25),) * 2, shape)
