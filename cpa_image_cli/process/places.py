"""
Decides what a path means that somebody wrote, and what there is to go by where home or working directory are missing.

A process may be started in a folder that was deleted, or for a user without a home. Only what needs the folder fails
then; everything else goes on, with a place in its stead at which nothing can be read or made.
"""

import os
from collections.abc import Callable
from pathlib import Path

from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.text import one_line

NO_HOME = Path(os.devnull).absolute() / "there-is-no-home-directory"
NO_FOLDER = Path(os.devnull).absolute() / "the-working-directory-is-gone"
"""Below a device there is nothing, and nothing can be made."""

_HOME_SPELLINGS = ("~", "$HOME", "${HOME}")


def home_of_user(find: Callable[[], Path] = Path.home) -> Path:
    """Return the user's home; `NO_HOME` where neither HOME nor the system's users name one."""
    try:
        return find()
    except RuntimeError:
        return NO_HOME


def folder_of_process(find: Callable[[], Path] = Path.cwd) -> Path:
    """Return the working directory; `NO_FOLDER` where it was deleted, or may not be looked at."""
    try:
        return find()
    except OSError:
        return NO_FOLDER


def below_home(find: Callable[[], Path]) -> Path:
    """Return the folder that *find* returns, of which it may say that it knows no home to look for it in."""
    try:
        path = find()
    except RuntimeError:
        return NO_HOME
    # Some releases of platformdirs leave the `~`, which would be made as a folder where we are.
    return NO_HOME if path.parts[:1] == ("~",) else path


def written_out(text: str, *, home: Path, folder: Path, variables: bool = False) -> str:
    """
    Return *text*, a path as somebody wrote it, with ``~/`` and ``~user/`` spelled out; a trailing slash stays.

    *folder* is where it begins if it is relative. *variables* says that ``$HOME`` is understood too, which no shell has
    spelled out in a file. A ``~`` before the name of nobody is a part of the name.

    Raises: UsageError where it begins at a home or a working directory that is not there.
    """
    first, slash, rest = text.partition("/")
    if first in _HOME_SPELLINGS[: None if variables else 1]:
        if home == NO_HOME:
            raise UsageError(
                f"{one_line(text, limit=200)}: there is no home directory that {first} could stand for",
                hint="Set HOME, or give the whole path.",
            )
        return f"{home}{slash}{rest}"
    if first.startswith("~"):
        first = os.path.expanduser(first)  # noqa: PTH111 - as a path it would raise for nobody's name
    if folder == NO_FOLDER and not Path(f"{first}{slash}").is_absolute():
        raise UsageError(
            f"{one_line(text, limit=200)}: the working directory, from which this path goes, does not exist any more",
            hint="Change to a folder that is there, or give the whole path.",
        )
    return f"{first}{slash}{rest}"
