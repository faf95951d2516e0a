"""
Decides how a picture is spelled in kitty's graphics protocol (https://sw.kovidgoyal.net/kitty/graphics-protocol/).

Two ways: placed at the cursor, which every terminal with the protocol can, and as Unicode placeholders, where the
picture is sent once and then laid out as ordinary characters, which scroll, can be erased, and pass through tmux.
"""

import io
from base64 import standard_b64encode
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.segment import Segment

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.ui.pictures.placement import control

if TYPE_CHECKING:
    from PIL.Image import Image

CHUNK = 4096
"""Bytes of base64 in one sequence, at most ("Remote client")."""

PLACEHOLDER = "\U0010eeee"

_MARKS = (
    "305 30d-30e 310 312 33d-33f 346 34a-34c 350-352 357 35b 363-36f 483-487 592-595 597-599 59c-5a1 5a8-5a9 5ab-5ac "
    "5af 5c4 610-617 657-65b 65d-65e 6d6-6dc 6df-6e2 6e4 6e7-6e8 6eb-6ec 730 732-733 735-736 73a 73d 73f-741 743 745 "
    "747 749-74a 7eb-7f1 7f3 816-819 81b-823 825-827 829-82d 951 953-954 f82-f83 f86-f87 135d-135f 17dd 193a 1a17 "
    "1a75-1a7c 1b6b 1b6d-1b73 1cd0-1cd2 1cda-1cdb 1ce0 1dc0-1dc1 1dc3-1dc9 1dcb-1dcc 1dd1-1de6 1dfe 20d0-20d1 "
    "20d4-20d7 20db-20dc 20e1 20e7 20e9 20f0 2cef-2cf1 2de0-2dff a66f a67c-a67d a6f0-a6f1 a8e0-a8f1 aab0 aab2-aab3 "
    "aab7-aab8 aabe-aabf aac1 fe20-fe26 10a0f 10a38 1d185-1d189 1d1aa-1d1ad 1d242-1d244"
)


def _numerals() -> tuple[str, ...]:
    ends = (part.partition("-")[::2] for part in _MARKS.split())
    return tuple(chr(code) for first, last in ends for code in range(int(first, 16), int(last or first, 16) + 1))


NUMERALS = _numerals()
"""The combining marks that number rows and columns (kitty's rowcolumn-diacritics.txt); as many as a side may have."""

SMALLEST_COLOUR = 16
"""Below it, colours have two spellings, and a terminal between us and kitty may choose the other."""


@dataclass(frozen=True, slots=True)
class ImageId:
    """
    The name of a picture in the terminal: the same again replaces it.

    The lower byte is spelled as one of 256 colours, which every terminal on the way keeps; the upper as a mark.
    """

    number: int

    @classmethod
    def drawn(cls, random: float) -> "ImageId":
        """Return an id chosen by *random*, in [0, 1), so that pictures of earlier runs stay on the screen."""
        colours = 256 - SMALLEST_COLOUR
        mark, colour = divmod(int(random * 255 * colours), colours)
        return cls((mark + 1) << 24 | (colour + SMALLEST_COLOUR))

    @property
    def colour(self) -> int:
        """The lowest byte."""
        return self.number & 0xFF

    @property
    def mark(self) -> str:
        """The highest byte, as a combining character."""
        return NUMERALS[self.number >> 24]


def placed(image: "Image", image_id: ImageId, *, columns: int, rows: int) -> list[str]:
    """Return the sequences that draw *image* over *columns* x *rows* cells at the cursor, which does not move."""
    # p names the placement, so that it is replaced too; C=1 keeps the cursor; q=2 asks for no answers.
    return _sent(image, f"a=T,f=100,i={image_id.number},p=1,c={columns},r={rows},C=1,q=2")


def sent(image: "Image", image_id: ImageId, *, columns: int, rows: int) -> list[str]:
    """Return the sequences that hand *image* over, to be shown wherever `Placeholders` of its id are printed."""
    return _sent(image, f"a=T,U=1,f=100,i={image_id.number},c={columns},r={rows},q=2")


def _sent(image: "Image", keys: str) -> list[str]:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=4)
    data = standard_b64encode(file.getvalue()).decode("ascii")
    chunks = [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]
    last = len(chunks) - 1
    return [
        f"\x1b_G{keys if number == 0 else 'q=2'},m={int(number < last)};{chunk}\x1b\\"
        for number, chunk in enumerate(chunks)
    ]


def forgotten(image_id: ImageId) -> str:
    """Return the sequence that takes a picture off the screen and out of the terminal's memory."""
    return f"\x1b_Ga=d,d=I,i={image_id.number},q=2\x1b\\"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholders:
    """Cells in which the terminal shows the picture it is *sent* before the first of them; to Rich they are text."""

    image_id: ImageId
    columns: int
    rows: int
    sent: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Write every cell's row and column: tmux redraws any part of a line by itself."""
        yield control(self.sent)
        # The colour is the picture's name and no decoration, so it is written past Rich's styles and NO_COLOR.
        for row in range(self.rows):
            yield control(f"\x1b[38;5;{self.image_id.colour}m")
            yield Segment("".join(self._cell(row, column) for column in range(self.columns)))
            yield control("\x1b[39m")
            yield Segment.line()

    def _cell(self, row: int, column: int) -> str:
        return PLACEHOLDER + NUMERALS[row] + NUMERALS[column] + self.image_id.mark

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Return the width, which is fixed."""
        return Measurement(self.columns, self.columns)
