"""
Unpacks one coding at a time, whatever library knows it, in steps of bounded size so that memory stays flat.

To undo another coding, write its `Unpacker` and put it into `UNPACKERS`. Measured for ``br`` and ``zstd``: wheels of
1.4 and 0.5 MB, imported only when an answer is packed so; a picture that has been paid for is worth that.
"""

import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Protocol

PIECE = 64 * 1024
"""Bytes that one coding yields at a time, at most."""

HEADED = zlib.MAX_WBITS | 32
RAW = -zlib.MAX_WBITS
"""What zlib wants to be told: to look for a header of gzip or of zlib, or to expect none."""

WIDEST_WINDOW = 23
"""The binary logarithm of the bytes that zstd may look back, and so keep in memory; RFC 9659 allows no more."""


class Unpacker(Protocol):
    """Takes packed bytes and yields what they stand for, `PIECE` bytes at a time."""

    @property
    def is_over(self) -> bool:
        """Whether the packed bytes came to their end; what follows is left out."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """
        Yield what *data* completes.

        Raises: zlib.error for damage, whichever library found it.
        """


class Member(Protocol):
    """One stretch of packed bytes, with an end; *rest* is what came after that."""

    @property
    def is_over(self) -> bool:
        """Whether it came to its end."""

    @property
    def rest(self) -> bytes:
        """What was fed to it beyond its end."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """As `Unpacker.feed`."""


class Members:
    """For codings that begin with *sign* and may begin once more after their end, as gzip and zstd may."""

    def __init__(self, sign: bytes, make: Callable[[], Member]) -> None:
        self._sign = sign
        self._make = make
        self._member = make()
        self._held = b""

    @property
    def is_over(self) -> bool:
        """Whether the last member has ended."""
        return self._member.is_over

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what *data* completes."""
        data, self._held = self._held + data, b""
        while data:
            if self._member.is_over:
                if not data.startswith(self._sign):
                    self._held = data if self._sign.startswith(data) else b""
                    return
                self._member = self._make()
            yield from self._member.feed(data)
            data = self._member.rest


class ZlibUnpacker:
    """For deflate, and for one member of gzip; *wbits* says which header is expected."""

    def __init__(self, wbits: int) -> None:
        self._inner = zlib.decompressobj(wbits)

    @property
    def is_over(self) -> bool:
        """Whether the packed bytes have ended."""
        return self._inner.eof

    @property
    def rest(self) -> bytes:
        """What came after the end."""
        return self._inner.unused_data

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what *data* completes."""
        while not self._inner.eof:
            found = self._inner.decompress(data, PIECE)
            yield found
            data = self._inner.unconsumed_tail
            if not data and len(found) < PIECE:
                return


class ZstdFrame:
    """For one frame of zstd."""

    def __init__(self) -> None:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
        widest = {int(zstd.DecompressionParameter.window_log_max): WIDEST_WINDOW}
        self._inner: Any = zstd.ZstdDecompressor(options=widest)
        self._error: type[Exception] = zstd.ZstdError

    @property
    def is_over(self) -> bool:
        """Whether the frame has ended."""
        return bool(self._inner.eof)

    @property
    def rest(self) -> bytes:
        """What came after the end."""
        return bytes(self._inner.unused_data)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what *data* completes."""
        while not self._inner.eof:
            try:
                found = self._inner.decompress(data, PIECE)
            except self._error as error:
                raise zlib.error(str(error)) from error
            yield found
            data = b""
            if self._inner.needs_input:
                return


class BrotliUnpacker:
    """For br."""

    def __init__(self) -> None:
        import brotli

        self._error: type[Exception] = brotli.error
        self._inner: Any = brotli.Decompressor()

    @property
    def is_over(self) -> bool:
        """Whether the last block has ended."""
        return bool(self._inner.is_finished())

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what *data* completes."""
        while not self.is_over:
            try:
                found = self._inner.process(data, output_buffer_limit=PIECE)
            except self._error as error:
                raise zlib.error(str(error)) from error
            yield found
            data = b""
            # It can take more long before all that it has is out.
            if len(found) < PIECE and self._inner.can_accept_more_data():
                return


def _gzip(_beginning: bytes) -> Members:
    return Members(b"\x1f\x8b", lambda: ZlibUnpacker(HEADED))


def _deflate(beginning: bytes) -> ZlibUnpacker:
    # With zlib's header, says the standard; without one, say servers that took the word literally.
    is_zlib = beginning[0] & 0x0F == zlib.DEFLATED and int.from_bytes(beginning[:2]) % 31 == 0
    return ZlibUnpacker(HEADED if is_zlib else RAW)


UNPACKERS: Mapping[str, Callable[[bytes], Unpacker]] = MappingProxyType(
    {
        "gzip": _gzip,
        "x-gzip": _gzip,
        "deflate": _deflate,
        "zstd": lambda _: Members(b"\x28\xb5\x2f\xfd", ZstdFrame),
        "br": lambda _: BrotliUnpacker(),
    }
)
"""What makes the unpacker of a coding, given its first bytes."""
