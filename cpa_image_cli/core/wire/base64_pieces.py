"""
Decides what counts as sound base64, and decodes it in pieces of any size.

Either alphabet is read. Missing padding is forgiven, and so is too much of it; nothing else is. What is unsound is not
raised but told in `problem`, since the text around it may still say why.
"""

import binascii
import re

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_"
_USUAL = bytes.maketrans(b"-_", b"+/")
"""From the alphabet that is safe in URLs (RFC 4648 §5) to the one everybody knows."""
_NOT_BARE = re.compile(rb"[^A-Za-z0-9+/]")


def decoded(text: str) -> bytes | None:
    """Return what *text* stands for if, white space left out, it is sound base64; else None."""
    encoded = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return binascii.a2b_base64(encoded + "=" * (-len(encoded) % 4), strict_mode=True)
    except ValueError:
        return None


def _usual(data: bytes) -> bytes:
    return data.translate(_USUAL) if b"-" in data or b"_" in data else data


class Base64Decoder:
    """Base64 to bytes in pieces, strict but for missing padding."""

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._carry = b""
        self._padded = False
        self.size = 0
        self.problem: str | None = None

    def feed_plain(self, data: bytes) -> bytes | None:
        """Decode *data* if it is base64 without padding or escapes; return None, unchanged, if it is not."""
        if self.problem or self._padded:
            return None
        whole = self._carry + _usual(data)
        cut = len(whole) & ~3
        # The strict decoder refuses whatever else is wrong, but sees neither what is carried nor padding at the end.
        if _NOT_BARE.search(whole, max(cut - 1, 0)):
            return None
        try:
            decoded = binascii.a2b_base64(memoryview(whole)[:cut], strict_mode=True)
        except binascii.Error:
            return None
        self._carry = whole[cut:]
        return self._counted(decoded)

    def feed(self, data: bytes) -> bytes:
        """Decode *data*, which holds nothing but the alphabet and padding."""
        body = _usual(data.rstrip(b"="))
        if b"=" in body or (self._padded and body):
            self.problem = "base64 goes on after its padding"
        if self.problem:
            return b""
        self._padded = self._padded or len(body) < len(data)
        whole = self._carry + body
        cut = len(whole) & ~3
        self._carry = whole[cut:]
        return self._counted(binascii.a2b_base64(whole[:cut]))

    def finish(self) -> bytes:
        """Return what the last, perhaps unpadded, characters stand for."""
        if self.problem or not self._carry:
            return b""
        if len(self._carry) == 1:
            self.problem = "base64 is cut short"
            return b""
        return self._counted(binascii.a2b_base64(self._carry + b"=" * (4 - len(self._carry))))

    def _counted(self, decoded: bytes) -> bytes:
        self.size += len(decoded)
        if self.size > self._limit:
            self.problem = f"larger than {self._limit} bytes"
            return b""
        return decoded


class Base64Measure:
    """Stands in for `Base64Decoder` where nobody wants the bytes: it measures, and costs next to nothing."""

    problem = None

    def __init__(self) -> None:
        self._characters = 0

    @property
    def size(self) -> int:
        """Return the size in bytes of what was measured, give or take its padding."""
        return self._characters * 3 // 4

    def feed_plain(self, data: bytes) -> bytes | None:
        """Measure *data* if it is base64 without escapes; return None, unchanged, if it is not."""
        return None if data.translate(None, _ALPHABET) else self.feed(data)

    def feed(self, data: bytes) -> bytes:
        """Measure *data*, which holds nothing but the alphabet and padding."""
        self._characters += len(data)
        return b""

    def finish(self) -> bytes:
        """Return nothing, as ever."""
        return b""
