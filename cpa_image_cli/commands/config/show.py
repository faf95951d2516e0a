"""``config show`` and ``config path``: what is configured, where each value comes from, and where the file is."""

from typing import Annotated

import typer

from cpa_image_cli.commands.dialogue.stdio import write_drawn, write_line
from cpa_image_cli.commands.parsing.manual import OF_FILES, told
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.text import json_text
from cpa_image_cli.process.surroundings import Surroundings


@told(
    Manual(
        examples=(
            Example("cpa-image config show", "every value and where it comes from"),
            Example("cpa-image config show --all", "with each place that was asked, in order"),
            Example("cpa-image config show --profile work", "as a profile would have it"),
        ),
        statuses=OF_FILES,
        variables=("COLUMNS",),
    )
)
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

    around: Surroundings = ctx.obj
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


@told(
    Manual(
        examples=(
            Example("cpa-image config path", "the path alone, on one line"),
            Example('ls -l "$(cpa-image config path)"', "see whether it is there, and who may read it"),
        ),
        statuses=OF_FILES,
        variables=("XDG_CONFIG_HOME",),
    )
)
def path(ctx: typer.Context) -> None:
    """Print the path of the config file, whether it exists or not."""
    around: Surroundings = ctx.obj
    write_line(around.stdout, str(around.directories().config_file))
