"""The commands there are. To add one, add a row to `COMMANDS`: its module is imported when the command is used."""

from typing import Any

from cpa_image_cli.commands.parsing.lazy_group import Entry, loaded

COMMANDS = (
    Entry(name="generate", target="generate.command:generate", help="Generate a picture from a prompt."),
    Entry(name="show", target="show:show", help="Show a picture in the terminal."),
    Entry(name="history", target="history.group:app", help="Look at earlier runs."),
    Entry(name="config", target="config.group:app", help="Look at the settings and where each comes from."),
    Entry(name="doctor", target="doctor:doctor", help="Find out what keeps pictures from being made."),
    Entry(name="completion", target="completion:completion", help="Make TAB complete commands in your shell."),
    Entry(name="schema", target="schema:schema", help="Print the JSON Schema of what --json prints."),
    Entry(name="sandbox", target="sandbox:sandbox", help="Run a simulated gateway, for trying and testing."),
)


def command_named(name: str) -> Any:  # noqa: ANN401 - Typer's own type is private
    """Import and return the command or group called *name*, which stands in `COMMANDS`."""
    return loaded(next(entry for entry in COMMANDS if entry.name == name))
