"""Half-blocks, read back from the screen of a terminal emulator."""

import io
import random
from collections.abc import Mapping

import pyte
import pytest
from PIL import Image
from rich.console import Console
from rich.measure import Measurement
from rich.padding import Padding

from cpa_image_cli.ui.pictures.half_blocks import HalfBlocks

TRUECOLOR = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height))


def console_on(written: io.StringIO, environ: Mapping[str, str], *, width: int) -> Console:
    return Console(file=written, force_terminal=True, width=width, _environ=environ)


def decoded(text: str, width: int, height: int) -> Image.Image:
    """The picture that stands on the screen; black where a cell has the terminal's own background."""
    screen = pyte.Screen(width, -(-height // 2) + 1)
    pyte.Stream(screen).feed(text.replace("\n", "\r\n"))
    image = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            cell = screen.buffer[y // 2][x]
            assert cell.data == "▀"
            colour = cell.bg if y % 2 else cell.fg
            image.putpixel((x, y), tuple(bytes.fromhex(colour)))
    return image


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 2), (20, 9), (31, 16)])
def test_a_picture_comes_back_pixel_for_pixel(width: int, height: int) -> None:
    written, image = io.StringIO(), noise(width, height)

    console_on(written, TRUECOLOR, width=width).print(HalfBlocks(image), end="")

    assert decoded(written.getvalue(), width, height).tobytes() == image.tobytes()


def test_below_the_last_row_of_an_odd_picture_the_background_is_left() -> None:
    written = io.StringIO()

    console_on(written, TRUECOLOR, width=10).print(HalfBlocks(Image.new("RGB", (3, 1), "red")), end="")

    assert written.getvalue() == "\x1b[38;2;255;0;0m▀▀▀\x1b[0m\n"


def test_equal_neighbours_share_one_sequence() -> None:
    written = io.StringIO()

    console_on(written, TRUECOLOR, width=10).print(HalfBlocks(Image.new("RGB", (4, 2), "red")), end="")

    assert written.getvalue() == "\x1b[38;2;255;0;0;48;2;255;0;0m▀▀▀▀\x1b[0m\n"


def test_a_terminal_of_256_colours_gets_no_more() -> None:
    written = io.StringIO()

    console_on(written, {"TERM": "xterm-256color"}, width=10).print(HalfBlocks(Image.new("RGB", (1, 2), "red")), end="")

    assert written.getvalue() == "\x1b[38;5;196;48;5;196m▀\x1b[0m\n"


def test_it_can_be_laid_out_like_any_text() -> None:
    written, blocks = io.StringIO(), HalfBlocks(Image.new("RGB", (2, 2), "red"))
    console = console_on(written, TRUECOLOR, width=6)

    console.print(Padding(blocks, (0, 0, 0, 2), expand=False))

    assert written.getvalue() == "  \x1b[38;2;255;0;0;48;2;255;0;0m▀▀\x1b[0m\n"
    assert Measurement.get(console, console.options, blocks) == Measurement(2, 2)
