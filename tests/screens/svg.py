"""
Decides how a screen becomes an SVG: a window of cells, in which text, lines and pictures stand where they did.

Not Rich's own export: it gives a Chinese character the room of one column (``textLength`` counts characters), and
fetches a font from the network. Nothing here depends on the machine, so that a picture can be compared with its file.
"""

import base64
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from rich.cells import cell_len
from rich.color_triplet import ColorTriplet
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

CELL_WIDTH, CELL_HEIGHT = 8.4, 19
FONT_SIZE, WIDE_FONT_SIZE = 14, 15.5
SIDE, TOP, BOTTOM = 20, 46, 18
"""Pixels around the cells; the window's title stands in the upper ones."""

DIM = 0.45
"""How far dim text has faded into the background."""

COLOURS = TerminalTheme(
    (22, 24, 29),
    (218, 221, 228),
    [
        (22, 24, 29),
        (232, 104, 118),
        (139, 196, 109),
        (222, 172, 84),
        (98, 160, 234),
        (198, 120, 221),
        (86, 190, 205),
        (171, 178, 191),
    ],
)

# Left, top, right and bottom of what these characters draw, as shares of their cell. As glyphs they would leave gaps.
SHAPES: Mapping[str, tuple[tuple[float, float, float, float], ...]] = {
    "━": ((0, 0.42, 1, 0.58),),
    "─": ((0, 0.475, 1, 0.525),),
    "╾": ((0, 0.42, 0.5, 0.58), (0.5, 0.475, 1, 0.525)),
    "▀": ((0, 0, 1, 0.5),),
    **{character: ((0, 1 - share / 8, 1, 1),) for share, character in enumerate("▁▂▃▄▅▆▇█", start=1)},
    **{character: ((0, 0.16, 1 - share / 8, 0.84),) for share, character in enumerate("▉▊▋▌▍▎▏", start=1)},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A JPEG over the cells from *column* and *row* on."""

    jpeg: bytes
    column: int
    row: int
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style and one width, from *column* of *row* on."""

    text: str
    style: Style
    column: int
    row: int


def as_svg(lines: Sequence[Text], *, columns: int, title: str, pictures: Sequence[Placed] = ()) -> str:
    """Return *lines* in a window that is *columns* wide."""
    width, height = columns * CELL_WIDTH + 2 * SIDE, len(lines) * CELL_HEIGHT + TOP + BOTTOM
    runs = [run for row, line in enumerate(lines) for run in _runs(line, row)]
    classes = {colour: f"c{number}" for number, colour in enumerate(dict.fromkeys(map(_colour, runs)))}
    rules = "".join(f".{name}{{fill:{colour}}}" for colour, name in classes.items())
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}{rules}</style>",
        *_window(width, height, title),
        f'<g transform="translate({SIDE} {TOP})">',
        *(_image(picture) for picture in pictures),
        *(part for run in runs for part in _drawn(run, classes[_colour(run)])),
        "</g></svg>",
    ]
    return "\n".join(parts) + "\n"


STYLE = (
    'text{font:14px ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono","Noto Sans Mono CJK SC",'
    "monospace}"
    f".w{{font-size:{WIDE_FONT_SIZE}px}}.b{{font-weight:700}}.t{{fill:#8b919d;font-size:13px}}"
    "g rect{shape-rendering:crispEdges}"
)


def _window(width: float, height: float, title: str) -> Iterator[str]:
    background = COLOURS.background_color.hex
    size = f'x=".5" y=".5" width="{width - 1:g}" height="{height - 1:g}" rx="9"'
    yield f'<rect {size} fill="{background}" stroke="#3a3f4b"/>'
    for number, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        yield f'<circle cx="{20 + 18 * number}" cy="20" r="5.5" fill="{colour}"/>'
    yield f'<text class="t" x="{width / 2:g}" y="24.5" text-anchor="middle">{escape(title)}</text>'


def _runs(line: Text, row: int) -> Iterator[Run]:
    """Yield what stands in *line*, cut where style or width change, and at every gap."""
    column = 0
    for style, characters in itertools.groupby(_styled(line), key=lambda pair: pair[1]):
        text = "".join(character for character, _ in characters)
        for piece in re.findall(r" +|[^ ]+(?: [^ ]+)*", text):
            for (wide, shape), group in itertools.groupby(piece, key=lambda one: (cell_len(one) == 2, one in SHAPES)):
                del wide, shape
                part = "".join(group)
                seen = part.strip(" ")
                if seen:
                    yield Run(seen, style, column + part.index(seen), row)
                column += cell_len(part)


def _styled(line: Text) -> Iterator[tuple[str, Style]]:
    for position, character in enumerate(line.plain):
        covering = [span.style for span in line.spans if span.start <= position < span.end]
        yield character, Style.combine([Style(), *(style for style in covering if isinstance(style, Style))])


def _colour(run: Run) -> str:
    front, back = COLOURS.foreground_color, COLOURS.background_color
    if run.style.color is not None and not run.style.color.is_default:
        front = run.style.color.get_truecolor(COLOURS)
    if run.style.dim:
        front = ColorTriplet(*(round(one + (other - one) * DIM) for one, other in zip(front, back, strict=True)))
    return front.hex


def _drawn(run: Run, colour: str) -> Iterator[str]:
    if run.text[0] in SHAPES:
        yield from _shapes(run, colour)
        return
    wide = cell_len(run.text[0]) == 2
    names = " ".join([colour, *(["b"] if run.style.bold else []), *(["w"] if wide else [])])
    y = run.row * CELL_HEIGHT + FONT_SIZE
    if wide:
        # Each where its cells are: fonts differ in how wide such characters are.
        spots = (
            f'<tspan x="{_x(run.column + 2 * at) + 0.65:g}">{escape(one)}</tspan>' for at, one in enumerate(run.text)
        )
        yield f'<text class="{names}" y="{y:g}">{"".join(spots)}</text>'
    else:
        length = f'textLength="{len(run.text) * CELL_WIDTH:g}" lengthAdjust="spacingAndGlyphs"'
        yield f'<text class="{names}" x="{_x(run.column):g}" y="{y:g}" {length}>{escape(run.text)}</text>'


def _shapes(run: Run, colour: str) -> Iterator[str]:
    column = run.column
    for character, group in itertools.groupby(run.text):
        count = len(list(group))
        for left, top, right, bottom in SHAPES[character]:
            # One rectangle for all that touch each other.
            many = count if (left, right) == (0, 1) else 1
            for index in range(count // many):
                x, y = _x(column + index + left), (run.row + top) * CELL_HEIGHT
                width, height = (right - left + many - 1) * CELL_WIDTH, (bottom - top) * CELL_HEIGHT
                yield f'<rect class="{colour}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>'
        column += count


def _image(picture: Placed) -> str:
    data = base64.b64encode(picture.jpeg).decode()
    return (
        f'<image x="{_x(picture.column):g}" y="{picture.row * CELL_HEIGHT}" width="{_x(picture.columns):g}" '
        f'height="{picture.rows * CELL_HEIGHT}" preserveAspectRatio="xMidYMid slice" '
        f'href="data:image/jpeg;base64,{data}"/>'
    )


def _x(column: float) -> float:
    return round(column * CELL_WIDTH, 2)
