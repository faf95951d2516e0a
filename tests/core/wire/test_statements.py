"""What a text of an answer says, though its framing be off, and where its pictures are."""

import json

import pytest

from cpa_image_cli.core.wire.json_values import MOST_VAIN, MOST_VALUES, objects_in
from cpa_image_cli.core.wire.picture_search import DEEPEST, MOST, begins_a_picture, search
from cpa_image_cli.core.wire.response_object import Response, read_response
from cpa_image_cli.core.wire.statements import in_answer, in_event
from cpa_image_cli.core.wire.stream_events import (
    AddressMentioned,
    Ignored,
    ImageDone,
    MessageDone,
    PartialImage,
    ResponseEnded,
    ResponseFailed,
    ResponseStarted,
    StillRunning,
    StreamEvent,
    TextDelta,
    Unread,
)
from tests.core.wire.answers import RED_SQUIRREL

PICTURE = RED_SQUIRREL.decode()
SHORT = PICTURE[:120]
DATA_URL = f"data:image/png;base64,{PICTURE}"
CALL = {"type": "image_generation_call", "status": "completed"}


def said(body: object) -> list[StreamEvent]:
    return [event for _, event in in_answer(json.dumps(body))]


def told(text: str, name: str = "") -> list[StreamEvent]:
    return [event for _, event in in_event(name, text)]


def pictures(body: object) -> list[str]:
    return [event.image.result for event in said(body) if isinstance(event, ImageDone) and event.image.result]


# Objects amid anything else


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a":1}{"b":2}', ['{"a":1}', '{"b":2}']),
        ('data: {"a":1}\n\n[DONE]', ['{"a":1}']),
        ('{"a":"cut\n{"b":2}', ['{"b":2}']),
        ('{"type":"x","error": {"code":1}, "cut', ['{"error":{"code":1}}']),
        ("no JSON {at all}", []),
        ("{" * 300, []),
        ('{"' * (MOST_VAIN + 1) + '\n{"a":1}', []),
        ('{"a":[' + "0," * MOST_VALUES + "0]}", []),
    ],
    ids=["two", "framed", "cut off", "an error in what is cut", "none", "braces", "too much in vain", "countless"],
)
def test_objects_are_found_in_any_text(text: str, found: list[str]) -> None:
    assert list(objects_in(text)) == found


# Pictures


WHERE: dict[str, object] = {
    "the Images API": {"data": [{"b64_json": PICTURE}]},
    "a data URL in a message": {"output": [{"type": "message", "content": [{"image_url": DATA_URL}]}]},
    "a url object": {"output": [{"type": "message", "content": [{"image_url": {"url": DATA_URL}}]}]},
    "Markdown": {"output": [{"type": "message", "content": [{"text": f"![x](data:image/png;base64,{PICTURE})"}]}]},
    "a chat completion": {"choices": [{"message": {"images": [{"image_url": {"url": DATA_URL}}]}}]},
    "a list": {"output": [{**CALL, "result": [PICTURE]}]},
    "an object": {"output": [{**CALL, "result": {"data": PICTURE}}]},
    "b64_json of a call": {"output": [{**CALL, "b64_json": PICTURE}]},
    "a string": {"data": json.dumps({"output": [{**CALL, "b64_json": PICTURE}]})},
    "a list in a string": {"data": json.dumps([{"b64_json": PICTURE}])},
    "an event nobody knows": {"type": "response.new", "thing": {"b64_json": PICTURE}},
    "a bare item": {**CALL, "result": PICTURE},
    "another alphabet": {"data": [{"b64_json": PICTURE.replace("+", "-").replace("/", "_")}]},
}


@pytest.mark.parametrize("where", WHERE)
def test_a_picture_is_found_wherever_it_stands(where: str) -> None:
    events = said(WHERE[where])
    ended = [image.result for event in events if isinstance(event, ResponseEnded) for image in event.response.images]
    results = [*pictures(WHERE[where]), *filter(None, ended)]

    assert [usual(result) for result in results] == [PICTURE]


def usual(result: str) -> str:
    return result.rpartition(",")[2].replace("-", "+").replace("_", "/")


NOWHERE: dict[str, object] = {
    "the request": {"input": [{"content": [{"type": "input_image", "image_url": DATA_URL}]}], "output": []},
    "the user's message": {"output": [{"role": "user", "content": [{"image_url": DATA_URL}]}]},
    "an input picture": {"content": [{"type": "input_image", "image_url": DATA_URL}]},
    "an error": {"output": [], "error": {"message": "bad", "image": PICTURE}},
    "too short to be one": {"data": [{"b64_json": SHORT[:80]}]},
    "no picture": {"note": "QUJD" * 200},
    "JSON that is none": {"data": "[{"},
    "a broken list": {"data": "[1"},
    "beyond any depth": {"data": json.loads("[" * (DEEPEST + 2) + json.dumps(PICTURE) + "]" * (DEEPEST + 2))},
}


@pytest.mark.parametrize("where", NOWHERE)
def test_no_picture_is_found_where_there_is_none(where: str) -> None:
    assert pictures(NOWHERE[where]) == []


@pytest.mark.parametrize(
    "preview",
    [
        {"partial_image_b64": PICTURE},
        {"partial_image_index": 0, "b64_json": PICTURE},
        {"type": "image.preview", "b64_json": PICTURE},
        {"partial": True, "result": PICTURE},
        {"status": "partial", "result": PICTURE},
        {"thumbnail": PICTURE},
    ],
)
def test_a_preview_is_never_taken_for_the_picture(preview: dict[str, object]) -> None:
    for body in (preview, {"data": [preview]}, {"data": json.dumps(preview)}):
        events = said(body)
        assert [event for event in events if isinstance(event, ImageDone)] == []
        assert [event.image.result for event in events if isinstance(event, PartialImage)] == [PICTURE]


