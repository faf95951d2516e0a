"""
Decides when a picture gets its name: whole and verified, in one step, and never over a file it must not replace.

How a name is taken is in ``placing``, which folder is used meanwhile in ``workplace``. Whoever fails to publish keeps:
a paid picture that cannot be saved where it should goes below the data folder.
"""

import contextlib
import itertools
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, assert_never

from cpa_image_cli.adapters.files.private_folder import make_private
from cpa_image_cli.adapters.output.blob_file import BlobFile
from cpa_image_cli.adapters.output.placing import first_free, take
from cpa_image_cli.adapters.output.targets import (
    DeviceTarget,
    FileTarget,
    FolderTarget,
    IfExists,
    StreamTarget,
    Target,
    kept_names,
    names,
    raw_names,
    shown,
)
from cpa_image_cli.adapters.output.temporary import AS_USUAL, PRIVATE, remove_leftovers
from cpa_image_cli.adapters.output.troubles import exists, unwritable
from cpa_image_cli.adapters.output.workplace import workplace
from cpa_image_cli.core.errors import OutputError

_PIECE = 1 << 16


def reserve(
    target: Target,
    *,
    if_exists: IfExists,
    kept: Path,
    picture_format: str = "png",
    temporary: Path | None = None,
) -> "Reservation":
    """
    Prove that *target* can take a picture of *picture_format*, and return the place.

    Missing parents are made; what killed runs left there is removed. *kept* is where pictures go that cannot be
    saved; *temporary* holds the bytes on their way to a stream or device (default: the system's folder).
    Raises: OutputError.
    """
    try:
        folder = workplace(target, if_exists, picture_format, temporary)
        remove_leftovers(folder)
        return Reservation(target=target, if_exists=if_exists, kept=kept, folder=folder, picture_format=picture_format)
    except (OSError, ValueError) as exc:
        raise unwritable(shown(target), exc) from exc


