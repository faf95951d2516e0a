"""
Servers that send without end or measure: memory and time stay bounded, and no flood reaches the terminal.

Each run is a process of its own, whose peak of memory is compared with that of an ordinary run.
"""

import base64
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.faults.home import Home
from tests.faults.processes import Closed, Process
from tests.faults.servers import RawServer, Visitor, chunk, head, recorded, sized

MIB = 1 << 20
HUNDRED = 100 * MIB
ROOM = 48 * MIB
"""
Bytes by which the peak of a run may exceed that of an ordinary one, whatever a server sends: what is no picture may
have 16 MiB, and is there more than once while it is decoded.
"""

LONGEST_TOLD = 6000
LONGEST_JSON = 1.2 * MIB
"""Bytes that a person, and a program, may be told of a failure: a program gets all that a model said, up to a MiB."""

CHUNKED = head("Content-Type: text/event-stream", "Transfer-Encoding: chunked")
TOO_LARGE = "the answer exceeds the size limit; the rest was not read"


def run_against(home: Home, flood: Iterator[bytes]) -> Closed:
    """Run against a gateway that sends *flood*, as long as anybody reads it."""

    def script(visitor: Visitor) -> None:
        for piece in flood:
            visitor.send(piece)

    with RawServer(script) as server:
        argv = ("generate", "x", "-o", "squirrel.png", "--json", "--retries", "0", "--stream", "--timeout", "30")
        return Process(home, *argv, base_url=server.base_url, measured=True).end()


@pytest.fixture(scope="module")
def ordinary_peak(tmp_path_factory: pytest.TempPathFactory) -> int:
    home = Home.made_in(tmp_path_factory.mktemp("ordinary"))
    ended = run_against(home, iter([sized(recorded(stream=False))]))
    assert ended.status == 0
    return ended.peak


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

BODIES = {
    "100 MiB of words": (lambda: headed(filled(b"no end ", HUNDRED), first=PLAIN), "answer_too_large"),
    "100 MiB of JSON": (lambda: headed(b'{"a":"', filled(b"no end ", HUNDRED), first=PLAIN), "answer_too_large"),
    "a line of 100 MiB": (lambda: in_chunks(b"data: ", filled(b"no end ", HUNDRED)), "answer_too_large"),
    "a name of 100 MiB": (lambda: in_chunks(b"event: ", filled(b"no end ", HUNDRED)), "answer_too_large"),
    "events without end": (lambda: in_chunks(filled(event(b"{}"), HUNDRED)), "answer_too_large"),
    "words without end": (lambda: in_chunks(filled(WORD, HUNDRED)), "answer_too_large"),
    "frames without end": (lambda: in_chunks(filled(FRAME, 600 * MIB)), "answer_too_large"),
    "small pictures without end": (lambda: in_chunks(filled(SMALL_PICTURE, HUNDRED)), "image_damaged"),
    "a picture without end": (lambda: headed(RESULT, filled(b"A", 600 * MIB), first=PLAIN), "answer_too_large"),
    "base64 without end": (lambda: headed(filled(b"AbCd", 600 * MIB), first=PLAIN), "answer_too_large"),
}


@pytest.mark.parametrize("kind", HEADS)
def test_a_head_without_end_is_cut_off(kind: str, home: Home, ordinary_peak: int) -> None:
    ended = run_against(home, HEADS[kind]())

    check(ended, home, ordinary_peak, "connection_lost")


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_without_end_is_cut_off(kind: str, home: Home, ordinary_peak: int) -> None:
    flood, code = BODIES[kind]

    ended = run_against(home, flood())

    check(ended, home, ordinary_peak, code)


def check(ended: Closed, home: Home, ordinary_peak: int, code: str) -> None:
    assert ended.code == code
    assert ended.peak - ordinary_peak < ROOM
    assert len(ended.stderr) < LONGEST_TOLD
    assert len(ended.stdout) < LONGEST_JSON
    assert (home.pictures(), home.kept()) == ([], [])


