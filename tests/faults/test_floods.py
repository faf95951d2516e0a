"""
Servers that send without end or measure: memory and time stay bounded, and no flood reaches the terminal.

Each run is a process of its own, whose peak of memory is compared with that of an ordinary run.
"""

import base64
import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
import pytest
from backports import zstd
from PIL import Image

from tests.faults.home import Home
from tests.faults.processes import ROOM, Closed, Process
from tests.faults.servers import RawServer, Visitor, chunk, head, recorded, sized

MIB = 1 << 20
HUNDRED = 100 * MIB
WITHOUT_END = 600 * MIB
BUFFERS = 48 * MIB
"""Bytes that the system may take off a server's hands on their way (tcp(7), ``tcp_rmem`` and ``tcp_wmem``)."""

LONGEST_TOLD = 6000
LONGEST_JSON = 1.2 * MIB
"""Bytes that a person, and a program, may be told of a failure: a program gets all that a model said, up to a MiB."""

CHUNKED = head("Content-Type: text/event-stream", "Transfer-Encoding: chunked")


@dataclass(frozen=True, slots=True)
class Flooded:
    """How a run ended, and how many bytes the gateway got rid of before nobody took them any more."""

    ended: Closed
    sent: int


def run_against(home: Home, flood: Iterator[bytes]) -> Flooded:
    """Run against a gateway that sends *flood*, as long as anybody reads it."""
    sent: list[int] = []

    def script(visitor: Visitor) -> None:
        for piece in flood:
            visitor.send(piece)
            sent.append(len(piece))

    with RawServer(script) as server:
        argv = ("generate", "x", "-o", "squirrel.png", "--json", "--retries", "0", "--stream", "--timeout", "30")
        ended = Process(home, *argv, base_url=server.base_url, measured=True).end()
    return Flooded(ended, sum(sent))


