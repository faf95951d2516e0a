"""The pictures of an answer: however they are spelled, how many are kept, and what is saved from a broken one."""

import base64
import json
from collections.abc import Callable

import pytest

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.wire.answer_pictures import MAX_BLOBS, MAX_FRAMES, AnswerPictures, NotAPicture
from cpa_image_cli.core.wire.answer_reader import AnswerReader
from cpa_image_cli.core.wire.answer_shape import Shape
from cpa_image_cli.core.wire.assembler import ResponseAssembler
from cpa_image_cli.core.wire.blob_lifter import MAX_BLOB, placeholder
from cpa_image_cli.core.wire.stream_events import PartialImage
from tests.core.wire.answers import (
    COMPLETED,
    FRAMES,
    NONCE,
    RED_SQUIRREL,
    SECOND,
    SQUIRREL,
    STREAMS,
    TINY,
    Desk,
    MemoryBlob,
    Reading,
    done,
    item,
    read,
    stream_of,
)

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
        ("QUJD-!==", Code.IMAGE_DAMAGED),
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


def test_a_data_url_in_words_is_the_picture() -> None:
    words = "Here you are: ![squirrel](data:image/png;base64," + RED_SQUIRREL.decode() + ")"
    message = {"type": "message", "content": [{"type": "output_text", "text": words}]}

    reading = read(stream_of({"type": "response.output_item.done", "item": message}, COMPLETED))

    assert (reading.pictures, reading.rescued) == ((SQUIRREL,), ())
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
    list(desk.everything(b'{"output":[{"result":"' + RED_SQUIRREL + b'"}]}'))

    assert desk.pictures.take(placeholder(NONCE, 1)) is desk.pictures.take(placeholder(NONCE, 1)) is desk.opened[0]


def test_a_placeholder_of_no_run_is_no_picture() -> None:
    desk = Desk()

    with pytest.raises(NotAPicture, match="not base64"):
        desk.pictures.take(placeholder(NONCE, 1))


def test_a_picture_that_could_not_be_recognised_in_time_is_said_to_be_lost() -> None:
    answer = b'{"output":[{"result":' + b" " * 300 + b'"' + b"A" * 5000 + b'"}]}'

    assert read(answer).not_pictures == (Code.IMAGE_DAMAGED,)
    with pytest.raises(NotAPicture, match="in a form that is not known"):
        Desk().pictures.take("[long base64 left out]")


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

    frames = [
        event.image.result
        for _, event in desk.everything((STREAMS / "frames-only.sse").read_bytes())
        if isinstance(event, PartialImage)
    ]

    assert [desk.pictures.take(result) for result in frames] == [None, None]
    assert [desk.pictures.size_of(result) for result in frames] == pytest.approx(
        [len(frame) for frame in FRAMES], abs=3
    )
    assert desk.opened == []


def test_once_satisfied_further_copies_are_measured_only() -> None:
    desk = Desk()
    results: list[str] = []
    for _, event in desk.everything((STREAMS / "whole-with-frames.sse").read_bytes()):
        for image in ResponseAssembler().receive(event):
            results.append(image.result)
            desk.pictures.satisfied = True

    assert [(blob and blob.data) for blob in map(desk.pictures.take, results)] == [SQUIRREL, None]
    assert [blob.data for blob in desk.opened] == [*FRAMES, SQUIRREL]
    assert [desk.pictures.size_of(result) for result in results] == pytest.approx([len(SQUIRREL)] * 2, abs=3)


def test_the_size_of_a_short_picture_is_known_too() -> None:
    assert Desk().pictures.size_of(base64.b64encode(b"squirrel!").decode()) == 9
    assert Desk().pictures.size_of("") == 0


def test_every_blob_is_closed_even_when_the_answer_ends_inside_it() -> None:
    desk = Desk()

    list(desk.everything((STREAMS / "end-inside-the-picture.sse").read_bytes()))

    (blob,) = desk.opened
    assert blob.closed
    assert SQUIRREL.startswith(blob.data)


