"""``cpa-image completion``: print the script of a shell, put it where that shell looks, or take it away."""

from io import TextIOWrapper
from pathlib import Path, PurePath
from typing import Annotated, TextIO

import typer

from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.parsing.manual import OF_FILES, told
from cpa_image_cli.commands.tree import command_named
from cpa_image_cli.completion.shells.installation import Standing, install, standing, uninstall
from cpa_image_cli.completion.shells.scripts import SHELLS, script_for
from cpa_image_cli.completion.shells.shell_folders import place_of, still_to_do
from cpa_image_cli.completion.tree import Command, described
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.process.surroundings import Surroundings

ALIASES = {"pwsh": "powershell"}

_DONE = {
    Standing.ABSENT: "installed",
    Standing.OUTDATED: "brought up to date",
    Standing.CURRENT: "already there, and up to date",
}


@told(
    Manual(
        examples=(
            Example("cpa-image completion --install", "for the shell that $SHELL names"),
            Example("cpa-image completion zsh > _cpa-image", "the script, to put where you like"),
            Example("cpa-image completion --uninstall", "take it away again"),
        ),
        statuses=OF_FILES,
        variables=("SHELL",),
    )
)
def completion(
    ctx: typer.Context,
    shell: Annotated[
        str | None,
        typer.Argument(metavar="|".join(SHELLS), help="Which shell; without it, the one $SHELL names."),
    ] = None,
    *,
    wants_install: Annotated[bool, typer.Option("--install", help="Put the script where the shell looks.")] = False,
    wants_uninstall: Annotated[bool, typer.Option("--uninstall", help="Take the script away.")] = False,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="FOLDER", help="Write the scripts of all shells there, for packages."),
    ] = None,
) -> None:
    """
    Make TAB complete commands in your shell.

    Prints the script, unless told to install it.
    """
    around: Surroundings = ctx.obj
    if sum((wants_install, wants_uninstall, export is not None)) > 1:
        raise UsageError("--install, --uninstall and --export contradict each other")
    if export is not None:
        _export(around.at(export), ctx)
        return
    chosen = _shell(shell, around)
    if wants_install:
        _install(chosen, ctx)
    elif wants_uninstall:
        path = place_of(chosen, around)
        write_line(around.stdout, f"{path}: {'taken away' if uninstall(path) else 'nothing there'}")
    else:
        _speak_utf8(around.stdout)
        write_line(around.stdout, script_for(chosen, own_tree(ctx)).rstrip("\n"))


def own_tree(ctx: typer.Context) -> Command:
    """Return the tree of this very program, in which *ctx* is a command."""
    return described(ctx.find_root().command, command_named)


def standing_for(shell: str, ctx: typer.Context) -> Standing:
    """Return whether the user's *shell* has our script, and whether it is the one of this version."""
    return standing(place_of(shell, ctx.obj), script_for(shell, own_tree(ctx)))


def shell_in_use(around: Surroundings) -> str | None:
    """Return the shell that the environment names, if it is one we know."""
    # The folder is written one way or the other, wherever this runs.
    name = PurePath((around.environ.get("SHELL") or "").replace("\\", "/")).name.removesuffix(".exe").lower()
    if not name and "PSModulePath" in around.environ:
        return "powershell"
    name = ALIASES.get(name, name)
    return name if name in SHELLS else None


def _shell(named: str | None, around: Surroundings) -> str:
    shell = ALIASES.get(named, named) if named is not None else shell_in_use(around)
    if shell in SHELLS:
        return str(shell)
    known = ", ".join(SHELLS)
    if named is not None:
        raise UsageError(f"there are completions for {known}, not for {named!r}")
    raise UsageError("$SHELL names no shell that is known here", hint=f"Say which: {known}.")


def _speak_utf8(stream: TextIO) -> None:
    """Let *stream* take a script whole: the shells read UTF-8, whatever this terminal speaks."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(encoding="utf-8")


def _install(shell: str, ctx: typer.Context) -> None:
    around: Surroundings = ctx.obj
    path = place_of(shell, around)
    before = install(path, script_for(shell, own_tree(ctx)))
    for line in (f"{path}: {_DONE[before]}", *still_to_do(shell, path, around)):
        write_line(around.stdout, line)


def _export(folder: Path, ctx: typer.Context) -> None:
    around: Surroundings = ctx.obj
    tree = own_tree(ctx)
    for name, shell in SHELLS.items():
        install(folder / shell.file, script_for(name, tree))
        write_line(around.stdout, str(folder / shell.file))
