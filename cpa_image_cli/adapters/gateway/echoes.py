"""
Decides what becomes of a secret that a gateway sends back: error messages like to quote the key they refuse.

What leaves this package is shown, logged and remembered in many places, so secrets are taken out here, in one. The
bytes are looked at as they arrive, at several GB a second; in a picture's base64 no key occurs by chance.
"""

import re
from collections.abc import Iterable, Iterator

SHORTEST = 8
"""Characters of a secret that is taken out. ``none`` and ``test`` are no secrets, and stand in any answer."""

MASK = "***"

_LIKE_A_SECRET = re.compile(rf"(?=.*\d)\S{{{SHORTEST},}}")
"""With a digit: a header of words, such as an organisation's name, is none, and might be part of what we must read."""


class Echoes:
    """Takes *secrets*, or rather those of them that look like secrets, out of texts and streams of bytes."""

    def __init__(self, secrets: Iterable[str]) -> None:
        found = {secret for secret in secrets if _LIKE_A_SECRET.fullmatch(secret)}
        # Also as JSON may spell it. The longest first, should one be a part of another.
        spelled = found | {secret.replace("/", r"\/") for secret in found}
        self._texts = sorted(spelled, key=len, reverse=True)
        self._bytes = [text.encode() for text in self._texts]

    def out_of(self, text: str) -> str:
        """Return *text* without any secret."""
        for secret in self._texts:
            text = text.replace(secret, MASK)
        return text

    def out_of_pieces(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the bytes of *pieces* without any secret, wherever they are cut."""
        held = b""
        for piece in pieces:
            data = held + piece if held else piece
            for secret in self._bytes:
                if secret in data:
                    data = data.replace(secret, MASK.encode())
            keep = max((_begun(data, secret) for secret in self._bytes), default=0)
            held = data[len(data) - keep :]
            if len(data) > keep:
                yield data[: len(data) - keep]
        if held:
            yield held


def _begun(data: bytes, secret: bytes) -> int:
    """Return how many bytes at the end of *data* may be the beginning of *secret*."""
    tail = data[1 - len(secret) :]
    start = tail.find(secret[:1])
    while start >= 0 and not secret.startswith(tail[start:]):
        start = tail.find(secret[:1], start + 1)
    return len(tail) - start if start >= 0 else 0
