"""``config get``, ``set`` and ``unset``: single values of the config file. ``config_keys`` says what a key means."""

from typing import Annotated

import typer

from cpa_image_cli.adapters import config_file
from cpa_image_cli.commands.config.init_answers import table_in
from cpa_image_cli.commands.config.key_words import (
    DEFAULT_PROFILE,
    checked_value,
    names_of,
    place_of,
    printed,
    refuse_contradiction,
    spelled_as_in,
    split,
    table_of,
)
from cpa_image_cli.commands.config.precedence import what_goes_before
from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.parsing.manual import OF_FILES, told
from cpa_image_cli.core.errors import ConfigError, UsageError
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.text import one_line
from cpa_image_cli.process.surroundings import Surroundings

Key = Annotated[
    str, typer.Argument(metavar="KEY", help="As in the file; headers.NAME is one header.", show_default=False)
]
Profile = Annotated[
    str | None,
    typer.Option("--profile", metavar="PROFILE", help="The table of this profile, in place of the top of the file."),
]


@told(
    Manual(
        examples=(
            Example("cpa-image config get model", "one value, on a line of its own"),
            Example("cpa-image config get base_url --profile work", "as a profile has it"),
        ),
        statuses=OF_FILES,
    )
)
def get(ctx: typer.Context, key: Key, *, profile: Profile = None) -> None:
    """
    Print a value of the config file.

    Where a profile has none of its own, the one at the top of the file counts. `config show` tells what is in use in
    the end, flags and variables included.
    """
    around: Surroundings = ctx.obj
    names = names_of(key)
    file = config_file.read(around.directories().config_file)
    table: dict[str, object] = {name: entry.value for name, entry in file.entries(profile).items()}
    if file.default_profile is not None:
        table[DEFAULT_PROFILE] = file.default_profile
    from cpa_image_cli.adapters.config_file.editing import value_at

    found = value_at(table, spelled_as_in(table, names))
    if found is None:
        message = f"`{one_line(key, limit=60)}` is not set in {file.path}{place_of(profile)}"
        raise ConfigError(message, hint="What is in use, and from where: cpa-image config show")
    for line in printed(names, found):
        write_line(around.stdout, line)


@told(
    Manual(
        examples=(
            Example("cpa-image config set quality high", "for every picture from now on"),
            Example("cpa-image config set base_url https://images.work.example/v1 --profile work", "in a profile"),
            Example("cpa-image config set headers.X-Team art", "a further request header"),
            Example("cpa-image config set default_profile work", "the profile that is used without --profile"),
        ),
        statuses=OF_FILES,
    )
)
def set_value(
    ctx: typer.Context,
    key: Key,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="The new value.", show_default=False)],
    *,
    profile: Profile = None,
) -> None:
    """
    Set a value in the config file; comments and order stay.

    The file is made if there is none, and so is the profile.
    """
    around: Surroundings = ctx.obj
    path = around.directories().config_file
    names = names_of(key)
    checked = checked_value(names, value)
    table = table_of(names, profile)
    from cpa_image_cli.adapters.config_file import editing, writing

    def changed(text: str) -> str:
        before = config_file.checked(text, path)
        own = table_in(before, profile)
        refuse_contradiction(names, checked, own=own, profile=profile, file=before)
        return editing.with_value(text, (*table, *spelled_as_in(own, names)), checked)

    writing.change(path, changed)
    shown = " ".join(printed(names, checked))
    write_line(around.stderr, f"{'.'.join(names)} is now {one_line(shown)} ({path}{place_of(profile)})")
    for line in what_goes_before(names[:1], profile=profile, around=around):
        write_line(around.stderr, line)


@told(
    Manual(
        examples=(
            Example("cpa-image config unset quality", "leave it to the gateway again"),
            Example("cpa-image config unset model --profile work", "in a profile"),
        ),
        statuses=OF_FILES,
    )
)
def unset(ctx: typer.Context, key: Key, *, profile: Profile = None) -> None:
    """
    Take a value out of the config file; comments and order stay.

    A key that does not belong there can be taken out too.
    """
    around: Surroundings = ctx.obj
    path = around.directories().config_file
    was_there = path.exists() and _take_out(key, profile, around)
    if not was_there:
        names_of(key)
    said = "is no longer set" if was_there else "was not set"
    write_line(around.stderr, f"{one_line(key, limit=60)} {said} ({path}{place_of(profile)})")
    # What else is wrong with the file is better said now than at the next command.
    config_file.read(path)


def _take_out(key: str, profile: str | None, around: Surroundings) -> bool:
    """Take the value out and return whether there was one."""
    from cpa_image_cli.adapters.config_file import editing, writing

    path = around.directories().config_file
    table = table_of(split(key), profile)
    found: list[object] = []

    def changed(text: str) -> str:
        everything = config_file.parsed(text, path)
        own = editing.value_at(everything, table)
        where = (*table, *spelled_as_in(own, split(key)))
        found.append(editing.value_at(everything, where))
        if isinstance(found[-1], dict) and where[-1] != "headers":
            raise UsageError(f"`{one_line(key, limit=60)}` is a table", hint="Take it out with: cpa-image config edit")
        return text if found[-1] is None else editing.without(text, where)

    writing.change(path, changed)
    return found[-1] is not None