def test_a_flood_after_the_picture_does_not_cost_the_picture(home: Home, ordinary_peak: int) -> None:
    stream = recorded(stream=True)
    begun = stream[: stream.index(b"event: response.completed")]

    ended = run_against(home, in_chunks(begun, filled(event(b"{}"), HUNDRED)))

    assert (ended.status, home.pictures()) == (0, ["squirrel.png"])
    assert [warning["code"] for warning in ended.object["warnings"]] == ["late_answer_too_large"]
    assert ended.peak - ordinary_peak < ROOM


@pytest.mark.parametrize("status", ["429 Too Many", "500 Oops", "400 Bad"])
def test_an_error_of_100_mib_is_told_short(status: str, home: Home, ordinary_peak: int) -> None:
    flood = headed(
        b'{"error":{"message":"', filled(b"no end ", HUNDRED), first=head("Content-Length: 999999999", status=status)
    )

    ended = run_against(home, flood)

    assert ended.status in {6, 8}
    assert ended.peak - ordinary_peak < ROOM
    assert len(ended.stderr) < LONGEST_TOLD
    assert len(ended.stdout) < LONGEST_JSON


NESTED = {
    "lists in lists": b"[" * 3_000_000,
    "objects in objects": b'{"a":' * 1_000_000,
    "a million keys": b"{" + b",".join(b'"%d":{}' % number for number in range(1_000_000)) + b"}",
    "a number of a million digits": b'{"output":' + b"9" * 1_000_000 + b"}",
    "error in error": b'{"error":' * 100_000 + b'"x"' + b"}" * 100_000,
}


@pytest.mark.parametrize("status", ["200 OK", "500 Oops"])
@pytest.mark.parametrize("kind", NESTED)
def test_json_that_is_made_to_hurt_does_not(kind: str, status: str, home: Home, ordinary_peak: int) -> None:
    ended = run_against(home, iter([sized(NESTED[kind], status=status)]))

    assert ended.status == 8
    assert ended.peak - ordinary_peak < ROOM
    assert len(ended.stderr) < LONGEST_TOLD
    assert len(ended.stdout) < LONGEST_JSON


# Decompression bombs


@cache
def bomb(start: bytes, pattern: bytes) -> bytes:
    """Return what unpacks to *start* and 2 GiB of *pattern*; its end, which nobody reaches, is missing."""
    squeeze = zlib.compressobj(9, wbits=31)
    begun = squeeze.compress(start) + squeeze.flush(zlib.Z_FULL_FLUSH)
    # After a full flush the same bytes unpack to the same block again.
    return begun + (squeeze.compress(pattern * (MIB // len(pattern))) + squeeze.flush(zlib.Z_FULL_FLUSH)) * 2048


@pytest.mark.parametrize("start", [b"", b'{"a":"', b"data: ", RESULT])
def test_a_compressed_answer_that_unpacks_to_gigabytes_is_cut_off(start: bytes, home: Home, ordinary_peak: int) -> None:
    ended = run_against(home, iter([sized(bomb(start, b"0123 "), "Content-Encoding: gzip")]))

    check(ended, home, ordinary_peak, "answer_too_large")


def test_a_compressed_error_that_unpacks_to_gigabytes_is_told_short(home: Home, ordinary_peak: int) -> None:
    ended = run_against(home, iter([sized(bomb(b"", b"0123 "), "Content-Encoding: gzip", status="500 Oops")]))

    check(ended, home, ordinary_peak, "server_error")


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


PICTURES = {
    "billions of pixels": lambda: png(width=60_000, height=60_000),
    "a gigabyte of text": lambda: png((b"zTXt", b"Comment\0\0" + zeros(1024))),
    "a gigabyte of international text": lambda: png((b"iTXt", b"Comment\0\1\0\0\0" + zeros(1024))),
    "a gigabyte of colour profile": lambda: png((b"iCCP", b"profile\0\0" + zeros(1024))),
    "ten thousand small texts": lambda: png(*[(b"zTXt", b"Comment\0\0" + zeros(1))] * 10_000),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_that_unpacks_to_gigabytes_is_not_unpacked(kind: str, home: Home, ordinary_peak: int) -> None:
    body = RESULT + base64.b64encode(PICTURES[kind]()) + b'"}]}'

    ended = run_against(home, iter([sized(body)]))

    assert ended.peak - ordinary_peak < ROOM
    assert ended.code in {None, "image_damaged"}
    assert [Path(name).suffix for name in home.pictures()] == ([] if ended.code else [".png"])
