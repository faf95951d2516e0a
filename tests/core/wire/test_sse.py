"""The event-stream decoder, against the cases of the WHATWG specification and against every cut."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpa_image_cli.core.wire.sse import EventTooLarge, ServerSentEvent, SSEDecoder

STREAMS = Path(__file__).parents[2] / "data" / "streams"


def fed(decoder: SSEDecoder, *chunks: bytes) -> list[ServerSentEvent]:
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def decode(*chunks: bytes) -> list[ServerSentEvent]:
    decoder = SSEDecoder()
    return [*fed(decoder, *chunks), *decoder.close()]


def one_byte_at_a_time(stream: bytes) -> list[bytes]:
    return [stream[at : at + 1] for at in range(len(stream))]


def unnamed(*data: str) -> list[ServerSentEvent]:
    return [ServerSentEvent("", text) for text in data]


# The specification's own examples: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation


def test_several_data_lines_are_one_event_joined_by_newlines() -> None:
    assert decode(b"data: YHOO\ndata: +2\ndata: 10\n\n") == unnamed("YHOO\n+2\n10")


def test_the_specifications_example_with_comment_ids_and_a_second_space() -> None:
    stream = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n"

    assert decode(stream) == unnamed("first event", "second event", " third event")


def test_data_lines_without_a_value_dispatch_empty_data_and_a_newline() -> None:
    """The specification drops the last, unfinished block; ours delivers it, see below."""
    assert decode(b"data\n\ndata\ndata\n\n") == unnamed("", "\n")


def test_one_space_after_the_colon_is_optional() -> None:
    assert decode(b"data:test\n\ndata: test\n\n") == unnamed("test", "test")


def test_a_byte_order_mark_is_one_at_the_very_start_only() -> None:
    """At the start it is taken off in ``core/wire/answer_shape.py``; anywhere else it makes an unknown field."""
    assert decode(b"data: a\n\n\xef\xbb\xbfdata: b\n\ndata: c\n\n") == unnamed("a", "c")


def test_a_null_is_a_character_like_any_other() -> None:
    """It only keeps an id from being remembered, and ids are not used."""
    stream = b"id: 1\0\nevent: a\0b\ndata: c\0d\n\n"

    assert decode(stream) == [ServerSentEvent("a\0b", "c\0d")]


def test_a_field_is_spelled_exactly() -> None:
    assert decode(b"Data: a\ndata : b\n data: c\ndata\t: d\ndata: e\n\n") == unnamed("e")


# Lines


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"], ids=["LF", "CR", "CRLF"])
def test_every_line_ending_of_the_specification_ends_a_line(end: bytes) -> None:
    stream = b"event: a" + end + b"data: 1" + end + b"data: 2" + end + end + b"data: 3" + end + end

    assert decode(stream) == [ServerSentEvent("a", "1\n2"), ServerSentEvent("", "3")]


MIXED = (
    b"\r\n\n\r: a comment\rdata: 1\r\n\ndata: 2\r\r"
    b"data: 3\n\r\ndata: 4\ndata: 5\rdata: 6\r\n\r\n"
    b"event: last\rdata: \xe7\x94\xbb\xe2\x80\xa8\xf0\x9f\x90\xbf\n\r"
)
MIXED_EVENTS = [*unnamed("1", "2", "3", "4\n5\n6"), ServerSentEvent("last", "画\u2028🐿")]


@pytest.mark.parametrize("cut", range(len(MIXED) + 1))
def test_a_stream_of_mixed_endings_cut_anywhere_reads_the_same(cut: int) -> None:
    assert decode(MIXED[:cut], b"", MIXED[cut:]) == MIXED_EVENTS


def test_a_stream_of_mixed_endings_reads_the_same_byte_by_byte() -> None:
    assert decode(*one_byte_at_a_time(MIXED)) == MIXED_EVENTS


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\x1c", "\x1e"])
def test_what_python_calls_a_line_end_does_not_end_a_line(separator: str) -> None:
    """U+2028 is legal inside JSON strings, and httpx's own line reader splits there."""
    assert decode(f"data: 松{separator}鼠\n\n".encode()) == unnamed(f"松{separator}鼠")


def test_an_event_is_delivered_when_its_blank_line_is_here_and_not_later() -> None:
    decoder = SSEDecoder()

    assert fed(decoder, b"data: 1\r") == []
    assert fed(decoder, b"\n\r") == unnamed("1")
    assert fed(decoder, b"\n") == []
    assert fed(decoder, b"data: 2\n\n") == unnamed("2")


# Fields


def test_comments_ids_retries_and_unknown_fields_say_nothing() -> None:
    stream = b":\n: keep-alive\nid: 7\nretry: 3000\nretry\nfoo: bar\nDATA: no\n data: no\nfoo\ndata: yes\n\n"

    assert decode(stream) == unnamed("yes")


def test_fields_that_say_nothing_dispatch_nothing() -> None:
    assert decode(b": keep-alive\n\nid: 1\n\nretry: 1\n\nfoo\n\n\n\n") == []


def test_the_last_of_several_names_counts_and_belongs_to_one_event_only() -> None:
    assert decode(b"event: a\nevent: b\ndata: 1\n\ndata: 2\n\n") == [
        ServerSentEvent("b", "1"),
        ServerSentEvent("", "2"),
    ]


def test_a_name_with_empty_data_is_delivered() -> None:
    """Some gateways keep the connection alive this way; the specification would drop it."""
    expected = [ServerSentEvent("keepalive", ""), ServerSentEvent("keepalive", ""), ServerSentEvent("", "{}")]

    assert decode(b"event: keepalive\n\nevent: keepalive\ndata:\n\ndata: {}\n\n") == expected


