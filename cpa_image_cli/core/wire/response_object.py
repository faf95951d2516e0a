"""
Reads the objects inside the gateway's events: the ``response``, and the picture of an ``image_generation_call``.

Field names are those of the official SDK's types; anything may be missing or of another kind, because gateways leave
out, add and change all of it. ``result`` strings may be base64, a data URL, an http(s) URL, or a placeholder of
``core.wire.blob_lifter``; who holds the bytes is decided elsewhere.
"""

from collections.abc import Mapping
from dataclasses import field

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.wire.blob_lifter import legible
from cpa_image_cli.core.wire.json_values import Body
from cpa_image_cli.core.wire.picture_search import FINAL_FIELDS, FRAME_FIELD
from cpa_image_cli.core.wire.usage import read_usage

MAX_TEXT = 1024 * 1024
"""Characters of model text that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageItem:
    """
    An ``image_generation_call`` item. *result* is not empty when a picture is there.

    *status* may still be ``generating`` with a complete result; it decides nothing unless there is none. *id* tells the
    items of one answer apart, which are mostly sent twice; it is nothing that a picture is.
    """

    result: str = ""
    id: str = field(default="", compare=False)
    status: str | None = None
    size: str | None = None
    quality: str | None = None
    format: str | None = None
    revised_prompt: str | None = None
    action: str | None = None
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
        images=tuple(described(item, result=text_of(item.get("result"))) for item in items if is_image(item)),
        text="\n".join(filter(None, (*map(read_message, items), *map(_said, _choices(body)))))[:MAX_TEXT],
        usage=read_usage(body),
        incomplete_reason=_incomplete_reason(body.get("status"), details) or _cut_off(body),
    )


def is_response(body: Body) -> bool:
    """Whether *body* is a response object, or the chat completion that some gateways answer with in place of one."""
    has_output = "output" in body and isinstance(body["output"], list | None)
    return has_output or body.get("object") == "response" or bool(_choices(body))


def _choices(body: Body) -> list[Body]:
    """Return the messages of a chat completion."""
    choices = [choice for choice in _list(body.get("choices")) if isinstance(choice, dict)]
    return [message for choice in choices if isinstance(message := choice.get("message"), dict)]


def _said(message: Body) -> str:
    return text_of(message.get("content")) or text_of(message.get("refusal")) or read_message(message)


_FINISHED = {"content_filter": "content_filter", "length": "max_output_tokens"}


def _cut_off(body: Body) -> str | None:
    reasons = (choice.get("finish_reason") for choice in _list(body.get("choices")) if isinstance(choice, dict))
    return next((_FINISHED[reason] for reason in map(text_of, reasons) if reason in _FINISHED), None)


def is_failure(body: Body) -> bool:
    """Whether a response object says of itself that it failed; ``error: null`` is normal."""
    return bool(body.get("error")) or body.get("status") == "failed"


def is_image(item: Body) -> bool:
    """Whether *item* is a call of the image tool."""
    # Items without a type are seen; of those, nothing else than an image call has a `result`.
    return item.get("type") == "image_generation_call" or (item.get("type") is None and "result" in item)


def read_frame(body: Body) -> ImageItem:
    """Return the preview frame of an event that carries one, under whichever key of a picture."""
    results = (text_of(body.get(key)) for key in (FRAME_FIELD, *sorted(FINAL_FIELDS)))
    return described(body, result=next(filter(None, results), ""))


def described(item: Body, *, result: str) -> ImageItem:
    """Return a picture whose base64 is *result*, and what *item* says of it."""
    return ImageItem(
        result=result,
        id=text_of(item.get("id")),
        status=text_of(item.get("status")) or None,
        size=legible(text_of(item.get("size"))) or None,
        quality=legible(text_of(item.get("quality"))) or None,
        format=legible(text_of(item.get("output_format"))) or None,
        revised_prompt=legible(text_of(item.get("revised_prompt"))) or None,
        action=text_of(item.get("action")) or None,
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
