"""The group ``skill``. To add a command, add a row to `COMMANDS`."""

import typer

from cpa_image_cli.commands.parsing.helpful import show_help
from cpa_image_cli.commands.parsing.lazy_group import Entry, group_of
from cpa_image_cli.commands.parsing.manual import OF_FILES
from cpa_image_cli.core.manual.page import Example, Manual

COMMANDS = (
    Entry(name="show", target="skill.managing:show"),
    Entry(name="install", target="skill.managing:install"),
    Entry(name="status", target="skill.managing:status"),
    Entry(name="uninstall", target="skill.managing:uninstall"),
)

MANUAL = Manual(
    examples=(
        Example("cpa-image skill show", "read it"),
        Example("cpa-image skill install", "for every agent on this machine"),
        Example("cpa-image skill status", "where it is, and whether it is up to date"),
    ),
    statuses=OF_FILES,
)

app = typer.Typer(cls=group_of(COMMANDS, MANUAL), add_completion=False)


@app.callback(invoke_without_command=True)
def skill(ctx: typer.Context) -> None:
    """
    Teach agents to use this program: Claude Code, Codex, OpenClaw, Gemini CLI, Cursor and others.

    A skill is a page of text that an agent reads when it needs it. It is installed as files in the agent's own folder.
    """
    if ctx.invoked_subcommand is None:
        show_help(ctx)
