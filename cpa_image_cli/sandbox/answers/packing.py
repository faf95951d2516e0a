"""Decides how the body of an answer is compressed, though nobody asked for it."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from cpa_image_cli.sandbox.answers.steps import Break, Send, Step


class Packer(Protocol):
    """Compresses piece by piece."""

    def pack(self, data: bytes) -> bytes:
        """Return what *data* becomes, all of it."""

    def end(self) -> bytes:
        """Return what ends the compressed body."""


class ZlibPacker:
    """For gzip and deflate, by *wbits*."""

    def __init__(self, wbits: int) -> None:
        self._inner = zlib.compressobj(wbits=wbits)

    def pack(self, data: bytes) -> bytes:
        """Return what *data* becomes."""
        return self._inner.compress(data) + self._inner.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        """Return the end."""
        return self._inner.flush()


class BrotliPacker:
    """For br."""

    def __init__(self) -> None:
        import brotli

        self._inner = brotli.Compressor(quality=1)

    def pack(self, data: bytes) -> bytes:
        """Return what *data* becomes."""
        return bytes(self._inner.process(data) + self._inner.flush())

    def end(self) -> bytes:
        """Return the end."""
        return bytes(self._inner.finish())


class ZstdPacker:
    """For zstd, a frame for each piece."""

    def pack(self, data: bytes) -> bytes:
        """Return what *data* becomes."""
        import sys

        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
        return bytes(zstd.compress(data))

    def end(self) -> bytes:
        """Return nothing more."""
        return b""


PACKERS: Mapping[str, Callable[[], Packer]] = {
    "gzip": lambda: ZlibPacker(31),
    "deflate": lambda: ZlibPacker(15),
    "br": BrotliPacker,
    "zstd": ZstdPacker,
}


def packed(steps: Iterable[Step], coding: str) -> Iterator[Step]:
    """Yield *steps* with their bytes compressed; one that breaks off leaves the compressed data truncated."""
    packer = PACKERS[coding]()
    for step in steps:
        if isinstance(step, Send):
            yield Send([packer.pack(b"".join(step.text))])
        else:
            yield step
            if isinstance(step, Break):
                return
    yield Send([packer.end()])
