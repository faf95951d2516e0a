"""
Groups of commands whose modules are imported when a command is used, so that what one needs costs the others nothing.

A group names its commands in a table of `Entry`. One with a sentence of *help* is listed by it; one without is imported
to be listed.
"""

import difflib
import importlib
from collections.abc import Sequence
from typing import Any

import typer
from typer.main import get_command

from cpa_image_cli.commands.parsing.helpful import HelpfulCommand, HelpfulGroup, quoted
from cpa_image_cli.commands.parsing.manual import manual_of
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.manual.page import Manual
from cpa_image_cli.core.text import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One command or group: *target* is ``package.module:name``, below ``commands``; a function or a Typer."""

    name: str
    target: str
    help: str = ""


def group_of(entries: Sequence[Entry], manual: Manual, *, draws: str = "") -> type[HelpfulGroup]:
    """
    Return the class of a group of *entries*, for ``Typer(cls=…)``; it lists them in their order.

    *draws* is the command that words which are none of them may have been meant for: a prompt.
    """
    known = {entry.name: entry for entry in entries}
    told = manual

    class LazyGroup(HelpfulGroup):
        """A group whose commands are imported when they run."""

        manual = told

        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - Typer's own types are private
            return list(known)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - as above
            entry = known.get(cmd_name)
            if entry is None:
                return None
            return HelpfulCommand(entry.name, help=entry.help) if entry.help else loaded(entry)

        def load(self, name: str) -> Any:  # noqa: ANN401 - as above
            """Return the real command called *name*, of which listing needs only a stand-in."""
            return loaded(known[name])

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - as above
            if args[0] not in known and not args[0].startswith("-"):
                raise _no_such_command(args, tuple(known), path=ctx.command_path, draws=draws)
            name, _, rest = super().resolve_command(ctx, args)
            return name, self.load(str(name)), rest

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
    single.command(entry.name, cls=HelpfulCommand, help=entry.help if not found.__doc__ else None)(found)
    command = get_command(single)
    command.manual = manual_of(found)  # type: ignore[attr-defined]
    return command


def _no_such_command(words: Sequence[str], known: Sequence[str], *, path: str, draws: str) -> UsageError:
    """Return what is said of the first of *words*, which is none of the commands *known*."""
    word = one_line(words[0], limit=60)
    near = difflib.get_close_matches(words[0], known, n=1)
    if draws and not near:
        return UsageError(f"there is no command {word!r}", hint=f"To draw it: {path} {draws} {quoted(' '.join(words))}")
    meant = f"Perhaps you meant `{path} {near[0]}`. " if near else ""
    return UsageError(f"there is no command {word!r}", hint=f"{meant}`{path} --help` lists the commands.")
