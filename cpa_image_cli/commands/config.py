"""``cpa-image config``: what is configured, and where each value comes from."""

from typing import Annotated

import typer

from cpa_image_cli.surroundings import Surroundings

app = typer.Typer(no_args_is_help=True, help="Show the configuration and where it comes from.")


@app.command("show")
def show(
    ctx: typer.Context,
    *,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="Profile of the config file to look at.")
    ] = None,
    all_candidates: Annotated[
        bool, typer.Option("--all", help="Show each source that was asked, and what was found there.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show every setting, its value and its source. Keys are masked; nothing is sent."""
    from cpa_image_cli.configuration import resolve_settings  # noqa: PLC0415 - only when run
    from cpa_image_cli.ui import settings_table as view  # noqa: PLC0415 - only when run

    around = _surroundings(ctx)
    settings = resolve_settings({"profile": profile}, around, thorough=True)
    if as_json:
        import json  # noqa: PLC0415 - only here

        print(json.dumps(view.settings_data(settings), ensure_ascii=False, indent=2), file=around.stdout)
        return
    from rich.console import Console  # noqa: PLC0415 - 38 ms that --json does not need

    console = Console(file=around.stdout, _environ=around.environ, highlight=False)
    console.print(view.settings_table(settings, all_candidates=all_candidates))


@app.command("path")
def path(ctx: typer.Context) -> None:
    """Print the path of the config file, whether it exists or not."""
    around = _surroundings(ctx)
    print(around.directories().config_file, file=around.stdout)


def _surroundings(ctx: typer.Context) -> Surroundings:
    around = ctx.obj
    assert isinstance(around, Surroundings)  # noqa: S101 - set by `app` for every command
    return around
