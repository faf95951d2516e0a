"""
Takes what an agent wants to send, as it is at this moment, from where it is allowed.

The file is opened step by step below an allowed folder, looked at, and copied: what the job sends later is this copy.
So it does not matter what is put into its place meanwhile, and nothing is ever read that is no picture.
"""

import contextlib
import hashlib
import os
import re
import stat
import time
from pathlib import Path

from cpa_image_cli.adapters.files.below import open_below
from cpa_image_cli.adapters.files.private_folder import make_private
from cpa_image_cli.core.errors import Code, OutputError, UsageError
from cpa_image_cli.core.pictures.formats import FORMATS, HEAD
from cpa_image_cli.core.pictures.safe_names import SafeName, safe_name
from cpa_image_cli.mcp.studio import Studio

LARGEST = 50 << 20
"""Bytes of one picture."""

KEPT_FOR = 2 * 86_400.0
"""Seconds after which a copy is removed: no job lives that long."""

_PIECE = 1 << 20
_JOB = re.compile(r"last(~\d{1,9})?|[0-9a-hjkmnp-tv-z]{4,8}", re.IGNORECASE)
_SENT = ("png", "jpeg", "webp", "gif")
"""Formats that gateways take. Whether it is a whole picture is decided where it is sent."""


class Snapshots:
    """Copies of pictures in *folder*, which is ours; *now* is the wall clock in Unix seconds."""

    def __init__(self, folder: Path, *, now: float | None = None) -> None:
        self._folder = folder
        self._remove_old(time.time() if now is None else now)

    def taken(self, name: str, studio: Studio) -> Path:
        """
        Return a copy of the picture called *name*: a path below an allowed folder, or a job.

        Raises: UsageError for what is none, or lies elsewhere; OutputError if it cannot be copied.
        """
        found = self._found(name, studio)
        if not found.steps or found.is_folder:
            raise UsageError(f"{found.path} is a folder")
        try:
            descriptor = open_below(found.root, found.steps)
        except OSError as error:
            raise UsageError(f"{found.path} cannot be read: {error.strerror or error}") from error
        try:
            return self._copied(descriptor, found.path)
        finally:
            os.close(descriptor)

    def _found(self, name: str, studio: Studio) -> SafeName:
        if _JOB.fullmatch(name) and not any((root / name).exists() for root in studio.roots):
            return safe_name(str(studio.picture(name)), studio.roots)
        return safe_name(name, studio.roots)

    def _copied(self, descriptor: int, path: Path) -> Path:
        seen = os.fstat(descriptor)
        if not stat.S_ISREG(seen.st_mode):
            raise UsageError(f"{path} is no file")
        if seen.st_size > LARGEST:
            raise UsageError(f"{path} is too large; the limit is {LARGEST >> 20} MiB")
        content = _content(descriptor)
        if not any(FORMATS[name].begins(content[:HEAD]) for name in _SENT):
            raise UsageError(f"{path} is no picture that can be sent", hint="PNG, JPEG, WebP and GIF can be.")
        return self._written(content, path.suffix.lower())

    def _written(self, content: bytes, extension: str) -> Path:
        path = self._folder / (hashlib.sha256(content).hexdigest() + extension)
        try:
            make_private(self._folder)
            with contextlib.suppress(FileExistsError):
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
            # One that was there already is of the same bytes, and begins a new life.
            os.utime(path)
        except OSError as error:
            why = f"{self._folder} cannot be written: {error.strerror or error}"
            raise OutputError(why, code=Code.OUTPUT_UNWRITABLE) from error
        return path

    def _remove_old(self, now: float) -> None:
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                if now - path.stat().st_mtime > KEPT_FOR:
                    path.unlink(missing_ok=True)


def _content(descriptor: int) -> bytes:
    pieces, left = [], LARGEST + 1
    while left > 0 and (piece := os.read(descriptor, min(left, _PIECE))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
