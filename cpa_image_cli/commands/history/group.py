"""
The group ``history``: what was made before.

To add a command, add a row to `COMMANDS`. Its module is imported when the command is used: ``history list`` is to be
there at once, and must not wait for what ``history rerun`` needs.
"""

import typer

from cpa_image_cli.commands.parsing.lazy_group import Entry, group_of
from cpa_image_cli.core.errors import ExitStatus

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

app = typer.Typer(cls=group_of(COMMANDS), add_completion=False)


@app.callback(invoke_without_command=True)
def history(ctx: typer.Context) -> None:
    """Look at earlier runs."""
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
        raise typer.Exit(ExitStatus.USAGE)
