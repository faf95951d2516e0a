"""
The gateway's language: what one event of ``/v1/responses`` says, as frozen values.

To learn a new event, add a row to `PARSERS` (and, if it says something new, a dataclass to `StreamEvent`; the type
checker then names the places that must decide about it). Field names are those of the official SDK's types; every
field is optional here, because gateways leave out any of them. ``result`` strings may be base64, a data URL, an
http(s) URL, or a placeholder of ``core.blobs``; who holds the bytes is decided elsewhere.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cpa_image_cli.core.usage import read_usage

Body = Mapping[str, object]


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


@dataclass(frozen=True, slots=True)
class ResponseStarted:
    """The response exists upstream."""

    response: Response


@dataclass(frozen=True, slots=True)
class ImageStarted:
    """The image tool was called, or reports that it is at work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialImage:
    """A preview frame, *index* counted from 0. Never the picture."""

    index: int
    image: ImageItem


@dataclass(frozen=True, slots=True)
class ImageDone:
    """An output item that carries, or failed to carry, a finished picture."""

    image: ImageItem


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The model speaks: *text* follows what came before."""

    text: str


@dataclass(frozen=True, slots=True)
class MessageDone:
    """A whole message of the model; it replaces the deltas it was made of."""

    text: str


@dataclass(frozen=True, slots=True)
class ResponseEnded:
    """The response is complete, or ``incomplete`` with a reason."""

    response: Response


@dataclass(frozen=True, slots=True)
class ResponseFailed:
    """The gateway reports an error; *body* is handed to ``core.failures`` as it came."""

    body: Body
    response: Response = field(default_factory=Response)


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that says nothing we need, or one we do not know."""


StreamEvent = (
    ResponseStarted
    | ImageStarted
    | PartialImage
    | ImageDone
    | TextDelta
    | MessageDone
    | ResponseEnded
    | ResponseFailed
    | Ignored
)

MAX_FRAME_INDEX = 99
"""A larger ``partial_image_index`` is nonsense; the tool makes at most three frames."""

MAX_TEXT = 1024 * 1024
"""Characters of model text that are kept."""


MOST_VALUES = 250_000
"""Values of one JSON text, at most. A tiny value costs thirty times its text in memory; a picture's answer has few."""


def parse(name: str, data: str) -> tuple[str, StreamEvent]:
    """
    Return the type of one server-sent event and what it says.

    ``data.type`` is trusted before the ``event:`` line, which may be missing or wrong. ``[DONE]``, empty data and
    anything that is not a JSON object are ignored.
    """
    body = as_object(data)
    if body is None:
        return name or "unknown", Ignored()
    kind = _text(body.get("type")) or name
    parser = PARSERS.get(kind)
    if parser is not None:
        return kind, parser(body)
    if body.get("error"):
        return kind or "error", ResponseFailed(body)
    return kind or "unknown", Ignored()


def parse_answer(body: Body) -> tuple[str, StreamEvent]:
    """
    Return what a plain JSON answer says: a bare response object, one wrapped in an event, or an error in a 200.

    ``error: null`` is normal in a good answer.
    """
    kind = _text(body.get("type"))
    if kind in PARSERS:
        return kind, PARSERS[kind](body)
    if _is_failure(body) or not _is_response(body):
        return "error", ResponseFailed(body, read_response(body))
    return "response", ResponseEnded(read_response(body))


def as_object(text: str) -> Body | None:
    """Return the JSON object in *text*, or None if there is none, however hostile the text."""
    if len(text) > MOST_VALUES and sum(map(text.count, ",[{")) > MOST_VALUES:
        return None
    try:
        # Without this, NaN and Infinity are read, and printed again where no other program can read them.
        body = json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def read_response(body: object) -> Response:
    """Read a ``response`` object, of which anything may be missing."""
    if not isinstance(body, dict):
        return Response()
    items = [item for item in _list(body.get("output")) if isinstance(item, dict)]
    details = body.get("incomplete_details")
    return Response(
        id=_text(body.get("id")) or None,
        model=_text(body.get("model")) or None,
        tools=_tools(body.get("tools")),
        images=tuple(_image(item) for item in items if _is_image(item)),
        text="\n".join(filter(None, (_message(item) for item in items)))[:MAX_TEXT],
        usage=read_usage(body),
        incomplete_reason=_incomplete_reason(body.get("status"), details),
    )


