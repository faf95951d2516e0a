"""
The gateway's language: what one event of ``/v1/responses`` says, as frozen values.

To learn a new event, add a row to `PARSERS` (and, if it says something new, a dataclass to `StreamEvent`; the type
checker then names the places that must decide about it). What stands inside an event is read in
``core/wire/response_object.py``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cpa_image_cli.core.wire.response_object import (
    Body,
    ImageItem,
    Response,
    as_object,
    is_failure,
    is_image,
    is_response,
    read_image,
    read_message,
    read_response,
    text_of,
)


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
    """The gateway reports an error; *body* is handed to ``core.failures.error_answer`` as it came."""

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


def parse(name: str, data: str) -> tuple[str, StreamEvent]:
    """
    Return the type of one server-sent event and what it says.

    ``data.type`` is trusted before the ``event:`` line, which may be missing or wrong. ``[DONE]``, empty data and
    anything that is not a JSON object are ignored.
    """
    body = as_object(data)
    if body is None:
        return name or "unknown", Ignored()
    kind = text_of(body.get("type")) or name
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
    kind = text_of(body.get("type"))
    if kind in PARSERS:
        return kind, PARSERS[kind](body)
    if is_failure(body) or not is_response(body):
        return "error", ResponseFailed(body, read_response(body))
    return "response", ResponseEnded(read_response(body))


def _ended(body: Body) -> StreamEvent:
    response = body.get("response")
    if isinstance(response, dict) and is_failure(response):
        return ResponseFailed(body, read_response(response))
    return ResponseEnded(read_response(response))


def _item_done(body: Body) -> StreamEvent:
    item = body.get("item")
    if not isinstance(item, dict):
        return Ignored()
    if is_image(item):
        return ImageDone(read_image(item))
    message = read_message(item)
    return MessageDone(message) if message else Ignored()


def _item_added(body: Body) -> StreamEvent:
    item = body.get("item")
    is_image = isinstance(item, dict) and item.get("type") == "image_generation_call"
    return ImageStarted() if is_image else Ignored()


def _partial(body: Body) -> StreamEvent:
    index = body.get("partial_image_index")
    image = read_image(body, source="partial_image_b64" if "partial_image_b64" in body else "b64_json")
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
    "response.output_text.delta": lambda body: TextDelta(text_of(body.get("delta"))),
    "response.refusal.delta": lambda body: TextDelta(text_of(body.get("delta"))),
    "response.completed": _ended,
    "response.done": _ended,
    "response.incomplete": _ended,
    "response.failed": lambda body: ResponseFailed(body, read_response(body.get("response"))),
    "error": ResponseFailed,
    # The Images API's own streaming names; some gateways use them for the hosted tool as well.
    "image_generation.partial_image": _partial,
    "image_generation.completed": lambda body: ImageDone(read_image(body, source="b64_json")),
}
