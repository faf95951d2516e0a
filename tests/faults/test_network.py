"""Networks and servers that stall, break, lie about lengths, or point elsewhere."""

import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from backports import zstd

from cpa_image_cli.core.ledger.run import RunState
from tests.faults.home import KEY, Home
from tests.faults.in_process import Ended, run_here
from tests.faults.processes import Process
from tests.faults.servers import RawServer, Script, Visitor, chunk, full_backlog, head, recorded, sized

LIMITS = (0.3, 1.5, 7.5)
"""Seconds of an attempt at what never ends: a machine under load needs longer to come as far as the stall."""

NETWORK_ROOM = 16 << 20
"""Bytes by which the peak of a run may exceed that of an ordinary one, of which the ways to tell failures take most."""

TIME_LIMIT = ("--timeout", str(LIMITS[0]))
JSON = recorded(stream=False)
SSE = recorded(stream=True)
PICTURE_IN_SSE = SSE.index(b'"result":"')
AFTER_PICTURE_IN_SSE = SSE.index(b"event: response.completed")
CHUNKED = head("Content-Type: text/event-stream", "Transfer-Encoding: chunked")


def generate(home: Home, base_url: str, *flags: str, prompt: str = "画一只松鼠") -> Ended:
    argv = ("generate", prompt, "-o", "squirrel.png", "--json", "--retries", "0", "--stream", *flags)
    return run_here(home, *argv, base_url=base_url)


def answered(home: Home, *pieces: bytes, flags: tuple[str, ...] = ()) -> Ended:
    """Return how a run ends that is sent *pieces*, after which the connection is closed."""
    with RawServer(lambda visitor: visitor.send(*pieces)) as server:
        return generate(home, server.base_url, *flags)


def check_no_picture(home: Home, ended: Ended, code: str) -> None:
    assert (ended.code, ended.status, home.pictures(), home.kept()) == (code, 8, [], [])
    assert [(run.state, run.error_code) for run in home.runs()] == [(RunState.FAILED, code)]


def check_picture(home: Home, ended: Ended, *warnings: str) -> None:
    assert (ended.status, home.pictures()) == (0, ["squirrel.png"])
    assert tuple(warning["code"] for warning in ended.object["warnings"]) == warnings


# Stalls: the time limit says in which phase it was reached


def after(*pieces: bytes) -> Script:
    """Return what sends *pieces* and then nothing more."""

    def script(visitor: Visitor) -> None:
        visitor.send(*pieces)
        visitor.stay()

    return script


STALLS = {
    "the answer does not begin": ((), "waiting for the answer"),
    "in the status line": ((b"HTTP/1.1 2",), "waiting for the answer"),
    "in the headers": ((CHUNKED[:40],), "waiting for the answer"),
    "after a hundred early hints": ((b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100,), "waiting for the answer"),
    "before the first event": ((CHUNKED,), "reading the answer"),
    "in the first event": ((CHUNKED, chunk(SSE[:100])), "reading the answer"),
    "in a chunk's size": ((CHUNKED, b"ff"), "reading the answer"),
    "in the picture": ((CHUNKED, chunk(SSE[: PICTURE_IN_SSE + 9000])), "reading the answer"),
    "in a plain answer": ((head("Content-Length: 99999"), JSON[:9000]), "reading the answer"),
}


def check_stall(folder: Path, base_url: str, phase: str, *, billed: bool, prompt: str = "画一只松鼠") -> None:
    """Check that a run against what stalls is told to have stalled in *phase*."""
    messages = []
    for limit in LIMITS:
        home = Home.made_in(folder / str(limit))
        ended = generate(home, base_url, "--timeout", str(limit), prompt=prompt)
        check_no_picture(home, ended, "timeout")
        messages.append(ended.object["error"]["message"])
        if messages[-1] == f"no complete answer within {limit} s (while {phase})":
            assert ended.object["error"]["may_have_billed"] is billed
            return
    pytest.fail(f"it was told as {messages}")


