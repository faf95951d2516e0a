"""
The command ``show``: any picture file, drawn in the terminal, or several as one sheet.

The picture goes to standard output; the terminal answers on standard input.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cpa_image_cli.commands.parsing.manual import told
from cpa_image_cli.core.errors import ExitStatus, UsageError
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.terminal.graphics import Graphics, Protocol
from cpa_image_cli.process.surroundings import Surroundings

if TYPE_CHECKING:
    from rich.console import Console

PROMPT_ROWS = 2
"""Rows left free for the shell's prompt, so that the whole picture stays in sight."""

LARGEST = 297


@told(
    Manual(
        examples=(
            Example("cpa-image show squirrel.png", "as large as the terminal"),
            Example("cpa-image show squirrel.png --width 40", "small"),
            Example("cpa-image show squirrel.png fox.png", "side by side, numbered; as many as you like"),
            Example("cpa-image show squirrel.png --protocol half-blocks | less -R", "into a pipe"),
        ),
        statuses=(ExitStatus.OK, ExitStatus.USAGE),
        variables=("TERM", "NO_COLOR"),
        defaults={"--width": "the terminal's", "--height": "the terminal's", "--protocol": "what the terminal says"},
    )
)
def show(
    ctx: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="The picture to show; several make one sheet.", show_default=False),
    ],
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
    Show a picture in the terminal, as well as the terminal can; or several, as one numbered sheet.

    Kitty, iTerm2 and Sixel graphics, else half-blocks: two pixels of colour in each character.
    """
    around: Surroundings = ctx.obj
    paths = [around.at(file) for file in files]
    if len(paths) == 1:
        show_file(paths[0], around, columns=width, rows=height, protocol=protocol)
    else:
        show_sheet(paths, around, columns=width, rows=height, protocol=protocol)


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
    with _chosen(around, protocol) as graphics:
        drawn_on(around, path, graphics, columns=columns, rows=rows)


def show_sheet(
    paths: Sequence[Path],
    around: Surroundings,
    *,
    columns: int | None = None,
    rows: int | None = None,
    protocol: Protocol | None = None,
) -> None:
    """
    Draw the pictures at *paths* on standard output as one sheet, those that can be shown.

    Raises:
        UsageError: standard output shows no pictures, or one of the files is none.

    """
    from cpa_image_cli.ui.pictures.contact_sheet import LOWEST, contact_sheet, grid_of
    from cpa_image_cli.ui.pictures.kitty import ImageId
    from cpa_image_cli.ui.pictures.pixels import Size

    with _chosen(around, protocol) as graphics:
        console = _console(around)
        room = Size(min(columns or LARGEST, console.width), rows or max(1, console.height - PROMPT_ROWS))
        ratio = graphics.cell_width / graphics.cell_height
        grid = grid_of(len(paths), room, ratio=ratio, lowest=1 if rows else LOWEST)
        sheet = contact_sheet(paths, graphics, grid, (ImageId.drawn(around.draw()) for _ in paths))
        if len(sheet.errors) < len(paths):
            console.print(sheet, end="", crop=False)
    for error in sheet.errors:
        raise error


@contextlib.contextmanager
def _chosen(around: Surroundings, protocol: Protocol | None) -> Iterator[Graphics]:
    """Yield how to draw on standard output, by *protocol* if one was named. Raises: UsageError for what is no place."""
    if protocol is None and not around.stdout.isatty():
        raise UsageError(
            "standard output is not a terminal",
            hint="--protocol half-blocks (or kitty, iterm, sixel) draws all the same.",
        )
    with detected(around) as found:
        yield found if protocol is None else replace(found, protocol=protocol)


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
    from cpa_image_cli.ui.pictures.kitty import ImageId
    from cpa_image_cli.ui.pictures.preview import draw

    console = _console(around)
    drawing = draw(
        path,
        graphics,
        columns=min(columns or LARGEST, console.width),
        rows=rows or max(1, console.height - room),
        image_id=ImageId.drawn(around.draw()),
    )
    console.print(drawing, end="", crop=False, soft_wrap=True)


def _console(around: Surroundings) -> "Console":
    from rich.console import Console

    # Into a file or pipe, nobody knows how many colours will be had.
    colours: Literal["auto", "truecolor"] = "auto" if around.stdout.isatty() else "truecolor"
    return Console(file=around.stdout, force_terminal=True, color_system=colours, _environ=around.environ)
