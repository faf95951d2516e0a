"""
The group ``history``: what was made before.

To add a command, add a row to `COMMANDS`. Its module is imported when the command is used: ``history list`` is to be
there at once, and must not wait for what ``history rerun`` needs.
"""

import typer

from cpa_image_cli.commands.parsing.helpful import show_help
from cpa_image_cli.commands.parsing.lazy_group import Entry, group_of
from cpa_image_cli.commands.parsing.manual import OF_FILES
from cpa_image_cli.core.manual.page import Example, Manual

COMMANDS = (
    Entry(name="list", target="history.list:list_runs"),
    Entry(name="show", target="history.show:show"),
    Entry(name="open", target="history.show:open_picture"),
    Entry(name="path", target="history.show:path"),
    Entry(name="rerun", target="history.rerun:rerun"),
    Entry(name="stats", target="history.stats:stats"),
    Entry(name="export", target="history.upkeep:export"),
    Entry(name="forget", target="history.upkeep:forget"),
    Entry(name="prune", target="history.upkeep:prune"),
)

MANUAL = Manual(
    examples=(
        Example("cpa-image history list", "the last runs"),
        Example("cpa-image history show last", "everything about the last one, with its picture"),
        Example("cpa-image history rerun last --quality high", "the same prompt again, better"),
    ),
    statuses=OF_FILES,
)

app = typer.Typer(cls=group_of(COMMANDS, MANUAL), add_completion=False)


@app.callback(invoke_without_command=True)
def history(ctx: typer.Context) -> None:
    """
    Look at earlier runs.

    A run is named by the first characters of its id, or by `last`, `last~2` and so on.
    """
    if ctx.invoked_subcommand is None:
        show_help(ctx)