def test_a_preview_whose_frame_stands_elsewhere_is_found() -> None:
    [event] = told(json.dumps({"type": "response.image.partial", "image": {"thing": PICTURE}}))

    assert isinstance(event, PartialImage)
    assert event.image.result == PICTURE


def test_there_is_an_end_to_the_pictures_of_one_event() -> None:
    assert len(search({"data": [{"b64_json": PICTURE}] * (MOST + 9)}).pictures) == MOST


@pytest.mark.parametrize(
    "head", ["iVBORw0KGgo", "/9j/4AAQ", "_9j_4AAQ", "UklGRiQA", "R0lGODlh", "PHN2ZyB4", "AAAAIGZ0eXBhdmlm"]
)
def test_pictures_are_known_by_how_they_begin(head: str) -> None:
    assert begins_a_picture(head + "A" * 20)


@pytest.mark.parametrize("head", ["", "A", "QUJDREVG" * 4, "====", "长" * 20])
def test_nothing_else_is(head: str) -> None:
    assert not begins_a_picture(head)


# Addresses


def test_an_address_in_the_place_of_a_picture_is_told() -> None:
    assert pictures({"data": [{"url": "https://x.example/a.png"}]}) == ["https://x.example/a.png"]
    assert pictures({**CALL, "url": "https://x.example/a.png"}) == ["https://x.example/a.png"]
    assert (
        pictures({"output": [{"type": "message", "content": [{"annotations": [{"url": "https://x.example"}]}]}]}) == []
    )


def test_an_address_in_words_is_mentioned() -> None:
    body = {"output": [{"type": "message", "content": [{"text": "![x](https://x.example/a.png)"}]}]}

    assert AddressMentioned("https://x.example/a.png") in said(body)


# Tasks


@pytest.mark.parametrize(
    ("body", "task"),
    [
        ({"status": "submitted", "task_id": "t1"}, "t1"),
        ({"task_id": 17}, "17"),
        ({"code": 200, "data": [{"status": "submitted", "taskId": "t1"}]}, "t1"),
        ({"output": {"task_status": "PENDING", "task_id": "t1"}}, "t1"),
        ({"status": "queued", "id": "t1"}, "t1"),
        ({"state": "running", "poll_url": "/x"}, ""),
        ({"id": "r1", "object": "response", "status": "queued", "output": []}, "r1"),
        ({"object": "response", "status": "in_progress"}, ""),
        ({"type": "response.queued", "response": {"id": "r1"}}, ""),
    ],
)
def test_what_is_still_running_is_told_with_its_id(body: dict[str, object], task: str) -> None:
    assert StillRunning(task) in said(body)


def test_a_response_that_began_is_no_task_where_it_is_a_part_of_something_broken() -> None:
    begun = {"id": "r1", "object": "response", "status": "in_progress", "output": []}

    assert told('{"type":"response.created","response":' + json.dumps(begun)) == [ResponseStarted(Response(id="r1"))]


# Envelopes


def test_an_error_keeps_its_envelope_which_may_name_the_status() -> None:
    body = {"statusCode": 429, "body": json.dumps({"error": {"code": "c"}})}

    assert said(body) == [ResponseFailed(body)]


def test_an_answer_is_taken_out_of_its_envelopes() -> None:
    inner = {"output": [{"type": "message", "content": [{"text": "hello"}]}]}

    assert said({"code": 0, "data": json.dumps({"response": inner})}) == [ResponseEnded(Response(text="hello"))]


def test_envelopes_in_envelopes_have_an_end() -> None:
    body: object = {"output": []}
    for _ in range(9):
        body = {"data": body}

    assert said(body) == [ResponseFailed(body)]  # type: ignore[arg-type]


# Events


def test_events_that_run_together_are_told_one_by_one() -> None:
    first, second = (
        {"type": "response.output_text.delta", "delta": "a"},
        {"type": "response.output_text.delta", "delta": "b"},
    )

    assert told(f"{json.dumps(first)}\n{json.dumps(second)}") == [TextDelta("a"), TextDelta("b")]


def test_a_piece_of_a_chat_completion_is_text() -> None:
    assert told('{"choices":[{"delta":{"content":"a"}}]}') == [TextDelta("a")]
    assert told('{"choices":[{"delta":{"refusal":"no"}}]}') == [TextDelta("no")]
    assert told('{"choices":[7]}') == [Unread('{"choices": [7]}')]


def test_a_bare_message_is_one() -> None:
    assert told('{"type":"message","content":[{"text":"a"}]}') == [MessageDone("a")]
    assert told('{"type":"message","content":[]}') == [Ignored()]


@pytest.mark.parametrize(
    ("finish", "reason"), [("content_filter", "content_filter"), ("length", "max_output_tokens"), ("stop", None)]
)
def test_a_chat_completion_says_why_it_was_cut_off(finish: str, reason: str | None) -> None:
    body = {"choices": [{"finish_reason": finish, "message": {"content": "words"}}, 7]}

    assert (read_response(body).text, read_response(body).incomplete_reason) == ("words", reason)
    assert read_response({"choices": [{"message": {"refusal": "no"}}]}).text == "no"
