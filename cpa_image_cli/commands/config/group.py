"""
The group ``config``: what is configured and where each value comes from, and the file that some come from.

To add a command, add a row to `COMMANDS`. Its module is imported when the command is used.
"""

import typer

from cpa_image_cli.commands.parsing.helpful import show_help
from cpa_image_cli.commands.parsing.lazy_group import Entry, group_of
from cpa_image_cli.commands.parsing.manual import OF_FILES
from cpa_image_cli.core.manual.page import Example, Manual

COMMANDS = (
    Entry(name="show", target="config.show:show"),
    Entry(name="path", target="config.show:path"),
    Entry(name="init", target="config.init:init"),
    Entry(name="edit", target="config.edit:edit"),
    Entry(name="get", target="config.values:get"),
    Entry(name="set", target="config.values:set_value"),
    Entry(name="unset", target="config.values:unset"),
    Entry(name="profile", target="config.profile:app", help="List the profiles, choose one, or take one away."),
)

MANUAL = Manual(
    examples=(
        Example("cpa-image config show", "every value and where it comes from"),
        Example("cpa-image config init", "set up the file by answering a few questions"),
        Example("cpa-image config set quality high", "change one value"),
    ),
    statuses=OF_FILES,
)

app = typer.Typer(cls=group_of(COMMANDS, MANUAL), add_completion=False)


@app.callback(invoke_without_command=True)
def config(ctx: typer.Context) -> None:
    """Look at the settings and where each comes from, and change the config file."""
    if ctx.invoked_subcommand is None:
        show_help(ctx)
