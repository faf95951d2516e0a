import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpa_image_cli.core.provenance.jumbf import DEEPEST, MOST_BOXES, Box, MalformedBoxes, boxes_in


def plain(kind: str, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4) + kind.encode() + content


def described(label: str | None) -> bytes:
    return plain("jumd", b"\0" * 16 + (b"\x03" + label.encode() + b"\0" if label is not None else b"\x00"))


def superbox(label: str | None, *inner: bytes) -> bytes:
    return plain("jumb", described(label) + b"".join(inner))


def test_boxes_are_read_with_their_labels_and_contents() -> None:
    data = superbox("c2pa", superbox("inner", plain("cbor", b"one"), plain("cbor", b"two")), superbox(None))

    (store,) = boxes_in(data)

    assert store == Box(
        label="c2pa",
        boxes=(Box(label="inner", contents=(("cbor", b"one"), ("cbor", b"two"))), Box(label="")),
    )
    assert store.named("inner") == store.boxes[0]
    assert store.named("absent") is None
    assert store.boxes[0].content("cbor") == b"one"
    assert store.boxes[0].content("json") == b""


def test_what_is_no_superbox_outside_is_passed_over() -> None:
    assert boxes_in(plain("free", b"xx") + superbox("c2pa")) == (Box(label="c2pa"),)


def test_a_box_may_reach_to_the_end_or_tell_its_length_in_eight_bytes() -> None:
    inside = described("c2pa")
    open_ended = (0).to_bytes(4) + b"jumb" + inside
    long = (1).to_bytes(4) + b"jumb" + (16 + len(inside)).to_bytes(8) + inside

    assert boxes_in(open_ended) == boxes_in(long) == (Box(label="c2pa"),)


@pytest.mark.parametrize("length", [2, 7, 999])
def test_a_length_that_cannot_be_is_malformed(length: int) -> None:
    with pytest.raises(MalformedBoxes):
        boxes_in(length.to_bytes(4) + b"jumb")


def test_nesting_beyond_reason_is_malformed() -> None:
    data = superbox("x")
    for _ in range(DEEPEST + 1):
        data = superbox("x", data)

    with pytest.raises(MalformedBoxes):
        boxes_in(data)


def test_boxes_beyond_number_are_malformed() -> None:
    with pytest.raises(MalformedBoxes):
        boxes_in(superbox("x", *[plain("jumb", b"")] * MOST_BOXES))


@given(st.binary(max_size=200))
def test_any_bytes_end_in_boxes_or_in_a_complaint(data: bytes) -> None:
    with contextlib.suppress(MalformedBoxes):
        boxes_in(data)
