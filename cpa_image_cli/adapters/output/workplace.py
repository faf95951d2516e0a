"""Decides, before anything is sent, whether a target can take a picture, and where its temporary files lie."""

import os
import stat
import tempfile
from pathlib import Path
from typing import assert_never

from cpa_image_cli.adapters.files.below import folder_below
from cpa_image_cli.adapters.output.targets import (
    DeviceTarget,
    FileTarget,
    FolderTarget,
    IfExists,
    StreamTarget,
    Target,
    names,
    shown,
)
from cpa_image_cli.adapters.output.troubles import exists, unwritable


def workplace(target: Target, if_exists: IfExists, picture_format: str, temporary: Path | None) -> Path:
    """Return the folder for the temporary files of *target*. Raises: OutputError, OSError, ValueError."""
    match target:
        case FileTarget(below=Path() as below) | FolderTarget(below=Path() as below):
            return _below(target, below, if_exists, picture_format)
        case FileTarget():
            refuse_taken(next(names(target, picture_format=picture_format)), if_exists)
            folder = target.path.parent
        case FolderTarget():
            folder = target.folder
        case DeviceTarget():
            _refuse_device(target.path)
            return temporary or Path(tempfile.gettempdir())
        case StreamTarget():
            if not target.stream.writable():
                raise unwritable(shown(target), "it is closed")
            return temporary or Path(tempfile.gettempdir())
        case _:
            assert_never(target)
    folder.mkdir(parents=True, exist_ok=True)
    # Resolved, so that temporary files are found again when a link on the way is turned meanwhile.
    return folder.resolve()


def _below(target: FileTarget | FolderTarget, root: Path, if_exists: IfExists, picture_format: str) -> Path:
    """Prove that *target* can be reached from *root* without a link; temporary files lie in *root* itself."""
    best = next(names(target, picture_format=picture_format))
    with folder_below(root, best.parent.relative_to(root).parts, make=True):
        if isinstance(target, FileTarget):
            refuse_taken(best, if_exists)
    return root.resolve()


def refuse_taken(path: Path, if_exists: IfExists) -> None:
    """Raise an OutputError if something is at *path* already that stands in the way of a picture."""
    try:
        seen = path.lstat()
    except FileNotFoundError:
        return
    if if_exists is IfExists.ERROR:
        raise exists(path)
    if if_exists is IfExists.OVERWRITE and stat.S_ISDIR(seen.st_mode):
        raise unwritable(path, "it is a folder")


def _refuse_device(path: Path) -> None:
    mode = path.stat().st_mode
    if stat.S_ISBLK(mode) or stat.S_ISSOCK(mode):
        raise unwritable(path, "it is a disk or a socket")
    if not os.access(path, os.W_OK):
        raise unwritable(path, "you may not write there")
    if stat.S_ISCHR(mode):
        with path.open("wb", buffering=0) as device:
            if device.isatty():
                raise unwritable(path, "it is a terminal")
