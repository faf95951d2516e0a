"""``history show``, ``open`` and ``path``: one earlier run, its picture, and where that lies."""

from pathlib import Path
from typing import Annotated

import typer

from cpa_image_cli.commands.dialogue.stdio import write_drawn, write_line
from cpa_image_cli.commands.history.picking import (
    Identity,
    Json,
    LedgerFile,
    around_of,
    as_json,
    is_missing,
    run_named,
    runs_before,
    write_json,
)
from cpa_image_cli.commands.parsing.manual import OF_FILES, told
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.ledger.run import SCHEMA, Run
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.process.surroundings import Surroundings

LEAST_ROWS = 6
"""Rows a preview gets, even if the text below it then scrolls."""

ROOM = 3
"""Rows left free for the shell's prompt and what was typed."""


@told(
    Manual(
        examples=(
            Example("cpa-image history show last", "the last run"),
            Example("cpa-image history show last~2 --preview never", "the one before the one before, words only"),
            Example("cpa-image history show last --json", "for a program"),
        ),
        statuses=OF_FILES,
        defaults={"--preview": "auto"},
    )
)
def show(
    ctx: typer.Context,
    identity: Identity,
    *,
    preview: Annotated[
        str | None,
        typer.Option(
            "--preview",
            metavar="auto|always|never",
            help="Show the picture, too: if the terminal can, always, or never.",
        ),
    ] = None,
    in_json: Json = False,
    ledger: LedgerFile = None,
) -> None:
    """Show everything that is known of a run, and its picture."""
    around = around_of(ctx, ledger)
    run = run_named(identity, around)
    if in_json:
        write_json(around, {"schema": SCHEMA, "run": as_json(run)})
        return
    wish = _wish(preview, around)
    from cpa_image_cli.ui.console import composed, console_on
    from cpa_image_cli.ui.history.details import facts
    from cpa_image_cli.ui.labelled import drawn, plain_lines

    earlier = runs_before(run, around)
    told = list(facts(run, when=run.started_at.astimezone(), missing=is_missing(run), earlier=earlier))
    if around.stdout.isatty():
        console = console_on(around.stdout, around.environ)
        text = composed(console, drawn(told)).rstrip("\n")
    else:
        text = "\n".join(plain_lines(told))
    _show_picture(run, around, wish=wish, below=text.count("\n") + 1)
    write_drawn(around.stdout, text)


@told(
    Manual(
        examples=(
            Example("cpa-image history open last", "the last picture"),
            Example("cpa-image history open last~1", "the one before"),
        ),
        statuses=OF_FILES,
    )
)
def open_picture(ctx: typer.Context, identity: Identity, *, in_json: Json = False, ledger: LedgerFile = None) -> None:
    """
    Open the picture of a run in the system's viewer.

    That is `open` on macOS, `xdg-open`, `wslview` or `gio` elsewhere. It does not wait until the viewer is closed.
    """
    from cpa_image_cli.adapters.programs.viewer import open_in_viewer

    around = around_of(ctx, ledger)
    run = run_named(identity, around)
    picture = _picture_of(run)
    open_in_viewer(picture, around.environ)
    if in_json:
        write_json(around, {"schema": SCHEMA, "id": run.id, "output": str(picture)})


@told(
    Manual(
        examples=(
            Example("cpa-image history path last", "the path alone, on one line"),
            Example('cp "$(cpa-image history path last)" ./cover.png', "use it in a script"),
        ),
        statuses=OF_FILES,
    )
)
def path(ctx: typer.Context, identity: Identity, *, in_json: Json = False, ledger: LedgerFile = None) -> None:
    """Print where the picture of a run lies."""
    around = around_of(ctx, ledger)
    run = run_named(identity, around)
    picture = _picture_of(run)
    missing = is_missing(run)
    if in_json:
        write_json(around, {"schema": SCHEMA, "id": run.id, "output": str(picture), "missing": missing})
        return
    if missing:
        write_line(around.stderr, "the picture is not there any more")
    write_line(around.stdout, str(picture))


def _picture_of(run: Run) -> Path:
    if run.output is None:
        why = run.error_code or ("no file was written" if run.state == "done" else run.state.value)
        hint = f"`cpa-image history show {run.id}` tells more."
        raise UsageError(f"the run {run.id} has no picture: {why}", hint=hint)
    return run.output


def _wish(preview: str | None, around: Surroundings) -> str:
    if not around.stdout.isatty() and preview is None:
        return "never"
    from cpa_image_cli.settings import resolve_settings

    return resolve_settings({"preview": preview}, around).preview.value


def _show_picture(run: Run, around: Surroundings, *, wish: str, below: int) -> None:
    """Draw the picture so that it and *below* lines of text fit on the screen, if that can be."""
    if wish == "never" or run.output is None or is_missing(run) or not (around.stdout.isatty() or wish == "always"):
        return
    from cpa_image_cli.adapters.terminal.keyboard import size_of
    from cpa_image_cli.commands.show import show_file
    from cpa_image_cli.core.terminal.graphics import Protocol
    from cpa_image_cli.ui.pictures.pixels import PreviewError

    rows = max(LEAST_ROWS, size_of(around.stdout).lines - below - ROOM)
    protocol = None if around.stdout.isatty() else Protocol.HALF_BLOCKS
    try:
        show_file(run.output, around, rows=rows, protocol=protocol)
    except PreviewError as error:
        if wish == "always":
            write_line(around.stderr, f"no preview: {error}")