def test_an_empty_name_is_no_name() -> None:
    assert decode(b"event:\ndata: 1\n\nevent\n\n") == unnamed("1")


def test_a_colon_in_a_value_belongs_to_it() -> None:
    assert decode(b'data: {"a": "b:c"}\n\n') == unnamed('{"a": "b:c"}')


# The end of the stream


@pytest.mark.parametrize("end", [b"", b"\n", b"\r", b"\r\n"])
def test_the_last_event_needs_no_blank_line(end: bytes) -> None:
    assert decode(b"data: 1\n\nevent: last\ndata: 2" + end) == [ServerSentEvent("", "1"), ServerSentEvent("last", "2")]


def test_an_empty_stream_has_no_events() -> None:
    assert decode() == []
    assert decode(b"") == []
    assert decode(b"\n") == []


def test_a_closed_decoder_delivers_the_last_event_once() -> None:
    decoder = SSEDecoder()
    fed(decoder, b"data: 1")

    assert list(decoder.close()) == unnamed("1")
    assert list(decoder.close()) == []


# Characters


def test_characters_cut_between_their_bytes_are_whole_again() -> None:
    squirrel = "data: 画一只可爱的松鼠 🐿\n\n".encode()

    assert decode(*one_byte_at_a_time(squirrel)) == unnamed("画一只可爱的松鼠 🐿")


def test_broken_utf8_is_replaced_and_never_raised() -> None:
    assert decode(b"event: \xff\ndata: a\xe7\x94b\n\n") == [ServerSentEvent("\N{REPLACEMENT CHARACTER}", "a\ufffdb")]


# Limits


def test_an_event_may_be_as_large_as_the_limit_and_no_larger() -> None:
    decoder = SSEDecoder(max_event=11)

    assert fed(decoder, b"data: 12345\n\n") == unnamed("12345")
    with pytest.raises(EventTooLarge):
        fed(decoder, b"data: 123456\n\n")


@pytest.mark.parametrize("line", [b"data: 1\n", b"data\n", b"event: 1\n", b"id: 1\n", b"foo\n", b":unending"])
def test_no_field_escapes_the_limit(line: bytes) -> None:
    decoder = SSEDecoder(max_event=100)

    with pytest.raises(EventTooLarge):
        fed(decoder, *[line] * 200)


@pytest.mark.parametrize("start", [b"event: 1\ndata: 2\ndata: ", b"data: ", b"event: "])
def test_what_came_of_an_event_without_end_is_not_delivered(start: bytes) -> None:
    decoder = SSEDecoder(max_event=100)

    with pytest.raises(EventTooLarge):
        fed(decoder, start, b"x" * 100)

    assert list(decoder.close()) == []


def test_a_line_without_end_is_stopped_byte_by_byte_too() -> None:
    decoder = SSEDecoder(max_event=100)

    with pytest.raises(EventTooLarge):
        fed(decoder, *[b"x"] * 101)


def test_comments_may_go_on_for_as_long_as_the_picture_takes() -> None:
    decoder = SSEDecoder(max_event=100)
    fed(decoder, b"data: 1\n")

    assert fed(decoder, *[b": keep-alive\n"] * 1000) == []
    assert fed(decoder, b"\n") == unnamed("1")


def test_the_limit_is_per_event() -> None:
    decoder = SSEDecoder(max_event=20)

    assert [fed(decoder, b"data: 0123456789\n\n") for _ in range(50)] == [unnamed("0123456789")] * 50


# Every cut, every stream


@pytest.mark.parametrize("path", sorted(STREAMS.glob("*.sse")), ids=lambda path: path.stem)
def test_recorded_streams_read_the_same_whole_and_byte_by_byte(path: Path) -> None:
    stream = path.read_bytes().removeprefix(b"\xef\xbb\xbf")

    whole = decode(stream)

    assert whole
    assert decode(*one_byte_at_a_time(stream)) == whole


@pytest.mark.parametrize("path", sorted(STREAMS.glob("*.sse")), ids=lambda path: path.stem)
def test_recorded_streams_cut_in_two_anywhere_read_the_same(path: Path) -> None:
    stream = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    whole = decode(stream)

    assert [cut for cut in range(len(stream) + 1) if decode(stream[:cut], stream[cut:]) != whole] == []


SAFE_TEXT = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=30)
EVENTS = st.lists(
    st.builds(ServerSentEvent, SAFE_TEXT.filter(bool), st.lists(SAFE_TEXT, min_size=1, max_size=4).map("\n".join)),
    max_size=6,
)


@given(EVENTS, st.randoms(use_true_random=False))
def test_whatever_is_written_as_a_stream_is_read_again(events: list[ServerSentEvent], dice: random.Random) -> None:
    def line(text: str) -> bytes:
        return text.encode() + dice.choice([b"\n", b"\r\n"])

    stream = b""
    for event in events:
        stream += line(f"event: {event.name}")
        stream += b"".join(line(f"data: {part}") for part in event.data.split("\n"))
        stream += line(dice.choice(["", ": comment"])) + line("") * dice.choice([1, 2])
    cuts = sorted(dice.randrange(len(stream) + 1) for _ in range(5))

    chunks = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]

    assert decode(*chunks) == events


WORDS = [b"data", b"event", b":", b" ", b"\r", b"\n", b"\r\n", b"x", b"\xe7\x94", b"\xbb", b"\xe2\x80\xa8", b"\0"]


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map(b"".join), max_size=8))
def test_any_bytes_in_any_pieces_read_the_same_as_whole(chunks: list[bytes]) -> None:
    assert decode(*chunks) == decode(b"".join(chunks))
