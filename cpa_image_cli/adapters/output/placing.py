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

from cpa_image_cli.adapters.output.blob_file import BlobFile

MOST_NUMBERS = 10_000
"""Names tried before the folder counts as full of them."""


def first_free(blob: BlobFile, choices: Iterable[Path]) -> Path:
    """Give *blob* the first of *choices* that is free. Raises: FileExistsError when none is, OSError."""
    for choice in itertools.islice(choices, MOST_NUMBERS):
        with contextlib.suppress(FileExistsError):
            take(blob, choice, replace=False)
            return choice
    raise FileExistsError


def take(blob: BlobFile, destination: Path, *, replace: bool) -> None:
    """Rename *blob* to *destination* in one step. Raises: FileExistsError unless *replace*, OSError."""
    blob.prepare_to_move()
    if replace:
        blob.path.replace(destination)
    elif os.name == "nt":
        blob.path.rename(destination)  # refuses to replace, there
    else:
        _link(blob.path, destination)
    blob.handed_over()


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