def filled(pattern: bytes, total: int) -> Iterator[bytes]:
    """Yield *pattern* again and again, *total* bytes in all, about a MiB at a time."""
    piece = pattern * max(1, MIB // len(pattern))
    for _ in range(total // len(piece) + 1):
        yield piece


def in_chunks(*parts: bytes | Iterator[bytes], first: bytes = CHUNKED) -> Iterator[bytes]:
    """Yield *first*, then *parts* as chunks."""
    yield first
    for part in parts:
        yield from (chunk(piece) for piece in ([part] if isinstance(part, bytes) else part))


def headed(*parts: bytes | Iterator[bytes], first: bytes) -> Iterator[bytes]:
    """Yield *first* and *parts* as they are."""
    yield first
    for part in parts:
        yield from [part] if isinstance(part, bytes) else part


def event(body: bytes) -> bytes:
    return b"data: " + body + b"\n\n"


RESULT = b'{"output":[{"type":"image_generation_call","result":"'
FRAME = event(
    b'{"type":"response.image_generation_call.partial_image","partial_image_index":0,"partial_image_b64":"'
    + b"A" * MIB
    + b'"}'
)
SMALL_PICTURE = event(
    b'{"type":"response.output_item.done","item":{"type":"image_generation_call","result":"' + b"A" * 5000 + b'"}}'
)
WORD = event(b'{"type":"response.output_text.delta","delta":"and on and on "}')
PLAIN = head("Content-Length: 999999999")

HEADS = {
    "100 MiB of headers": lambda: headed(
        filled(b"X-A: " + b"y" * 1000 + b"\r\n", HUNDRED), first=b"HTTP/1.1 200 OK\r\n"
    ),
    "one header of 100 MiB": lambda: headed(filled(b"y", HUNDRED), first=b"HTTP/1.1 200 OK\r\nX-A: "),
    "a status line of 100 MiB": lambda: headed(filled(b"y", HUNDRED), first=b"HTTP/1.1 200 "),
    "100 MiB that is no HTTP": lambda: filled(b"y", HUNDRED),
}

WORDS = 16 * MIB
PICTURES_TOO = 512 * MIB
"""Bytes that an answer may have: of what is no picture, and in all."""

BODIES = {
    "100 MiB of words": (lambda: headed(filled(b"no end ", HUNDRED), first=PLAIN), WORDS),
    "100 MiB of JSON": (lambda: headed(b'{"a":"', filled(b"no end ", HUNDRED), first=PLAIN), WORDS),
    "a line of 100 MiB": (lambda: in_chunks(b"data: ", filled(b"no end ", HUNDRED)), WORDS),
    "a name of 100 MiB": (lambda: in_chunks(b"event: ", filled(b"no end ", HUNDRED)), WORDS),
    "events without end": (lambda: in_chunks(filled(event(b"{}"), HUNDRED)), WORDS),
    "words without end": (lambda: in_chunks(filled(WORD, HUNDRED)), WORDS),
    "frames without end": (lambda: in_chunks(filled(FRAME, WITHOUT_END)), PICTURES_TOO),
    # Only the limit for all ends these, and to reach it takes a minute; what counts here is their memory.
    "100 MiB of small pictures": (lambda: in_chunks(filled(SMALL_PICTURE, HUNDRED)), None),
    "a picture without end": (lambda: headed(RESULT, filled(b"A", WITHOUT_END), first=PLAIN), PICTURES_TOO),
    "base64 without end": (lambda: headed(filled(b"AbCd", WITHOUT_END), first=PLAIN), PICTURES_TOO),
}
"""What comes, and after how many bytes nobody reads on."""


@pytest.mark.parametrize("kind", HEADS)
def test_a_head_without_end_is_cut_off(kind: str, home: Home, ordinary_peak: int) -> None:
    flooded = run_against(home, HEADS[kind]())

    check(flooded, home, ordinary_peak, "headers_malformed", most=MIB)


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_without_end_is_cut_off(kind: str, home: Home, ordinary_peak: int) -> None:
    flood, most = BODIES[kind]

    flooded = run_against(home, flood())

    # The first of the small pictures is damaged, which says more than that there are too many.
    code = "image_damaged" if kind == "100 MiB of small pictures" else "answer_too_large"
    check(flooded, home, ordinary_peak, code, most=most)


def check(flooded: Flooded, home: Home, ordinary_peak: int, code: str, *, most: int | None) -> None:
    """Check that a run ended with *code*, with no more memory than ever and *most* bytes of the flood, and told it."""
    assert flooded.ended.code == code
    assert most is None or flooded.sent < most + BUFFERS
    check_is_short(flooded.ended, ordinary_peak)
    # What came whole and is no sound picture was perhaps paid for.
    assert (home.pictures(), len(home.kept())) == ([], code == "image_damaged")


def check_is_short(ended: Closed, ordinary_peak: int) -> None:
    assert ended.peak - ordinary_peak < ROOM
    assert len(ended.stderr) < LONGEST_TOLD
    assert len(ended.stdout) < LONGEST_JSON


def test_a_flood_after_the_picture_does_not_cost_the_picture(home: Home, ordinary_peak: int) -> None:
    stream = recorded(stream=True)
    begun = stream[: stream.index(b"event: response.completed")]

    flooded = run_against(home, in_chunks(begun, filled(event(b"{}"), HUNDRED)))

    assert (flooded.ended.status, home.pictures()) == (0, ["squirrel.png"])
    assert [warning["code"] for warning in flooded.ended.object["warnings"]] == ["late_answer_too_large"]
    assert flooded.sent < WORDS + BUFFERS
    check_is_short(flooded.ended, ordinary_peak)


ERRORS = {"429 Too Many": "rate_limited", "500 Oops": "server_error", "400 Bad": "bad_request"}


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_of_100_mib_is_told_short(status: str, home: Home, ordinary_peak: int) -> None:
    flood = headed(
        b'{"error":{"message":"', filled(b"no end ", HUNDRED), first=head("Content-Length: 999999999", status=status)
    )

    flooded = run_against(home, flood)

    check(flooded, home, ordinary_peak, ERRORS[status], most=MIB)


NESTED = {
    "lists in lists": b"[" * 3_000_000,
    "objects in objects": b'{"a":' * 1_000_000,
    "a million keys": b"{" + b",".join(b'"%d":{}' % number for number in range(1_000_000)) + b"}",
    "a number of a million digits": b'{"output":' + b"9" * 1_000_000 + b"}",
    "error in error": b'{"error":' * 100_000 + b'"x"' + b"}" * 100_000,
}


@pytest.mark.parametrize(("status", "code"), [("200 OK", "stream_broken"), ("500 Oops", "server_error")])
@pytest.mark.parametrize("kind", NESTED)
def test_json_that_is_made_to_hurt_does_not(kind: str, status: str, code: str, home: Home, ordinary_peak: int) -> None:
    body = NESTED[kind]

    flooded = run_against(home, iter([sized(body, status=status)]))

    check(flooded, home, ordinary_peak, code, most=len(body))


# Decompression bombs

WBITS = {"gzip": 31, "deflate": 15, "deflate, with no header of its own": -15}
"""How each coding is written by zlib. The first word is its name in HTTP."""


@cache
def bomb(start: bytes, pattern: bytes, wbits: int = 31) -> bytes:
    """Return what unpacks to *start* and 2 GiB of *pattern*; its end, which nobody reaches, is missing."""
    squeeze = zlib.compressobj(9, wbits=wbits)
    begun = squeeze.compress(start) + squeeze.flush(zlib.Z_FULL_FLUSH)
    # After a full flush the same bytes unpack to the same block again.
    return begun + (squeeze.compress(pattern * (MIB // len(pattern))) + squeeze.flush(zlib.Z_FULL_FLUSH)) * 2048


@cache
def brotli_bomb(start: bytes) -> bytes:
    squeeze = brotli.Compressor()
    begun = squeeze.process(start) + squeeze.flush() + squeeze.process(b"0123 " * (MIB // 5)) + squeeze.flush()
    # What is written now looks back only to what it repeats, so that it may be said again and again.
    return begun + (squeeze.process(b"0123 " * (MIB // 5)) + squeeze.flush()) * 2048


@cache
def zstd_bomb(start: bytes) -> bytes:
    return zstd.compress(start) + zstd.compress(b"0123 " * (MIB // 5)) * 2048


@pytest.mark.parametrize(("coding", "bombed"), [("br", brotli_bomb), ("zstd", zstd_bomb)])
def test_a_bomb_of_another_coding_is_cut_off(
    coding: str, bombed: Callable[[bytes], bytes], home: Home, ordinary_peak: int
) -> None:
    body = bombed(b"data: ")

    flooded = run_against(home, iter([sized(body, f"Content-Encoding: {coding}")]))

    check(flooded, home, ordinary_peak, "answer_too_large", most=len(body))


@pytest.mark.parametrize("coding", WBITS)
@pytest.mark.parametrize("start", [b"", b'{"a":"', b"data: ", RESULT])
def test_a_compressed_answer_that_unpacks_to_gigabytes_is_cut_off(
    start: bytes, coding: str, home: Home, ordinary_peak: int
) -> None:
    body = bomb(start, b"0123 ", WBITS[coding])

    flooded = run_against(home, iter([sized(body, f"Content-Encoding: {coding.partition(',')[0]}")]))

    check(flooded, home, ordinary_peak, "answer_too_large", most=len(body))


def test_a_bomb_within_a_bomb_is_cut_off(home: Home, ordinary_peak: int) -> None:
    body = bomb(b"", bomb(b"", b"0123 ")[-MIB // 2 :])

    flooded = run_against(home, iter([sized(body, "Content-Encoding: gzip, gzip")]))

    # What is inside has no beginning, so that it is no coding but bytes that mean nothing.
    check(flooded, home, ordinary_peak, "answer_too_large", most=len(body))


@pytest.mark.parametrize("coding", WBITS)
def test_a_compressed_error_that_unpacks_to_gigabytes_is_told_short(
    coding: str, home: Home, ordinary_peak: int
) -> None:
    body = bomb(b"", b"0123 ", WBITS[coding])

    flooded = run_against(home, iter([sized(body, f"Content-Encoding: {coding.partition(',')[0]}", status="500 Oops")]))

    check(flooded, home, ordinary_peak, "server_error", most=len(body))


def png(*chunks: tuple[bytes, bytes], width: int = 64, height: int = 64) -> bytes:
    """Return a PNG with these *chunks* between its header and its pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes((width * 3 + 1) * 64))
    all_chunks = ((b"IHDR", header), *chunks, (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in all_chunks
    )


@cache
def zeros(mebibytes: int) -> bytes:
    """Return compressed zeros."""
    squeeze = zlib.compressobj(9)
    return b"".join(squeeze.compress(bytes(MIB)) for _ in range(mebibytes)) + squeeze.flush()


def jpeg(*, width: int, height: int) -> bytes:
    """Return a JPEG of 16×16 pixels that claims to have others."""
    data = io.BytesIO()
    Image.new("RGB", (16, 16)).save(data, "JPEG")
    size = struct.pack(">HH", 16, 16)
    at = data.getvalue().index(b"\xff\xc0") + 5
    assert data.getvalue()[at : at + 4] == size
    return data.getvalue()[:at] + struct.pack(">HH", height, width) + data.getvalue()[at + 4 :]


def webp(*, width: int, height: int) -> bytes:
    """Return a moving WebP: a frame of 16×16 pixels, on a canvas that claims to be larger."""
    data = io.BytesIO()
    Image.new("RGB", (16, 16)).save(data, "WEBP", lossless=True)
    canvas = b"\2\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    frame = bytes(6) + (15).to_bytes(3, "little") * 2 + bytes(4) + data.getvalue()[12:]
    parts = ((b"VP8X", canvas), (b"ANIM", bytes(6)), (b"ANMF", frame))
    chunks = b"WEBP" + b"".join(name + struct.pack("<I", len(part)) + part for name, part in parts)
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks


BOMBS = {
    "billions of pixels": lambda: png(width=60_000, height=60_000),
    "billions of pixels in a JPEG": lambda: jpeg(width=60_000, height=60_000),
    "billions of pixels in a WebP": lambda: webp(width=60_000, height=60_000),
}
HEAVY = {
    "a gigabyte of text": lambda: png((b"zTXt", b"Comment\0\0" + zeros(1024))),
    "a gigabyte of international text": lambda: png((b"iTXt", b"Comment\0\1\0\0\0" + zeros(1024))),
    "a gigabyte of colour profile": lambda: png((b"iCCP", b"profile\0\0" + zeros(1024))),
    "ten thousand small texts": lambda: png(*[(b"zTXt", b"Comment\0\0" + zeros(1))] * 10_000),
}


def in_an_answer(picture: bytes) -> Iterator[bytes]:
    yield sized(RESULT + base64.b64encode(picture) + b'"}]}')


@pytest.mark.parametrize("kind", BOMBS)
def test_a_picture_that_claims_billions_of_pixels_is_none(kind: str, home: Home, ordinary_peak: int) -> None:
    flooded = run_against(home, in_an_answer(BOMBS[kind]()))

    check(flooded, home, ordinary_peak, "image_damaged", most=MIB)
    assert "60000x60000 pixels" in flooded.ended.object["error"]["message"]


@pytest.mark.parametrize("kind", HEAVY)
def test_a_picture_that_unpacks_to_gigabytes_is_not_unpacked(kind: str, home: Home, ordinary_peak: int) -> None:
    flooded = run_against(home, in_an_answer(HEAVY[kind]()))

    check_is_short(flooded.ended, ordinary_peak)
    assert flooded.ended.code in {None, "image_damaged"}
    assert [Path(name).suffix for name in home.pictures()] == ([] if flooded.ended.code else [".png"])
