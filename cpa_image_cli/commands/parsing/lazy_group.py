"""
Groups of commands whose modules are imported when a command is used, so that what one needs costs the others nothing.

A group names its commands in a table of `Entry`. One with a sentence of *help* is listed by it; one without is imported
to be listed.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One command or group: *target* is ``package.module:name``, below ``commands``; a function or a Typer."""

    name: str
    target: str
    help: str = ""


def group_of(entries: Sequence[Entry]) -> type[TyperGroup]:
    """Return the class of a group of *entries*, for ``Typer(cls=…)``; it lists them in their order."""
    known = {entry.name: entry for entry in entries}

    class LazyGroup(TyperGroup):
        """A group whose commands are imported when they run."""

        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - Typer's own types are private
            return list(known)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - as above
            entry = known.get(cmd_name)
            if entry is None:
                return None
            return TyperCommand(entry.name, help=entry.help) if entry.help else loaded(entry)

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - as above
            name, _, rest = super().resolve_command(ctx, args)
            return name, loaded(known[str(name)]), rest

    return LazyGroup


def loaded(entry: Entry) -> Any:  # noqa: ANN401 - Typer's own type is private
    """Import and return the command or group that *entry* names."""
    module, _, attribute = entry.target.partition(":")
    found = getattr(importlib.import_module(f"cpa_image_cli.commands.{module}"), attribute)
    if isinstance(found, typer.Typer):
        found.info.help = entry.help
        group = typer.main.get_group(found)
        group.name = entry.name
        return group
    single = typer.Typer(add_completion=False)
    single.command(entry.name, help=entry.help if not found.__doc__ else None)(found)
    return get_command(single)
