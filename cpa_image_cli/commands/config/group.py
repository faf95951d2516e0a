"""
The group ``config``: what is configured and where each value comes from, and the file that some come from.

To add a command, write it in a module of its own and register it here.
"""

from typing import Annotated

import typer

from cpa_image_cli.commands.config import edit, init, values
from cpa_image_cli.commands.dialogue.stdio import write_drawn, write_line
from cpa_image_cli.core.text import json_text
from cpa_image_cli.process.surroundings import Surroundings

app = typer.Typer(no_args_is_help=True, help="Show the configuration and where it comes from.")


@app.command("show")
def show(
    ctx: typer.Context,
    *,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="PROFILE", help="Profile of the config file to look at.")
    ] = None,
    all_candidates: Annotated[
        bool, typer.Option("--all", help="Show each source that was asked, and what was found there.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show every setting, its value and its source. Keys are masked; nothing is sent."""
    from cpa_image_cli.settings import resolve_settings

    around = _surroundings(ctx)
    settings = resolve_settings({"profile": profile}, around, thorough=True)
    if as_json:
        from cpa_image_cli.ui.settings.data import settings_data

        write_line(around.stdout, json_text(settings_data(settings), indent=2))
        return
    from cpa_image_cli.ui.console import composed, console_on
    from cpa_image_cli.ui.settings.table import settings_table

    console = console_on(around.stdout, around.environ)
    if around.environ.get("COLUMNS", "").isdecimal():
        # A table is drawn once; unlike a live view it need not follow the terminal's size.
        console.width = int(around.environ["COLUMNS"])
    write_drawn(around.stdout, composed(console, settings_table(settings, all_candidates=all_candidates)).rstrip())


@app.command("path")
def path(ctx: typer.Context) -> None:
    """Print the path of the config file, whether it exists or not."""
    around = _surroundings(ctx)
    write_line(around.stdout, str(around.directories().config_file))


app.command("init")(init.init)
app.command("edit")(edit.edit)
app.command("get")(values.get)
app.command("set")(values.set_value)
app.command("unset")(values.unset)


def _surroundings(ctx: typer.Context) -> Surroundings:
    around = ctx.obj
    assert isinstance(around, Surroundings)  # noqa: S101 - set by `app` for every command
    return around
