"""
Answers as gateways send them, read to the end: quirks of every kind, cut anywhere, and what is left of broken ones.

`read` is a gateway's answer seen as a user of `AnswerReader` sees it; `Reading` is compared whole.
"""

import base64
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpa_image_cli.core.answer import MAX_BLOBS, MAX_FRAMES, AnswerReader, AnswerTooLarge, NotAPicture, Read
from cpa_image_cli.core.assembler import ResponseAssembler
from cpa_image_cli.core.blobs import MAX_BLOB, placeholder
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.shape import Shape
from cpa_image_cli.core.sse import MAX_EVENT
from cpa_image_cli.core.stream_events import PartialImage

STREAMS = Path(__file__).parent.parent / "data" / "streams"
SQUIRREL = (STREAMS / "squirrel.png").read_bytes()
FRAMES = ((STREAMS / "frame-0.png").read_bytes(), (STREAMS / "frame-1.png").read_bytes())
SECOND = (STREAMS / "second.png").read_bytes()
TINY = (STREAMS / "tiny.png").read_bytes()
NONCE = "5eed"
REVISED = "一只可爱的红松鼠坐在秋天的树枝上，捧着一颗松果"
RED_SQUIRREL = base64.b64encode(SQUIRREL)


class MemoryBlob:
    """Keeps its bytes where a test can look at them."""

    def __init__(self) -> None:
        self.data = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.data += data

    def close(self) -> None:
        self.closed = True

    def discard(self) -> None:
        self.data = b""


