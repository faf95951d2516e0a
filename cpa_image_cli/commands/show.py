"""
The command ``show``: any picture file, drawn in the terminal.

The picture goes to standard output; the terminal answers on standard input.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from cpa_image_cli.commands.parsing.manual import told
from cpa_image_cli.core.errors import ExitStatus, UsageError
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.terminal.graphics import Graphics, Protocol
from cpa_image_cli.process.surroundings import Surroundings

PROMPT_ROWS = 2
"""Rows left free for the shell's prompt, so that the whole picture stays in sight."""

LARGEST = 297


@told(
    Manual(
        examples=(
            Example("cpa-image show squirrel.png", "as large as the terminal"),
            Example("cpa-image show squirrel.png --width 40", "small"),
            Example("cpa-image show squirrel.png --protocol half-blocks | less -R", "into a pipe"),
        ),
        statuses=(ExitStatus.OK, ExitStatus.USAGE),
        variables=("TERM", "NO_COLOR"),
        defaults={"--width": "the terminal's", "--height": "the terminal's", "--protocol": "what the terminal says"},
    )
)
def show(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="PATH", help="The picture to show.", show_default=False)],
    width: Annotated[
        int | None, typer.Option("--width", min=1, max=LARGEST, metavar="COLUMNS", help="At most so many columns.")
    ] = None,
    height: Annotated[
        int | None, typer.Option("--height", min=1, max=LARGEST, metavar="ROWS", help="At most so many rows.")
    ] = None,
    protocol: Annotated[
        Protocol | None,
        typer.Option("--protocol", help="Draw this way, whatever the terminal says.", show_default=False),
    ] = None,
) -> None:
    """
    Show a picture in the terminal, as well as the terminal can.

    Kitty, iTerm2 and Sixel graphics, else half-blocks: two pixels of colour in each character.
    """
    around: Surroundings = ctx.obj
    show_file(around.at(file), around, columns=width, rows=height, protocol=protocol)


def show_file(
    path: Path,
    around: Surroundings,
    *,
    columns: int | None = None,
    rows: int | None = None,
    protocol: Protocol | None = None,
) -> None:
    """
    Draw the picture at *path* on standard output.

    Raises:
        UsageError: standard output shows no pictures, or the file is none.

    """
    if protocol is None and not around.stdout.isatty():
        raise UsageError(
            "standard output is not a terminal",
            hint="--protocol half-blocks (or kitty, iterm, sixel) draws all the same.",
        )
    with detected(around) as found:
        graphics = found if protocol is None else replace(found, protocol=protocol)
        drawn_on(around, path, graphics, columns=columns, rows=rows)


@contextlib.contextmanager
def detected(around: Surroundings) -> Iterator[Graphics]:
    """Yield how standard output draws; afterwards nothing of the terminal's answers is left in the input."""
    from cpa_image_cli.adapters.terminal.graphics_query import detect, give_back, late_replies

    detection = detect(around.environ, reads=around.stdin, writes=around.stdout, clock=around.clock)
    try:
        yield detection.graphics
    finally:
        typed = detection.typed + late_replies(detection, reads=around.stdin)
        if typed:
            give_back(around.stdin, typed)


def drawn_on(
    around: Surroundings,
    path: Path,
    graphics: Graphics,
    *,
    columns: int | None = None,
    rows: int | None = None,
    room: int = PROMPT_ROWS,
) -> None:
    """Draw the picture at *path* on standard output, with *room* rows left free. Raises: UsageError."""
    from rich.console import Console

    from cpa_image_cli.ui.pictures.kitty import ImageId
    from cpa_image_cli.ui.pictures.preview import draw

    # Into a file or pipe, nobody knows how many colours will be had.
    colours: Literal["auto", "truecolor"] = "auto" if around.stdout.isatty() else "truecolor"
    console = Console(file=around.stdout, force_terminal=True, color_system=colours, _environ=around.environ)
    drawing = draw(
        path,
        graphics,
        columns=min(columns or LARGEST, console.width),
        rows=rows or max(1, console.height - room),
        image_id=ImageId.drawn(around.draw()),
    )
    console.print(drawing, end="", crop=False, soft_wrap=True)
