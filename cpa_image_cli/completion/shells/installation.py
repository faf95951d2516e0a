"""Puts a script where a shell looks, and takes it away again; a file that somebody else wrote stays as it is."""

import contextlib
import os
from collections.abc import Iterator
from enum import Enum, auto
from pathlib import Path

from cpa_image_cli.completion.shells.scripts import is_ours
from cpa_image_cli.core.errors import Code, OutputError


class Standing(Enum):
    """What lies where the script belongs."""

    ABSENT = auto()
    CURRENT = auto()
    OUTDATED = auto()
    FOREIGN = auto()


def standing(path: Path, text: str) -> Standing:
    """
    Return what lies at *path*, where *text* belongs.

    Raises: OutputError when it cannot be read.
    """
    with _translated(path):
        try:
            found = path.read_text("utf-8", "replace")
        except FileNotFoundError:
            return Standing.ABSENT
    if found == text:
        return Standing.CURRENT
    return Standing.OUTDATED if is_ours(found) else Standing.FOREIGN


def install(path: Path, text: str) -> Standing:
    """
    Write *text* to *path*, whole or not at all; return what was there before.

    Raises: OutputError when somebody else's file is there, or none can be.
    """
    before = standing(path, text)
    if before is Standing.FOREIGN:
        raise _foreign(path)
    if before is not Standing.CURRENT:
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        with _translated(path), contextlib.ExitStack() as stack:
            path.parent.mkdir(parents=True, exist_ok=True)
            stack.callback(aside.unlink, missing_ok=True)
            # No other line ends on Windows: bash and zsh there want these too.
            aside.write_text(text, "utf-8", newline="\n")
            aside.replace(path)
    return before


def uninstall(path: Path) -> bool:
    """
    Take the script at *path* away; return whether there was one.

    Raises: OutputError when somebody else's file is there.
    """
    before = standing(path, "")
    if before is Standing.FOREIGN:
        raise _foreign(path)
    with _translated(path):
        path.unlink(missing_ok=True)
    return before is not Standing.ABSENT


def _foreign(path: Path) -> OutputError:
    return OutputError(
        f"{path} was not written by this program, so it stays as it is",
        code=Code.OUTPUT_EXISTS,
        hint="Move it away if it is not needed, and try again.",
    )


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise OutputError(f"{path}: {exc.strerror or exc}", code=Code.OUTPUT_UNWRITABLE) from exc
