"""``cpa-image compare``: two pictures side by side, flipped by a key, and in which respects they differ."""

import os
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cpa_image_cli.adapters.pictures.pixel_difference import UncomparableError, difference, side_by_side
from cpa_image_cli.commands.dialogue.stdio import write_drawn, write_line
from cpa_image_cli.commands.history.picking import LedgerFile, around_of, history_of
from cpa_image_cli.commands.parsing.manual import told
from cpa_image_cli.commands.provenance.inspecting import inspected
from cpa_image_cli.core.errors import Code, ExitStatus, OutputError, UsageError
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.provenance.comparison import Comparison
from cpa_image_cli.core.text import json_text, one_line
from cpa_image_cli.process.surroundings import Surroundings

if TYPE_CHECKING:
    from cpa_image_cli.core.terminal.graphics import Graphics

ALTERNATE, BACK, HOME = "\x1b[?1049h", "\x1b[?1049l", "\x1b[H\x1b[2J"
"""What changes to the terminal's other screen, back again, and clears it (xterm control sequences)."""

TICK = 0.05
"""Seconds between two looks at the keyboard."""

ROOM = 2
"""Rows left free below a picture, for the line that says what the keys do."""

KEYS = "space flips · s both · q leaves"


@told(
    Manual(
        examples=(
            Example("cpa-image compare squirrel.png fox.png", "side by side, and what differs"),
            Example(
                "cpa-image compare squirrel.png fox.png --html both.html", "a page with a slider, to keep or to send"
            ),
            Example("cpa-image compare squirrel.png fox.png --json", "how much differs, for programs"),
        ),
        statuses=(ExitStatus.OK, ExitStatus.USAGE, ExitStatus.OUTPUT),
    )
)
def compare(
    ctx: typer.Context,
    first: Annotated[Path, typer.Argument(metavar="A", help="A picture.", show_default=False)],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another.", show_default=False)],
    *,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="PATH", help="Write a page with a slider between the two; it stands alone."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ledger: LedgerFile = None,
) -> None:
    """
    Show two pictures side by side, and tell in which respects they and their requests differ.

    On a terminal that shows pictures, the space bar flips between the two.
    """
    around = around_of(ctx, ledger)
    history = history_of(around)
    one, other = (around.at(path) for path in (first, second))
    files = inspected(one, history), inspected(other, history)
    try:
        compared = Comparison(first=files[0], second=files[1], pixels=difference(one, other))
    except UncomparableError as error:
        raise UsageError(str(error)) from error
    if html is not None:
        _write_page(around.at(html), compared)
        write_line(around.stdout, str(around.at(html)))
    elif as_json:
        write_line(around.stdout, json_text(compared.as_json()))
    else:
        _show(one, other, around)
        write_drawn(around.stdout, _told(compared, around))


def _write_page(path: Path, compared: Comparison) -> None:
    from cpa_image_cli.ui.gallery.comparison import comparison_page

    page = comparison_page(compared)
    try:
        # It holds prompts and pictures: it is nobody else's.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(page)
    except FileExistsError as error:
        raise OutputError(f"{one_line(str(path))} exists already", code=Code.OUTPUT_EXISTS) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{one_line(str(path))} cannot be written: {reason}", code=Code.OUTPUT_UNWRITABLE) from error


def _told(compared: Comparison, around: Surroundings) -> str:
    from cpa_image_cli.ui.console import composed, console_on
    from cpa_image_cli.ui.labelled import drawn, plain_lines
    from cpa_image_cli.ui.provenance.comparison import facts

    told = list(facts(compared))
    if not around.stdout.isatty():
        return "\n".join(plain_lines(told))
    return composed(console_on(around.stdout, around.environ), drawn(told)).rstrip("\n")


def _show(first: Path, second: Path, around: Surroundings) -> None:
    """Draw both pictures, if standard output is a terminal that can; let keys flip between them."""
    if not around.stdout.isatty():
        return
    from cpa_image_cli.adapters.terminal.keyboard import can_listen
    from cpa_image_cli.commands.show import detected, drawn_on
    from cpa_image_cli.core.terminal.graphics import Protocol

    with tempfile.TemporaryDirectory(prefix="cpa-image-") as folder, detected(around) as graphics:
        if graphics.protocol is Protocol.NONE:
            return
        sheet = Path(folder) / "both.png"
        side_by_side(first, second, sheet)
        if can_listen(around.stdin, around.stdout):
            _flip([sheet, first, second], graphics, around)
        drawn_on(around, sheet, graphics)


def _flip(pictures: list[Path], graphics: "Graphics", around: Surroundings) -> None:
    from cpa_image_cli.adapters.terminal.keyboard import keys
    from cpa_image_cli.commands.show import drawn_on

    labels = ["1 and 2", "1", "2"]
    shown = 0
    write_drawn(around.stdout, ALTERNATE)
    try:
        with keys(around.stdin, around.stdout) as keyboard:
            while True:
                around.stdout.write(HOME)
                drawn_on(around, pictures[shown], graphics, room=ROOM)
                write_drawn(around.stdout, f"\n{labels[shown]}  ·  {KEYS}")
                key = None
                while key not in {" ", "s", "q"}:
                    around.wait(threading.Event(), TICK)
                    key = keyboard.read_key()
                if key == "q":
                    return
                shown = 0 if key == "s" else 2 if shown == 1 else 1
    finally:
        write_drawn(around.stdout, BACK)
