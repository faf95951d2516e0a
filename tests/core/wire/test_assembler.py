"""What is known of an answer after its events, in whatever order they came."""

import pytest

from cpa_image_cli.core.wire.assembler import ResponseAssembler
from cpa_image_cli.core.wire.response_object import MAX_TEXT, ImageItem, Response
from cpa_image_cli.core.wire.stream_events import (
    AddressMentioned,
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

FIRST = ImageItem(result="first", revised_prompt="一只松鼠")
SECOND = ImageItem(result="second")
EMPTY = ImageItem(status="failed")
FRAME = PartialImage(index=0, image=ImageItem(result="frame", size="1024x1024", quality="low", format="png"))


def after(*events: StreamEvent) -> ResponseAssembler:
    answer = ResponseAssembler()
    for event in events:
        answer.receive(event)
    return answer


def candidates(*events: StreamEvent) -> list[ImageItem]:
    answer = ResponseAssembler()
    return [image for event in events for image in answer.receive(event)]


# Candidates for the picture


def test_a_finished_item_is_a_candidate() -> None:
    assert candidates(ImageDone(FIRST)) == [FIRST]


def test_candidates_come_in_the_order_they_were_sent() -> None:
    ended = ResponseEnded(Response(images=(SECOND, FIRST)))

    assert candidates(ImageDone(FIRST), ImageDone(SECOND), ended) == [FIRST, SECOND, SECOND, FIRST]


def test_an_empty_output_at_the_end_takes_nothing_away() -> None:
    assert candidates(ImageDone(FIRST), ResponseEnded(Response())) == [FIRST]


def test_a_frame_is_counted_and_never_a_candidate() -> None:
    answer = ResponseAssembler()

    assert [answer.receive(event) for event in (FRAME, FRAME, ResponseEnded(Response()))] == [(), (), ()]
    assert answer.frames == 2


def test_an_error_event_may_still_carry_a_picture() -> None:
    body = {"error": {"code": "server_error"}}

    assert candidates(ResponseFailed(body, Response(images=(FIRST,)))) == [FIRST]


def test_an_item_without_a_result_is_no_candidate_but_a_failed_call() -> None:
    answer = ResponseAssembler()

    assert answer.receive(ResponseEnded(Response(images=(EMPTY, FIRST)))) == (FIRST,)
    assert answer.image_call_failed
    assert not after(ImageDone(FIRST), FRAME, ImageStarted()).image_call_failed


# How it ended


@pytest.mark.parametrize(
    "event", [ResponseStarted(Response()), ImageStarted(), FRAME, ImageDone(FIRST), TextDelta("好"), Ignored()]
)
def test_only_a_last_event_ends_an_answer(event: StreamEvent) -> None:
    assert not after(event).ended
    assert after(event, ResponseEnded(Response())).ended
    assert after(event, ResponseFailed({})).ended


def test_an_error_is_kept_as_it_came() -> None:
    body = {"type": "error", "code": "server_error"}

    assert after(ImageDone(FIRST), ResponseFailed(body)).error == body
    assert after(ImageDone(FIRST), ResponseEnded(Response())).error is None


def test_the_reason_of_an_incomplete_answer_is_kept() -> None:
    assert after(ResponseEnded(Response(incomplete_reason="content_filter"))).incomplete_reason == "content_filter"


# What the answer says about itself


def test_nothing_is_known_before_the_first_event() -> None:
    answer = ResponseAssembler()

    known = (answer.response_id, answer.model, answer.tools, answer.usage, answer.text, answer.error, answer.ended)
    assert known == (None, None, None, None, "", None, False)


def test_later_events_add_and_correct_but_silence_takes_nothing_away() -> None:
    answer = after(
        ResponseStarted(Response(id="resp_1", model="gpt-5.4", tools=("image_generation",))),
        ResponseStarted(Response()),
        ResponseEnded(Response(model="gpt-5.4-2026", usage={"total_tokens": 40})),
    )

    known = (answer.response_id, answer.model, answer.tools, answer.usage)
    assert known == ("resp_1", "gpt-5.4-2026", ("image_generation",), {"total_tokens": 40})


@pytest.mark.parametrize(
    ("created", "completed", "known"),
    [
        (None, None, None),
        ((), None, ()),
        (None, (), ()),
        (("image_generation",), (), ()),
        ((), ("image_generation",), ("image_generation",)),
    ],
)
def test_no_word_about_tools_is_not_an_empty_list(
    created: tuple[str, ...] | None, completed: tuple[str, ...] | None, known: tuple[str, ...] | None
) -> None:
    assert after(ResponseStarted(Response(tools=created)), ResponseEnded(Response(tools=completed))).tools == known


def test_frames_and_items_describe_what_is_drawn() -> None:
    answer = after(FRAME, ImageDone(ImageItem(result="x", size="1254x1254", revised_prompt="一只松鼠")))

    described = (answer.size, answer.quality, answer.format, answer.revised_prompt)
    assert described == ("1254x1254", "low", "png", "一只松鼠")


# What the model said


def test_deltas_are_joined_as_they_come() -> None:
    assert after(TextDelta("抱歉，"), TextDelta("我无法"), TextDelta("生成图片。")).text == "抱歉，我无法生成图片。"


def test_a_whole_message_replaces_the_deltas_it_was_made_of() -> None:
    assert after(TextDelta("抱歉"), MessageDone("抱歉，我无法生成图片。")).text == "抱歉，我无法生成图片。"


def test_messages_are_lines_of_one_text() -> None:
    assert after(MessageDone("一"), MessageDone("二")).text == "一\n二"


def test_the_end_repeats_every_message_and_the_text_does_not() -> None:
    ended = ResponseEnded(Response(text="一\n二"))

    assert after(TextDelta("一"), MessageDone("一"), MessageDone("二"), ended).text == "一\n二"
    assert after(MessageDone("一"), ResponseEnded(Response())).text == "一"


def test_deltas_alone_are_replaced_by_the_text_at_the_end() -> None:
    assert after(TextDelta("抱"), ResponseEnded(Response(text="抱歉"))).text == "抱歉"


def test_text_is_bounded_whatever_it_is_sent_as() -> None:
    half = "松" * (MAX_TEXT // 2)

    assert after(TextDelta(half), TextDelta(half + "鼠"), TextDelta("鼠")).text == half * 2
    assert after(MessageDone(half), MessageDone(half + "鼠"), MessageDone("鼠")).text == f"{half}\n{half}"


def test_deltas_leave_room_for_the_message_that_replaces_them() -> None:
    assert after(TextDelta("松" * MAX_TEXT), MessageDone("松鼠")).text == "松鼠"


def test_what_no_event_was_made_of_is_kept_in_its_order() -> None:
    assert after(Unread("one"), TextDelta("words"), Unread("two")).unread == "one\ntwo"


def test_the_first_address_that_the_words_mention_is_the_one() -> None:
    answer = after(AddressMentioned("https://one.example/a.png"), AddressMentioned("https://two.example/b.png"))

    assert answer.mentioned == "https://one.example/a.png"
