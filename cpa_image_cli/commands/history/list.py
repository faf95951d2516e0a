"""``history list``: the last runs, as a table, with thumbnails, as lines between tabs, or as JSON."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cpa_image_cli.commands.dialogue.stdio import write_drawn, write_line
from cpa_image_cli.commands.history.picking import (
    Failed,
    Json,
    LedgerFile,
    Model,
    Search,
    Since,
    around_of,
    as_json,
    history_of,
    is_missing,
    selection_of,
    write_json,
)
from cpa_image_cli.commands.parsing.manual import ANY_MODEL, OF_FILES, told
from cpa_image_cli.core.ledger.job_state import RUNNING, JobState
from cpa_image_cli.core.ledger.run import SCHEMA, Run
from cpa_image_cli.core.ledger.selection import EVERYTHING
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui.history.table import HistoryRow, plain_lines, table

IN_A_PIPE = (
    "A line that names the fields, and one for each run, its fields between tabs: id, start, state, seconds, size, "
    "model, path or code word, prompt, gateway."
)


@told(
    Manual(
        examples=(
            Example("cpa-image history list", "the last twenty runs"),
            Example("cpa-image history list --search 松鼠 --since 7d", "those of a week that asked for a squirrel"),
            Example("cpa-image history list --failed -n 5", "what went wrong lately"),
            Example("cpa-image history list --unknown", "what was sent, and nobody knows what came of it"),
            Example("cpa-image history list | cut -f 1,7", "ids and paths; fields are between tabs in a pipe"),
        ),
        statuses=OF_FILES,
        defaults=ANY_MODEL,
        remarks=(("In a pipe", IN_A_PIPE),),
    )
)
def list_runs(
    ctx: typer.Context,
    *,
    search: Search = None,
    failed: Failed = False,
    running: Annotated[bool, typer.Option("--running", help="Jobs that are under way.")] = False,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Jobs that may have cost a picture, though none came.")
    ] = False,
    since: Since = None,
    model: Model = None,
    limit: Annotated[
        int, typer.Option("-n", "--limit", min=1, metavar="NUMBER", help="How many runs to show, at most.")
    ] = 20,
    thumbnails: Annotated[bool, typer.Option("--thumbnails", help="Show the pictures, small.")] = False,
    in_json: Json = False,
    ledger: LedgerFile = None,
) -> None:
    """
    List the last runs, newest first.

    A picture that is not where it was saved any more is marked as missing.
    """
    around = around_of(ctx, ledger)
    selection = selection_of(
        around,
        search=search,
        failed=failed,
        since=since,
        model=model,
        job_states=_states(running=running, unknown=unknown),
    )
    runs = history_of(around).recent(limit, selection)
    if in_json:
        write_json(around, {"schema": SCHEMA, "runs": [as_json(run) for run in runs]})
    elif not runs:
        write_line(around.stderr, "no runs yet" if selection == EVERYTHING else "no runs match")
    elif thumbnails and around.stdout.isatty():
        _show_thumbnails(runs, around, searched=search or "")
    else:
        show_rows([row_of(run, searched=search or "") for run in runs], around)


def _states(*, running: bool, unknown: bool) -> frozenset[JobState]:
    return (RUNNING if running else frozenset()) | (frozenset({JobState.UNKNOWN}) if unknown else frozenset())


def row_of(run: Run, *, searched: str = "") -> HistoryRow:
    """Return *run* as it is listed; *searched* is what it was found by."""
    return HistoryRow.of(run, when=run.started_at.astimezone(), missing=is_missing(run), searched=searched)


def show_rows(rows: Sequence[HistoryRow], around: Surroundings) -> None:
    """Print *rows*: a table on a terminal, fields between tabs anywhere else."""
    if not around.stdout.isatty():
        write_line(around.stdout, "\n".join(plain_lines(rows)))
        return
    from cpa_image_cli.adapters.terminal.keyboard import size_of
    from cpa_image_cli.core.terminal.graphics import has_colours

    width, is_coloured = size_of(around.stdout).columns, has_colours(around.environ)
    lines = table(rows, width=width, is_coloured=is_coloured, now=around.now().astimezone())
    write_drawn(around.stdout, "\n".join(lines))


def _show_thumbnails(runs: Sequence[Run], around: Surroundings, *, searched: str) -> None:
    from cpa_image_cli.commands.show import detected
    from cpa_image_cli.ui.console import composed, console_on
    from cpa_image_cli.ui.history.thumbnails import beside, cells
    from cpa_image_cli.ui.pictures.kitty import ImageId
    from cpa_image_cli.ui.pictures.preview import Painter

    console, now = console_on(around.stdout, around.environ), around.now().astimezone()
    columns, height = cells(console.width)
    with detected(around) as graphics:
        for run in runs:
            painter = Painter(graphics, ImageId.drawn(around.draw()))
            picture = painter.paint(run.output, columns=columns, rows=height) if run.output else None
            block = beside(row_of(run, searched=searched), picture, width=console.width, now=now)
            write_drawn(around.stdout, composed(console, block).rstrip("\n") + "\n")