@pytest.mark.parametrize("place", STALLS)
def test_a_stall_is_told_with_the_phase_it_came_in(place: str, tmp_path: Path) -> None:
    pieces, phase = STALLS[place]
    with RawServer(after(*pieces)) as server:
        check_stall(tmp_path, server.base_url, phase, billed=True)


def test_a_connection_that_is_never_made_is_told_so(tmp_path: Path) -> None:
    with full_backlog() as base_url:
        check_stall(tmp_path, base_url, "connecting", billed=False)


def test_a_tls_handshake_that_is_not_answered_is_told_so(tmp_path: Path) -> None:
    with RawServer(after(), unread=True) as server:
        check_stall(tmp_path, f"https://127.0.0.1:{server.port}", "connecting", billed=False)


def test_a_request_that_is_not_read_is_told_so(tmp_path: Path) -> None:
    with RawServer(after(), unread=True, narrow=True) as server:
        check_stall(tmp_path, server.base_url, "sending the request", billed=False, prompt="🐿" * 32_000)


@pytest.mark.parametrize(("status", "code"), [("500 Oops", "server_error"), ("401 No", "key_rejected")])
def test_a_stall_in_the_body_of_an_error_does_not_hide_the_error(status: str, code: str, tmp_path: Path) -> None:
    pieces = head("Content-Length: 1000", status=status), b'{"error":{"message":"half a sen'
    ends = []
    with RawServer(after(*pieces)) as server:
        for limit in LIMITS:
            home = Home.made_in(tmp_path / str(limit))
            ends.append(generate(home, server.base_url, "--timeout", str(limit)))
            if ends[-1].code != "timeout":
                break

    assert ends[-1].code == code
    assert (home.pictures(), home.kept()) == ([], [])


def test_a_name_that_does_not_resolve_in_time_is_told_so_and_was_not_sent_to(home: Home) -> None:
    argv = ("generate", "x", "-o", "squirrel.png", "--json", "--retries", "0", *TIME_LIMIT)
    process = Process(home, *argv, base_url="https://gateway.test", held_at="socket:getaddrinfo")
    ended = process.end()

    assert process.is_held()
    check_no_picture(home, ended, "timeout")
    assert "while connecting" in ended.object["error"]["message"]
    assert not ended.object["error"]["may_have_billed"]


def test_a_stall_after_the_picture_costs_the_time_limit_and_not_the_picture(tmp_path: Path) -> None:
    with RawServer(after(CHUNKED, chunk(SSE[:AFTER_PICTURE_IN_SSE]))) as server:
        for limit in LIMITS:
            home = Home.made_in(tmp_path / str(limit))
            ended = generate(home, server.base_url, "--timeout", str(limit))
            if ended.status == 0:
                break

    check_picture(home, ended, "late_timeout")


@pytest.mark.parametrize("start", [b"", CHUNKED + chunk(b"data: "), head("Content-Length: 99999") + b'{"id":"'])
def test_a_server_that_sends_byte_after_byte_is_not_waited_for_without_end(start: bytes, home: Home) -> None:
    def script(visitor: Visitor) -> None:
        visitor.send(start)
        # Framed as a chunk where the answer comes in chunks, as a header where it has not begun.
        rest = b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 999 if not start else b"1\r\nx\r\n" * 999
        for byte in rest:
            visitor.send(bytes([byte]))
            visitor.stay(0.02)

    with RawServer(script) as server:
        ended = generate(home, server.base_url, *TIME_LIMIT)

    check_no_picture(home, ended, "timeout")


# Ends that come too early, and framing that is wrong

EARLY_ENDS = {
    "at once": ((), "connection_lost"),
    "in the status line": ((b"HTTP/1.1 2",), "connection_lost"),
    "in the headers": ((CHUNKED[:40],), "connection_lost"),
    "in the first event": ((CHUNKED, chunk(SSE[:100])), "stream_broken"),
    "in the picture": ((CHUNKED, chunk(SSE[: PICTURE_IN_SSE + 9000])), "stream_broken"),
    "in a plain answer": ((head("Content-Length: 99999"), JSON[:9000]), "stream_broken"),
    "in an answer of unknown length": ((head(), JSON[:9000]), "stream_broken"),
    "with a length that is too small": ((head("Content-Length: 9000"), JSON), "stream_broken"),
}


