"""
Opens what lies below a folder, and never anything else, whatever somebody puts in the way meanwhile.

Every step of the way is opened on its own, from the folder before it, and a symbolic link on it is refused. So there is
no moment between looking at a path and using it. Where a system cannot open that way (Windows), the path is resolved
right before it is used.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

STEPWISE = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_AS_IT_IS = getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


@contextlib.contextmanager
def folder_below(root: Path, steps: Sequence[str], *, make: bool = False) -> Iterator[int | None]:
    """
    Yield a descriptor of the folder that is *steps* below *root*; with *make*, what is missing of it is made.

    None where the system has no such descriptors: the path has been looked at then. Raises: OSError.
    """
    if make:
        root.mkdir(parents=True, exist_ok=True)
    if not STEPWISE:
        _look(root, steps, make=make)
        yield None
        return
    folder = os.open(root, _FOLDER)
    for step in steps:
        folder = _stepped(folder, step, make=make)
    try:
        yield folder
    finally:
        os.close(folder)


def open_below(root: Path, steps: Sequence[str]) -> int:
    """Return a descriptor of the file that is *steps* below *root*, open for reading. Raises: OSError."""
    *outer, name = steps
    with folder_below(root, outer) as folder:
        if folder is None:
            return os.open(root.joinpath(*steps).resolve(strict=True), os.O_RDONLY | _AS_IT_IS)
        # O_NONBLOCK: a FIFO of that name would wait for somebody to write.
        return os.open(name, os.O_RDONLY | _NO_FOLLOW | _AS_IT_IS, dir_fd=folder)


def _stepped(folder: int, step: str, *, make: bool) -> int:
    """Return a descriptor of *step* in *folder*, which is closed, also when that fails."""
    try:
        if make:
            with contextlib.suppress(FileExistsError):
                os.mkdir(step, dir_fd=folder)
        return os.open(step, _FOLDER | _NO_FOLLOW, dir_fd=folder)
    finally:
        os.close(folder)


def _look(root: Path, steps: Sequence[str], *, make: bool) -> None:
    folder = root.joinpath(*steps)
    if not folder.resolve().is_relative_to(root.resolve()):
        raise OSError(f"a link on the way leads out of {root}")
    if make:
        folder.mkdir(parents=True, exist_ok=True)
