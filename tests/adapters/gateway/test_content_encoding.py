"""Compression that nobody asked for is undone, in any order, and never without bounds."""

import gzip
import itertools
import sys
import zlib
from collections.abc import Callable, Iterator

import brotli
import pytest
from backports import zstd

from cpa_image_cli.adapters.gateway.content_encoding import MOST_CODINGS, decoded
from cpa_image_cli.adapters.gateway.unpacking import PIECE, UNPACKERS
from cpa_image_cli.core.errors import GatewayError
from cpa_image_cli.core.wire.answer_shape import MAX_ANSWER

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
    "zstd": zstd.compress,
    "Zstd": lambda data: zstd.compress(data, level=19),
    "br": brotli.compress,
    "BR": lambda data: brotli.compress(data, quality=0),
    "gzip, br": lambda data: brotli.compress(gzip.compress(data)),
    "br,gzip": lambda data: gzip.compress(brotli.compress(data)),
    "br, br": lambda data: brotli.compress(brotli.compress(data)),
    "zstd, br": lambda data: brotli.compress(zstd.compress(data)),
    "identity": lambda data: data,
    "": lambda data: data,
    "utf-8": lambda data: data,
}


@pytest.mark.parametrize("step", [1, 1000, 1_000_000])
@pytest.mark.parametrize("header", PACKED)
def test_every_list_of_known_codings_is_undone(header: str, step: int) -> None:
    assert unpacked(PACKED[header](TEXT), header, step=step) == TEXT


BEGINNINGS = {
    "JSON": b'{"output":[]}',
    "a stream": b"data: {}\n\n",
    "a comment": ": 排队中\n\n".encode(),
    "blanks": b"\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n{}",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a page": b"<html>",
    "words": b"x-ray (busy)",
}


@pytest.mark.parametrize("step", [1, 1000])
@pytest.mark.parametrize("header", ["gzip", "br", "zstd", "deflate", "gzip, br", "compress"])
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_header_that_stayed_when_the_coding_was_undone_is_not_believed(
    beginning: str, header: str, step: int
) -> None:
    plain = BEGINNINGS[beginning] + TEXT

    assert unpacked(plain, header, step=step) == plain


@pytest.mark.parametrize("step", [1, 1000])
@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress, zlib.compress], ids=["gzip", "zstd", "zlib"])
@pytest.mark.parametrize("header", ["", "identity", "utf-8", "br"])
def test_a_coding_without_its_header_is_known_by_its_bytes(
    header: str, pack: Callable[[bytes], bytes], step: int
) -> None:
    if (header, pack) == ("br", zlib.compress):
        # Neither begins with anything that would contradict the header.
        header = "deflate"

    assert unpacked(pack(TEXT), header, step=step) == TEXT


@pytest.mark.parametrize("step", [1, 3, 1000])
@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress], ids=["gzip", "zstd"])
def test_members_one_after_the_other_are_one_answer(pack: Callable[[bytes], bytes], step: int) -> None:
    assert unpacked(pack(TEXT) + pack(b"more") + b"\0\0", "", step=step) == TEXT + b"more"


def test_a_coding_that_cannot_be_undone_is_named() -> None:
    with pytest.raises(GatewayError) as caught:
        unpacked(b"\x8b\x00\x80binary", "compress")

    assert caught.value.message == "the answer is compressed with `compress`, which was not asked for"
    assert caught.value.failure.may_have_billed


def test_bytes_that_are_nothing_stay_what_they_are() -> None:
    assert unpacked(bytes(range(256)), "utf-8") == bytes(range(256))


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)

    with pytest.raises(GatewayError) as caught:
        unpacked(brotli.compress(TEXT), "br")

    assert "the package `brotli` is missing here" in caught.value.message


def test_more_codings_than_anybody_needs_are_refused() -> None:
    data = TEXT
    for _ in range(MOST_CODINGS + 1):
        data = gzip.compress(data)
    with pytest.raises(GatewayError) as caught:
        unpacked(data, "gzip")

    assert caught.value.message == "the answer is compressed more than 4 times over"


@pytest.mark.parametrize(
    "data", [b"", b"\x1f", gzip.compress(TEXT)[:-1], raw(TEXT)[:-1]], ids=["nothing", "a byte", "gzip", "deflate"]
)
def test_what_is_cut_short_is_damaged(data: bytes) -> None:
    with pytest.raises(zlib.error):
        unpacked(data, "deflate")


@pytest.mark.parametrize(
    ("header", "data"),
    [
        ("br", brotli.compress(TEXT)[:-1]),
        ("zstd", zstd.compress(TEXT)[:-1]),
        ("br", b"\xff" * 100),
        ("zstd", b""),
        ("zstd", zstd.compress(TEXT)[:8] + b"\xff" * 100),
    ],
    ids=["br, cut", "zstd, cut", "no br", "nothing", "zstd, broken"],
)
def test_damage_is_the_same_in_every_coding(header: str, data: bytes) -> None:
    with pytest.raises(zlib.error):
        unpacked(data, header)


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

    assert set(sizes_until_damage(decoded(repeating(nothing), "deflate, deflate"))) <= {0}


BOMBS = {"br": lambda data: brotli.compress(data, quality=5), "zstd": zstd.compress, "gzip": gzip.compress}


@pytest.mark.parametrize("coding", BOMBS)
def test_a_bomb_of_any_coding_is_unpacked_in_small_steps(coding: str) -> None:
    bomb = BOMBS[coding](bytes(16 * MIB))

    sizes = [len(piece) for piece in UNPACKERS[coding](bomb[:2]).feed(bomb)]

    assert sum(sizes) == 16 * MIB
    assert max(sizes) <= 4 * PIECE


def test_a_window_wider_than_the_standard_allows_is_refused() -> None:
    wide = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.enable_long_distance_matching: 1}
    packed = zstd.ZstdCompressor(options=wide).compress(TEXT, zstd.ZstdCompressor.FLUSH_BLOCK)

    with pytest.raises(zlib.error):
        unpacked(packed, "zstd")
