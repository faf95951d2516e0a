"""
The same answer read the plain way: whole in memory, json and base64 of the standard library, nothing lifted.

It knows less than the reader and shares nothing with it but the parsers of single events. Where it cannot say what is
right, as for numbers of thousands of digits, it says `Unsure`.
"""

import base64
import json
import re
from dataclasses import dataclass, fields, is_dataclass

from cpa_image_cli.core.wire import statements
from cpa_image_cli.core.wire.answer_shape import Shape
from cpa_image_cli.core.wire.blob_lifter import THRESHOLD
from cpa_image_cli.core.wire.stream_events import StreamEvent

MARK = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Written by the target in place of anything that stands for a run that was lifted out."""

DEEPEST = 200
"""Brackets within each other. Deeper ones meet Python's recursion limit, at a depth that depends on the caller's."""

_BASE64 = re.compile(r"(?:data:[a-z/]{1,20};base64,)?((?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)")
_RUN = r"[A-Za-z0-9+/=_\r\n\\-]{1000,}"
"""In JSON its escapes are read already; in the name of an event there is a backslash left."""
_SIGNS = (b"data:", b"event:", b"id:", b"retry:", b":")


class Unsure(Exception):  # noqa: N818 - says what is the matter
    """The plain way is no judge of this answer."""


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """What an answer is and the events in it, pictures still in them as base64."""

    shape: Shape | None
    events: tuple[tuple[str, StreamEvent], ...]


def read(answer: bytes) -> PlainAnswer:
    """
    Return the events of *answer*.

    Raises: Unsure.
    """
    if answer.count(b"[") + answer.count(b"{") > DEEPEST:
        raise Unsure
    start = _without_blanks(answer)
    if start.startswith(_SIGNS):
        return PlainAnswer(Shape.SSE, tuple(_events(start)))
    text = start.decode("utf-8", "replace")
    _json(text)
    events = () if text.startswith("<") else tuple(statements.in_answer(text))
    return PlainAnswer(Shape.JSON if text.startswith(("{", "[")) else None, events)


def decoded(result: str) -> bytes | None:
    """Return what base64 of the ordinary kind, or a data URL, stands for; None where it is of no ordinary kind."""
    found = _BASE64.fullmatch(result)
    return base64.b64decode(found[1], validate=True) if found else None


def leniently_decoded(result: str) -> bytes | None:
    """Return what *result* can be taken for at best."""
    encoded = re.sub(r"\s", "", result.rpartition(",")[2]).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        return None


def same(lifted: object, plain: object) -> bool:
    """Whether *lifted* is *plain*, but for runs of base64 in whose place there is a `MARK`."""
    if isinstance(lifted, str) and isinstance(plain, str):
        return lifted == plain or _fits(lifted, plain)
    if isinstance(lifted, dict) and isinstance(plain, dict):
        if _has_marked_name(lifted):
            # Equal long names are one in the plain reading and may be two marks; usage figures under them are dropped.
            return True
        return lifted.keys() == plain.keys() and all(same(lifted[name], plain[name]) for name in lifted)
    if isinstance(lifted, list | tuple) and isinstance(plain, list | tuple):
        return len(lifted) == len(plain) and all(map(same, lifted, plain))
    if is_dataclass(lifted):
        return type(lifted) is type(plain) and all(
            same(getattr(lifted, field.name), getattr(plain, field.name)) for field in fields(lifted)
        )
    return lifted == plain


def _has_marked_name(table: object) -> bool:
    if isinstance(table, dict):
        return any(MARK in name or _has_marked_name(inner) for name, inner in table.items())
    return isinstance(table, list) and any(map(_has_marked_name, table))


def _fits(lifted: str, plain: str) -> bool:
    if MARK not in lifted or len(plain) < THRESHOLD // 2:
        return False
    return re.fullmatch(_RUN.join(map(re.escape, lifted.split(MARK))), plain) is not None


def _without_blanks(answer: bytes) -> bytes:
    while (shorter := answer.lstrip().removeprefix(b"\xef\xbb\xbf")) != answer:
        answer = shorter
    return answer


def _events(text: bytes) -> list[tuple[str, StreamEvent]]:
    """Read an event stream as the standard describes it, and the three things ours does beyond it."""
    lines = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    found: list[tuple[str, StreamEvent]] = []
    stray: list[bytes] = []
    name, data = "", []
    for line in [*lines, b""]:
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            data.append(value)
        elif field == b"event":
            name = value.decode("utf-8", "replace")
        elif not line and (name or data):
            body = b"\n".join(data).decode("utf-8", "replace")
            _json(body)
            found += statements.in_event(name, body)
            name, data = "", []
        elif line and field not in (b"", b"id", b"retry"):
            stray.append(line + b"\n")
    if stray:
        found += statements.in_event("", b"".join(stray).decode("utf-8", "replace"))
    return found


def _json(text: str) -> object:
    try:
        return json.loads(text, parse_constant=lambda _: None, parse_int=_number, parse_float=_number)
    except ValueError:
        return None


def _number(text: str) -> object:
    if len(text) > THRESHOLD // 2:
        raise Unsure
    return int(text) if text.lstrip("-").isdigit() else float(text)
