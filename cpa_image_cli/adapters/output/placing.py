"""
Decides how a file gets its final name in one step.

A name is taken with ``link`` (which fails when it exists) or ``replace``, so that a reader sees no file or a whole
one, at any moment. Only where a file system has neither links nor an exclusive rename is there an instant in which the
name stands for an empty file. Nothing is synced to the platter: a power failure may cost the last picture.
"""

import contextlib
import itertools
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from cpa_image_cli.adapters.files.below import folder_below


class Movable(Protocol):
    """A file that is to be renamed."""

    path: Path

    def prepare_to_move(self) -> None:
        """Close it where an open one cannot be renamed."""

    def handed_over(self) -> None:
        """Note that it has its final name."""


MOST_NUMBERS = 10_000
"""Names tried before the folder counts as full of them."""


def first_free(blob: Movable, choices: Iterable[Path], *, below: Path | None = None) -> Path:
    """
    Give *blob* the first of *choices* that is free; with *below*, only if no link leads out of that folder.

    Raises: FileExistsError when none is free, OSError.
    """
    for choice in itertools.islice(choices, MOST_NUMBERS):
        with contextlib.suppress(FileExistsError):
            take(blob, choice, replace=False, below=below)
            return choice
    raise FileExistsError


def take(blob: Movable, destination: Path, *, replace: bool, below: Path | None = None) -> None:
    """Rename *blob* to *destination* in one step. Raises: FileExistsError unless *replace*, OSError, ValueError."""
    blob.prepare_to_move()
    if below is not None:
        _link_below(blob.path, destination, below)
    elif replace:
        blob.path.replace(destination)
    else:
        _take_by_path(blob.path, destination)
    blob.handed_over()


def _take_by_path(source: Path, destination: Path) -> None:
    if os.name == "nt":
        source.rename(destination)  # refuses to replace, there
    else:
        _link(source, destination)


def _link_below(source: Path, destination: Path, root: Path) -> None:
    """Rename *source* to *destination*, which is below *root*, through the folders that are there at this moment."""
    with folder_below(root, destination.parent.relative_to(root).parts, make=True) as folder:
        if folder is None:
            _take_by_path(source, destination)
            return
        try:
            os.link(source, destination.name, dst_dir_fd=folder)
        except FileExistsError:
            raise
        except OSError:
            _claim_in(folder, source, destination.name)
        else:
            with contextlib.suppress(OSError):
                source.unlink()


def _claim_in(folder: int, source: Path, name: str) -> None:
    os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666, dir_fd=folder))
    try:
        os.replace(source, name, dst_dir_fd=folder)
    except OSError:
        os.unlink(name, dir_fd=folder)
        raise


def _link(source: Path, destination: Path) -> None:
    try:
        os.link(source, destination)
    except FileExistsError:
        raise
    except OSError:
        claim(source, destination)
    else:
        # The picture is in place; should its first name stay, the next run clears it away.
        with contextlib.suppress(OSError):
            source.unlink()


def claim(source: Path, destination: Path) -> None:
    """
    Rename *source* to *destination* where there are no links (FAT, some network and phone file systems).

    Raises: FileExistsError, OSError.
    """
    os.close(os.open(destination, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    try:
        source.replace(destination)
    except OSError:
        destination.unlink(missing_ok=True)
        raise