class Reservation:
    """
    A place for one picture: temporary blobs, of which one is published.

    Any thread may call `close` at any time. *folder* holds the temporary files. *settled* says that the picture is in
    place: published, poured out or kept. *if_exists* says what about a name that is taken, *names_it* that the name is
    one of ours, made of the prompt.
    """

    def __init__(
        self, *, target: Target, if_exists: IfExists, kept: Path, folder: Path, picture_format: str = "png"
    ) -> None:
        self._target = target
        self._format = picture_format
        self._below = target.below if isinstance(target, FileTarget | FolderTarget) else None
        self._replaces = if_exists is IfExists.OVERWRITE and isinstance(target, FileTarget) and self._below is None
        self._numbers = if_exists is IfExists.NUMBER or not isinstance(target, FileTarget)
        self._kept = kept
        self.if_exists = IfExists.NUMBER if self._numbers else if_exists
        self.names_it = not isinstance(target, FileTarget | DeviceTarget)
        self._mode = AS_USUAL if isinstance(target, FileTarget | FolderTarget) else PRIVATE
        self._folder = folder
        self._lock = threading.RLock()
        self._blobs: list[BlobFile] = []
        self._closed = False
        self.settled = False
        self.kept_at: Path | None = None
        # The first blob is made now: if that works, the next ones will.
        self._unused: BlobFile | None = self._new_blob()

    @property
    def destination(self) -> Path | None:
        """Return the first name a picture of the expected format may get; None if it goes to no file of its own."""
        if not isinstance(self._target, FileTarget | FolderTarget):
            return None
        return next(names(self._target, picture_format=self._format))

    def open_blob(self) -> BlobFile:
        """Return a new temporary file. Raises: OutputError."""
        with self._lock:
            self._check()
            blob, self._unused = self._unused, None
            try:
                return blob or self._new_blob()
            except OSError as exc:
                raise unwritable(shown(self._target), exc) from exc

    def publish(self, blob: BlobFile, *, format: str) -> Path | None:  # noqa: A002 - the word of `Picture`
        """
        Give *blob* its final name, with an extension true of *format*; return it as an absolute path.

        None for a stream. Raises: OutputError; the blob is still there then, for `keep`.
        """
        match self._target:
            case StreamTarget(stream=stream):
                self._pour(blob, stream)
                return None
            case DeviceTarget(path=path):
                self._pour(blob, path)
                return path
            case FileTarget() | FolderTarget():
                with self._lock:
                    self._check()
                    path = self._publish(blob, names(self._target, picture_format=format))
                    self.settled = True
                    return path
            case _:
                assert_never(self._target)

    def publish_further(self, blob: BlobFile, *, format: str) -> Path:  # noqa: A002 - as above
        """
        Give *blob*, a further picture, a free name beside that of the first; where there is none, it is kept.

        Raises: OutputError.
        """
        with self._lock:
            self._check()
            if isinstance(self._target, FileTarget | FolderTarget) and blob.moved_because is None:
                with contextlib.suppress(OSError, ValueError):
                    return first_free(blob, names(self._target, picture_format=format), below=self._below)
            return self.keep_aside(blob, kind=format)

    def publish_beside(self, blob: BlobFile, published: Path | None, *, format: str) -> Path:  # noqa: A002 - as above
        """
        Save *blob*, of which the picture at *published* was made, as ``…-raw`` beside it; keep it where that cannot be.

        Raises: OutputError.
        """
        with self._lock:
            self._check()
            if published is not None and isinstance(self._target, FileTarget | FolderTarget):
                with contextlib.suppress(OSError, ValueError):
                    return first_free(blob, raw_names(published, picture_format=format), below=self._below)
            return self._keep(blob, kept_names(self._target, kept=self._kept, picture_format=format))

    def keep(self, blob: BlobFile, *, format: str) -> Path:  # noqa: A002 - the word of `Picture`
        """Save *blob* under a free name in the kept folder, and return that. Raises: OutputError."""
        with self._lock:
            path = self.keep_aside(blob, kind=format)
            self.settled = True
            return path

    def close_unless_held(self) -> bool:
        """
        Close, unless a picture is in place already, or in hand and can have its name: it was paid for.

        Return whether there is such a picture. One in hand for a stream, which nobody may read, is kept: *kept_at*.
        """
        with self._lock:
            held = next((blob for blob in self._blobs if blob.is_held), None)
            if self.settled or (held is not None and isinstance(self._target, FileTarget | FolderTarget)):
                return True
            if held is not None:
                with contextlib.suppress(OutputError):
                    self.kept_at = self.keep(held, format=self._format)
            self.close()
            return False

    def keep_aside(self, blob: BlobFile, *, kind: str) -> Path:
        """
        Save *blob*, which is no sound picture, as `keep` does; the place is still free for one.

        *kind* is the name of a format, ours or not. Raises: OutputError.
        """
        with self._lock:
            self._check()
            return self._keep(blob, kept_names(self._target, kept=self._kept, picture_format=kind))

    def close(self) -> None:
        """Remove every temporary file; afterwards nothing can be published. May be called again."""
        with self._lock:
            self._closed = True
            for blob in self._blobs:
                blob.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _new_blob(self) -> BlobFile:
        blob = BlobFile(folder=self._folder, kept=self._kept, mode=self._mode, lock=self._lock)
        self._blobs.append(blob)
        return blob

    def _publish(self, blob: BlobFile, choices: Iterator[Path]) -> Path:
        if blob.moved_because is not None:
            raise unwritable(shown(self._target), blob.moved_because)
        best = next(choices)
        try:
            if self._replaces:
                take(blob, best, replace=True)
                return best
            chosen = itertools.chain([best], choices if self._numbers else ())
            return first_free(blob, chosen, below=self._below)
        except FileExistsError as exc:
            raise exists(best) from exc
        except (OSError, ValueError) as exc:
            raise unwritable(best, exc) from exc

    def _keep(self, blob: BlobFile, choices: Iterator[Path]) -> Path:
        choices, again = itertools.tee(choices)
        try:
            make_private(self._kept)
            blob.hide()
            return first_free(blob, choices)
        except (OSError, ValueError):
            # Another file system, or the folder is gone and the bytes only hang on their open file.
            blob.move_to_kept("it cannot be saved there")
        try:
            return first_free(blob, again)
        except (OSError, ValueError) as exc:
            raise unwritable(self._kept, exc) from exc

    def _pour(self, blob: BlobFile, sink: BinaryIO | Path) -> None:
        # Not under the lock: a FIFO blocks until somebody reads, and Ctrl-C must not wait for that.
        with self._lock:
            self._check()
        try:
            with blob.path.open("rb") as source, _opened(sink) as stream:
                while piece := source.read(_PIECE):
                    stream.write(piece)
                stream.flush()
        except (OSError, ValueError) as exc:
            raise unwritable(shown(self._target), exc) from exc
        with self._lock:
            self._check()
            self.settled = True
            blob.discard()

    def _check(self) -> None:
        if self._closed:
            raise unwritable(shown(self._target), "the run was stopped")


def _opened(sink: BinaryIO | Path) -> contextlib.AbstractContextManager[BinaryIO]:
    # Appending: what a redirected /dev/stdout holds already is not ours to overwrite.
    return sink.open("ab", buffering=0) if isinstance(sink, Path) else contextlib.nullcontext(sink)
