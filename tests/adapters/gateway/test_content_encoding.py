"""Compression that nobody asked for is undone, in any order, and never without bounds."""

import gzip
import itertools
import zlib
from collections.abc import Callable, Iterator

import pytest

from cpa_image_cli.adapters.gateway.content_encoding import MOST_CODINGS, PIECE, decoded
from cpa_image_cli.core.errors import GatewayError
from cpa_image_cli.core.wire.answer_reader import MAX_ANSWER

TEXT = "一只松鼠".encode() * 1000
MIB = 1 << 20


def raw(data: bytes) -> bytes:
    """Return *data* compressed without the header that the standard wants."""
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeeze.compress(data) + squeeze.flush()


def unpacked(data: bytes, header: str, *, step: int = 1000) -> bytes:
    return b"".join(decoded((data[at : at + step] for at in range(0, len(data), step)), header))


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "GZip": gzip.compress,
    "x-gzip": gzip.compress,
    " gzip ": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": raw,
    "gzip, gzip": lambda data: gzip.compress(gzip.compress(data)),
    "deflate,gzip": lambda data: gzip.compress(raw(data)),
    "gzip,deflate": lambda data: zlib.compress(gzip.compress(data)),
    "identity, gzip": gzip.compress,
    "gzip,identity": gzip.compress,
    ", gzip,": gzip.compress,
    "gzip, gzip, gzip, gzip": lambda data: gzip.compress(gzip.compress(gzip.compress(gzip.compress(data)))),
    "identity": lambda data: data,
    "": lambda data: data,
    "utf-8": lambda data: data,
}


@pytest.mark.parametrize("step", [1, 1000, 1_000_000])
@pytest.mark.parametrize("header", PACKED)
def test_every_list_of_known_codings_is_undone(header: str, step: int) -> None:
    assert unpacked(PACKED[header](TEXT), header, step=step) == TEXT


@pytest.mark.parametrize("header", ["br", "zstd", "gzip, br", "ZSTD , gzip", "compress"])
def test_a_coding_that_cannot_be_undone_is_named(header: str) -> None:
    with pytest.raises(GatewayError) as caught:
        unpacked(b"\x8b\x00\x80binary", header)

    name = next(word for word in ("br", "zstd", "compress") if word in header.lower())
    assert caught.value.message == f"the answer is compressed with `{name}`, which was not asked for"
    assert caught.value.failure.may_have_billed


def test_more_codings_than_anybody_needs_are_refused() -> None:
    with pytest.raises(GatewayError) as caught:
        unpacked(b"", ", ".join(["gzip"] * (MOST_CODINGS + 1)))

    assert caught.value.message == "the answer is compressed 5 times over"


@pytest.mark.parametrize(
    "data", [b"", b"\x1f", gzip.compress(TEXT)[:-1], raw(TEXT)[:-1]], ids=["nothing", "a byte", "gzip", "deflate"]
)
def test_what_is_cut_short_is_damaged(data: bytes) -> None:
    with pytest.raises(zlib.error):
        unpacked(data, "deflate")


def test_what_follows_the_compressed_answer_is_left_out() -> None:
    assert unpacked(gzip.compress(TEXT) + b"more" * 1000, "gzip") == TEXT


def repeating(piece: bytes) -> Iterator[bytes]:
    """Yield compressed bytes that unpack to *piece* without end."""
    squeeze = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    yield squeeze.compress(b"") + squeeze.flush(zlib.Z_FULL_FLUSH)
    # After a full flush the same bytes unpack to the same block again.
    block = squeeze.compress(piece) + squeeze.flush(zlib.Z_FULL_FLUSH)
    yield from itertools.repeat(block)


def sizes_until_damage(pieces: Iterator[bytes]) -> Iterator[int]:
    """Yield the sizes of *pieces*, up to the damage that ends them."""
    try:
        yield from map(len, pieces)
    except zlib.error:
        return
    pytest.fail("it ended well")


def test_a_bomb_comes_in_small_pieces_and_ends_at_the_limit() -> None:
    total, largest = 0, 0
    for size in sizes_until_damage(decoded(repeating(bytes(MIB)), "deflate")):
        total, largest = total + size, max(largest, size)

    assert MAX_ANSWER < total <= MAX_ANSWER + PIECE
    assert largest == PIECE


def test_a_bomb_inside_which_there_is_nothing_ends_at_the_limit_too() -> None:
    nothing = b"\x00\x00\x00\xff\xff" * (MIB // 5)  # stored blocks of no bytes

    assert set(sizes_until_damage(decoded(repeating(nothing), "deflate, deflate"))) == {0}
