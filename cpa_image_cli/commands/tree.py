"""The commands there are. To add one, add a row to `COMMANDS`: its module is imported when the command is used."""

from typing import Any

from cpa_image_cli.commands.parsing.lazy_group import Entry, loaded
from cpa_image_cli.commands.parsing.manual import GATEWAY_VARIABLES, OF_A_RUN
from cpa_image_cli.core.manual.page import Example, Manual

COMMANDS = (
    Entry(name="generate", target="generate.command:generate", help="Generate a picture from a prompt."),
    Entry(name="edit", target="generate.edit:edit", help="Change a picture, or go on from the last one."),
    Entry(name="batch", target="batch.command:batch", help="Make the pictures that the rows of a file ask for."),
    Entry(name="wait", target="wait:wait", help="Wait for jobs that are under way."),
    Entry(name="stop", target="wait:stop", help="End jobs that are under way."),
    Entry(name="show", target="show:show", help="Show pictures in the terminal."),
    Entry(name="inspect", target="provenance.inspect:inspect", help="Tell where pictures came from."),
    Entry(name="compare", target="provenance.compare:compare", help="Show two pictures side by side."),
    Entry(name="strip", target="provenance.strip:strip", help="Copy a picture without prompts and metadata."),
    Entry(name="history", target="history.group:app", help="Look at earlier runs."),
    Entry(name="gallery", target="gallery:gallery", help="Write a page of what was made, for a browser."),
    Entry(name="config", target="config.group:app", help="Look at the settings and where each comes from."),
    Entry(name="models", target="models:models", help="List the models of the gateway, free of charge."),
    Entry(name="doctor", target="doctor:doctor", help="Find out what keeps pictures from being made."),
    Entry(name="completion", target="completion:completion", help="Make TAB complete commands in your shell."),
    Entry(name="mcp", target="mcp:mcp", help="Serve tools for agents over standard input and output (MCP)."),
    Entry(name="skill", target="skill.group:app", help="Teach agents to use this program."),
    Entry(name="schema", target="schema:schema", help="Print the JSON Schema of what --json prints."),
    Entry(name="sandbox", target="sandbox:sandbox", help="Run a simulated gateway, for trying and testing."),
    Entry(name="help", target="help.command:help_command", help="Show the help of a command, or a table."),
)

MANUAL = Manual(
    examples=(
        Example('cpa-image generate "a red squirrel in the snow" --sandbox', "try it without any account"),
        Example("cpa-image config init --base-url https://gateway.example/v1 --yes --no-test", "name your gateway"),
        Example('cpa-image generate "画一只可爱的松鼠" -o squirrel.png', "draw with it"),
        Example("cpa-image history show last", "look at it again"),
        Example("cpa-image doctor", "find out what is wrong, free of charge"),
    ),
    statuses=OF_A_RUN,
    variables=GATEWAY_VARIABLES,
    remarks=(
        ("Time", "A picture takes 25 to 150 s. Nothing is repeated that may have been billed, unless you say so."),
    ),
)


def command_named(name: str) -> Any:  # noqa: ANN401 - Typer's own type is private
    """Import and return the command or group called *name*, which stands in `COMMANDS`."""
    return loaded(next(entry for entry in COMMANDS if entry.name == name))
