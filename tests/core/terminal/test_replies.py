"""What a terminal answers, told apart from what a person types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpa_image_cli.core.terminal.replies import (
    MAX_REPLY,
    AreaSize,
    CellSize,
    ColourRegisters,
    CursorPosition,
    DeviceAttributes,
    KittyAnswer,
    Reply,
    ReplyReader,
    TerminalVersion,
)

EVERYTHING = (
    b"hi\x1b[A"
    b"\x1b_Gi=31;OK\x1b\\"
    b"\xe4\xbd\xa0"
    b"\x1bP>|XTerm(379)\x1b\\"
    b"\x1bOP\x1bq"
    b"\x1b[6;20;10t\x1b[4;480;800t\x1b[?1;0;256S"
    b"\x1b[200~pasted\x1b[201~\x1b"
    b"\x1b[?63;1;4;22cr"
)
REPLIES = [
    KittyAnswer(31, ok=True),
    TerminalVersion("XTerm(379)"),
    CellSize(10, 20),
    AreaSize(800, 480),
    ColourRegisters(256),
    DeviceAttributes(frozenset({63, 1, 4, 22})),
]
TYPED = b"hi\x1b[A\xe4\xbd\xa0\x1bOP\x1bq\x1b[200~pasted\x1b[201~\x1br"


def read(*pieces: bytes) -> tuple[list[Reply], bytes]:
    reader = ReplyReader()
    replies: list[Reply] = []
    for piece in pieces:
        replies += reader.receive(piece)
    return replies, reader.flush()


@pytest.mark.parametrize("cut", range(len(EVERYTHING) + 1))
def test_replies_and_keys_are_told_apart_wherever_the_input_is_cut(cut: int) -> None:
    assert read(EVERYTHING[:cut], b"", EVERYTHING[cut:]) == (REPLIES, TYPED)


def test_replies_and_keys_are_told_apart_one_byte_at_a_time() -> None:
    assert read(*(EVERYTHING[at : at + 1] for at in range(len(EVERYTHING)))) == (REPLIES, TYPED)


@pytest.mark.parametrize(
    ("sequence", "reply"),
    [
        (b"\x1b[12;3R", CursorPosition(12, 3)),
        (b"\x1b_Gi=31;OK\x1b\\", KittyAnswer(31, ok=True)),
        (b"\x1b_Gi=31;EINVAL:no\x1b\\", KittyAnswer(31, ok=False)),
        (b"\x1b_Gi=31,p=7;OK\x1b\\", KittyAnswer(31, ok=True)),
        (b"\x1b[?6c", DeviceAttributes(frozenset({6}))),
        (b"\x1b[?62;c", DeviceAttributes(frozenset({62}))),
        (b"\x1bP>|kitty(0.35.2)\x1b\\", TerminalVersion("kitty(0.35.2)")),
        (b"\x1bP>|\xe7\xbb\x88\xe7\xab\xaf 1.0\x1b\\", TerminalVersion("终端 1.0")),
        (b"\x1b[6;33;16t", CellSize(16, 33)),
        (b"\x1b[?1;3S", ColourRegisters(0)),
        (b"\x1b[?1;3;0S", ColourRegisters(0)),
    ],
)
def test_each_reply_is_read(sequence: bytes, reply: Reply) -> None:
    assert read(sequence) == ([reply], b"")


@pytest.mark.parametrize(
    "typed",
    [
        b"plain",
        b"\x1b",
        b"\x1b\x1b",
        b"\x1b[",
        b"\x1b[1;5C",
        b"\x1b[<0;10;20M",
        b"\x1b_",
        b"\x1bP",
        b"\x1b_x",
        b"\x1bPx\x1b[A",
        b"\x1b_Gi=31;O\x03",
        b"\x1b[8;24;80t",
        b"\x1b[?7;3;0S",
        b"\x1b[?" + b"9" * 300 + b"c",
        "中文 prompt\r".encode(),
    ],
)
def test_everything_else_was_typed(typed: bytes) -> None:
    assert read(typed) == ([], typed)


def test_what_was_typed_is_available_before_a_sequence_is_complete() -> None:
    reader = ReplyReader()
    reader.receive(b"ab\x1b[")

    assert (reader.take_typed(), reader.take_typed()) == (b"ab", b"")
    assert reader.receive(b"?6c") == [DeviceAttributes(frozenset({6}))]


def test_a_sequence_without_an_end_is_not_held_back_for_ever() -> None:
    reader = ReplyReader()
    endless = b"\x1b_G" + b"x" * MAX_REPLY
    reader.receive(endless)

    assert reader.take_typed() == endless


@given(st.lists(st.sampled_from([b"\x1b", b"[", b"_G", b"P>|", b"?6", b";", b"c", b"t", b"\\", b"x", b"\x1b[?6c"])))
def test_no_byte_is_ever_lost_or_invented(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    replies, typed = read(*pieces)
    whole_replies, whole_typed = read(data)

    assert (replies, typed) == (whole_replies, whole_typed)
    if not replies:
        assert typed == data
