"""
The group ``config profile``: the profiles of the config file, which one is used by default, and taking one away.

They are made by ``config init --profile NAME`` or ``config set … --profile NAME``.
"""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from cpa_image_cli.adapters import config_file
from cpa_image_cli.commands.config.key_words import DEFAULT_PROFILE
from cpa_image_cli.commands.config.precedence import what_goes_before
from cpa_image_cli.commands.dialogue.questions import can_ask, confirmed
from cpa_image_cli.commands.dialogue.stdio import write_drawn, write_line
from cpa_image_cli.commands.parsing.helpful import show_help
from cpa_image_cli.commands.parsing.lazy_group import Entry, group_of
from cpa_image_cli.commands.parsing.manual import OF_FILES, told
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.gateway.endpoint import shown_url
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.text import json_text, one_line
from cpa_image_cli.process.surroundings import Surroundings

if TYPE_CHECKING:
    from cpa_image_cli.adapters.config_file import ConfigFile
    from cpa_image_cli.core.contracts.profiles import ProfileObject, ProfilesObject

SCHEMA: Final = "cpa-image/profiles/1"

SHOWN = 60
"""Characters of a profile's name that are shown."""

COMMANDS = (
    Entry(name="list", target="config.profile:list_profiles"),
    Entry(name="use", target="config.profile:use"),
    Entry(name="remove", target="config.profile:remove"),
)

MANUAL = Manual(
    examples=(
        Example("cpa-image config profile list", "which there are, and which is used without --profile"),
        Example("cpa-image config profile use work", "use this one from now on"),
    ),
    statuses=OF_FILES,
    variables=("CPA_IMAGE_PROFILE",),
)

app = typer.Typer(cls=group_of(COMMANDS, MANUAL), add_completion=False)

Name = Annotated[str, typer.Argument(metavar="PROFILE", help="Name of the profile.", show_default=False)]


@app.callback(invoke_without_command=True)
def profile(ctx: typer.Context) -> None:
    """List the profiles of the config file, choose one, or take one away."""
    if ctx.invoked_subcommand is None:
        show_help(ctx)


@told(
    Manual(
        examples=(
            Example("cpa-image config profile list", "the profiles and their gateways"),
            Example("cpa-image config profile list --json", "for a program"),
        ),
        statuses=OF_FILES,
    )
)
def list_profiles(
    ctx: typer.Context, *, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False
) -> None:
    """List the profiles of the config file; a star marks the one that is used without --profile."""
    around: Surroundings = ctx.obj
    file = config_file.read(around.directories().config_file)
    found = [_described(name, file) for name in file.profiles]
    if as_json:
        whole: ProfilesObject = {"schema": SCHEMA, "config_file": str(file.path), "profiles": found}
        write_line(around.stdout, json_text(whole))
    elif not found:
        write_line(around.stderr, f"no profiles in {file.path}; cpa-image config init --profile NAME makes one")
    elif around.stdout.isatty():
        from cpa_image_cli.adapters.terminal.keyboard import size_of
        from cpa_image_cli.core.terminal.graphics import has_colours
        from cpa_image_cli.ui.settings.profiles import table

        rows = [_row(one) for one in found]
        lines = table(rows, width=size_of(around.stdout).columns, is_coloured=has_colours(around.environ))
        write_drawn(around.stdout, "\n".join(lines))
    else:
        lines = ("\t".join(row) for row in (("DEFAULT", "PROFILE", "MODEL", "GATEWAY"), *map(_row, found)))
        write_line(around.stdout, "\n".join(lines))


def _described(name: str, file: "ConfigFile") -> "ProfileObject":
    entries = file.entries(name)
    base_url, model = (entries.get(key) for key in ("base_url", "model"))
    return {
        "name": name,
        "is_default": name == file.default_profile,
        "base_url": shown_url(str(base_url.value)) if base_url else None,
        "model": str(model.value) if model else None,
    }


def _row(profile: "ProfileObject") -> tuple[str, str, str, str]:
    cells = (profile["name"], profile["model"] or "-", profile["base_url"] or "-")
    name, model, base_url = (one_line(cell, limit=200) for cell in cells)
    return "*" if profile["is_default"] else "", name, model, base_url


@told(
    Manual(
        examples=(
            Example("cpa-image config profile use work", "without --profile, this one"),
            Example("cpa-image config unset default_profile", "none any more"),
        ),
        statuses=OF_FILES,
        variables=("CPA_IMAGE_PROFILE",),
    )
)
def use(ctx: typer.Context, name: Name) -> None:
    """Use a profile from now on, without --profile."""
    from cpa_image_cli.adapters.config_file import editing, writing

    around: Surroundings = ctx.obj
    path = around.directories().config_file

    def changed(text: str) -> str:
        _refuse_unknown(name, config_file.checked(text, path))
        return editing.with_value(text, (DEFAULT_PROFILE,), name)

    writing.change(path, changed)
    write_line(around.stderr, f"{one_line(name, limit=SHOWN)} is the default profile now ({path})")
    for line in what_goes_before([DEFAULT_PROFILE], profile=None, around=around):
        write_line(around.stderr, line)


@told(
    Manual(
        examples=(
            Example("cpa-image config profile remove work --yes", "without asking"),
            Example("cpa-image config profile list", "see what is left"),
        ),
        statuses=OF_FILES,
    )
)
def remove(
    ctx: typer.Context, name: Name, *, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False
) -> None:
    """
    Take a profile out of the config file, with all its values.

    It asks first. If it was the default profile, there is none any more.
    """
    from cpa_image_cli.adapters.config_file import editing, writing

    around: Surroundings = ctx.obj
    path = around.directories().config_file
    _refuse_unknown(name, config_file.read(path))
    shown = one_line(name, limit=SHOWN)
    if not yes and not can_ask(around):
        raise UsageError("there is no terminal to ask on", hint="--yes removes it without asking.")
    if not yes and not confirmed(f"Remove the profile {shown} and all its values?", around, default=False):
        write_line(around.stderr, "nothing was removed")
        return

    def changed(text: str) -> str:
        file = config_file.checked(text, path)
        _refuse_unknown(name, file)
        rest = editing.without(text, (DEFAULT_PROFILE,)) if file.default_profile == name else text
        return editing.without(rest, ("profiles", name))

    writing.change(path, changed)
    write_line(around.stderr, f"removed the profile {shown} ({path})")


def _refuse_unknown(name: str, file: "ConfigFile") -> None:
    """Raise what is said of a profile that there is not."""
    file.entries(name)
