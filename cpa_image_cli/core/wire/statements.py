"""
Decides what a text of the answer says, though its framing be off: one event, several, or one inside an envelope.

``stream_events`` reads what a well-behaved gateway sends. Here is read what relays make of it: events run together,
JSON amid other text, an answer wrapped in another one's envelope or in a string, a picture where nobody expects it, a
task in place of an answer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cpa_image_cli.core.text import json_text
from cpa_image_cli.core.wire import stream_events
from cpa_image_cli.core.wire.blob_lifter import legible
from cpa_image_cli.core.wire.json_values import Body, as_object, objects_in
from cpa_image_cli.core.wire.picture_search import search
from cpa_image_cli.core.wire.response_object import Response, described, text_of
from cpa_image_cli.core.wire.stream_events import (
    AddressMentioned,
    Ignored,
    ImageDone,
    PartialImage,
    ResponseEnded,
    ResponseFailed,
    ResponseStarted,
    StillRunning,
    StreamEvent,
    Unread,
)
from cpa_image_cli.core.wire.usage import read_usage

Read = tuple[str, StreamEvent]
"""The type of an event as the gateway spelled it, and what it says."""

ENVELOPES = ("response", "data", "body", "result", "payload", "output", "task")
"""Keys of an object that says nothing itself, under which an answer may be found: an object, a list, or JSON."""

DEEPEST = 4
"""Envelopes within each other that are opened."""

MOST_OF_A_LIST = 16

_TASK_IDS = ("task_id", "taskId", "job_id", "jobId")
_WHERE_TO_ASK = ("id", "poll_url", "polling_url", "status_url", "urls")
_RUNNING = frozenset(
    [
        "queued",
        "in_progress",
        "pending",
        "processing",
        "submitted",
        "running",
        "starting",
        "accepted",
        "not_start",
        "created",
        "scheduled",
    ]
)


def in_event(name: str, data: str) -> Iterator[Read]:
    """Yield what one server-sent event says, or the text of a stream that belongs to none."""
    body = as_object(data)
    if body is not None:
        yield from _in_object(name, data, body)
        return
    fragments = list(objects_in(data))
    for fragment in fragments:
        yield from _in_fragment(name, fragment)
    if not fragments:
        yield stream_events.parse_words(name, legible(data))


def in_answer(text: str) -> Iterator[Read]:
    """Yield what an answer says that is no event stream; nothing if there is no JSON object in it."""
    body = as_object(text)
    if body is None:
        for fragment in objects_in(text):
            yield from _in_fragment("", fragment)
        return
    reads = [read for read in _in_object("", text, body) if not isinstance(read[1], Ignored | Unread)]
    yield from reads
    if any(isinstance(event, ImageDone | PartialImage) for _, event in reads):
        yield "response", ResponseEnded(Response(usage=read_usage(body)))
    elif not reads:
        # Whatever it is, it is what the gateway has to say.
        yield "error", ResponseFailed(as_object(legible(text)) or body)
    elif all(isinstance(event, ResponseStarted) for _, event in reads):
        yield "response", StillRunning("")


def _in_fragment(name: str, text: str) -> Iterator[Read]:
    """Yield what the object *text* says, part of something larger: a response that began there may have ended."""
    body = as_object(text) or {}
    for kind, event in _in_object(name, text, body):
        if not (isinstance(event, StillRunning) and _is_begun(body)):
            yield kind, event


def _in_object(name: str, text: str, body: Body) -> Iterator[Read]:
    """Yield what *body* says, which *text* stands for."""
    # What is read of it may be shown; only the search knows what odd placeholders are.
    shown = as_object(legible(text)) or body
    kind, event = stream_events.parse_body(name, shown)
    if isinstance(event, PartialImage):
        yield kind, event if event.image.result else _found_frame(event, body)
        return
    yield from _pictures(kind, body, event)
    yield from _meaning(kind, event, shown, DEEPEST)


def _found_frame(event: PartialImage, body: Body) -> PartialImage:
    """Return *event*, whose frame stands elsewhere in *body*, if anywhere."""
    result = next((text for text, _ in search(body).previews), "")
    return replace(event, image=replace(event.image, result=result))


def _meaning(kind: str, event: StreamEvent, body: Body, depth: int) -> Iterator[Read]:
    """Yield what *event*, which was read in *body*, comes to, or else what is in an envelope that *body* is."""
    if isinstance(event, ResponseEnded) and _is_begun(body) and not event.response.images:
        yield kind, ResponseStarted(event.response)
        yield kind, StillRunning(event.response.id or "")
        return
    if isinstance(event, Unread) and depth:
        inner = list(_in_envelope(body, depth - 1))
        if inner:
            yield from inner
            return
        if (task := _task_of(body)) is not None:
            event = StillRunning(task)
    yield kind, event


def _is_begun(body: Body) -> bool:
    """Whether the bare response *body* is not finished yet."""
    return text_of(body.get("status")).lower() in _RUNNING


def _pictures(kind: str, body: Body, event: StreamEvent) -> Iterator[Read]:
    """Yield the pictures and previews in *body* of which *event*, which was read in it, does not tell."""
    found = search(body)
    for result, within in found.previews:
        yield kind, PartialImage(index=0, image=described(within, result=result))
    told = {image.result for image in stream_events.images_of(event)}
    for result, within in found.pictures:
        if result not in told:
            yield kind, ImageDone(described(within, result=result))
    for address in found.mentioned[:MOST_OF_A_LIST]:
        yield kind, AddressMentioned(address)


def _in_envelope(body: Body, depth: int) -> Iterator[Read]:
    """Yield what an answer says that *body* is the envelope of, but for pictures, which are found from outside."""
    for key in ENVELOPES:
        for inner in _objects(body.get(key)):
            kind, event = stream_events.parse_body("", inner)
            for _, meant in _meaning(kind, event, inner, depth):
                if isinstance(meant, ResponseFailed):
                    # The envelope may name the status.
                    yield "error", ResponseFailed(body, meant.response)
                elif not isinstance(meant, Ignored | Unread | ImageDone | PartialImage):
                    yield kind, meant


def _objects(value: object) -> Iterator[Body]:
    if isinstance(value, str):
        value = as_object(value)
    for inner in value[:MOST_OF_A_LIST] if isinstance(value, list) else [value]:
        if isinstance(inner, Mapping):
            yield inner


def _task_of(body: Body) -> str | None:
    """Return the id of the task that *body* speaks of, empty if it has none; None when it speaks of no task."""
    for key in _TASK_IDS:
        value = body.get(key)
        if value and isinstance(value, str | int):
            return str(value) if isinstance(value, str) else json_text(value)
    status = text_of(body.get("status")) or text_of(body.get("task_status")) or text_of(body.get("state"))
    is_running = status.lower() in _RUNNING and any(key in body for key in _WHERE_TO_ASK)
    return text_of(body.get("id")) if is_running else None
