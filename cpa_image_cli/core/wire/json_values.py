"""
Decides what JSON a text holds, however hostile it is: an object that is the whole of it, or many amid anything.

Amid other text are looked for: a further object behind the first, JSON behind a word or cut off by other JSON, and the
parts that are whole of what was cut off itself. How often one looks in vain is bounded.
"""

import json
import re
from collections.abc import Iterator, Mapping

Body = Mapping[str, object]

MOST_VALUES = 250_000
"""Values of one JSON text, at most. A tiny value costs thirty times its text in memory; a picture's answer has few."""

SEARCHED = 1024 * 1024
"""Characters of a broken text in which objects are looked for; pictures are not among them."""

MOST_VAIN = 64
"""Beginnings that may come to nothing, each of which may cost reading all that follows."""

# NaN and Infinity would be printed again where no other program can read them.
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)
_OBJECT = re.compile(r'(?P<error>"error"\s{0,9}:\s{0,9})?(?P<start>\{)\s{0,99}"')


def as_object(text: str) -> Body | None:
    """Return the JSON object that *text* is, or None if it is none."""
    if _is_countless(text):
        return None
    try:
        body = json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def is_whole(text: bytes) -> bool:
    """Whether *text* is complete JSON of any kind, though it may be none that answers anything; no if it is hostile."""
    if _is_countless(text):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def objects_in(text: str) -> Iterator[str]:
    """
    Yield the objects in *text*, as text, whatever stands around them; outermost only.

    One that is the value of an ``error`` whose own object is broken is yielded as that of an object.
    """
    text = text[:SEARCHED]
    if _is_countless(text):
        return
    place, vain = 0, 0
    while vain < MOST_VAIN and (found := _OBJECT.search(text, place)) is not None:
        try:
            _, place = _DECODER.raw_decode(text, found.start("start"))
        except (ValueError, RecursionError):
            place, vain = found.end("start"), vain + 1
            continue
        whole = text[found.start("start") : place]
        yield f'{{"error":{whole}}}' if found["error"] else whole


def _is_countless(text: str | bytes) -> bool:
    """Whether *text* holds so many values that unfolding them would take many times its size."""
    signs = map(text.count, ",[{") if isinstance(text, str) else map(text.count, (b",", b"[", b"{"))
    return len(text) > MOST_VALUES and sum(signs) > MOST_VALUES