@dataclass(slots=True)
class Desk:
    """An `AnswerReader` and every blob it asked for."""

    wants_frames: bool = True
    max_answer: int = 10**9
    max_events: int = 10**6
    opened: list[MemoryBlob] = field(default_factory=list)

    def reader(self) -> AnswerReader[MemoryBlob]:
        return AnswerReader(
            nonce=NONCE,
            open_blob=self._open,
            wants_frames=self.wants_frames,
            max_answer=self.max_answer,
            max_events=self.max_events,
        )

    def _open(self) -> MemoryBlob:
        self.opened.append(MemoryBlob())
        return self.opened[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one answer brought. *rescued* are pictures found although no event carried them."""

    shape: Shape
    kinds: tuple[str, ...] = ()
    pictures: tuple[bytes, ...] = ()
    frames: tuple[bytes, ...] = ()
    not_pictures: tuple[Code, ...] = ()
    rescued: tuple[bytes, ...] = ()
    ended: bool = True
    text: str = ""
    tools: tuple[str, ...] | None = ("image_generation",)
    error: object = None
    incomplete: str | None = None
    failed_call: bool = False
    revised: str | None = None
    usage: object = None
    remainder: bytes = b""


def read(*chunks: bytes) -> Reading:
    """Read a whole answer, taking every picture and every frame in it."""
    reader, answer = Desk().reader(), ResponseAssembler()
    kinds: list[str] = []
    pictures: list[bytes] = []
    frames: list[bytes] = []
    not_pictures: list[Code] = []
    for kind, event in everything(reader, *chunks):
        kinds.append(kind)
        for image in answer.receive(event):
            try:
                pictures.append(taken(reader, image.result))
            except NotAPicture as problem:
                not_pictures.append(problem.code)
        if isinstance(event, PartialImage):
            frames.append(taken(reader, event.image.result))
    return Reading(
        shape=reader.shape,
        kinds=tuple(kinds),
        pictures=tuple(pictures),
        frames=tuple(frames),
        not_pictures=tuple(not_pictures),
        rescued=tuple(blob.data for blob in reader.whole_results()),
        ended=answer.ended,
        text=reader.readable(answer.text),
        tools=answer.tools,
        error=answer.error,
        incomplete=answer.incomplete_reason,
        failed_call=answer.image_call_failed,
        revised=answer.revised_prompt,
        usage=answer.usage,
        remainder=reader.remainder,
    )


def everything(reader: AnswerReader[MemoryBlob], *chunks: bytes) -> Iterator[Read]:
    for chunk in chunks:
        yield from reader.feed(chunk)
    yield from reader.close()


def taken(reader: AnswerReader[MemoryBlob], result: str) -> bytes:
    blob = reader.take(result)
    assert blob is not None
    assert blob.closed
    return blob.data


def one_byte_at_a_time(stream: bytes) -> list[bytes]:
    return [stream[at : at + 1] for at in range(len(stream))]


def stream_of(*bodies: object) -> bytes:
    return b"".join(b"data: " + json.dumps(body).encode() + b"\n\n" for body in bodies)


def item(result: object) -> dict[str, object]:
    return {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": result}


def done(result: object) -> dict[str, object]:
    return {"type": "response.output_item.done", "item": item(result)}


COMPLETED = {"type": "response.completed", "response": {"id": "resp_1", "output": []}}

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
        kinds=("response.created", DONE, DONE, "response.completed", "unknown"),
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


@pytest.mark.parametrize("name", ANSWERS)
def test_a_recorded_answer_cut_in_two_anywhere_reads_the_same(name: str) -> None:
    """Inside its base64, every 31st place will do: there test_blobs.py has them all."""
    answer = (STREAMS / name).read_bytes()
    whole = read(answer)
    inside = set(RED_SQUIRREL.decode()) - set("\"' ")
    places = [
        cut
        for cut in range(len(answer) + 1)
        if cut % 31 == 0 or not set(answer[max(cut - 40, 0) : cut + 40].decode("latin-1")) <= inside
    ]

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
    reader = Desk().reader()

    assert list(reader.feed(b"\n" * 10_000)) == []
    assert reader.shape is Shape.UNKNOWN
    assert [kind for kind, _ in everything(reader, b'{"output":[]}')] == ["response"]


def test_an_event_is_read_as_soon_as_its_blank_line_is_here() -> None:
    reader = Desk().reader()

    assert [kind for kind, _ in reader.feed(b'data: {"type":"response.created"}\n\n')] == ["response.created"]
    assert [kind for kind, _ in reader.feed(b'data: {"type":"keepalive"}\n')] == []
    assert [kind for kind, _ in reader.close()] == ["keepalive"]


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


# Pictures: lifted out, or short enough to be text


@pytest.mark.parametrize("picture", [TINY, SQUIRREL], ids=["short", "lifted"])
@pytest.mark.parametrize("before", ["", "data:image/png;base64,", " \ndata:image/png;charset=utf-8;base64,"])
@pytest.mark.parametrize(
    "spelled",
    [
        lambda text: text,
        lambda text: text.rstrip("="),
        lambda text: "\n".join(text[at : at + 60] for at in range(0, len(text), 60)) + "\n",
        lambda text: "\r\n".join(text[at : at + 76] for at in range(0, len(text), 76)),
    ],
    ids=["plain", "unpadded", "wrapped", "wrapped with CRLF"],
)
def test_a_picture_is_taken_however_it_is_spelled(picture: bytes, before: str, spelled: Callable[[str], str]) -> None:
    result = before + spelled(base64.b64encode(picture).decode())

    assert read(stream_of(done(result), COMPLETED)).pictures == (picture,)
    assert read(json.dumps({"output": [item(result)]}).encode()).pictures == (picture,)


@pytest.mark.parametrize(
    ("result", "code"),
    [
        ("not base64!", Code.IMAGE_DAMAGED),
        ("松鼠", Code.IMAGE_DAMAGED),
        ("QUJDR", Code.IMAGE_DAMAGED),
        ("QQ==QQ==", Code.IMAGE_DAMAGED),
        ("data:image/png;base64", Code.IMAGE_DAMAGED),
        ("QUJD-_==", Code.IMAGE_DAMAGED),
        ("<blob:0000:1>", Code.IMAGE_DAMAGED),
        ("A" * 4097, Code.IMAGE_DAMAGED),
        ("QQ==" + "A" * 5000, Code.IMAGE_DAMAGED),
        ("A" * 5000 + " and words", Code.IMAGE_DAMAGED),
        ("https://pictures.example/squirrel.png", Code.IMAGE_BY_URL),
        (" HTTP://pictures.example/squirrel.png", Code.IMAGE_BY_URL),
        ("https://pictures.example/squirrel.png?token=" + "A" * 5000, Code.IMAGE_BY_URL),
        ("https://pictures.example/" + "A" * 5000, Code.IMAGE_BY_URL),
    ],
)
def test_what_is_no_picture_says_what_it_is(result: str, code: Code) -> None:
    reading = read(stream_of(done(result), COMPLETED))

    assert reading.pictures == ()
    assert reading.not_pictures == (code,)


def test_a_data_url_in_words_is_not_harvested() -> None:
    words = "Here you are: ![squirrel](data:image/png;base64," + RED_SQUIRREL.decode() + ")"
    message = {"type": "message", "content": [{"type": "output_text", "text": words}]}

    reading = read(stream_of({"type": DONE, "item": message}, COMPLETED))

    assert (reading.pictures, reading.rescued) == ((), ())
    assert reading.text == "Here you are: ![squirrel](data:image/png;base64,[long base64 left out])"


def test_the_first_of_two_pictures_comes_first() -> None:
    body = {"output": [item(RED_SQUIRREL.decode()), item(base64.b64encode(SECOND).decode())]}

    assert read(json.dumps(body).encode()).pictures == (SQUIRREL, SECOND)


def test_an_error_beside_a_picture_in_one_body_loses_neither() -> None:
    body = {"output": [item(RED_SQUIRREL.decode())], "error": {"code": "server_error"}}

    reading = read(json.dumps(body).encode())

    assert reading.pictures == (SQUIRREL,)
    assert isinstance(reading.error, dict)
    assert reading.error["error"] == {"code": "server_error"}


def test_the_images_apis_event_names_are_understood() -> None:
    frame = {
        "type": "image_generation.partial_image",
        "b64_json": base64.b64encode(FRAMES[0]).decode(),
        "partial_image_index": 0,
    }
    final = {"type": "image_generation.completed", "b64_json": RED_SQUIRREL.decode()}

    reading = read(stream_of(frame, final))

    assert (reading.frames, reading.pictures, reading.rescued) == ((FRAMES[0],), (SQUIRREL,), ())


def test_a_picture_is_taken_twice_as_the_same_blob() -> None:
    desk = Desk()
    reader = desk.reader()
    list(everything(reader, b'{"output":[{"result":"' + RED_SQUIRREL + b'"}]}'))

    assert reader.take(placeholder(NONCE, 1)) is reader.take(placeholder(NONCE, 1)) is desk.opened[0]


def test_a_placeholder_of_no_run_is_no_picture() -> None:
    reader = Desk().reader()

    with pytest.raises(NotAPicture, match="not base64"):
        reader.take(placeholder(NONCE, 1))


def test_a_picture_that_could_not_be_recognised_in_time_is_said_to_be_lost() -> None:
    answer = b'{"output":[{"result":' + b" " * 300 + b'"' + RED_SQUIRREL + b'"}]}'

    assert read(answer).not_pictures == (Code.IMAGE_DAMAGED,)
    with pytest.raises(NotAPicture, match="in a form that is not known"):
        Desk().reader().take("[long base64 left out]")


@pytest.mark.parametrize("before", ["iVBORw0KGgo!", "data:image/png;base64,iVBO\\t", "https:/"])
def test_long_base64_at_the_end_of_something_else_is_no_picture(before: str) -> None:
    answer = b'{"output":[{"result":"' + before.encode() + b" " + RED_SQUIRREL + b'"}]}'

    reading = read(answer)

    assert (reading.pictures, reading.not_pictures) == ((), (Code.IMAGE_DAMAGED,))


def test_long_base64_that_is_no_picture_is_read_as_a_remark() -> None:
    """Whoever shows an id, an error or the name of an event need not know what a placeholder is."""
    long = RED_SQUIRREL.decode()
    error = {"type": "error", "message": f"invalid image {long}.", "errors": [long, {long: 1}]}
    answer = b'event: "result":"' + RED_SQUIRREL + b"\n\n" + stream_of({"type": f"response.{long}"}, error)

    reading = read(answer)

    remark = "[long base64 left out]"
    assert reading.kinds == (f'"result":"{remark}', f"response.{remark}", "error")
    assert reading.error == {"type": "error", "message": f"invalid image {remark}.", "errors": [remark, {remark: 1}]}


def test_base64_alone_is_text_and_no_web_page() -> None:
    assert read(b"\n" + RED_SQUIRREL) == Reading(
        shape=Shape.TEXT, ended=False, tools=None, remainder=b"[long base64 left out]"
    )


# What is kept, and what is only measured


def test_frames_nobody_wants_are_measured_and_never_opened() -> None:
    desk = Desk(wants_frames=False)
    reader = desk.reader()

    frames = [
        event.image.result
        for _, event in everything(reader, (STREAMS / "frames-only.sse").read_bytes())
        if isinstance(event, PartialImage)
    ]

    assert [reader.take(result) for result in frames] == [None, None]
    assert [reader.size_of(result) for result in frames] == pytest.approx([len(frame) for frame in FRAMES], abs=3)
    assert desk.opened == []


def test_once_satisfied_further_copies_are_measured_only() -> None:
    desk = Desk()
    reader = desk.reader()
    results: list[str] = []
    for _, event in everything(reader, (STREAMS / "whole-with-frames.sse").read_bytes()):
        for image in ResponseAssembler().receive(event):
            results.append(image.result)
            reader.satisfied = True

    assert [(blob and blob.data) for blob in map(reader.take, results)] == [SQUIRREL, None]
    assert [blob.data for blob in desk.opened] == [*FRAMES, SQUIRREL]
    assert [reader.size_of(result) for result in results] == pytest.approx([len(SQUIRREL)] * 2, abs=3)


def test_the_size_of_a_short_picture_is_known_too() -> None:
    assert Desk().reader().size_of(base64.b64encode(b"squirrel!").decode()) == 9
    assert Desk().reader().size_of("") == 0


def test_every_blob_is_closed_even_when_the_answer_ends_inside_it() -> None:
    desk = Desk()

    list(everything(desk.reader(), (STREAMS / "end-inside-the-picture.sse").read_bytes()))

    (blob,) = desk.opened
    assert blob.closed
    assert SQUIRREL.startswith(blob.data)


def runs(field: bytes) -> bytes:
    return b'data: {"' + field + b'":"' + b"A" * 4096 + b'"}\n\n'


def test_a_server_cannot_make_us_open_blobs_without_end() -> None:
    desk = Desk()

    list(everything(desk.reader(), runs(b"result") * 200, runs(b"partial_image_b64") * 200))

    assert len(desk.opened) == MAX_BLOBS


def test_frames_without_end_leave_room_for_the_picture() -> None:
    desk = Desk()

    list(everything(desk.reader(), runs(b"partial_image_b64") * 200, runs(b"result")))

    assert len(desk.opened) == MAX_FRAMES + 1


SHORT = base64.b64encode(b"squirrel!").decode()


def test_short_pictures_are_opened_no_more_often_than_long_ones() -> None:
    desk = Desk()
    reader = desk.reader()

    taken = [reader.take(SHORT) for _ in range(MAX_BLOBS)]

    assert [blob.data for blob in taken if blob] == [b"squirrel!"] * MAX_BLOBS
    with pytest.raises(NotAPicture, match="too many others"):
        reader.take(SHORT)
    assert len(desk.opened) == MAX_BLOBS


def test_short_frames_leave_room_for_the_picture_too() -> None:
    desk = Desk()
    reader = desk.reader()

    frames = [reader.take_frame(SHORT) for _ in range(MAX_FRAMES + 1)]

    assert [frame is None for frame in frames] == [False] * MAX_FRAMES + [True]
    assert reader.take(SHORT) is desk.opened[MAX_FRAMES]


def test_once_satisfied_short_copies_are_not_kept_either() -> None:
    desk = Desk()
    reader = desk.reader()
    reader.satisfied = True

    assert (reader.take(SHORT), reader.take_frame(SHORT), desk.opened) == (None, None, [])


# Pictures rescued from broken answers


def test_a_picture_that_was_taken_needs_no_rescue() -> None:
    reader = Desk().reader()
    list(everything(reader, (STREAMS / "late-error.sse").read_bytes()))

    assert [blob.data for blob in reader.whole_results()] == [SQUIRREL]
    assert taken(reader, placeholder(NONCE, 1)) == SQUIRREL
    assert list(reader.whole_results()) == []


@pytest.mark.parametrize("name", ["frames-only.sse", "end-inside-the-picture.sse", "challenge.html", "plain.json"])
def test_frames_and_halves_are_never_rescued(name: str) -> None:
    assert read((STREAMS / name).read_bytes()).rescued == ()


@pytest.mark.parametrize(
    "start",
    [
        b'{"type":"response.image_generation_call.partial_image","partial_image_b64":"',
        b'{"type":"image_generation.partial_image","b64_json":"',
        b'{"type":"response.output_text.delta","delta":"',
    ],
)
def test_a_whole_frame_in_a_broken_event_is_not_taken_for_the_picture(start: bytes) -> None:
    reading = read(b"data: " + start + RED_SQUIRREL + b'","partial_ima')

    assert (reading.pictures, reading.frames, reading.rescued) == ((), (), ())


def test_damaged_pictures_are_not_rescued() -> None:
    reading = read(b'{"output":[{"result":"' + RED_SQUIRREL + b"==" + RED_SQUIRREL + b'"')

    assert (reading.pictures, reading.rescued) == ((), ())


def test_a_picture_in_an_event_nobody_knows_is_rescued() -> None:
    reading = read(stream_of({"type": "response.new", "thing": item(RED_SQUIRREL.decode())}, COMPLETED))

    assert (reading.pictures, reading.rescued) == ((), (SQUIRREL,))


@pytest.mark.parametrize("cut", range(len(b'","revised_prompt":"') + 1))
def test_a_picture_is_whole_as_soon_as_its_quote_is_here(cut: int) -> None:
    answer = b'{"output":[{"result":"' + RED_SQUIRREL + b'","revised_prompt":"'[:cut]

    assert read(answer).rescued == (() if cut == 0 else (SQUIRREL,))


# Limits


def test_an_answer_may_be_as_long_as_the_limit_and_no_longer() -> None:
    answer = (STREAMS / "plain.json").read_bytes()

    reader = Desk(max_answer=len(answer)).reader()
    assert [kind for kind, _ in everything(reader, answer)] == ["response"]

    reader = Desk(max_answer=len(answer) - 1).reader()
    with pytest.raises(AnswerTooLarge):
        list(everything(reader, answer))


@pytest.mark.parametrize("size", [1, 100, 10**6])
def test_a_picture_before_the_limit_is_kept_whatever_the_pieces(size: int) -> None:
    """The limit falls into what follows the picture, in the same piece or in a later one."""
    answer = stream_of(done(RED_SQUIRREL.decode())) + b": runaway\n\n" * 1000
    chunks = [answer[at : at + size] for at in range(0, len(answer), size)]
    reader = Desk(max_answer=len(RED_SQUIRREL) + 1000).reader()
    kinds: list[str] = []

    with pytest.raises(AnswerTooLarge):
        kinds.extend(kind for kind, _ in everything(reader, *chunks))
    after_all = [kind for kind, _ in reader.close()]

    assert (kinds, after_all) == ([DONE], [])
    assert [blob.data for blob in reader.whole_results()] == [SQUIRREL]


def test_a_plain_answer_cut_off_by_the_limit_still_has_its_picture() -> None:
    answer = b'{"output":[{"result":"' + RED_SQUIRREL + b'","text":"' + b"no end " * 1000
    reader = Desk(max_answer=6000).reader()

    with pytest.raises(AnswerTooLarge):
        list(reader.feed(answer))

    assert list(reader.close()) == []
    assert [blob.data for blob in reader.whole_results()] == [SQUIRREL]


@pytest.mark.parametrize("start", [b'{"a":"', b"data: ", b"<html>", b"words "])
def test_text_without_end_is_stopped_long_before_the_limit(start: bytes) -> None:
    megabyte = b"no end! " * 131_072
    reader = Desk().reader()

    with pytest.raises(AnswerTooLarge):
        list(everything(reader, start, *[megabyte] * (MAX_EVENT // len(megabyte) + 1)))


@pytest.mark.parametrize("start", [b'{"a":"', b"data: "])
def test_text_without_end_is_not_read_in_the_end_either(start: bytes) -> None:
    megabyte = b"no end! " * 131_072
    reader = Desk().reader()

    with pytest.raises(AnswerTooLarge):
        list(everything(reader, start, *[megabyte] * (MAX_EVENT // len(megabyte) + 1)))

    assert (list(reader.close()), reader.remainder) == ([], b"")


def test_events_without_end_are_stopped_long_before_the_limit() -> None:
    event = b'data: {"type":"response.output_text.delta","delta":"and "}\n\n'

    assert [kind for kind, _ in everything(Desk(max_events=100).reader(), event * 100)] == [
        "response.output_text.delta"
    ] * 100
    with pytest.raises(AnswerTooLarge):
        list(everything(Desk(max_events=100).reader(), event * 101))


def test_a_picture_before_the_last_event_that_is_read_counts() -> None:
    reader = Desk(max_events=2).reader()
    answer = b"data: {}\n\n" + stream_of(done(RED_SQUIRREL.decode())) + b"data: {}\n\n" * 10

    with pytest.raises(AnswerTooLarge):
        list(everything(reader, answer))

    assert [blob.data for blob in reader.whole_results()] == [SQUIRREL]


def test_blank_lines_may_go_on_for_as_long_as_the_picture_takes() -> None:
    reader = Desk().reader()

    for _ in range(MAX_EVENT // 2**20 + 1):
        assert list(reader.feed(b"\n" * 2**20)) == []

    assert [kind for kind, _ in everything(reader, b'{"output":[]}')] == ["response"]


def test_a_picture_larger_than_any_is_damaged_and_its_bytes_go_nowhere() -> None:
    class Counter(MemoryBlob):
        size = 0

        def write(self, data: bytes) -> None:
            self.size += len(data)

    counter = Counter()
    reader = AnswerReader(nonce=NONCE, open_blob=lambda: counter, wants_frames=False)
    megabyte = b"QUJD" * 2**18

    for chunk in (b'{"output":[{"result":"', *[megabyte] * (MAX_BLOB * 4 // 3 // 2**20 + 2), b'"}]}'):
        list(reader.feed(chunk))
    list(reader.close())

    assert counter.size <= MAX_BLOB
    assert list(reader.whole_results()) == []
    with pytest.raises(NotAPicture, match="larger than"):
        reader.take(placeholder(NONCE, 1))


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
