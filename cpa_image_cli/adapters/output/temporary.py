"""
Decides how a picture lies on disk before it has its name, and who may clear it away.

A temporary file is hidden, in the folder where the picture will be, and locked for as long as its process lives.
A killed process leaves the file but not the lock: so the next run knows what is abandoned without asking for
process numbers, which lie across containers. Where a file system has no locks nothing is ever cleared away.
"""

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

PREFIX = ".cpa-image-"
SUFFIX = ".part"
HELD = ".held"
"""What a temporary file ends in that holds a whole picture: nobody clears it away, whoever died over it."""

AS_USUAL = 0o666
"""The mode of what becomes the user's picture: as their umask has it, like any file they save."""

PRIVATE = 0o600
"""The mode of a picture that lies where nobody asked for it: in the system's temporary folder, or kept by us."""

_PIECE = 1 << 16
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_AS_IT_IS = getattr(os, "O_BINARY", 0)


def create(folder: Path, *, mode: int) -> tuple[int, Path]:
    """Create an empty, locked file of *mode* in *folder*, open for reading and writing. Raises: OSError."""
    while True:
        path = folder / f"{PREFIX}{os.urandom(8).hex()}{SUFFIX}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _AS_IT_IS, mode)
        # Between the two calls another process may have taken the file for abandoned.
        if _locked(descriptor) is not False and os.path.lexists(path):
            return descriptor, path
        os.close(descriptor)


def held(path: Path) -> Path:
    """Return the name under which the temporary file *path* is not cleared away."""
    return path.with_suffix(HELD)


def names_of_held(path: Path) -> tuple[Path, Path]:
    """Return the names that a held temporary file bears: *path*, and the one before it was renamed to that."""
    return path, path.with_suffix(SUFFIX)


def remove_leftovers(folder: Path) -> None:
    """Remove what killed runs of this user left in *folder*; whatever cannot be looked at stays."""
    with contextlib.suppress(OSError):
        for path in _parts_in(folder):
            with contextlib.suppress(OSError):
                _remove_if_abandoned(path)


def write_all(descriptor: int, piece: bytes | memoryview) -> Iterator[int]:
    """Write *piece*, yielding the count of each part that went out. Raises: OSError."""
    rest = memoryview(piece)
    while rest:
        written = os.write(descriptor, rest)
        rest = rest[written:]
        yield written


def copy(source: int, target: int, *, count: int) -> None:
    """Append the first *count* bytes of *source* to *target*, 64 KiB at a time. Raises: OSError."""
    os.lseek(source, 0, os.SEEK_SET)
    while count > 0:
        piece = os.read(source, min(count, _PIECE))
        if not piece:
            raise OSError("the temporary file is shorter than what was written")
        for _ in write_all(target, piece):
            pass
        count -= len(piece)


def _parts_in(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return [Path(e.path) for e in entries if e.name.startswith(PREFIX) and e.name.endswith(SUFFIX)]


def _remove_if_abandoned(path: Path) -> None:
    if sys.platform == "win32":
        path.unlink()  # refused by the system while its process has it open
        return
    # O_NONBLOCK, because somebody may have put a FIFO of that name into a shared folder.
    descriptor = os.open(path, os.O_RDWR | _NO_FOLLOW | os.O_NONBLOCK)
    try:
        seen = os.fstat(descriptor)
        ours = stat.S_ISREG(seen.st_mode) and seen.st_uid == os.geteuid()
        if ours and _locked(descriptor):
            path.unlink()
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool | None:
    """Take the lock. False: another process has it; None: there are no locks here."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
