"""Decides what a gateway sends that answers with one JSON object, be it whole, strange or cut short."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cpa_image_cli.sandbox.answers.response_events import Json, Story, response, whole, written
from cpa_image_cli.sandbox.answers.steps import Break, Rest, Send, Step, cut_inside, endless, joined
from cpa_image_cli.sandbox.language.payload import Text
from cpa_image_cli.sandbox.language.replies import Answer, How, Place, Stop

FEW = 40
"""Bytes that still follow the picture when an answer stops after it."""


def json_answer(answer: Answer, story: Story) -> tuple[int | None, Iterable[Step]]:
    """Return the length in bytes that is promised, None for chunks, and the steps."""
    if answer.endless:
        return None, endless(b"\n")
    segments = written(_body(answer, story))
    segments[0] = [answer.leading, *segments[0]]
    if answer.stop is None:
        return _size(segments), [Rest(1.0), Send(joined(segments))]
    return _stopped(answer.stop, segments)


def _stopped(stop: Stop, segments: list[Text]) -> tuple[int | None, Iterable[Step]]:
    if stop.place is Place.BEFORE_HEADERS:
        return None, [Break(stop.how)]
    sent = _cut(segments, stop.place)
    steps: list[Step] = [Rest(1.0), Send(joined(sent))]
    if stop.how is How.END:
        return _size(sent), steps
    # One byte more than there is, so that an end after everything is still too early.
    promised = None if stop.how is How.BAD_CHUNK else _size(segments) + 1
    return promised, [*steps, Break(stop.how)]


def _size(segments: list[Text]) -> int:
    return sum(len(piece) for piece in joined(segments))


def _body(answer: Answer, story: Story) -> Json:
    if not answer.output_in_json:
        story = replace(story, output=())
    body = whole(story)
    if answer.late_error is not None:
        body = response(story, status="failed", output=story.output, error=_inner(answer.late_error))
    if answer.nulls:
        body.update({"tools": None, "usage": None, "output": [None, *_list(body["output"])], "model": None})
    if not answer.output_key:
        del body["output"]
    if answer.unknown_events:
        strange = [{"id": "x_1"}, "a text", {"type": "hologram", "frames": [1, 2]}]
        body.update({"output": [*strange, *_list(body["output"])], "codex.rate_limits": {"primary": 3}})
    return {"type": "response.completed", "response": body} if answer.in_envelope else body


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _inner(event: Mapping[str, object]) -> Json:
    failed = event.get("response")
    error = failed.get("error") if isinstance(failed, dict) else event.get("error")
    return dict(error) if isinstance(error, dict) else {"code": event.get("code"), "message": event.get("message")}


def _cut(segments: list[Text], place: Place) -> list[Text]:
    """Return what is sent of *segments* until *place*."""
    if place is Place.BEFORE_PICTURE:
        return segments[:1]
    if place is Place.INSIDE_PICTURE:
        return [segments[0], cut_inside(segments[1])]
    if place is Place.AFTER_PICTURE:
        return [*segments[:2], [b"".join(segments[2])[:FEW]]]
    return segments
