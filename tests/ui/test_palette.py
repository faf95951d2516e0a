"""What warns can be read on a light terminal and on a dark one; the rest of the palette is the theme's affair."""

import re

import pytest
from rich.color import Color

from cpa_image_cli.ui.history.columns import CODES
from cpa_image_cli.ui.palette import CAUTION

ON = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "dark grey": (0x1E, 0x1E, 0x1E),
    "solarized light": (0xFD, 0xF6, 0xE3),
}

LEAST = 3.0
"""WCAG 2.2, 1.4.11: what a sign or a large text needs; a warning is never told by colour alone."""


def luminance(colour: tuple[int, int, int]) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (c / 255 for c in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("background", ON)
def test_a_warning_can_be_read(background: str) -> None:
    shown = Color.parse(CAUTION).get_truecolor()

    assert contrast(tuple(shown), ON[background]) >= LEAST


def test_yellow_could_not() -> None:
    assert contrast((0xCD, 0xCD, 0x00), ON["white"]) < 2


def test_both_ways_of_drawing_use_the_same_colour() -> None:
    assert re.fullmatch(r"38;5;(\d+)", CODES[CAUTION])[1] == re.fullmatch(r"color\((\d+)\)", CAUTION)[1]  # type: ignore[index]
