"""
Decides what becomes of a secret that a gateway sends back: error messages like to quote the key they refuse.

What leaves this package is shown, logged and remembered in many places, so secrets are taken out here, in one. The
bytes are looked at as they arrive, at several GB a second; in a picture's base64 no key occurs by chance. A key may
also be quoted in part, so its beginning is taken out too.
"""

import re
from collections.abc import Iterable, Iterator
from typing import AnyStr, Generic

from cpa_image_cli.core.dataclass import dataclass

SHORTEST = 8
"""Characters of a secret that is taken out. ``none`` and ``test`` are no secrets, and stand in any answer."""

MOST_SAID = 12
"""Characters at the beginning of a secret that give too much of it away."""

MASK = "***"

_LIKE_A_SECRET = re.compile(rf"(?=.*\d)\S{{{SHORTEST},}}")
"""With a digit: a header of words, such as an organisation's name, is none, and might be part of what we must read."""


@dataclass(frozen=True, slots=True)
class _Wanted(Generic[AnyStr]):
    """A secret, and the *head* by which it is recognised, even if no more than that is said."""

    whole: AnyStr
    head: AnyStr

    def begun_at(self, start: int, data: AnyStr) -> int:
        """Return how far *data*, which has the head at *start*, agrees with the whole."""
        end = start + len(self.head)
        while end < len(data) and self.whole[end - start : end - start + 1] == data[end : end + 1]:
            end += 1
        return end


class SecretFilter:
    """
    Takes *secrets*, or rather those of them that look like secrets, out of texts and streams of bytes.

    *encoded* are forms of them that are sent, and look like nothing else.
    """

    def __init__(self, secrets: Iterable[str], *, encoded: Iterable[str] = ()) -> None:
        found = {secret for secret in secrets if _LIKE_A_SECRET.fullmatch(secret)} | set(encoded)
        # Also as JSON may spell it. The longest first, should one be a part of another.
        spelled = sorted(found | {secret.replace("/", r"\/") for secret in found}, key=len, reverse=True)
        self._texts = [_Wanted(text, text[: _head(text)]) for text in spelled]
        self._bytes = [_Wanted(text.encode(), text[: _head(text)].encode()) for text in spelled]

    def out_of(self, text: str) -> str:
        """Return *text* without any secret."""
        return _without_begun(_without_whole(text, self._texts, MASK), self._texts, MASK)

    def out_of_name(self, name: str) -> str:
        """Return *name*, in which capitals mean nothing, unless there is a secret in it."""
        return MASK if any(wanted.head.lower() in name.lower() for wanted in self._texts) else name

    def out_of_pieces(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the bytes of *pieces* without any secret, wherever they are cut."""
        held, mask = b"", MASK.encode()
        for piece in pieces:
            data = held + piece if held else piece
            is_said = any(wanted.head in data for wanted in self._bytes)
            if is_said:
                data = _without_whole(data, self._bytes, mask)
            # What may go on in the next piece must not be masked before it has ended.
            keep = max((_begun(data, wanted.whole) for wanted in self._bytes), default=0)
            held = data[len(data) - keep :]
            if len(data) > keep:
                ready = data[: len(data) - keep]
                yield _without_begun(ready, self._bytes, mask) if is_said else ready
        if held:
            yield _without_begun(held, self._bytes, mask)


def _head(secret: str) -> int:
    """Return how many characters of *secret* are no word that could stand anywhere: with a digit, as above."""
    digit = next((index for index, character in enumerate(secret) if character.isdigit()), len(secret))
    return max(MOST_SAID, digit + 1)


def _without_whole(data: AnyStr, secrets: "list[_Wanted[AnyStr]]", mask: AnyStr) -> AnyStr:
    for wanted in secrets:
        data = data.replace(wanted.whole, mask)
    return data


def _without_begun(data: AnyStr, secrets: "list[_Wanted[AnyStr]]", mask: AnyStr) -> AnyStr:
    for wanted in secrets:
        start = data.find(wanted.head)
        while start >= 0:
            data = data[:start] + mask + data[wanted.begun_at(start, data) :]
            start = data.find(wanted.head, start)
    return data


def _begun(data: bytes, secret: bytes) -> int:
    """Return how many bytes at the end of *data* may be the beginning of *secret*."""
    tail = data[1 - len(secret) :]
    start = tail.find(secret[:1])
    while start >= 0 and not secret.startswith(tail[start:]):
        start = tail.find(secret[:1], start + 1)
    return len(tail) - start if start >= 0 else 0