@pytest.mark.parametrize("how", ["closed", "reset"])
@pytest.mark.parametrize("place", EARLY_ENDS)
def test_an_end_that_comes_too_early_is_told_as_that(place: str, how: str, home: Home) -> None:
    pieces, code = EARLY_ENDS[place]

    def script(visitor: Visitor) -> None:
        visitor.send(*pieces)
        visitor.wait_until_read()
        if how == "reset":
            visitor.reset()

    with RawServer(script) as server:
        ended = generate(home, server.base_url)

    check_no_picture(home, ended, code)
    assert ended.object["error"]["may_have_billed"]


def test_a_reset_after_the_picture_does_not_cost_the_picture(home: Home) -> None:
    def script(visitor: Visitor) -> None:
        visitor.send(CHUNKED, chunk(SSE[:AFTER_PICTURE_IN_SSE]))
        visitor.wait_until_read()
        visitor.reset()

    with RawServer(script) as server:
        ended = generate(home, server.base_url)

    check_picture(home, ended, "late_stream_broken")


PROXIES = {
    "refuses": ((b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",), "proxy_refused"),
    "hangs up": ((), "connection_failed"),
    "says nothing": (None, "timeout"),
}


@pytest.mark.parametrize("kind", PROXIES)
def test_a_proxy_that_lets_nobody_through_cost_nothing(kind: str, home: Home) -> None:
    pieces, code = PROXIES[kind]
    with RawServer(after() if pieces is None else lambda visitor: visitor.send(*pieces)) as proxy:
        argv = ("generate", "x", "-o", "squirrel.png", "--json", "--retries", "0", "--timeout", "1")
        environ = {"HTTPS_PROXY": proxy.base_url}
        ended = Process(home, *argv, base_url="https://gateway.test", environ=environ).end()

    assert [request.split()[0] for request in proxy.requests] == [b"CONNECT"]
    check_no_picture(home, ended, code)
    assert not ended.object["error"]["may_have_billed"]


def test_a_connection_that_is_dropped_before_the_request_was_sent_cost_nothing(home: Home) -> None:
    with RawServer(lambda _: None, unread=True, narrow=True) as server:
        ended = generate(home, server.base_url, prompt="🐿" * 32_000)

    check_no_picture(home, ended, "connection_failed")
    assert not ended.object["error"]["may_have_billed"]


NONSENSE = {
    "no HTTP": b"220 mail.example ESMTP\r\n\r\n",
    "binary": bytes(range(256)) * 10,
    "a status that is no number": b"HTTP/1.1 OK 200\r\n\r\n",
    "a length that is no number": head("Content-Length: many") + JSON,
    "a negative length": head("Content-Length: -1") + JSON,
    "two lengths": head("Content-Length: 5", "Content-Length: 6") + JSON,
    "a header without a colon": head("nonsense") + JSON,
    "a header with a NUL": head("X: a\0b") + JSON,
    "an unknown framing": head("Transfer-Encoding: zip") + JSON,
    "switching to another protocol": head("Upgrade: websocket", "Connection: Upgrade", status="101 Switching") + JSON,
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_an_answer_that_begins_with_nonsense_may_have_cost_something(kind: str, home: Home) -> None:
    ended = answered(home, NONSENSE[kind])

    check_no_picture(home, ended, "headers_malformed")
    assert ended.object["error"]["may_have_billed"]


BAD_CHUNKS = {
    "no size": b"what\r\n" + SSE,
    "a negative size": b"-5\r\nhello\r\n",
    "a size beyond all": b"f" * 30 + b"\r\n" + SSE[:9000],
    "too few bytes": b"ffff\r\n" + SSE[:9000],
    "too many bytes": b"5\r\n" + SSE[:9000],
    "no end": chunk(SSE[:9000]),
    "a size without end": b"1" * 200_000,
    "an extension without end": b"5;" + b"x" * 200_000,
}


@pytest.mark.parametrize("kind", BAD_CHUNKS)
def test_broken_chunks_before_the_picture_break_the_stream(kind: str, home: Home) -> None:
    ended = answered(home, CHUNKED, BAD_CHUNKS[kind])

    check_no_picture(home, ended, "stream_broken")


@pytest.mark.parametrize("kind", BAD_CHUNKS)
def test_broken_chunks_after_the_picture_cost_a_warning(kind: str, home: Home) -> None:
    ended = answered(home, CHUNKED, chunk(SSE[:AFTER_PICTURE_IN_SSE]), BAD_CHUNKS[kind].replace(SSE[:9000], b": x\n"))

    check_picture(home, ended, "late_stream_broken")


def gzipped(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=31)
    return squeeze.compress(data) + squeeze.flush()


COMPRESSED = gzipped(SSE)
BROKEN_COMPRESSION = {
    "cut short": sized(COMPRESSED[: len(COMPRESSED) // 2], "Content-Encoding: gzip"),
    "its checksum missing": sized(gzipped(JSON[:9000])[:-8], "Content-Encoding: gzip"),
    "broken in the middle": sized(COMPRESSED[:5000] + b"\xff" * 5000, "Content-Encoding: gzip"),
}


@pytest.mark.parametrize("kind", BROKEN_COMPRESSION)
def test_broken_compression_breaks_the_stream(kind: str, home: Home) -> None:
    ended = answered(home, BROKEN_COMPRESSION[kind])

    check_no_picture(home, ended, "stream_broken")


def test_compression_that_is_cut_short_after_the_picture_does_not_cost_the_picture(home: Home) -> None:
    squeeze = zlib.compressobj(wbits=31)
    begun = squeeze.compress(SSE[:AFTER_PICTURE_IN_SSE]) + squeeze.flush(zlib.Z_SYNC_FLUSH)

    ended = answered(home, sized(begun, "Content-Encoding: gzip"))

    check_picture(home, ended, "late_stream_broken")


LISTS = {
    "gzip, gzip": gzipped(COMPRESSED),
    "identity, gzip": COMPRESSED,
    "gzip,identity": COMPRESSED,
    "gzip, deflate": zlib.compress(COMPRESSED),
}


@pytest.mark.parametrize("encoding", LISTS)
def test_compression_on_compression_is_undone(encoding: str, home: Home) -> None:
    ended = answered(home, sized(LISTS[encoding], f"Content-Encoding: {encoding}"))

    check_picture(home, ended)


@pytest.mark.parametrize("coding", ["compress", "aes128gcm"])
def test_a_compression_that_cannot_be_undone_is_named_and_nothing_is_quoted(coding: str, home: Home) -> None:
    ended = answered(home, sized(b"\x8b\x02\x80\xff\x00<binary>" * 100, f"Content-Encoding: {coding}"))

    check_no_picture(home, ended, "stream_broken")
    assert f"`{coding}`" in ended.object["error"]["message"]
    assert b"binary" not in ended.stdout
    assert ended.object["error"]["may_have_billed"]


PACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzipped, "br": brotli.compress, "zstd": zstd.compress}


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate", "gzip, br"])
@pytest.mark.parametrize("body", [SSE, JSON], ids=["SSE", "JSON"])
def test_a_header_that_outlived_its_coding_does_not_cost_the_picture(body: bytes, encoding: str, home: Home) -> None:
    ended = answered(home, sized(body, f"Content-Encoding: {encoding}"))

    check_picture(home, ended)


@pytest.mark.parametrize("header", ["", "Content-Encoding: identity", "Content-Encoding: {}"])
@pytest.mark.parametrize("coding", PACKERS)
def test_a_coding_is_known_by_its_bytes(coding: str, header: str, home: Home) -> None:
    if coding == "br":
        # Its bytes begin with nothing of their own.
        header = "Content-Encoding: {}"

    ended = answered(home, sized(PACKERS[coding](SSE), *filter(None, [header.format(coding)])))

    check_picture(home, ended)


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip", "deflate"])
def test_compression_that_nobody_asked_for_is_undone(encoding: str, home: Home) -> None:
    ended = answered(home, sized(COMPRESSED, f"Content-Encoding: {encoding}"))

    check_picture(home, ended)


GOOD = {
    "of unknown length": head("Connection: close") + JSON,
    "in HTTP 1.0": b"HTTP/1.0 200 OK\r\n\r\n" + JSON,
    "with more bytes than promised": sized(JSON) + b"more",
    "after early hints": b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + sized(JSON),
    "in chunks with extensions and trailers": CHUNKED
    + b"%x;a=b\r\n" % len(SSE)
    + SSE
    + b"\r\n0\r\nX-Trailer: 1\r\n\r\n",
    "byte by byte": CHUNKED + b"".join(chunk(SSE[at : at + 1]) for at in range(len(SSE))) + b"0\r\n\r\n",
    "with a status of success that is not 200": sized(JSON, status="203 Non-Authoritative"),
}


@pytest.mark.parametrize("kind", GOOD)
def test_an_unusual_answer_is_read_all_the_same(kind: str, home: Home) -> None:
    ended = answered(home, GOOD[kind])

    check_picture(home, ended)


# Memory, in each of these cases

TRICKLES = {
    "byte after byte": (CHUNKED, *([chunk(b"x")] * 5000)),
    "header after header": (b"HTTP/1.1 200 OK\r\n", *([b"X-A: b\r\n"] * 5000)),
}
ALL: dict[str, tuple[bytes, ...]] = {
    **{f"a stall {name}": pieces for name, (pieces, _) in STALLS.items()},
    **{f"an end {name}": pieces for name, (pieces, _) in EARLY_ENDS.items()},
    **{f"nonsense: {name}": (sent,) for name, sent in NONSENSE.items()},
    **{f"chunks: {name}": (CHUNKED, sent) for name, sent in BAD_CHUNKS.items()},
    **{f"compression: {name}": (sent,) for name, sent in BROKEN_COMPRESSION.items()},
    **TRICKLES,
}


@pytest.mark.parametrize("kind", ALL)
def test_no_fault_of_the_network_takes_more_memory_than_a_picture(kind: str, home: Home, ordinary_peak: int) -> None:
    def script(visitor: Visitor) -> None:
        visitor.send(*ALL[kind])
        if kind.startswith("a stall"):
            visitor.stay()

    argv = ("generate", "x", "-o", "squirrel.png", "--json", "--retries", "0", "--stream", *TIME_LIMIT)
    with RawServer(script) as server:
        ended = Process(home, *argv, base_url=server.base_url, measured=True).end()

    assert (ended.status, home.pictures()) == (8, [])
    assert ended.peak - ordinary_peak < NETWORK_ROOM


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("place", ["http://127.0.0.1:{port}/v1/responses", "//127.0.0.1:{port}/", "/v2/responses"])
def test_a_redirect_is_told_and_not_followed(status: int, place: str, home: Home) -> None:
    with RawServer(lambda visitor: visitor.send(sized(JSON))) as elsewhere:
        location = place.format(port=elsewhere.port)

        def script(visitor: Visitor) -> None:
            visitor.send(sized(b"", f"Location: {location}", status=f"{status} Elsewhere"))

        with RawServer(script) as server:
            ended = generate(home, server.base_url)

    check_no_picture(home, ended, "redirected")
    assert (server.clients, elsewhere.clients) == (1, 0)
    assert KEY.encode() in server.requests[0]
    assert location in ended.object["error"]["message"] + (ended.object["error"]["hint"] or "")
