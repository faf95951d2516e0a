"""Decides how a file is walked: forwards, exactly, and never more than 64 KiB of it in memory."""

import os
from collections.abc import Iterator
from typing import BinaryIO

PIECE = 1 << 16


class Damaged(Exception):  # noqa: N818 - reads as what it says; never leaves this package
    """What came is not a whole, known picture; the message is a sentence for a person."""


class Source:
    """A file read forwards. Whatever is missing raises Damaged."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = os.fstat(file.fileno()).st_size
        self.position = 0

    def peek(self, count: int) -> bytes:
        """Return up to *count* bytes without moving."""
        head = self._file.read(count)
        self._file.seek(self.position)
        return head

    def read(self, count: int) -> bytes:
        """Return exactly *count* bytes, at most 64 KiB."""
        self._require(count)
        self.position += count
        return self._file.read(count)

    def pieces(self, count: int) -> Iterator[bytes]:
        """Yield exactly *count* bytes in pieces."""
        self._require(count)
        while count > 0:
            piece = self.read(min(count, PIECE))
            count -= len(piece)
            yield piece

    def rest(self) -> Iterator[bytes]:
        """Yield everything from here to the end in pieces."""
        yield from self.pieces(self.size - self.position)

    def seek(self, position: int) -> None:
        """Go to *position*, counted from the start."""
        if position > self.size:
            self._require(position - self.position)
        self._file.seek(position)
        self.position = position

    def _require(self, count: int) -> None:
        left = self.size - self.position
        if count > left:
            raise Damaged(f"the picture is cut off: it ends after {self.size} bytes, {count - left} too early")
