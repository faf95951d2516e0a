"""
The group ``history``: what was made before.

To add a command, add a row to `COMMANDS`. Its module is imported when the command is used: ``history list`` is to be
there at once, and must not wait for what ``history rerun`` needs.
"""

import importlib
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from cpa_image_cli.core.errors import ExitStatus


@dataclass(frozen=True, slots=True)
class Entry:
    """The command *name* is the function *function* in the module *module* beside this one."""

    name: str
    module: str
    function: str


COMMANDS = (
    Entry("list", "history_list", "list_runs"),
    Entry("show", "history_show", "show"),
    Entry("open", "history_show", "open_picture"),
    Entry("path", "history_show", "path"),
    Entry("rerun", "history_rerun", "rerun"),
    Entry("stats", "history_stats", "stats"),
    Entry("export", "history_upkeep", "export"),
    Entry("forget", "history_upkeep", "forget"),
    Entry("prune", "history_upkeep", "prune"),
)


class _LazyGroup(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - Typer's own types are private
        return [entry.name for entry in COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - as above
        entry = next((entry for entry in COMMANDS if entry.name == cmd_name), None)
        return _loaded(entry) if entry is not None else None


def _loaded(entry: Entry) -> Any:  # noqa: ANN401 - Typer's own type is private
    module = importlib.import_module(f"{__package__}.{entry.module}")
    single = typer.Typer(add_completion=False)
    single.command(entry.name)(getattr(module, entry.function))
    return get_command(single)


app = typer.Typer(cls=_LazyGroup, add_completion=False)


@app.callback(invoke_without_command=True)
def history(ctx: typer.Context) -> None:
    """Look at earlier runs."""
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
        raise typer.Exit(ExitStatus.USAGE)
