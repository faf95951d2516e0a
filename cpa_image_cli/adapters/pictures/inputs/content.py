"""
Decides how the bytes of a picture are read while they are sent: in small pieces, anew by every attempt.

A picture lies in a file of the user's, which may change behind our back, or in a temporary one that has no name and so
is gone with this process, however it ends.
"""

import contextlib
import errno
import io
import os
import stat
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.pictures.inputs import LARGEST_FILE, MIB, bad_picture

PIECE = 48 * 1024
"""Bytes that are read at a time: a multiple of three, so that base64 carries nothing over."""


class Store(Protocol):
    """Where the bytes of one picture lie; *shown* is how a person calls it."""

    @property
    def shown(self) -> str:
        """Return how it is called."""

    def opened(self) -> AbstractContextManager[BinaryIO]:
        """Yield it open at its beginning. Raises: UsageError."""


@dataclass(frozen=True, slots=True)
class Span:
    """*length* bytes from *start* on."""

    start: int
    length: int


Part = bytes | Span


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContent:
    """What is sent of *store*: *parts* of it, and bytes of our own between them."""

    store: Store
    parts: tuple[Part, ...]

    @property
    def length(self) -> int:
        """Return how many bytes `pieces` yields."""
        return sum(len(part) if isinstance(part, bytes) else part.length for part in self.parts)

    def pieces(self) -> Iterator[bytes]:
        """Yield them. Raises: UsageError when the file is not what was checked."""
        with self.store.opened() as file:
            for part in self.parts:
                yield from (part,) if isinstance(part, bytes) else self._read(file, part)

    def _read(self, file: BinaryIO, span: Span) -> Iterator[bytes]:
        with reading(self.store.shown):
            file.seek(span.start)
        left = span.length
        while left:
            with reading(self.store.shown):
                piece = file.read(min(left, PIECE))
            if not piece:
                raise changed(self.store.shown)
            left -= len(piece)
            yield piece


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStore:
    """A file of the user's. It has to stay what it was when it was checked, which *identity* tells."""

    path: Path
    shown: str
    identity: tuple[int, ...]

    @contextlib.contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Yield the file open. Raises: UsageError when it cannot be read, or is another."""
        with _opened(self.path, self.shown) as file:
            if _identity(os.fstat(file.fileno())) != self.identity:
                raise changed(self.shown)
            yield file


class TemporaryStore:
    """Bytes that no file of the user's has; they are gone when this process is."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.file = cast(BinaryIO, tempfile.TemporaryFile(buffering=0))  # noqa: SIM115
        weakref.finalize(self, self.file.close)
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Return how many bytes there are."""
        return os.fstat(self.file.fileno()).st_size

    @contextlib.contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Yield it as a file of its own, so that two jobs may read at once."""
        yield cast(BinaryIO, _View(self.file, self._lock))


class _View(io.RawIOBase):
    """A position of its own in a file that others read as well."""

    def __init__(self, file: BinaryIO, lock: threading.Lock) -> None:
        self._file = file
        self._lock = lock
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: os.fstat(self.fileno()).st_size}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # typeshed wants any buffer
        with self._lock:
            self._file.seek(self._at)
            count = cast(io.RawIOBase, self._file).readinto(buffer) or 0
        self._at += count
        return count


def file_store(path: Path, shown: str) -> FileStore:
    """
    Return the file at *path*.

    Raises: UsageError for what is no file that can be read, with one sentence for each way of being none.
    """
    with _opened(path, shown) as file:
        seen = os.fstat(file.fileno())
    if not seen.st_size:
        raise bad_picture(f"{shown} is empty")
    if seen.st_size > LARGEST_FILE:
        raise too_large(shown, seen.st_size)
    return FileStore(path=path, shown=shown, identity=_identity(seen))


def stored(pieces: Iterable[bytes], shown: str) -> TemporaryStore:
    """Return *pieces* as a store. Raises: UsageError when there are none, or more than a file may have."""
    store = TemporaryStore(shown)
    size = 0
    with reading(shown):
        for piece in pieces:
            size += len(piece)
            if size > LARGEST_FILE:
                raise too_large(shown, size)
            store.file.write(piece)
    if not size:
        raise bad_picture(f"{shown} is empty")
    return store


def too_large(shown: str, size: int) -> UsageError:
    """Return the error for a picture of *size* bytes, or more."""
    limit = LARGEST_FILE // MIB
    return bad_picture(
        f"{shown} has more than {limit} MiB ({size / MIB:.0f} MiB so far), and no gateway takes more",
        hint="Make it smaller, for instance with `magick big.png -resize 4096x4096 small.png`.",
    )


def changed(shown: str) -> UsageError:
    """Return the error for a file that is not what it was when it was checked."""
    return bad_picture(f"{shown} has changed since it was looked at; it was not sent")


@contextlib.contextmanager
def reading(shown: str) -> Iterator[None]:
    """Turn what the system says while *shown* is read into one sentence."""
    try:
        yield
    except OSError as error:
        raise bad_picture(f"{shown} cannot be read: {error.strerror or error}") from error


@contextlib.contextmanager
def _opened(path: Path, shown: str) -> Iterator[BinaryIO]:
    # Nobody has to write into a FIFO for this to return.
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise _unopened(error, path, shown) from error
    kind = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(kind):
        os.close(descriptor)
        raise bad_picture(f"{shown} is {_called(kind)}, no file", hint=_PIPE)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        yield cast(BinaryIO, file)


_PIPE = "What comes out of a pipe or a device can be given as -: `… | cpa-image edit - PROMPT`."


def _unopened(error: Exception, path: Path, shown: str) -> UsageError:
    code = getattr(error, "errno", None)
    if code == errno.EISDIR or (code == errno.EACCES and path.is_dir()):
        return bad_picture(f"{shown} is a folder, no picture")
    if code == errno.ELOOP:
        return bad_picture(f"{shown} is a link that leads back to itself")
    if code in {errno.ENOENT, errno.ENOTDIR}:
        return bad_picture(f"there is no file {shown}")
    return bad_picture(f"{shown} cannot be read: {getattr(error, 'strerror', None) or error}")


def _called(mode: int) -> str:
    names = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for test, name in names if test(mode)), "a device")


def _identity(seen: os.stat_result) -> tuple[int, ...]:
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns
