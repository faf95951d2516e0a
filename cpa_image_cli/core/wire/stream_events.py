"""
The gateway's language: what one object of ``/v1/responses`` says, as frozen values.

To learn a new event, add a row to `PARSERS` (and, if it says something new, a dataclass to `StreamEvent`; the type
checker then names the places that must decide about it). What stands inside an event is read in
``core/wire/response_object.py``.
"""

from collections.abc import Callable, Mapping
from dataclasses import field

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.text import json_text
from cpa_image_cli.core.wire.json_values import Body
from cpa_image_cli.core.wire.response_object import (
    ImageItem,
    Response,
    described,
    is_failure,
    is_image,
    is_response,
    read_frame,
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
    """The image tool was called, or reports that it is at work on the item called *id*."""

    id: str = field(default="", compare=False)


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
class StillRunning:
    """In place of an answer there is a *task*, which somebody else would ask for; empty when it has no id."""

    task: str


@dataclass(frozen=True, slots=True)
class AddressMentioned:
    """The model's words hold the address of a picture, true or made up."""

    address: str


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that is no event we know of; should nothing else come, *text* may say why."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """``[DONE]``: there will be no more, whether or not what should have come did."""


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
    | StillRunning
    | AddressMentioned
    | Unread
    | Done
    | Ignored
)

MAX_FRAME_INDEX = 99
"""A larger ``partial_image_index`` is nonsense; the tool makes at most three frames."""


def parse_body(name: str, body: Body) -> tuple[str, StreamEvent]:
    """
    Return the type of an event and what it says, which is nothing that could be read if it has no type we know.

    ``data.type`` is trusted before *name*, the ``event:`` line, which may be missing or wrong. What comes without a
    type may be a bare response, a bare item of one, or an error.
    """
    kind = text_of(body.get("type")) or name
    parser = PARSERS.get(kind) or (_partial if "partial" in kind else None)
    if parser is not None:
        return kind, parser(body)
    if kind in _ITEMS:
        return kind, _item_done({"item": body})
    if body.get("error") or (not kind and is_failure(body)):
        return kind or "error", ResponseFailed(body, read_response(body))
    if is_response(body):
        return kind or "response", ResponseEnded(read_response(body))
    return kind or "unknown", _unknown(kind, body)


def parse_words(name: str, data: str) -> tuple[str, StreamEvent]:
    """Return what *data* says that is no JSON; *name* is that of its event."""
    words = data.strip()
    if words == DONE:
        return name or "done", Done()
    if words and name in _FAILURES:
        return name, ResponseFailed({"message": words})
    return name or "unknown", Unread(words) if words else Ignored()


DONE = "[DONE]"
_ITEMS = ("image_generation_call", "message")
_FAILURES = ("error", "response.failed")


def images_of(event: StreamEvent) -> tuple[ImageItem, ...]:
    """Return the finished pictures of which *event* tells."""
    match event:
        case ImageDone(image):
            return (image,)
        case ResponseEnded(response) | ResponseFailed(_, response):
            return response.images
        case _:
            return ()


def _unknown(kind: str, body: Body) -> StreamEvent:
    # A piece of a chat completion.
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if isinstance(choice, dict) and isinstance(delta := choice.get("delta"), dict):
        return TextDelta(text_of(delta.get("content")) or text_of(delta.get("refusal")))
    may_say_something = any(body.values()) and (not kind or "message" in body)
    return Unread(json_text(body)) if may_say_something else Ignored()


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
        return ImageDone(described(item, result=text_of(item.get("result"))))
    message = read_message(item)
    return MessageDone(message) if message else Ignored()


def _item_added(body: Body) -> StreamEvent:
    item = body.get("item")
    if isinstance(item, dict) and item.get("type") == "image_generation_call":
        return ImageStarted(text_of(item.get("id")))
    return Ignored()


def _partial(body: Body) -> StreamEvent:
    index = body.get("partial_image_index")
    index = index if isinstance(index, int) and 0 <= index <= MAX_FRAME_INDEX else 0
    return PartialImage(index=index, image=read_frame(body))


PARSERS: Mapping[str, Callable[[Body], StreamEvent]] = {
    "response.created": lambda body: ResponseStarted(read_response(body.get("response"))),
    "response.queued": lambda body: ResponseStarted(read_response(body.get("response"))),
    "response.in_progress": lambda body: ResponseStarted(read_response(body.get("response"))),
    "response.output_item.added": _item_added,
    "response.image_generation_call.in_progress": lambda body: ImageStarted(text_of(body.get("item_id"))),
    "response.image_generation_call.generating": lambda body: ImageStarted(text_of(body.get("item_id"))),
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
    "image_generation.completed": lambda body: ImageDone(described(body, result=text_of(body.get("b64_json")))),
}
