"""
Decides which shells are served, and by which script.

To add a shell, write a module with ``script(root) -> str``, and add a row to `SHELLS` and to ``places.PLACES``.
"""

from collections.abc import Callable, Mapping

from cpa_image_cli.completion.shells import bash, fish, powershell, zsh
from cpa_image_cli.completion.tree import Command
from cpa_image_cli.core.dataclass import dataclass

MARK = "written by `cpa-image completion"
"""Stands near the top of every script of ours, so that nobody else's file is replaced."""

_NOTE = (
    "# TAB completion of cpa-image, {mark} {shell}`.\n"
    "# Commands, options and fixed values complete without starting the program. Do not edit: --install replaces it.\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """A shell we speak to. *file* is what its script is called where packages keep such."""

    file: str
    write: Callable[[Command], str]


SHELLS: Mapping[str, Shell] = {
    "bash": Shell(file="cpa-image.bash", write=bash.script),
    "zsh": Shell(file="_cpa-image", write=zsh.script),
    "fish": Shell(file="cpa-image.fish", write=fish.script),
    "powershell": Shell(file="cpa-image.ps1", write=powershell.script),
}


def script_for(shell: str, root: Command) -> str:
    """Return the whole script that completes the tree below *root* in *shell*, one of `SHELLS`."""
    note = _NOTE.format(mark=MARK, shell=shell)
    first, newline, rest = SHELLS[shell].write(root).partition("\n")
    if first.startswith("#compdef"):
        # zsh looks for it in the first line only.
        return f"{first}{newline}{note}{rest}"
    return f"{note}\n{first}{newline}{rest}"


def is_ours(text: str) -> bool:
    """Whether *text* begins as the scripts written here do."""
    return MARK in text[:300]
