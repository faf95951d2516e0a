"""Kitty's graphics protocol, decoded again by a reader that shares nothing with the writer."""

import io
import random
import re
from base64 import b64decode

import pytest
from PIL import Image
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from cpa_image_cli.ui.pictures.kitty import NUMERALS, ImageId, Placeholders, forgotten, placed, sent

SEQUENCE = re.compile(r"\x1b_G([^;\x1b]*)(?:;([A-Za-z0-9+/=]*))?\x1b\\")
CELL = re.compile("\U0010eeee(.)(.)(.)")
NAME = ImageId(3 << 24 | 200)


def decoded(sequences: list[str]) -> tuple[dict[str, str], Image.Image]:
    """The keys of the first sequence and the picture in all of them, as a terminal would put it together."""
    keys: dict[str, str] = {}
    data = ""
    for number, sequence in enumerate(sequences):
        found = SEQUENCE.fullmatch(sequence)
        assert found is not None
        assert len(found[2]) <= 4096
        these = dict(pair.split("=") for pair in found[1].split(","))
        more = these.pop("m")
        assert more == ("0" if number == len(sequences) - 1 else "1")
        if number:
            # Anything else in a later sequence would be another command.
            assert these == {"q": "2"}
        else:
            keys = these
        data += found[2]
    return keys, Image.open(io.BytesIO(b64decode(data, validate=True)))


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (40, 40), (200, 120)])
def test_a_placed_picture_comes_back_pixel_for_pixel(width: int, height: int) -> None:
    image = noise(width, height)

    keys, shown = decoded(placed(image, NAME, columns=20, rows=6))

    expected = {"a": "T", "f": "100", "i": str(NAME.number), "p": "1", "c": "20", "r": "6", "C": "1", "q": "2"}
    assert keys == expected
    assert (shown.size, shown.tobytes()) == (image.size, image.tobytes())


def test_a_sent_picture_waits_for_its_placeholders() -> None:
    image = noise(100, 100)

    keys, shown = decoded(sent(image, NAME, columns=10, rows=5))

    assert keys == {"a": "T", "U": "1", "f": "100", "i": str(NAME.number), "c": "10", "r": "5", "q": "2"}
    assert shown.tobytes() == image.tobytes()


def test_a_picture_is_forgotten_with_its_data() -> None:
    assert forgotten(NAME) == f"\x1b_Ga=d,d=I,i={NAME.number},q=2\x1b\\"


@pytest.mark.parametrize("random_number", [0.0, 0.3, 0.999999])
def test_an_id_is_spelled_in_a_colour_with_one_spelling_and_a_mark(random_number: float) -> None:
    name = ImageId.drawn(random_number)

    assert (16 <= name.colour <= 255, 1 <= name.number >> 24 <= 255) == (True, True)
    assert name.number == NUMERALS.index(name.mark) << 24 | name.colour


def test_numerals_are_those_of_kitty_and_take_no_column() -> None:
    assert (len(NUMERALS), len(set(NUMERALS))) == (297, 297)
    assert (NUMERALS[:3], NUMERALS[-1]) == (("\u0305", "\u030d", "\u030e"), "\U0001d244")
    assert {cell_len("\U0010eeee" + mark) for mark in NUMERALS} == {1}


@pytest.mark.parametrize("no_color", ["", "1"])
def test_placeholders_number_their_cells_and_name_their_picture_in_colour(no_color: str) -> None:
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=10, _environ={"NO_COLOR": no_color, "TERM": "xterm"})

    console.print(Placeholders(image_id=NAME, columns=10, rows=3, sent="<sent>"), end="")

    text = written.getvalue()
    assert text.startswith("<sent>")
    lines = text.removeprefix("<sent>").splitlines()
    assert [line.startswith("\x1b[38;5;200m") and line.endswith("\x1b[39m") for line in lines] == [True] * 3
    cells = [[tuple(map(NUMERALS.index, cell)) for cell in CELL.findall(line)] for line in lines]
    assert cells == [[(row, column, 3) for column in range(10)] for row in range(3)]


def test_a_column_of_a_table_is_as_wide_as_the_picture_in_it() -> None:
    stream = io.StringIO()
    table = Table.grid()
    table.add_row(Placeholders(image_id=NAME, columns=5, rows=1, sent=""), "words")

    Console(file=stream, width=40, color_system=None).print(table)

    found = CELL.findall(stream.getvalue())
    assert (len(found), stream.getvalue().rstrip().endswith("words")) == (5, True)
