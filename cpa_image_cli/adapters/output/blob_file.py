"""
Decides where the bytes of one blob lie while they arrive.

A paid picture must survive a destination that fails while it arrives: when the folder is full or gone, the blob
moves to the folder of kept pictures with what it has, and goes on there.
"""

import contextlib
import hashlib
import os
import threading
from pathlib import Path

from cpa_image_cli.adapters.files.private_folder import make_private
from cpa_image_cli.adapters.output.temporary import PRIVATE, copy, create, held, remove_leftovers, write_all
from cpa_image_cli.adapters.output.troubles import cause, unwritable
from cpa_image_cli.core.errors import OutputError


class BlobFile:
    """
    A temporary file of *mode* that is hashed as it is written. Safe to use while another thread discards it.

    *path* is where the bytes are now; *size* counts them. *moved_because* is None while the blob is where it was
    begun; otherwise it says, in words, why it lies below *kept*.
    """

    def __init__(self, *, folder: Path, kept: Path, mode: int, lock: threading.RLock) -> None:
        self._kept = kept
        self._lock = lock
        self._hash = hashlib.sha256()
        self._descriptor: int | None
        self._descriptor, self.path = create(folder, mode=mode)
        self.size = 0
        self.moved_because: str | None = None
        self.is_held = False
        self._gone = False

    @property
    def sha256(self) -> str:
        """Return the digest of what was written, in hexadecimal."""
        return self._hash.hexdigest()

    def write(self, piece: bytes) -> None:
        """Append *piece*. Raises: OutputError when neither the destination nor the kept folder can hold it."""
        with self._lock:
            self._check()
            before = self.size
            try:
                self._append(piece)
            except OSError as exc:
                self._recover(exc, rest=piece[self.size - before :])
            self._hash.update(piece)

    def close(self) -> None:
        """
        Say that all bytes are written.

        The file stays open and locked until it is published or discarded: a folder that was removed meanwhile does
        not take the bytes with it. Raises: OutputError when they cannot be brought to safety.
        """
        with self._lock:
            if not self._gone and self.moved_because is None and not os.path.lexists(self.path):
                self.move_to_kept("its folder is gone")

    def discard(self) -> None:
        """Remove the file; may be called again."""
        with self._lock:
            if not self._gone:
                with contextlib.suppress(OSError):
                    self._release()
                with contextlib.suppress(OSError):
                    self.path.unlink()
                self._gone = True

    def handed_over(self) -> None:
        """Note that the file has its final name; nothing is left to remove."""
        with self._lock:
            self._release()
            self._gone = True

    def prepare_to_move(self) -> None:
        """Close the file where an open one cannot be renamed (Windows)."""
        if os.name == "nt":
            self._release()

    @property
    def held_path(self) -> Path:
        """Return where the file will be when it is held."""
        return held(self.path)

    def hold(self) -> None:
        """Take a name that no other run clears away: what is in here is a whole picture, and was paid for."""
        with self._lock:
            self._check()
            self.is_held = True
            with contextlib.suppress(OSError):
                self.prepare_to_move()
                self.path = self.path.rename(self.held_path)

    def hide(self) -> None:
        """Let nobody but its owner read the file. Raises: OSError."""
        with self._lock:
            self.path.chmod(PRIVATE)

    def move_to_kept(self, reason: str) -> None:
        """Go on in the kept folder, with everything written so far. Raises: OutputError when that fails too."""
        with self._lock:
            try:
                descriptor, path = create(make_private(self._kept), mode=PRIVATE)
            except OSError as exc:
                raise _nowhere(self.path, reason, self._kept, exc) from exc
            try:
                copy(self._opened(), descriptor, count=self.size)
            except OSError as exc:
                os.close(descriptor)
                path.unlink(missing_ok=True)
                raise _nowhere(self.path, reason, self._kept, exc) from exc
            self.discard()
            self._descriptor, self.path, self.moved_because, self._gone = descriptor, path, reason, False
            remove_leftovers(self._kept)

    def _append(self, piece: bytes) -> None:
        for count in write_all(self._opened(), piece):
            self.size += count

    def _recover(self, failure: OSError, *, rest: bytes) -> None:
        if self.moved_because is not None:
            raise unwritable(self._kept, failure) from failure
        self.move_to_kept(cause(failure))
        try:
            self._append(rest)
        except OSError as exc:
            raise unwritable(self._kept, exc) from exc

    def _opened(self) -> int:
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        return self._descriptor

    def _release(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def _check(self) -> None:
        if self._gone:
            raise unwritable(self.path, "the run was stopped")


def _nowhere(path: Path, reason: str, kept: Path, exc: OSError) -> OutputError:
    return unwritable(path.parent, f"{reason}; nor to {kept}: {cause(exc)}")
