"""
Reads the objects inside the gateway's events: the ``response``, and the picture of an ``image_generation_call``.

Field names are those of the official SDK's types; anything may be missing or of another kind, because gateways leave
out, add and change all of it. ``result`` strings may be base64, a data URL, an http(s) URL, or a placeholder of
``core.wire.blob_lifter``; who holds the bytes is decided elsewhere.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from cpa_image_cli.core.wire.usage import read_usage

Body = Mapping[str, object]

MAX_TEXT = 1024 * 1024
"""Characters of model text that are kept."""


MOST_VALUES = 250_000
"""Values of one JSON text, at most. A tiny value costs thirty times its text in memory; a picture's answer has few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageItem:
    """
    An ``image_generation_call`` item. *result* is not empty when a picture is there.

    *status* may still be ``generating`` with a complete result; it decides nothing unless there is none.
    """

    result: str = ""
    status: str | None = None
    size: str | None = None
    quality: str | None = None
    format: str | None = None
    revised_prompt: str | None = None
    error: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The ``response`` object: of a created or terminal event, or the whole body of a plain JSON answer."""

    id: str | None = None
    model: str | None = None
    tools: tuple[str, ...] | None = None
    images: tuple[ImageItem, ...] = ()
    text: str = ""
    usage: Mapping[str, object] | None = None
    incomplete_reason: str | None = None


def as_object(text: str) -> Body | None:
    """Return the JSON object in *text*, or None if there is none, however hostile the text."""
    if _is_countless(text):
        return None
    try:
        # Without this, NaN and Infinity are read, and printed again where no other program can read them.
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


def _is_countless(text: str | bytes) -> bool:
    """Whether *text* holds so many values that unfolding them would take many times its size."""
    signs = map(text.count, ",[{") if isinstance(text, str) else map(text.count, (b",", b"[", b"{"))
    return len(text) > MOST_VALUES and sum(signs) > MOST_VALUES


def read_response(body: object) -> Response:
    """Read a ``response`` object, of which anything may be missing."""
    if not isinstance(body, dict):
        return Response()
    items = [item for item in _list(body.get("output")) if isinstance(item, dict)]
    details = body.get("incomplete_details")
    return Response(
        id=text_of(body.get("id")) or None,
        model=text_of(body.get("model")) or None,
        tools=_tools(body.get("tools")),
        images=tuple(read_image(item) for item in items if is_image(item)),
        text="\n".join(filter(None, (read_message(item) for item in items)))[:MAX_TEXT],
        usage=read_usage(body),
        incomplete_reason=_incomplete_reason(body.get("status"), details),
    )


def is_response(body: Body) -> bool:
    """Whether *body* is a response object."""
    return "output" in body or body.get("object") == "response"


def is_failure(body: Body) -> bool:
    """Whether a response object says of itself that it failed; ``error: null`` is normal."""
    return bool(body.get("error")) or body.get("status") == "failed"


def is_image(item: Body) -> bool:
    """Whether *item* is a call of the image tool."""
    # Items without a type are seen; of those, nothing else than an image call has a `result`.
    return item.get("type") == "image_generation_call" or (item.get("type") is None and "result" in item)


def read_image(item: Body, *, source: str = "result") -> ImageItem:
    """Read a picture whose base64 stands under the key *source*."""
    return ImageItem(
        result=text_of(item.get(source)),
        status=text_of(item.get("status")) or None,
        size=text_of(item.get("size")) or None,
        quality=text_of(item.get("quality")) or None,
        format=text_of(item.get("output_format")) or None,
        revised_prompt=text_of(item.get("revised_prompt")) or None,
        error=item.get("error"),
    )


def read_message(item: Body) -> str:
    """Return what a message item says, refusals included."""
    parts = [part for part in _list(item.get("content")) if isinstance(part, dict)]
    return "".join(text_of(part.get("text")) or text_of(part.get("refusal")) for part in parts)


def _incomplete_reason(status: object, details: object) -> str | None:
    reason = text_of(details.get("reason")) if isinstance(details, dict) else ""
    return reason or ("unknown" if status == "incomplete" else None)


def _tools(value: object) -> tuple[str, ...] | None:
    """Return the tool types; None when absent or null, which is not the same as an empty list."""
    if not isinstance(value, list):
        return None
    return tuple(text_of(tool.get("type") if isinstance(tool, dict) else tool) for tool in value)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def text_of(value: object) -> str:
    """Return *value* if it is text, else an empty text."""
    return value if isinstance(value, str) else ""
