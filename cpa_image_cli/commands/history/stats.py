"""``history stats``: how many runs, how well they went, how long they took, and what they cost."""

from typing import Annotated

import typer

from cpa_image_cli.adapters.terminal.keyboard import size_of
from cpa_image_cli.commands.dialogue.stdio import write_drawn, write_line
from cpa_image_cli.commands.history.picking import (
    Json,
    LedgerFile,
    Model,
    Since,
    around_of,
    history_of,
    selection_of,
    write_json,
)
from cpa_image_cli.commands.parsing.manual import ANY_MODEL, OF_FILES, told
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.ledger.run import SCHEMA
from cpa_image_cli.core.ledger.statistics import summarised
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.terminal.graphics import has_colours
from cpa_image_cli.ui.history.statistics import TABLES, drawn, plain_lines


@told(
    Manual(
        examples=(
            Example("cpa-image history stats", "all there is"),
            Example("cpa-image history stats --since 30d --model 'gpt-5*'", "a month of some models"),
            Example("cpa-image history stats --by batch", "each batch"),
            Example("cpa-image history stats --json", "for a program"),
        ),
        statuses=OF_FILES,
        defaults=ANY_MODEL,
    )
)
def stats(
    ctx: typer.Context,
    *,
    since: Since = None,
    model: Model = None,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Of the sandbox's runs, which are left out otherwise.")
    ] = False,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="|".join(TABLES), help="Show the figures by this alone; else by model and day."),
    ] = None,
    in_json: Json = False,
    ledger: LedgerFile = None,
) -> None:
    """
    Sum up runs, success, time and tokens, per model and per day.

    Times are those of runs that made a picture, with all their attempts. What was interrupted counts neither as a
    success nor as a failure. What was sent and may have cost something without a picture is told apart.
    """
    around = around_of(ctx, ledger)
    if by is not None and by not in TABLES:
        raise UsageError(f"--by {by!r}: expected one of {', '.join(TABLES)}")
    selection = selection_of(around, since=since, model=model, sandboxed=sandbox)
    found = history_of(around).facts(selection)
    statistics = summarised(found, day_of=lambda moment: moment.astimezone().date())
    if in_json:
        write_json(around, {"schema": SCHEMA, **statistics.as_json()})
    elif not found:
        where = "the sandbox" if sandbox else "a real gateway"
        write_line(around.stderr, f"no runs with {where} to sum up")
    elif around.stdout.isatty():
        width, is_coloured = size_of(around.stdout).columns, has_colours(around.environ)
        year = around.now().astimezone().year
        for line in drawn(statistics, width=width, is_coloured=is_coloured, this_year=year, by=by):
            write_drawn(around.stdout, line)
    else:
        for line in plain_lines(statistics):
            write_line(around.stdout, line)
