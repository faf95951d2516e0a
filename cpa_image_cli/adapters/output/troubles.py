"""Decides in which words a person hears that a place cannot be written. To add a cause, add it to `_CAUSES`."""

import errno
from pathlib import Path

from cpa_image_cli.core.errors import Code, OutputError

_CAUSES = {
    errno.EACCES: "you may not write there",
    errno.EPERM: "you may not write there",
    errno.EROFS: "the file system is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your disk quota is used up",
    errno.EFBIG: "the file would exceed the size limit",
    errno.ENAMETOOLONG: "the name is too long for the file system",
    errno.EEXIST: "there is a file where a folder should be",
    errno.ENOTDIR: "there is a file where a folder should be",
    errno.EISDIR: "it is a folder",
    errno.ENOENT: "its folder is gone",
    errno.EPIPE: "nobody reads it any more",
}


def unwritable(path: Path | str, reason: Exception | str) -> OutputError:
    """Return the error for *path*, which cannot be written because of *reason*: one sentence."""
    return OutputError(f"cannot write {path}: {cause(reason)}", code=Code.OUTPUT_UNWRITABLE)


def exists(path: Path) -> OutputError:
    """Return the error for *path*, which is there and must not be replaced."""
    return OutputError(
        f"{path} exists already",
        code=Code.OUTPUT_EXISTS,
        hint="--force replaces it, --if-exists number chooses another name.",
    )


def cause(reason: Exception | str) -> str:
    """Return *reason* in a person's words."""
    match reason:
        case str():
            return reason
        case OSError():
            return _CAUSES.get(reason.errno or 0) or reason.strerror or str(reason)
        case _:
            # A NUL, or characters that the locale's encoding lacks.
            return "the name holds characters that the file system cannot hold"
