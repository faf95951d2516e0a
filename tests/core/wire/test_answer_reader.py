"""Answers as gateways send them, read to the end: quirks of every kind, cut anywhere, and runaways."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.wire.answer_reader import AnswerTooLarge
from cpa_image_cli.core.wire.answer_shape import Shape
from cpa_image_cli.core.wire.sse import MAX_EVENT
from tests.core.wire.answers import (
    COMPLETED,
    FRAMES,
    RED_SQUIRREL,
    REVISED,
    SECOND,
    SQUIRREL,
    STREAMS,
    TINY,
    Desk,
    Reading,
    done,
    one_byte_at_a_time,
    read,
    stream_of,
)

# The recorded answers

CREATED = ("response.created", "response.in_progress")
CALLED = (
    "response.output_item.added",
    "response.image_generation_call.in_progress",
    "response.image_generation_call.generating",
)
FRAME = "response.image_generation_call.partial_image"
DONE = "response.output_item.done"
USAGE = {"input_tokens": 31, "output_tokens": 9, "total_tokens": 40}
SORRY = "抱歉，我无法直接生成图片。\u2028不过可以描述：一只松鼠……"
RATE_LIMITED = {
    "type": "input-images",
    "code": "rate_limit_exceeded",
    "message": "Rate limit reached for gpt-image-2-codex (for limit gpt-image) on input-images per min:"
    " Limit 4000, Used 4000, Requested 1. Please try again in 15ms.",
}

ANSWERS = {
    "whole-with-frames.sse": Reading(
        shape=Shape.SSE,
        kinds=(*CREATED, *CALLED, FRAME, FRAME, DONE, "response.completed"),
        pictures=(SQUIRREL, SQUIRREL),
        frames=FRAMES,
        revised=REVISED,
        usage={
            **USAGE,
            "tool_usage": {"image_gen": {"input_tokens": 12, "output_tokens": 1056, "total_tokens": 1068}},
        },
    ),
    "output-empty-in-completed.sse": Reading(
        shape=Shape.SSE,
        kinds=(*CREATED, *CALLED, "keepalive", "keepalive", "codex.rate_limits", DONE, "response.completed"),
        pictures=(SQUIRREL,),
        revised=REVISED,
        usage=USAGE,
    ),
    "crlf-bom-no-final-blank.sse": Reading(
        shape=Shape.SSE,
        kinds=(*CREATED, DONE, "response.completed"),
        pictures=(SQUIRREL,),
        revised=REVISED,
        usage=USAGE,
    ),
    "cr-only.sse": Reading(
        shape=Shape.SSE,
        kinds=(*CREATED, DONE, "response.completed"),
        pictures=(SQUIRREL, SQUIRREL),
        revised=REVISED,
        usage=USAGE,
    ),
    "mixed-endings-two-pictures.sse": Reading(
        shape=Shape.SSE,
        kinds=("response.created", DONE, DONE, "response.completed", "done"),
        pictures=(SQUIRREL, SECOND),
        revised=REVISED,
    ),
    "late-error.sse": Reading(
        shape=Shape.SSE,
        kinds=(*CREATED, *CALLED, DONE, "error"),
        pictures=(SQUIRREL,),
        revised=REVISED,
        error={
            "type": "error",
            "sequence_number": 6,
            "code": "server_error",
            "message": "stream disconnected before completion",
            "param": None,
        },
    ),
    "end-after-the-picture.sse": Reading(
        shape=Shape.SSE,
        kinds=(*CREATED, *CALLED, DONE, "response.completed"),
        pictures=(SQUIRREL,),
        revised=REVISED,
        ended=False,
    ),
    "end-inside-the-item.sse": Reading(
        shape=Shape.SSE,
        kinds=(*CREATED, *CALLED, DONE),
        rescued=(SQUIRREL,),
        ended=False,
    ),
    "end-inside-the-picture.sse": Reading(shape=Shape.SSE, kinds=(*CREATED, *CALLED, DONE), ended=False),
    "frames-only.sse": Reading(
        shape=Shape.SSE,
        kinds=(*CREATED, *CALLED, FRAME, FRAME, "response.completed"),
        frames=FRAMES,
        usage=USAGE,
    ),
    "text-with-empty-tools.sse": Reading(
        shape=Shape.SSE,
        kinds=(*CREATED, "response.output_text.delta", "response.output_text.delta", DONE, "response.completed"),
        tools=(),
        text=SORRY,
        usage=USAGE,
    ),
    "rate-limited.sse": Reading(
        shape=Shape.SSE,
        kinds=(*CREATED, *CALLED, "response.failed"),
        error={
            "type": "response.failed",
            "sequence_number": 5,
            "response": {"status": "failed", "error": RATE_LIMITED},
        },
    ),
    "error-without-a-type.sse": Reading(
        shape=Shape.SSE,
        kinds=(*CREATED, "error"),
        error={
            "error": {
                "message": "An error occurred while processing your request.",
                "type": "server_error",
                "code": "server_error",
            }
        },
    ),
    "incomplete.sse": Reading(shape=Shape.SSE, kinds=(*CREATED, "response.incomplete"), incomplete="content_filter"),
    "image-call-failed.sse": Reading(
        shape=Shape.SSE,
        kinds=(*CREATED, *CALLED, DONE, "response.completed"),
        failed_call=True,
        usage=USAGE,
    ),
    "tiny-data-url.sse": Reading(
        shape=Shape.SSE,
        kinds=(*CREATED, DONE, "response.completed"),
        pictures=(TINY,),
        revised=REVISED,
        usage=USAGE,
    ),
    "plain.json": Reading(
        shape=Shape.JSON,
        kinds=("response",),
        pictures=(SQUIRREL,),
        revised=REVISED,
        usage={**USAGE, "tool_usage": {"image_gen": {"total_tokens": 1068}}},
    ),
    "wrapped-data-url.json": Reading(shape=Shape.JSON, kinds=("response",), pictures=(SQUIRREL,), revised=REVISED),
    "item-without-type.json": Reading(shape=Shape.JSON, kinds=("response",), pictures=(SQUIRREL,), tools=None),
    "blank-lines-then-error.json": Reading(
        shape=Shape.JSON,
        kinds=("error",),
        tools=None,
        error={
            "error": {
                "message": "Your request was rejected by the safety system. safety_violations=[sexual].",
                "type": "image_generation_user_error",
                "code": "moderation_blocked",
                "param": None,
            }
        },
    ),
    "end-after-the-picture.json": Reading(shape=Shape.JSON, rescued=(SQUIRREL,), ended=False, tools=None),
    "picture-by-url.json": Reading(
        shape=Shape.JSON, kinds=("response",), not_pictures=(Code.IMAGE_BY_URL,), revised=REVISED
    ),
    "challenge.html": Reading(shape=Shape.HTML, ended=False, tools=None),
}


def without_remainder(reading: Reading) -> Reading:
    return replace(reading, remainder=b"")


def test_every_recorded_answer_has_its_reading() -> None:
    recorded = {path.name for path in STREAMS.iterdir() if path.suffix in {".sse", ".json", ".html"}}

    assert recorded == ANSWERS.keys()


@pytest.mark.parametrize("name", ANSWERS)
def test_a_recorded_answer_reads_as_it_should(name: str) -> None:
    assert without_remainder(read((STREAMS / name).read_bytes())) == ANSWERS[name]


@pytest.mark.parametrize("name", ANSWERS)
def test_a_recorded_answer_reads_the_same_byte_by_byte(name: str) -> None:
    answer = (STREAMS / name).read_bytes()

    assert read(*one_byte_at_a_time(answer)) == read(answer)


SHORT = 2000
"""Bytes of an answer that is cut everywhere; the long ones say the same with more of a picture in them."""
IN_A_PICTURE = frozenset(RED_SQUIRREL) - frozenset(b"\"' ")


def is_an_edge(answer: bytes, cut: int) -> bool:
    """Whether a line or a picture begins or ends within a few bytes of *cut*."""
    before, after = answer[max(cut - 6, 0) : cut], answer[cut : cut + 6]
    is_inside = [bool(part) and set(part) <= IN_A_PICTURE for part in (before, after)]
    return not {*b"\r\n"}.isdisjoint(before + after) or (is_inside[0] != is_inside[1] and cut % 2 == 0)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_recorded_answer_cut_in_two_anywhere_reads_the_same(name: str) -> None:
    """In short answers at every byte, in long ones where something begins or ends, and at every 31st besides."""
    answer = (STREAMS / name).read_bytes()
    whole = read(answer)
    is_short = len(answer) < SHORT
    places = [cut for cut in range(len(answer) + 1) if is_short or cut % 31 == 0 or is_an_edge(answer, cut)]

    assert [cut for cut in places if read(answer[:cut], answer[cut:]) != whole] == []


# JSON or events, told apart by the body


@pytest.mark.parametrize(
    ("start", "shape"),
    [
        (b'{"a":1}', Shape.JSON),
        (b"[1]", Shape.JSON),
        (b"\n\n \r\n\t{}", Shape.JSON),
        (b"\xef\xbb\xbf{}", Shape.JSON),
        (b"\n\n\xef\xbb\xbf\n{}", Shape.JSON),
        (b"data: {}\n\n", Shape.SSE),
        (b"data:{}\n\n", Shape.SSE),
        (b"event: x\n\n", Shape.SSE),
        (b"id: 1\n\n", Shape.SSE),
        (b"retry: 1\n\n", Shape.SSE),
        (b": keep-alive\n\n", Shape.SSE),
        (b":\n\n", Shape.SSE),
        (b"\xef\xbb\xbfdata: {}\n\n", Shape.SSE),
        (b"\n\n\xef\xbb\xbf\r\nevent: x\n\n", Shape.SSE),
        (b"<html>", Shape.HTML),
        (b"\n <!DOCTYPE html>", Shape.HTML),
        (b"upstream connect error", Shape.TEXT),
        (b"dat", Shape.TEXT),
        (b"data", Shape.TEXT),
        (b"database error", Shape.TEXT),
        (b"eventually", Shape.TEXT),
        (b'"Invalid API key"', Shape.TEXT),
        (b"\x89PNG\r\n\x1a\n", Shape.TEXT),
        (b"\xef\xbb", Shape.TEXT),
        (b"", Shape.UNKNOWN),
        (b"\n \r\n", Shape.UNKNOWN),
        (b"\xef\xbb\xbf", Shape.UNKNOWN),
        (b"\xef\xbb\xbf\xef\xbb\xbf", Shape.UNKNOWN),
    ],
)
def test_the_shape_is_told_by_the_first_bytes_that_are_not_blank(start: bytes, shape: Shape) -> None:
    assert read(start).shape is shape
    assert read(*one_byte_at_a_time(start)).shape is shape


def test_no_shape_is_told_while_only_blank_lines_came() -> None:
    desk = Desk()

    assert list(desk.reader.feed(b"\n" * 10_000)) == []
    assert desk.reader.shape is Shape.UNKNOWN
    assert [kind for kind, _ in desk.everything(b'{"output":[]}')] == ["response"]


def test_an_event_is_read_as_soon_as_its_blank_line_is_here() -> None:
    desk = Desk()

    assert [kind for kind, _ in desk.reader.feed(b'data: {"type":"response.created"}\n\n')] == ["response.created"]
    assert [kind for kind, _ in desk.reader.feed(b'data: {"type":"keepalive"}\n')] == []
    assert [kind for kind, _ in desk.reader.close()] == ["keepalive"]


def test_what_was_no_event_stream_remains_for_error_messages() -> None:
    assert read(b"\n<html>524</html>\n").remainder == b"<html>524</html>\n"
    assert read("网关错误".encode()).remainder == "网关错误".encode()
    assert read(b'{"error":"no","image":"' + RED_SQUIRREL + b'"}').remainder == (
        b'{"error":"no","image":"[long base64 left out]"}'
    )
    assert read(b"data: {}\n\n").remainder == b""
    assert read(b"\xff\xfe").remainder == "\ufffd\ufffd".encode()


@pytest.mark.parametrize("body", [b"[1]", b"{", b'{"a":' * 100_000, b"{}{}", b'{"n":' + b"9" * 5000 + b"}"])
def test_json_that_holds_no_object_is_no_event(body: bytes) -> None:
    reading = read(body)

    assert (reading.shape, reading.kinds, reading.ended) == (Shape.JSON, (), False)


@pytest.mark.parametrize(
    "body", [b'data: {"type":"response.completed","x":' + b"[" * 200_000, b"data: NaN", b"data: " + b"9" * 4000]
)
def test_hostile_events_are_ignored_and_the_next_one_is_read(body: bytes) -> None:
    reading = read(body + b"\n\n" + stream_of(done(RED_SQUIRREL.decode()), COMPLETED))

    assert reading.kinds == ("unknown", DONE, "response.completed")
    assert reading.pictures == (SQUIRREL,)


# Limits


def test_an_answer_may_be_as_long_as_the_limit_and_no_longer() -> None:
    answer = (STREAMS / "plain.json").read_bytes()

    desk = Desk(max_answer=len(answer))
    assert [kind for kind, _ in desk.everything(answer)] == ["response"]

    desk = Desk(max_answer=len(answer) - 1)
    with pytest.raises(AnswerTooLarge):
        list(desk.everything(answer))


@pytest.mark.parametrize("size", [1, 100, 10**6])
def test_a_picture_before_the_limit_is_kept_whatever_the_pieces(size: int) -> None:
    """The limit falls into what follows the picture, in the same piece or in a later one."""
    answer = stream_of(done(RED_SQUIRREL.decode())) + b": runaway\n\n" * 1000
    chunks = [answer[at : at + size] for at in range(0, len(answer), size)]
    desk = Desk(max_answer=len(RED_SQUIRREL) + 1000)
    kinds: list[str] = []

    with pytest.raises(AnswerTooLarge):
        kinds.extend(kind for kind, _ in desk.everything(*chunks))
    after_all = [kind for kind, _ in desk.reader.close()]

    assert (kinds, after_all) == ([DONE], [])
    assert [blob.data for blob in desk.pictures.whole_results()] == [SQUIRREL]


def test_a_plain_answer_cut_off_by_the_limit_still_has_its_picture() -> None:
    answer = b'{"output":[{"result":"' + RED_SQUIRREL + b'","text":"' + b"no end " * 1000
    desk = Desk(max_answer=6000)

    with pytest.raises(AnswerTooLarge):
        list(desk.reader.feed(answer))

    assert list(desk.reader.close()) == []
    assert [blob.data for blob in desk.pictures.whole_results()] == [SQUIRREL]


@pytest.mark.parametrize("start", [b'{"a":"', b"data: ", b"<html>", b"words "])
def test_text_without_end_is_stopped_long_before_the_limit(start: bytes) -> None:
    megabyte = b"no end! " * 131_072
    desk = Desk()

    with pytest.raises(AnswerTooLarge):
        list(desk.everything(start, *[megabyte] * (MAX_EVENT // len(megabyte) + 1)))


@pytest.mark.parametrize("start", [b'{"a":"', b"data: "])
def test_text_without_end_is_not_read_in_the_end_either(start: bytes) -> None:
    megabyte = b"no end! " * 131_072
    desk = Desk()

    with pytest.raises(AnswerTooLarge):
        list(desk.everything(start, *[megabyte] * (MAX_EVENT // len(megabyte) + 1)))

    assert (list(desk.reader.close()), desk.reader.remainder) == ([], b"")


def test_events_without_end_are_stopped_long_before_the_limit() -> None:
    event = b'data: {"type":"response.output_text.delta","delta":"and "}\n\n'

    assert [kind for kind, _ in Desk(max_events=100).everything(event * 100)] == ["response.output_text.delta"] * 100
    with pytest.raises(AnswerTooLarge):
        list(Desk(max_events=100).everything(event * 101))


def test_a_picture_before_the_last_event_that_is_read_counts() -> None:
    desk = Desk(max_events=2)
    answer = b"data: {}\n\n" + stream_of(done(RED_SQUIRREL.decode())) + b"data: {}\n\n" * 10

    with pytest.raises(AnswerTooLarge):
        list(desk.everything(answer))

    assert [blob.data for blob in desk.pictures.whole_results()] == [SQUIRREL]


def test_blank_lines_may_go_on_for_as_long_as_the_picture_takes() -> None:
    desk = Desk()

    for _ in range(MAX_EVENT // 2**20 + 1):
        assert list(desk.reader.feed(b"\n" * 2**20)) == []

    assert [kind for kind, _ in desk.everything(b'{"output":[]}')] == ["response"]


# Whatever comes

BRICKS = [
    stream_of(done(RED_SQUIRREL.decode())),
    stream_of(COMPLETED),
    b'{"output":[{"result":"',
    RED_SQUIRREL,
    b'"}]}',
    b"\n",
    b"\r\n",
    b"data: ",
    b"event: x",
    b": c\n",
    b"{",
    b"<",
    b"\xef\xbb\xbf",
    b"\xe6",
    "松鼠".encode(),
    rb"\u4f60" * 800,
    b"QUJD" * 1100,
    b"x",
    b"\\",
    b'"',
]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(BRICKS), max_size=10).map(b"".join), st.randoms(use_true_random=False))
def test_any_answer_in_any_pieces_reads_the_same_as_whole(answer: bytes, dice: random.Random) -> None:
    cuts = sorted(dice.randrange(len(answer) + 1) for _ in range(4))

    pieces = [answer[start:end] for start, end in zip([0, *cuts], [*cuts, len(answer)], strict=True)]

    assert read(*pieces) == read(answer)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=5))
def test_no_bytes_are_too_odd_to_read(chunks: list[bytes]) -> None:
    assert read(*chunks) == read(b"".join(chunks))
