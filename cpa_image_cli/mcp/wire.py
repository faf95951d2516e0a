"""
Decides how messages pass through a pair of pipes: one line each, whole, whoever writes at the same time.

A client that reads no more ends the writing, never the process: a job that it started goes on in any case.
"""

import threading
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from cpa_image_cli.core.text import json_text

LONGEST_LINE = 4 << 20
"""Bytes. A prompt has at most some hundred thousand; whatever is longer is no message to us."""


class Wire:
    """Lines from *reads*, messages to *writes*; any thread may send."""

    def __init__(self, reads: BinaryIO, writes: BinaryIO) -> None:
        self._reads = reads
        self._writes = writes
        self._lock = threading.Lock()
        self._is_gone = False

    def lines(self) -> Iterator[bytes | None]:
        """Yield each line until the other side closes; None for one that is too long to be a message."""
        while line := self._reads.readline(LONGEST_LINE):
            if len(line) < LONGEST_LINE or line.endswith(b"\n"):
                if line.strip():
                    yield line
            else:
                self._skip()
                yield None

    def send(self, message: Mapping[str, object]) -> None:
        """Write *message*; if nobody reads any more, nothing happens."""
        line = json_text(message).encode() + b"\n"
        with self._lock:
            if not self._is_gone:
                try:
                    self._writes.write(line)
                    self._writes.flush()
                except (OSError, ValueError):
                    self._is_gone = True

    def _skip(self) -> None:
        while (piece := self._reads.readline(LONGEST_LINE)) and not piece.endswith(b"\n"):
            pass
