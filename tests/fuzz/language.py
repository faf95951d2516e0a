r"""
Decides what an input of the fuzzer means: the bytes of one answer, and where they are cut into pieces.

Nearly all bytes stand for themselves, so that any recorded answer is an input. Two that UTF-8 never uses are signs:
``\xff`` is a cut, and ``\xfe`` with the byte after it stands for a text of `WORDS`, most of them longer than the
threshold from which base64 is lifted out: no fuzzer would come upon 4,096 characters of base64 by itself. To make
something new within its reach, add a word, and put it into ``answers.dict``.
"""

import base64
import random
from dataclasses import dataclass

from cpa_image_cli.core.wire.blob_lifter import THRESHOLD

CUT = b"\xff"
SIGN = b"\xfe"
REPEAT = b"R"
REPEATS = 70
"""How often `REPEAT` writes the event before it once more: more than there are files for pictures."""

LONGEST = 320 * 1024
"""Bytes of an answer; what is beyond is dropped. Enough for a picture that spans several slices of the lifter."""

MAGIC = b"\x89PNG"
"""What the target takes for a sound picture begins with this."""


def picture(number: int, *, size: int) -> bytes:
    return MAGIC + random.Random(number).randbytes(size - len(MAGIC))


PLAIN = base64.b64encode(picture(1, size=3104))
UNPADDED = base64.b64encode(picture(2, size=3110)).rstrip(b"=")
OTHER = base64.b64encode(picture(3, size=3200))

WORDS: dict[bytes, bytes] = {
    b"A": PLAIN,
    b"B": UNPADDED,
    b"E": OTHER.replace(b"/", rb"\/").replace(b"+", rb"\u002B").replace(b"=", rb"\u003d"),
    b"W": rb"\n".join(OTHER[start : start + 76] for start in range(0, len(OTHER), 76)) + rb"\r\n",
    b"Z": base64.b64encode(picture(4, size=75_000)),
    b"J": base64.b64encode(random.Random(5).randbytes(3300)),
    b"S": base64.b64encode(picture(6, size=60)),
    b"D": b"data:image/png;base64," + PLAIN,
    b"L": b"Q" * (THRESHOLD - 1),
    b"T": b"Q" * THRESHOLD,
    b"=": b"=" * (THRESHOLD + 4),
    b"U": rb"\u4f60" * 800,
    b"\\": rb"\\" * (THRESHOLD // 2),
    b"N": b"[" * 5000,
    b"O": b'{"error":' * 30,
    b"X": b"words and " * 600,
}
"""What stands behind the sign, by the byte that follows it."""


@dataclass(frozen=True, slots=True)
class Input:
    """One answer: its bytes, and the same in the pieces it was cut into."""

    pieces: tuple[bytes, ...]

    @property
    def answer(self) -> bytes:
        return b"".join(self.pieces)


def understood(data: bytes) -> Input:
    room = LONGEST
    pieces: list[bytes] = []
    for part in data.split(CUT):
        piece = _expanded(part)[:room]
        room -= len(piece)
        pieces.append(piece)
    return Input(tuple(pieces))


def written(answer: bytes) -> bytes:
    """Return the shortest input for *answer*: pictures in it become words where they are the words' own."""
    for letter, word in WORDS.items():
        if len(word) >= THRESHOLD:
            answer = answer.replace(word, SIGN + letter)
    return answer


def _expanded(part: bytes) -> bytes:
    head, *marked = part.split(SIGN)
    text = bytearray(head)
    for tail in marked:
        letter, rest = tail[:1], tail[1:]
        if letter == REPEAT:
            text += _last_event(text) * REPEATS
        else:
            text += WORDS.get(letter, SIGN + letter)
        text += rest
        del text[LONGEST:]
    return bytes(text)


def _last_event(text: bytearray) -> bytes:
    """Return the last event of *text*, which its blank line ends."""
    start = text.rfind(b"\n\n", 0, max(len(text) - 2, 0))
    return bytes(text[start + 2 if start >= 0 else 0 :][:2000])
