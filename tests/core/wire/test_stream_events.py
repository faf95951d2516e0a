"""What each event of the gateway's language says, however little of it is there."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpa_image_cli.core.wire.json_values import MOST_VALUES, as_object
from cpa_image_cli.core.wire.response_object import MAX_TEXT, ImageItem, Response, read_response
from cpa_image_cli.core.wire.statements import Read, in_answer, in_event
from cpa_image_cli.core.wire.stream_events import (
    PARSERS,
    Done,
    Ignored,
    ImageDone,
    ImageStarted,
    MessageDone,
    PartialImage,
    ResponseEnded,
    ResponseFailed,
    ResponseStarted,
    StreamEvent,
    TextDelta,
    Unread,
)

TOOLS = [{"type": "image_generation", "model": "gpt-image-2-codex", "size": "auto", "output_format": "png"}]
ITEM = {
    "type": "image_generation_call",
    "id": "ig_1",
    "status": "completed",
    "result": "aW1hZ2U=",
    "revised_prompt": "一只松鼠",
    "size": "1024x1024",
    "quality": "medium",
    "background": "opaque",
    "output_format": "png",
    "action": "generate",
}
IMAGE = ImageItem(
    result="aW1hZ2U=",
    status="completed",
    size="1024x1024",
    quality="medium",
    format="png",
    revised_prompt="一只松鼠",
    action="generate",
)
MESSAGE = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "好的。"}]}


def parse(name: str, data: str) -> Read:
    [read] = in_event(name, data)
    return read


def parse_answer(body: object) -> Read:
    [read] = in_answer(json.dumps(body))
    return read


def said(body: object, *, name: str = "") -> StreamEvent:
    return parse(name, json.dumps(body))[1]


# Every event of the language


@pytest.mark.parametrize(
    ("body", "event"),
    [
        (
            {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress", "tools": TOOLS}},
            ResponseStarted(Response(id="resp_1", tools=("image_generation",))),
        ),
        ({"type": "response.queued", "response": {"id": "resp_1"}}, ResponseStarted(Response(id="resp_1"))),
        ({"type": "response.in_progress", "response": {}}, ResponseStarted(Response())),
        (
            {"type": "response.output_item.added", "item": {"type": "image_generation_call", "status": "in_progress"}},
            ImageStarted(),
        ),
        ({"type": "response.output_item.added", "item": {"type": "message"}}, Ignored()),
        ({"type": "response.image_generation_call.in_progress", "item_id": "ig_1"}, ImageStarted()),
        ({"type": "response.image_generation_call.generating", "item_id": "ig_1"}, ImageStarted()),
        (
            {
                "type": "response.image_generation_call.partial_image",
                "item_id": "ig_1",
                "partial_image_index": 1,
                "partial_image_b64": "cGFydA==",
                "size": "1024x1024",
                "quality": "low",
                "output_format": "webp",
            },
            PartialImage(index=1, image=ImageItem(result="cGFydA==", size="1024x1024", quality="low", format="webp")),
        ),
        ({"type": "response.image_generation_call.completed", "item_id": "ig_1"}, Ignored()),
        ({"type": "response.output_item.done", "item": ITEM}, ImageDone(IMAGE)),
        ({"type": "response.output_item.done", "item": MESSAGE}, MessageDone("好的。")),
        ({"type": "response.output_item.done", "item": {"type": "reasoning", "summary": []}}, Ignored()),
        ({"type": "response.output_text.delta", "delta": "好"}, TextDelta("好")),
        ({"type": "response.refusal.delta", "delta": "不"}, TextDelta("不")),
        ({"type": "response.output_text.done", "text": "好"}, Ignored()),
        (
            {"type": "response.completed", "response": {"id": "resp_1", "status": "completed", "output": [ITEM]}},
            ResponseEnded(Response(id="resp_1", images=(IMAGE,))),
        ),
        ({"type": "response.completed", "response": {"output": []}}, ResponseEnded(Response())),
        ({"type": "response.done", "response": {"id": "resp_1"}}, ResponseEnded(Response(id="resp_1"))),
        (
            {
                "type": "response.incomplete",
                "response": {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
            },
            ResponseEnded(Response(incomplete_reason="max_output_tokens")),
        ),
        ({"type": "keepalive", "sequence_number": 3}, Ignored()),
        ({"type": "codex.rate_limits", "rate_limits": {}}, Ignored()),
        (
            {"type": "image_generation.partial_image", "b64_json": "cGFydA==", "partial_image_index": 2},
            PartialImage(index=2, image=ImageItem(result="cGFydA==")),
        ),
        (
            {"type": "image_generation.completed", "b64_json": "aW1hZ2U=", "size": "auto"},
            ImageDone(ImageItem(result="aW1hZ2U=", size="auto")),
        ),
    ],
    ids=lambda value: value.get("type") if isinstance(value, dict) else None,
)
def test_an_event_says_what_its_type_says(body: dict[str, object], event: StreamEvent) -> None:
    assert parse("", json.dumps(body)) == (body["type"], event)


@pytest.mark.parametrize(
    "body",
    [
        {"type": "response.failed", "response": {"status": "failed", "error": {"code": "rate_limit_exceeded"}}},
        {"type": "response.failed", "sequence_number": 0, "error": {"type": "t", "code": "c", "message": "m"}},
        {"type": "error", "code": "server_error", "message": "m", "param": None, "sequence_number": 7},
        {"type": "error", "status": 429, "error": {"code": "c"}, "headers": {"retry-after": "3"}},
        {"type": "error"},
    ],
)
def test_an_error_event_is_handed_on_as_it_came(body: dict[str, object]) -> None:
    assert parse("", json.dumps(body)) == (body["type"], ResponseFailed(body))


def test_an_error_without_a_type_is_an_error() -> None:
    body = {"error": {"message": "m", "type": "t", "code": "c"}}

    assert parse("", json.dumps(body)) == ("error", ResponseFailed(body))
    assert parse("whatever", json.dumps(body)) == ("whatever", ResponseFailed(body))


def test_a_failed_response_keeps_what_it_had_made() -> None:
    body = {"type": "response.failed", "response": {"id": "resp_1", "output": [ITEM], "error": {"code": "c"}}}

    assert said(body) == ResponseFailed(body, Response(id="resp_1", images=(IMAGE,)))


@pytest.mark.parametrize("kind", ["response.completed", "response.done", "response.incomplete"])
@pytest.mark.parametrize("trouble", [{"status": "failed"}, {"error": {"code": "server_error", "message": "m"}}])
def test_a_last_event_that_carries_an_error_is_a_failure(kind: str, trouble: dict[str, object]) -> None:
    body = {"type": kind, "response": {"id": "resp_1", "output": [], **trouble}}

    assert said(body) == ResponseFailed(body, Response(id="resp_1"))


# Which type an event has


def test_the_type_in_the_data_is_trusted_before_the_event_line() -> None:
    completed = json.dumps({"type": "response.completed", "response": {"output": [ITEM]}})

    assert parse("response.created", completed) == ("response.completed", ResponseEnded(Response(images=(IMAGE,))))
    assert parse("response.created", '{"type": "new"}') == ("new", Ignored())


@pytest.mark.parametrize("kind", [None, "", 7, []])
def test_the_event_line_counts_where_the_data_has_no_type(kind: object) -> None:
    body = json.dumps({"type": kind, "item": ITEM})

    assert parse("response.output_item.done", body) == ("response.output_item.done", ImageDone(IMAGE))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("", ""),
        ("keepalive", ""),
        ("", "{}"),
        ("", '{"error": null}'),
        ("", '{"type": "response.something_new", "error": {}}'),
    ],
)
def test_what_says_nothing_is_ignored(name: str, data: str) -> None:
    assert parse(name, data)[1] == Ignored()


@pytest.mark.parametrize("data", ["null", "[]", '"response.completed"', "{", "not JSON", '{"broken'])
def test_what_cannot_be_read_is_kept(data: str) -> None:
    assert parse("", data) == ("unknown", Unread(data))
    assert parse("response.completed", data) == ("response.completed", Unread(data))


def test_what_is_no_event_and_may_be_an_error_is_kept() -> None:
    assert parse("", '{"code": "busy"}')[1] == Unread('{"code": "busy"}')
    assert parse("", '{"type": "busy_error", "message": "m"}')[1] == Unread('{"type": "busy_error", "message": "m"}')


@pytest.mark.parametrize("name", ["error", "response.failed"])
def test_words_in_an_event_of_an_error_are_the_error(name: str) -> None:
    assert parse(name, " too many requests\n") == (name, ResponseFailed({"message": "too many requests"}))


def test_an_event_without_any_name_is_unknown() -> None:
    assert parse("", "{}") == ("unknown", Ignored())
    assert parse("", "[DONE]") == ("done", Done())
    assert parse("keepalive", "") == ("keepalive", Ignored())


# Missing and null fields


@pytest.mark.parametrize("kind", PARSERS)
@pytest.mark.parametrize("value", [None, 7, "text", [], {}, [None], {"type": None}, True])
def test_no_field_of_any_event_must_be_there_or_be_sound(kind: str, value: object) -> None:
    """Gateways leave out, null and misspell everything; none of it is more than an event that says less."""
    fields = [
        "response",
        "item",
        "delta",
        "item_id",
        "partial_image_index",
        "partial_image_b64",
        "b64_json",
        "code",
        "message",
        "error",
    ]

    assert parse("", json.dumps({"type": kind}))[0] == kind
    assert {told for told, _ in in_event("", json.dumps({"type": kind} | dict.fromkeys(fields, value)))} == {kind}


@pytest.mark.parametrize("body", [None, 7, "text", [], [{}], {}])
def test_a_response_that_is_not_there_says_nothing(body: object) -> None:
    assert read_response(body) == Response()


def test_null_fields_of_a_response_say_nothing() -> None:
    names = ["id", "model", "tools", "output", "status", "error", "incomplete_details", "usage", "tool_usage"]

    assert read_response(dict.fromkeys(names)) == Response()


def test_null_fields_of_an_item_say_nothing() -> None:
    item = dict.fromkeys(ITEM) | {"type": "image_generation_call", "result": "aW1hZ2U="}

    assert said({"type": "response.output_item.done", "item": item}) == ImageDone(ImageItem(result="aW1hZ2U="))


def test_unsound_items_of_an_output_are_passed_over() -> None:
    output = [None, 7, "text", [], {}, {"type": None}, {"content": None}, {"content": [None, {"text": 7}]}, ITEM]

    assert read_response({"output": output}) == Response(images=(IMAGE,))


# Pictures


@pytest.mark.parametrize("status", ["completed", "generating", "in_progress", "failed", None, 7])
def test_the_status_of_an_item_with_a_result_decides_nothing(status: object) -> None:
    event = said({"type": "response.output_item.done", "item": {**ITEM, "status": status}})

    assert isinstance(event, ImageDone)
    assert event.image.result == "aW1hZ2U="


@pytest.mark.parametrize("item", [{"result": "aW1hZ2U="}, {"type": None, "result": "aW1hZ2U="}])
def test_an_item_without_a_type_is_a_picture_by_its_result(item: dict[str, object]) -> None:
    expected = ImageItem(result="aW1hZ2U=")

    assert said({"type": "response.output_item.done", "item": item}) == ImageDone(expected)
    assert read_response({"output": [item]}) == Response(images=(expected,))


def test_an_item_of_another_type_is_no_picture_whatever_it_has() -> None:
    item = {"type": "mcp_call", "result": "aW1hZ2U="}

    assert said({"type": "response.output_item.done", "item": item}) == Ignored()
    assert read_response({"output": [item]}) == Response()


@pytest.mark.parametrize("result", [{}, {"result": None}, {"result": ""}, {"result": {"url": "x"}}])
def test_an_image_call_without_a_result_is_one_that_failed(result: dict[str, object]) -> None:
    item = {"type": "image_generation_call", "status": "failed", "error": {"message": "m"}, **result}
    expected = ImageItem(status="failed", error={"message": "m"})

    assert said({"type": "response.output_item.done", "item": item}) == ImageDone(expected)
    assert read_response({"output": [item]}) == Response(images=(expected,))


@pytest.mark.parametrize(
    ("index", "read"), [(0, 0), (3, 3), (99, 99), (100, 0), (-1, 0), (10**30, 0), (1.0, 0), ("1", 0), (None, 0)]
)
def test_a_frames_index_is_a_small_number_or_0(index: object, read: int) -> None:
    event = said({"type": "response.image_generation_call.partial_image", "partial_image_index": index})

    assert event == PartialImage(index=read, image=ImageItem())


# Tools: empty is not the same as unknown


@pytest.mark.parametrize(
    ("tools", "read"),
    [
        (None, None),
        ({}, None),
        ("none", None),
        ([], ()),
        (TOOLS, ("image_generation",)),
        ([{"type": "function", "name": "f"}, *TOOLS], ("function", "image_generation")),
        (["image_generation"], ("image_generation",)),
        ([{}], ("",)),
        ([7, None], ("", "")),
    ],
)
def test_tools_are_empty_only_when_the_list_is(tools: object, read: tuple[str, ...] | None) -> None:
    """An empty list means that the account lost the tool; anything unreadable means nothing."""
    assert read_response({"tools": tools}).tools == read
    assert read_response({}).tools is None


# Text


def test_the_texts_of_all_messages_are_one_text() -> None:
    refusal = {"type": "message", "content": [{"type": "refusal", "refusal": "不行。"}]}
    parts = {"type": "message", "content": [{"text": "一"}, {"type": "x"}, {"text": "二"}]}

    assert read_response({"output": [MESSAGE, ITEM, parts, refusal]}).text == "好的。\n一二\n不行。"


def test_the_text_of_a_response_is_bounded() -> None:
    message = {"content": [{"text": "松" * MAX_TEXT}, {"text": "鼠"}]}

    assert read_response({"output": [message]}).text == "松" * MAX_TEXT


# Why an answer is incomplete


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, "content_filter"),
        ({"incomplete_details": {"reason": "max_output_tokens"}}, "max_output_tokens"),
        ({"status": "incomplete"}, "unknown"),
        ({"status": "incomplete", "incomplete_details": {"reason": None}}, "unknown"),
        ({"status": "completed", "incomplete_details": None}, None),
        ({"status": "completed", "incomplete_details": {}}, None),
    ],
)
def test_an_incomplete_answer_has_a_reason(body: dict[str, object], reason: str | None) -> None:
    assert read_response(body).incomplete_reason == reason


# Usage: figures only, since they are printed as they are


def test_usage_is_figures_those_of_the_tool_included() -> None:
    body = {
        "usage": {"input_tokens": 31, "input_tokens_details": {"cached_tokens": 0}, "total_tokens": 40},
        "tool_usage": {"image_gen": {"total_tokens": 1068, "input_tokens_details": {"text_tokens": 12}}},
    }

    assert read_response(body).usage == {**body["usage"], "tool_usage": body["tool_usage"]}
    assert read_response({"usage": body["usage"]}).usage == body["usage"]
    assert read_response({"tool_usage": body["tool_usage"]}).usage == {"tool_usage": body["tool_usage"]}


@pytest.mark.parametrize("usage", [None, [], 7, "7", {}, {"a": None}, {"a": "7"}, {"a": {}}, {"a": [7]}])
def test_usage_without_figures_is_none(usage: object) -> None:
    assert read_response({"usage": usage, "tool_usage": usage}).usage is None


HOSTILE_USAGE = (
    '{"input_tokens": 1, "nan": NaN, "infinite": -Infinity, "large": 1e999, "huge": ' + "9" * 400 + ","
    '"text": "<blob:5eed:1>", "\\ud800": 2, "\\u001b[31m": 3, "' + "k" * 65 + '": 4, "list": [5],'
    '"deep": ' + '{"d":' * 500 + "6" + "}" * 500 + ', "seconds": 0.5, "free": true}'
)


def test_hostile_usage_leaves_figures_that_any_program_can_read() -> None:
    body = as_object('{"usage": ' + HOSTILE_USAGE + "}")
    assert body is not None

    usage = read_response(body).usage

    assert usage == {"input_tokens": 1, "seconds": 0.5, "free": True}
    assert json.loads(json.dumps(usage, allow_nan=False)) == usage


def test_usage_has_a_bounded_number_of_figures() -> None:
    usage = read_response({"usage": {str(number): number for number in range(1000)}}).usage

    assert usage is not None
    assert len(usage) == 64


# Plain JSON answers


def test_a_bare_response_object_is_the_end_of_an_answer() -> None:
    body = {"id": "resp_1", "object": "response", "status": "completed", "error": None, "output": [ITEM, MESSAGE]}

    expected = ResponseEnded(Response(id="resp_1", images=(IMAGE,), text="好的。"))
    assert parse_answer(body) == ("response", expected)


@pytest.mark.parametrize("body", [{"object": "response"}, {"output": []}, {"output": None}])
def test_a_response_may_lack_anything_but_its_mark(body: dict[str, object]) -> None:
    assert parse_answer(body) == ("response", ResponseEnded(Response()))


def test_a_response_wrapped_in_its_event_is_read_as_the_event() -> None:
    body = {"type": "response.completed", "response": {"id": "resp_1", "output": [ITEM]}}

    assert parse_answer(body) == ("response.completed", ResponseEnded(Response(id="resp_1", images=(IMAGE,))))


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "m", "type": "t", "code": "c", "param": None}},
        {"error": "Invalid API key"},
        {"error": "unsafe_example_api_key", "message": "m"},
        {"detail": "m"},
        {"detail": [{"msg": "m"}]},
        {"message": "m"},
        {"code": "GROUP_DISABLED", "message": "m"},
        {"error": {"message": "m"}, "status": 401},
        {"type": "usage_limit_reached", "message": "m"},
        {"object": "response", "status": "failed", "output": []},
        {},
    ],
)
def test_every_shape_of_an_error_in_a_200_is_a_failure(body: dict[str, object]) -> None:
    assert parse_answer(body) == ("error", ResponseFailed(body))


def test_a_typed_error_in_a_200_is_a_failure() -> None:
    body = {"type": "error", "status": 400, "error": {"message": "m"}}

    assert parse_answer(body) == ("error", ResponseFailed(body))


def test_an_error_beside_a_picture_does_not_lose_the_picture() -> None:
    body = {"id": "resp_1", "output": [ITEM], "error": {"code": "server_error"}}

    assert parse_answer(body) == ("error", ResponseFailed(body, Response(id="resp_1", images=(IMAGE,))))


# Hostile JSON


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '{"a":' * 200_000,
        "9" * 5000,
        '{"a":' + "9" * 5000 + "}",
        "",
        "\x00",
        "\ud800",
        '{"a":1}{"b":2}',
        "[1]",
    ],
    ids=["deep list", "deep object", "huge", "huge inside", "empty", "NUL", "surrogate", "two", "list"],
)
def test_text_that_holds_no_readable_object_is_none(text: str) -> None:
    assert as_object(text) is None


def test_what_json_does_not_have_is_null() -> None:
    """Python reads them, and would print them where no other program can read them."""
    assert as_object('{"a": NaN, "b": [Infinity, -Infinity], "c": 1}') == {"a": None, "b": [None, None], "c": 1}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from([*PARSERS, "failed"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "response",
                    "item",
                    "output",
                    "content",
                    "text",
                    "refusal",
                    "delta",
                    "status",
                    "error",
                    "tools",
                    "usage",
                    "tool_usage",
                    "result",
                    "incomplete_details",
                    "reason",
                    "partial_image_index",
                    "partial_image_b64",
                    "b64_json",
                    "object",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "read",
    [lambda body: list(in_event("", json.dumps(body))), lambda body: list(in_answer(json.dumps(body))), read_response],
)
@given(body=st.dictionaries(st.sampled_from(["type", "response", "item", "output", "error", "usage"]), JSON))
def test_no_object_is_too_odd_to_read(read: Callable[[object], object], body: dict[str, object]) -> None:
    assert read(body) == read(json.loads(json.dumps(body)))


@pytest.mark.parametrize("kind", PARSERS)
@settings(max_examples=30)
@given(rest=st.dictionaries(st.sampled_from(["response", "item", "delta", "partial_image_b64", "b64_json"]), JSON))
def test_no_event_of_a_known_type_is_too_odd_to_read(kind: str, rest: dict[str, object]) -> None:
    assert {told for told, _ in in_event("", json.dumps({"type": kind, **rest}))} == {kind}


def test_a_text_of_countless_tiny_values_is_not_unfolded_in_memory() -> None:
    assert as_object('{"output": [' + "{}," * MOST_VALUES + "{}]}") is None


def test_a_long_text_of_few_values_is_read() -> None:
    message = "a sentence; " * MOST_VALUES

    assert as_object(json.dumps({"message": message})) == {"message": message}