def _is_response(body: Body) -> bool:
    return "output" in body or body.get("object") == "response"


def _is_failure(body: Body) -> bool:
    return bool(body.get("error")) or body.get("status") == "failed"


def _is_image(item: Body) -> bool:
    # Items without a type are seen; of those, nothing else than an image call has a `result`.
    return item.get("type") == "image_generation_call" or (item.get("type") is None and "result" in item)


def _image(item: Body, *, source: str = "result") -> ImageItem:
    return ImageItem(
        result=_text(item.get(source)),
        status=_text(item.get("status")) or None,
        size=_text(item.get("size")) or None,
        quality=_text(item.get("quality")) or None,
        format=_text(item.get("output_format")) or None,
        revised_prompt=_text(item.get("revised_prompt")) or None,
        error=item.get("error"),
    )


def _message(item: Body) -> str:
    parts = [part for part in _list(item.get("content")) if isinstance(part, dict)]
    return "".join(_text(part.get("text")) or _text(part.get("refusal")) for part in parts)


def _incomplete_reason(status: object, details: object) -> str | None:
    reason = _text(details.get("reason")) if isinstance(details, dict) else ""
    return reason or ("unknown" if status == "incomplete" else None)


def _tools(value: object) -> tuple[str, ...] | None:
    """Return the tool types; None when absent or null, which is not the same as an empty list."""
    if not isinstance(value, list):
        return None
    return tuple(_text(tool.get("type") if isinstance(tool, dict) else tool) for tool in value)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _ended(body: Body) -> StreamEvent:
    response = body.get("response")
    if isinstance(response, dict) and _is_failure(response):
        return ResponseFailed(body, read_response(response))
    return ResponseEnded(read_response(response))


def _item_done(body: Body) -> StreamEvent:
    item = body.get("item")
    if not isinstance(item, dict):
        return Ignored()
    if _is_image(item):
        return ImageDone(_image(item))
    message = _message(item)
    return MessageDone(message) if message else Ignored()


def _item_added(body: Body) -> StreamEvent:
    item = body.get("item")
    is_image = isinstance(item, dict) and item.get("type") == "image_generation_call"
    return ImageStarted() if is_image else Ignored()


def _partial(body: Body) -> StreamEvent:
    index = body.get("partial_image_index")
    image = _image(body, source="partial_image_b64" if "partial_image_b64" in body else "b64_json")
    return PartialImage(index=index if isinstance(index, int) and 0 <= index <= MAX_FRAME_INDEX else 0, image=image)


PARSERS: Mapping[str, Callable[[Body], StreamEvent]] = {
    "response.created": lambda body: ResponseStarted(read_response(body.get("response"))),
    "response.queued": lambda body: ResponseStarted(read_response(body.get("response"))),
    "response.in_progress": lambda body: ResponseStarted(read_response(body.get("response"))),
    "response.output_item.added": _item_added,
    "response.image_generation_call.in_progress": lambda _: ImageStarted(),
    "response.image_generation_call.generating": lambda _: ImageStarted(),
    "response.image_generation_call.partial_image": _partial,
    "response.output_item.done": _item_done,
    "response.output_text.delta": lambda body: TextDelta(_text(body.get("delta"))),
    "response.refusal.delta": lambda body: TextDelta(_text(body.get("delta"))),
    "response.completed": _ended,
    "response.done": _ended,
    "response.incomplete": _ended,
    "response.failed": lambda body: ResponseFailed(body, read_response(body.get("response"))),
    "error": ResponseFailed,
    # The Images API's own streaming names; some gateways use them for the hosted tool as well.
    "image_generation.partial_image": _partial,
    "image_generation.completed": lambda body: ImageDone(_image(body, source="b64_json")),
}