def runs(field: bytes) -> bytes:
    return b'data: {"' + field + b'":"' + b"A" * 4096 + b'"}\n\n'


def test_a_server_cannot_make_us_open_blobs_without_end() -> None:
    desk = Desk()

    list(desk.everything(runs(b"result") * 200, runs(b"partial_image_b64") * 200))

    assert len(desk.opened) == MAX_BLOBS


def test_frames_without_end_leave_room_for_the_picture() -> None:
    desk = Desk()

    list(desk.everything(runs(b"partial_image_b64") * 200, runs(b"result")))

    assert len(desk.opened) == MAX_FRAMES + 1


SHORT = base64.b64encode(b"squirrel!").decode()


def test_short_pictures_are_opened_no_more_often_than_long_ones() -> None:
    desk = Desk()

    taken = [desk.pictures.take(SHORT) for _ in range(MAX_BLOBS)]

    assert [blob.data for blob in taken if blob] == [b"squirrel!"] * MAX_BLOBS
    with pytest.raises(NotAPicture, match="too many others"):
        desk.pictures.take(SHORT)
    assert len(desk.opened) == MAX_BLOBS


def test_short_frames_leave_room_for_the_picture_too() -> None:
    desk = Desk()

    frames = [desk.pictures.take_frame(SHORT) for _ in range(MAX_FRAMES + 1)]

    assert [frame is None for frame in frames] == [False] * MAX_FRAMES + [True]
    assert desk.pictures.take(SHORT) is desk.opened[MAX_FRAMES]


def test_once_satisfied_short_copies_are_not_kept_either() -> None:
    desk = Desk()
    desk.pictures.satisfied = True

    assert (desk.pictures.take(SHORT), desk.pictures.take_frame(SHORT), desk.opened) == (None, None, [])


# Pictures rescued from broken answers


def test_a_picture_that_was_taken_needs_no_rescue() -> None:
    desk = Desk()
    list(desk.everything((STREAMS / "late-error.sse").read_bytes()))

    assert [blob.data for blob in desk.pictures.whole_results()] == [SQUIRREL]
    assert desk.taken(placeholder(NONCE, 1)) == SQUIRREL
    assert list(desk.pictures.whole_results()) == []


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


def test_a_picture_in_an_event_nobody_knows_counts() -> None:
    reading = read(stream_of({"type": "response.new", "thing": item(RED_SQUIRREL.decode())}, COMPLETED))

    assert (reading.pictures, reading.rescued) == ((SQUIRREL,), ())


@pytest.mark.parametrize("cut", range(len(b'","revised_prompt":"') + 1))
def test_a_picture_is_whole_as_soon_as_its_quote_is_here(cut: int) -> None:
    answer = b'{"output":[{"result":"' + RED_SQUIRREL + b'","revised_prompt":"'[:cut]

    assert read(answer).rescued == (() if cut == 0 else (SQUIRREL,))


def test_a_picture_larger_than_any_is_damaged_and_its_bytes_go_nowhere() -> None:
    class Counter(MemoryBlob):
        size = 0

        def write(self, data: bytes) -> None:
            self.size += len(data)

    counter = Counter()
    pictures = AnswerPictures(nonce=NONCE, open_blob=lambda: counter, wants_frames=False)
    reader = AnswerReader(pictures)
    megabyte = b"QUJD" * 2**18

    for chunk in (b'{"output":[{"result":"', *[megabyte] * (MAX_BLOB * 4 // 3 // 2**20 + 2), b'"}]}'):
        list(reader.feed(chunk))
    list(reader.close())

    assert counter.size <= MAX_BLOB
    assert list(pictures.whole_results()) == []
    with pytest.raises(NotAPicture, match="larger than"):
        pictures.take(placeholder(NONCE, 1))


def test_what_was_too_short_to_be_lifted_is_no_preview_to_set_aside() -> None:
    pictures = Desk().pictures
    short = base64.b64encode(TINY).decode()

    pictures.set_aside(short)

    assert pictures.size_of(short) == len(short) * 3 // 4
