"""Sixel, decoded again by a reader that shares nothing with the writer."""

import random
import re

import pytest
from PIL import Image

from cpa_image_cli.ui.pictures.sixel import sixels

TOKEN = re.compile(r"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|!(\d+)(.)|([?-~])|(\$)|(-)", re.DOTALL)

Colour = tuple[int, int, int]


def decoded(text: str) -> tuple[int, int, dict[tuple[int, int], Colour]]:
    """Width and height as announced, and the drawn pixels with colours in percent, as a terminal would have them."""
    head = re.match(r'\x1bP0;1;0q"1;1;(\d+);(\d+)', text)
    assert head is not None
    assert text.endswith("\x1b\\")
    body, at = text[head.end() : -2], 0
    registers: dict[int, Colour] = {}
    pixels: dict[tuple[int, int], Colour] = {}
    x, y, colour = 0, 0, -1
    while at < len(body):
        token = TOKEN.match(body, at)
        assert token is not None, body[at : at + 20]
        at = token.end()
        register, red, green, blue, count, repeated, single, back, down = token.groups()
        if register is not None:
            colour = int(register)
            if red is not None:
                registers[colour] = (int(red), int(green), int(blue))
        elif back:
            x = 0
        elif down:
            x, y = 0, y + 6
        else:
            bits, after = ord(repeated or single) - 63, x + int(count or 1)
            pixels |= {(x, y + bit): registers[colour] for x in range(x, after) for bit in range(6) if bits >> bit & 1}
            x = after
    return int(head[1]), int(head[2]), pixels


def in_percent(image: Image.Image) -> dict[tuple[int, int], Colour]:
    return {
        (x, y): tuple(round(part * 100 / 255) for part in image.getpixel((x, y)))  # type: ignore[misc,union-attr]
        for y in range(image.height)
        for x in range(image.width)
    }


def drawn(width: int, height: int, colours: int) -> Image.Image:
    chance = random.Random(f"{width}x{height}")
    palette = [tuple(chance.randrange(256) for _ in range(3)) for _ in range(colours)]
    image = Image.new("RGB", (width, height))
    image.putdata([chance.choice(palette) for _ in range(width * height)])
    return image


@pytest.mark.parametrize(("width", "height"), [(1, 1), (5, 6), (7, 5), (8, 7), (40, 13), (300, 12)])
def test_a_picture_of_few_colours_comes_back_pixel_for_pixel(width: int, height: int) -> None:
    image = drawn(width, height, 9)

    assert decoded(sixels(image, colours=256)) == (width, height, in_percent(image))


def test_all_256_colours_can_be_used() -> None:
    image = Image.new("RGB", (16, 16))
    image.putdata([(level, level, level) for level in range(256)])

    assert decoded(sixels(image, colours=256)) == (16, 16, in_percent(image))


def test_a_picture_of_many_colours_comes_back_nearly() -> None:
    image = Image.new("RGB", (64, 48))
    image.putdata([(x * 4, y * 5, 255 - x * 2) for y in range(48) for x in range(64)])

    width, height, pixels = decoded(sixels(image, colours=256))

    wanted = in_percent(image)
    errors = [abs(a - b) for at, colour in pixels.items() for a, b in zip(colour, wanted[at], strict=True)]
    assert (width, height, pixels.keys()) == (64, 48, wanted.keys())
    assert (sum(errors) / len(errors) < 3, max(errors) < 20) == (True, True)


@pytest.mark.parametrize("colours", [2, 16])
def test_a_small_palette_is_kept_to(colours: int) -> None:
    image = drawn(30, 30, 200)

    width, height, pixels = decoded(sixels(image, colours=colours))

    assert (width, height, len(pixels), len(set(pixels.values())) <= colours) == (30, 30, 900, True)


def test_long_runs_are_short() -> None:
    assert len(sixels(Image.new("RGB", (900, 600), "navy"), colours=256)) < 1500
