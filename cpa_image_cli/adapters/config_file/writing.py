"""
Decides how a change gets onto the disk: whole or not at all, for its owner's eyes, and none of two at a time lost.

A link is followed, since dotfiles are often kept elsewhere; the file's mode stays, and a new file is private.
"""

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from cpa_image_cli.adapters.config_file.reading import content, decoded, parsed
from cpa_image_cli.adapters.files.private_folder import make_private
from cpa_image_cli.adapters.files.whole_file import PRIVATE, whole_file
from cpa_image_cli.core.errors import ConfigError

_MARK = b"\xef\xbb\xbf"

Change = Callable[[str], str]


def text_at(path: Path) -> str:
    """Return the text of the file at *path*, empty if there is none. Raises: ConfigError."""
    return decoded(content(path) or b"", path)


def change(path: Path, edit: Change, *, lock: Callable[[int], None] | None = None) -> str:
    """
    Give the text of the file at *path*, empty if there is none, to *edit*, and keep what it returns; return that.

    *lock* waits for the lock on a folder that is open, unless the system's own is to do it.

    Raises: ConfigError when the file cannot be read or written, is no TOML, or *edit* raises.
    """
    with _translated(path):
        real = path.resolve()
        make_private(real.parent)
        with _alone_in(real.parent, lock or _exclusively):
            before = content(real)
            text = decoded(before or b"", path)
            parsed(text, path)
            after = edit(text)
            if before is None or after != text:
                mark = _MARK if (before or b"").startswith(_MARK) else b""
                with whole_file(real, mode=_mode(real)) as file:
                    file.write(mark + after.encode("utf-8"))
    return after


def _mode(path: Path) -> int:
    """Return the mode to give the file. Raises: PermissionError for one that its owner protected against changes."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return PRIVATE
    if not mode & stat.S_IWUSR:
        # Replacing it would succeed all the same.
        raise PermissionError(None, "it is write-protected")
    return mode


@contextlib.contextmanager
def _without_locks() -> Iterator[None]:
    """Let pass what a file system says that cannot lock: NFS wants a descriptor to write, or knows no locks."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EBADF, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL):
            raise


def _exclusively(descriptor: int) -> None:
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX)


@contextlib.contextmanager
def _alone_in(folder: Path, lock: Callable[[int], None]) -> Iterator[None]:
    """
    Hold the lock on *folder*, so that of two changes at once neither is lost.

    Windows locks no folders; nor do some network file systems, where a change is better than none.
    """
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with _without_locks():
            lock(descriptor)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise ConfigError(
            f"{path} cannot be written: {exc.strerror or exc}", hint=f"Look at: ls -ld {path.parent} {path}"
        ) from exc
