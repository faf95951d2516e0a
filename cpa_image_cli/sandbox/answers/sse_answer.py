"""Decides what a gateway sends that answers with a stream of events, be it whole, strange or cut short."""

from collections.abc import Iterator
from dataclasses import replace

from cpa_image_cli.sandbox.answers.framing import EventWriter
from cpa_image_cli.sandbox.answers.response_events import PICTURE_EVENT, Event, Story, events, response, written
from cpa_image_cli.sandbox.answers.steps import Break, Rest, Send, Step, cut_inside, endless, joined
from cpa_image_cli.sandbox.language.payload import Text
from cpa_image_cli.sandbox.language.replies import Answer, Framing, JsonObject, Place, Stop

END = 1.0
"""When the terminal event is sent, as a share of the whole time."""


def sse_answer(answer: Answer, story: Story) -> Iterator[Step]:
    """Yield the steps of a stream."""
    if answer.stop is None or answer.stop.place is not Place.BEFORE_HEADERS:
        yield from _stream(answer, story)
    if answer.stop is not None:
        yield Break(answer.stop.how)


def failing_stream(event: JsonObject, story: Story) -> Iterator[Step]:
    """Yield the steps of a stream that begins well and ends with *event*, an error."""
    writer = EventWriter(Framing())
    begun = response(story, status="in_progress")
    for kind in ("response.created", "response.in_progress"):
        yield Rest(0.1)
        yield Send(joined(writer.write(kind, {"response": begun})))
    yield Rest(0.2)
    yield Send(joined(_bare(event)))


def _stream(answer: Answer, story: Story) -> Iterator[Step]:
    writer = EventWriter(answer.framing)
    yield Send([writer.opening(), answer.leading])
    now = 0.0
    for event in _told(answer, story):
        yield Rest(event.at - now)
        now = event.at
        segments = _written(writer, answer, event)
        stopped = _until_stop(answer.stop, event, segments)
        yield Send(joined(segments if stopped is None else stopped))
        if stopped is not None:
            return
        yield from (Send([sign]) for sign in writer.keepalives())
        if answer.endless:
            yield from endless(b": keep-alive\n\n")
    yield Send([writer.closing()])


def _until_stop(stop: Stop | None, event: Event, segments: list[Text]) -> list[Text] | None:
    """Return what is still sent of *event* if the stream stops at it, which is always one that carries a picture."""
    if stop is None or event.type != PICTURE_EVENT or len(segments) == 1:
        return None
    return {
        Place.BEFORE_PICTURE: list,
        Place.INSIDE_PICTURE: lambda: [segments[0], cut_inside(segments[1])],
        Place.AFTER_PICTURE: lambda: segments,
    }.get(stop.place, lambda: None)()


def _told(answer: Answer, story: Story) -> Iterator[Event]:
    """Yield the events of *story*, without those that *answer* leaves out and with those that it adds."""
    for event in events(story):
        if not answer.item_done and _carries_picture(event):
            continue
        if event.at == END and answer.late_error is not None:
            yield Event(type="", at=END, fields=dict(answer.late_error))
            return
        yield event if answer.output_key else _without_output(event)
        if event.type == "response.in_progress":
            yield from (replace(strange, at=event.at) for strange in _strange(answer))


def _without_output(event: Event) -> Event:
    body = event.fields.get("response")
    if not isinstance(body, dict):
        return event
    bare = {name: value for name, value in body.items() if name != "output"}
    return replace(event, fields={**event.fields, "response": bare})


def _carries_picture(event: Event) -> bool:
    item = event.fields.get("item")
    return event.type == PICTURE_EVENT and isinstance(item, dict) and item["type"] == "image_generation_call"


def _strange(answer: Answer) -> Iterator[Event]:
    if answer.unknown_events:
        yield Event(type="codex.rate_limits", at=0.0, fields={"rate_limits": {"primary": {"used_percent": 3}}})
        yield Event(type="codex.response.metadata", at=0.0, fields={"headers": {"x-codex-plan-type": "plus"}})
        yield Event(type="response.hologram.delta", at=0.0, fields={"delta": {"deep": [[["er"]]]}})
    if answer.nulls:
        nothing = {"response": None, "item": None, "item_id": None, "output_index": None}
        for kind in ("response.in_progress", PICTURE_EVENT, "response.output_text.delta"):
            yield Event(type=kind, at=0.0, fields={**nothing, "delta": None})
        yield Event(type=PICTURE_EVENT, at=0.0, fields={"item": {"type": None, "result": None, "content": None}})


def _written(writer: EventWriter, answer: Answer, event: Event) -> list[Text]:
    if not event.type:
        return _bare(event.fields)
    last = event.at == END and not answer.framing.done_marker
    return writer.write(event.type, event.fields, last=last)


def _bare(event: JsonObject) -> list[Text]:
    """Return *event* with nothing added to it but, if it has a type, its ``event:`` line."""
    kind = event.get("type")
    head = f"event: {kind}\n" if kind else ""
    segments = written(event)
    return [[head.encode() + b"data: ", *segments[0]], *segments[1:], [b"\n\n"]]
