"""
The group ``history``: what was made before.

To add a command, add a function with ``@app.command``; what it may ask are the methods of `History`.
"""

import json
from typing import Annotated

import typer

from cpa_image_cli.adapters.history import History
from cpa_image_cli.commands.telling import write_line
from cpa_image_cli.core.runs import SCHEMA, Run
from cpa_image_cli.surroundings import Surroundings

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def history() -> None:
    """Look at earlier runs."""


@app.command("list")
def list_runs(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, metavar="N", help="How many runs to show.")] = 20,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """
    List the last runs, newest first.

    A picture that is not where it was saved any more is marked as missing.
    """
    around: Surroundings = ctx.obj
    runs = History(around.directories().history_file).recent(limit)
    if as_json:
        found = [run.as_json(missing=_is_missing(run)) for run in runs]
        write_line(around.stdout, json.dumps({"schema": SCHEMA, "runs": found}, ensure_ascii=False))
    elif runs:
        _print(runs, around)
    else:
        write_line(around.stderr, "no runs yet")


def _print(runs: list[Run], around: Surroundings) -> None:
    from cpa_image_cli.ui.console import composed, console_on  # noqa: PLC0415 - Rich
    from cpa_image_cli.ui.history_table import HistoryRow, plain_line, table  # noqa: PLC0415 - Rich

    rows = [HistoryRow.of(run, when=run.started_at.astimezone(), missing=_is_missing(run)) for run in runs]
    if around.stdout.isatty():
        console = console_on(around.stdout, around.environ)
        write_line(around.stdout, composed(console, table(rows, width=console.width)).rstrip("\n"))
    else:
        for row in rows:
            write_line(around.stdout, plain_line(row))


def _is_missing(run: Run) -> bool:
    return run.output is not None and not run.output.exists()
