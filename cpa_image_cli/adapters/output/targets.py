"""
Decides what ``-o`` means, and which names a picture may get there, in order.

A symbolic link as the destination is a name like any other: under ``error`` it is taken, even when it points
nowhere, and ``overwrite`` replaces the link and leaves alone what it points to. So nothing outside the named folder is
ever written. Devices, FIFOs and what lies below ``/dev`` or ``/proc`` are written through and never replaced.
"""

import itertools
import os
import stat
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, assert_never

from cpa_image_cli.adapters.files.folders import is_folder
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.pictures.file_names import (
    FALLBACK,
    LONGEST_STEM,
    GeneratedName,
    numbered,
    shortened,
    with_extension,
)
from cpa_image_cli.core.pictures.formats import extension_of


class IfExists(StrEnum):
    """What to do about a name that is taken."""

    ERROR = "error"
    OVERWRITE = "overwrite"
    NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTarget:
    """
    A file the user named; its extension may be missing, or turn out to be untrue.

    With *below*, it is put below that folder, and no link on the way is followed.
    """

    path: Path
    below: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderTarget:
    """A folder, made when missing, and a name of ours in it. *below* is as for a file."""

    folder: Path
    name: GeneratedName
    below: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamTarget:
    """An open binary stream, such as standard output; *name* is for the case that the picture has to be kept."""

    stream: BinaryIO
    name: GeneratedName


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTarget:
    """A device or FIFO such as ``/dev/null``, which is written through."""

    path: Path


Target = FileTarget | FolderTarget | StreamTarget | DeviceTarget


def target_of(
    output: str | None,
    *,
    working_directory: Path,
    folder: Path,
    name: GeneratedName,
    stdout: Callable[[], BinaryIO],
    below: Path | None = None,
) -> Target:
    """
    Return what *output* (the text of ``-o``) means.

    None is a generated name in *folder*, ``-`` is what *stdout* returns; a trailing slash or an existing folder mean
    a generated name there. A relative path is taken from *working_directory*. Symbolic links are not resolved. With
    *below*, only a trailing slash makes a folder, and everything else is a file: nothing on disk has a say in it.
    """
    if output is not None and below is not None:
        path = _absolute(output, working_directory)
        if output.endswith(_SEPARATORS):
            return FolderTarget(folder=path, name=name, below=below)
        return FileTarget(path=path, below=below)
    if output is None:
        return FolderTarget(folder=_absolute(folder, working_directory), name=name)
    if output == "-":
        return StreamTarget(stream=stdout(), name=name)
    path = _absolute(output, working_directory)
    if output.endswith(_SEPARATORS) or is_folder(path):
        return FolderTarget(folder=path, name=name)
    return DeviceTarget(path=path) if _is_written_through(path) else FileTarget(path=path)


def names(target: FileTarget | FolderTarget, *, picture_format: str) -> Iterator[Path]:
    """Yield the absolute paths that a picture of *picture_format* may get, best first."""
    match target:
        case FileTarget():
            best = with_extension(target.path, picture_format)
            return (numbered(best, n) for n in itertools.count(1))
        case FolderTarget():
            return _generated(target.folder, target.name, picture_format)
        case _:
            assert_never(target)


def raw_names(published: Path, *, picture_format: str) -> Iterator[Path]:
    """Yield the paths that a picture may get from which the one at *published* was made, best first."""
    best = _with_room(published.with_name(f"{published.stem}-raw{extension_of(picture_format)}"))
    return (numbered(best, n) for n in itertools.count(1))


def kept_names(target: Target, *, kept: Path, picture_format: str) -> Iterator[Path]:
    """Yield the paths below *kept* that the picture may get when it cannot go where it should."""
    match target:
        case FileTarget() | DeviceTarget():
            best = _with_room(with_extension(kept / target.path.name, picture_format))
            return (numbered(best, n) for n in itertools.count(1))
        case FolderTarget() | StreamTarget():
            return _generated(kept, target.name, picture_format)
        case _:
            assert_never(target)


def shown(target: Target) -> str:
    """Return how to name *target* in a message."""
    match target:
        case FileTarget(path=path) | DeviceTarget(path=path):
            return str(path)
        case FolderTarget(folder=folder):
            return str(folder)
        case StreamTarget():
            return "standard output"
        case _:
            assert_never(target)


def _generated(folder: Path, name: GeneratedName, picture_format: str) -> Iterator[Path]:
    extension = extension_of(picture_format)
    return (folder / (name.stem(n) + extension) for n in itertools.count(1))


def _with_room(path: Path) -> Path:
    """Return *path* with a stem that is no longer than ours: with its true extension, or a number, it may not fit."""
    stem = os.fsencode(path.stem)
    if len(stem) <= LONGEST_STEM:
        return path
    return path.with_stem(shortened(stem.decode("utf-8", "replace"), LONGEST_STEM) or FALLBACK)


_SEPARATORS = tuple({os.sep, os.altsep or os.sep})


def _absolute(path: Path | str, working_directory: Path) -> Path:
    # normpath, not resolve: the path that is printed must be the one the user knows.
    return Path(os.path.normpath(working_directory.absolute() / path))


def _is_written_through(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    # /dev/stdout may lead to a regular file; replacing the link would break the machine, not write the picture.
    special = path.parts[:2] in ((os.sep, "dev"), (os.sep, "proc")) and path.parts[2:3] != ("shm",)
    return special or not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
