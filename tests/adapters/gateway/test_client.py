"""The HTTP edge, over real sockets: what is sent, what comes back, and what is known when it breaks."""

import contextlib
import gzip
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator

import pytest

from cpa_image_cli.adapters.gateway import Gateway
from cpa_image_cli.core.errors import Code, ConfigError, GatewayError
from cpa_image_cli.core.gateway.calls import MAX_ANSWER, Answer, Get, Post
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.wire.body import Body

NOTHING = Body((b"{}",))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
Script = Callable[[socket.socket], None]


class Server:
    """Accepts connections, reads one request from each, and then does what *script* says with the socket."""

    def __init__(self, script: Script) -> None:
        self.received: list[bytes] = []
        self.release = threading.Event()
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1/responses"
        self._closing = False
        self._serving = threading.Thread(target=self._serve, daemon=True)
        self._serving.start()

    def _serve(self) -> None:
        while not self._closing:
            client, _ = self._listener.accept()
            if self._closing:
                client.close()
                return
            with client, contextlib.suppress(OSError):
                self.received.append(_read_request(client))
                self._script(client)

    def close(self) -> None:
        self._closing = True
        self.release.set()
        # A blocked accept() is woken by a visitor, not by closing the socket: whoever was left in it would take the
        # visitors of a later server, whose socket has the same number.
        with contextlib.suppress(OSError):
            socket.create_connection(self._listener.getsockname()).close()
        self._serving.join(20)
        self._listener.close()


def _read_request(client: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
    )
    while len(body) < length:
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


@contextlib.contextmanager
def serving(script: Script) -> Iterator[Server]:
    server = Server(script)
    try:
        yield server
    finally:
        server.close()


def post(url: str, *, timeout: float = 20.0, body: Body = NOTHING, **more: object) -> Post:
    return Post(url=url, body=body, headers={"content-type": "application/json"}, timeout=timeout, **more)  # type: ignore[arg-type]


def fetch(request: Post) -> tuple[int, bytes, list[str]]:
    gateway, sent = Gateway({}), []
    try:
        with gateway.post(request, on_sent=lambda: sent.append("sent")) as reply:
            return reply.status, b"".join(reply.pieces()), sent
    finally:
        gateway.close()


def failure_of(request: Post) -> tuple[Code, bool, str]:
    with pytest.raises(GatewayError) as caught:
        fetch(request)
    return caught.value.failure.code, caught.value.failure.sent, caught.value.message


def read_impatiently(request: Post, pieces: list[bytes]) -> None:
    gateway = Gateway({})
    with contextlib.closing(gateway), gateway.post(request, on_sent=lambda: None) as reply:
        for piece in reply.pieces():
            pieces.append(piece)
            reply.expire_in(0.05)


def answering(*pieces: bytes) -> Script:
    return lambda client: client.sendall(b"".join(pieces))


def test_an_answer_is_read_whole_and_the_sending_is_announced() -> None:
    with serving(answering(HEAD, b"Content-Length: 5\r\n\r\nhello")) as server:
        answer = fetch(post(server.url))

    assert answer == (200, b"hello", ["sent"])


def test_the_key_is_in_one_header_and_nowhere_else() -> None:
    with serving(answering(HEAD, b"Content-Length: 0\r\n\r\n")) as server:
        fetch(post(server.url, key=Secret("sk-marked-key-0000")))
        request = server.received[0]

    assert request.count(b"sk-marked-key-0000") == 1
    assert b"authorization: Bearer sk-marked-key-0000\r\n" in request.replace(b"Authorization", b"authorization")


def test_a_body_in_pieces_has_its_length_told_and_is_sent_anew_by_each_attempt() -> None:
    body = Body((b'{"a":"', *(b"x" * 70_000 for _ in range(9)), b'"}'))
    with serving(answering(HEAD, b"Content-Length: 0\r\n\r\n")) as server:
        for _ in range(2):
            fetch(post(server.url, body=body))
        requests = list(server.received)

    for request in requests:
        head, _, content = request.partition(b"\r\n\r\n")
        assert b"content-length: %d" % body.length in head.lower()
        assert b"transfer-encoding" not in head.lower()
        assert content == b"".join(body)
    assert len(requests) == 2


class Slow:
    """Pieces that each take their time."""

    def __init__(self, count: int, *, each: float, size: int = 1) -> None:
        self.length = count * size
        self._count, self._each, self._piece = count, each, b"x" * size

    def pieces(self) -> Iterator[bytes]:
        for _ in range(self._count):
            threading.Event().wait(self._each)
            yield self._piece


def test_an_upload_may_take_longer_than_the_timeout_as_long_as_it_goes_on() -> None:
    with serving(answering(HEAD, b"Content-Length: 2\r\n\r\nok")) as server:
        answer = fetch(post(server.url, body=Body((Slow(8, each=0.1),)), timeout=0.4))

    assert answer == (200, b"ok", ["sent"])


def test_what_has_left_of_a_body_is_told_as_it_leaves() -> None:
    told: list[int] = []
    with serving(answering(HEAD, b"Content-Length: 2\r\n\r\nok")) as server, contextlib.closing(Gateway({})) as gateway:
        request = post(server.url, body=Body((b"abc", Slow(3, each=0, size=10))))
        with gateway.post(request, on_sent=lambda: told.append(-1), on_progress=told.append):
            pass

    assert told == [3, 13, 23, 33, -1]


REFUSAL = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 9\r\nConnection: close\r\n\r\ntoo large"


class Refusing(Server):
    """Reads no more than the head of a request before it does what the script says."""

    def _serve(self) -> None:
        client, _ = self._listener.accept()
        with client, contextlib.suppress(OSError):
            client.recv(1024)
            self._script(client)


def resetting(client: socket.socket) -> None:
    client.sendall(REFUSAL)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize("how", ["nothing more is read, and the connection stays", "the connection is reset"])
def test_a_refusal_is_read_although_the_upload_is_still_under_way(how: str) -> None:
    def keeping_open(client: socket.socket) -> None:
        client.sendall(REFUSAL)
        server.release.wait(20)

    server = Refusing(resetting if how.endswith("reset") else keeping_open)
    try:
        status, body, sent = fetch(post(server.url, body=Body((Slow(1000, each=0, size=65536),)), timeout=15))
    finally:
        server.close()

    assert (status, body, sent) == (413, b"too large", [])


def test_no_more_of_a_body_is_sent_once_nobody_waits_for_the_answer() -> None:
    server = Refusing(lambda _: server.release.wait(20))
    with contextlib.closing(server), contextlib.closing(Gateway({})) as gateway:

        class Endless:
            """Whoever sends it is told to stop; nothing of it is read after that."""

            length = 10**12

            def pieces(self) -> Iterator[bytes]:
                yield b"x"
                gateway.abort()
                yield b"y"
                raise AssertionError("read on")

        with (
            pytest.raises(GatewayError) as caught,
            gateway.post(post(server.url, body=Body((Endless(),))), on_sent=lambda: None),
        ):
            pass

    assert caught.value.failure.sent is False


def test_an_upload_that_nobody_takes_runs_into_the_timeout() -> None:
    server = Refusing(lambda _: server.release.wait(20))
    try:
        code, sent, message = failure_of(post(server.url, body=Body((Slow(1000, each=0, size=65536),)), timeout=0.4))
    finally:
        server.close()

    assert (code, sent) == (Code.TIMEOUT, False)
    assert "while sending the request" in message


def test_without_a_key_no_authorization_header_is_sent() -> None:
    with serving(answering(HEAD, b"Content-Length: 0\r\n\r\n")) as server:
        fetch(post(server.url))
        request = server.received[0]

    assert b"authorization" not in request.lower()


def test_compression_is_not_asked_for() -> None:
    with serving(answering(HEAD, b"Content-Length: 0\r\n\r\n")) as server:
        fetch(post(server.url))
        request = server.received[0]

    assert b"accept-encoding: identity\r\n" in request.lower()


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_compression_that_nobody_asked_for_is_undone(encoding: str) -> None:
    plain = b"picture " * 10_000
    packed = gzip.compress(plain) if encoding == "gzip" else zlib.compress(plain)
    head = HEAD + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (encoding.encode(), len(packed))

    with serving(answering(head, packed)) as server:
        answer = fetch(post(server.url))

    assert answer == (200, plain, ["sent"])


def test_a_decompression_bomb_comes_in_small_pieces() -> None:
    packed = gzip.compress(bytes(64 * 1024 * 1024))
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)

    with serving(answering(head, packed)) as server:
        gateway = Gateway({})
        with gateway.post(post(server.url), on_sent=lambda: None) as reply:
            largest = max(len(piece) for piece in reply.pieces())
        gateway.close()

    assert largest <= 64 * 1024


def test_truncated_compression_is_a_broken_answer() -> None:
    packed = gzip.compress(b"picture " * 10_000)[:-20]
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)

    with serving(answering(head, packed)) as server:
        code, sent, _ = failure_of(post(server.url))

    assert (code, sent) == (Code.STREAM_BROKEN, True)


def test_a_refused_connection_proves_that_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    code, sent, message = failure_of(post(f"http://127.0.0.1:{port}/v1/responses"))

    assert (code, sent) == (Code.CONNECTION_FAILED, False)
    assert "could not reach the gateway" in message


def test_a_connection_lost_before_the_answer_may_have_cost_something() -> None:
    with serving(lambda _: None) as server:
        code, sent, message = failure_of(post(server.url))

    assert (code, sent) == (Code.CONNECTION_LOST, True)
    assert message.startswith("the connection broke after the request was sent: ")


def test_a_reset_within_the_answer_is_a_broken_stream() -> None:
    with serving(answering(HEAD, b"Content-Length: 100\r\n\r\nhalf")) as server:
        code, sent, message = failure_of(post(server.url))

    assert (code, sent) == (Code.STREAM_BROKEN, True)
    assert "reading the answer" in message


def test_a_broken_chunk_is_a_broken_stream() -> None:
    with serving(answering(HEAD, b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n")) as server:
        code, sent, _ = failure_of(post(server.url))

    assert (code, sent) == (Code.STREAM_BROKEN, True)


def test_endless_headers_are_refused() -> None:
    def script(client: socket.socket) -> None:
        client.sendall(HEAD)
        for _ in range(1000):
            client.sendall(b"X-Junk: " + b"j" * 100_000 + b"\r\n")

    with serving(script) as server:
        code, sent, _ = failure_of(post(server.url))

    assert (code, sent) == (Code.HEADERS_MALFORMED, True)


MALFORMED = {
    "a doubled Transfer-Encoding": (
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "multiple Transfer-Enc",
    ),
    "a space in a name": (b"X Relay: 1\r\nContent-Length: 2", "illegal header line: “X Relay: 1”"),
    "a space after a name": (b"X-Relay : 1\r\nContent-Length: 2", "illegal header line: “X-Relay : 1”"),
    "two lengths": (b"Content-Length: 2\r\nContent-Length: 3", "conflicting Content-Length"),
    "no length": (b"Content-Length: two", "bad Content-Length"),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_headers_that_break_the_rules_are_told_as_such(kind: str) -> None:
    lines, words = MALFORMED[kind]

    with serving(lambda client: client.sendall(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n\r\n{}")) as server:
        code, sent, message = failure_of(post(server.url))

    assert (code, sent) == (Code.HEADERS_MALFORMED, True)
    assert message.startswith(f"the answer's headers cannot be read as HTTP: {words}")


def test_a_silent_gateway_runs_into_the_timeout_which_says_where() -> None:
    with serving(lambda _: server.release.wait(20)) as server:
        code, sent, message = failure_of(post(server.url, timeout=0.2))

    assert (code, sent) == (Code.TIMEOUT, True)
    assert "within 0.2 s (while waiting for the answer)" in message


def test_the_timeout_is_for_the_whole_attempt_even_if_bytes_trickle() -> None:
    def trickle(client: socket.socket) -> None:
        client.sendall(HEAD + b"\r\n")
        while not server.release.wait(0.02):
            client.sendall(b" ")

    with serving(trickle) as server:
        code, sent, message = failure_of(post(server.url, timeout=0.3))

    assert (code, sent) == (Code.TIMEOUT, True)
    assert "while reading the answer" in message


def test_an_answer_can_be_given_less_time_once_it_has_what_matters() -> None:
    def stall(client: socket.socket) -> None:
        client.sendall(HEAD + b"\r\npicture")
        server.release.wait(20)

    with serving(stall) as server:
        pieces: list[bytes] = []
        with pytest.raises(GatewayError) as caught:
            read_impatiently(post(server.url, timeout=20), pieces)

    assert (pieces, caught.value.failure.code) == ([b"picture"], Code.TIMEOUT)


def test_another_thread_can_break_off_a_blocked_read() -> None:
    with serving(lambda _: server.release.wait(20)) as server:
        gateway, sent = Gateway({}), threading.Event()
        failures: list[GatewayError] = []

        def work() -> None:
            with contextlib.suppress(GatewayError):
                try:
                    with gateway.post(post(server.url), on_sent=sent.set):
                        pass
                except GatewayError as error:
                    failures.append(error)

        worker = threading.Thread(target=work)
        worker.start()
        assert sent.wait(10)
        gateway.abort()
        worker.join(10)
        gateway.close()

    assert [error.failure.sent for error in failures] == [True]


def test_a_redirect_is_reported_and_not_followed() -> None:
    head = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(head)) as server:
        status, _, _ = fetch(post(server.url))

    assert status == 307


@pytest.mark.parametrize("value", ["two\r\nlines", "smart “quotes”", "with\x00null"])
def test_a_key_that_no_header_can_hold_is_refused_before_anything_is_sent(value: str) -> None:
    with serving(answering(HEAD, b"Content-Length: 0\r\n\r\n")) as server:
        with pytest.raises(ConfigError) as caught:
            fetch(post(server.url, key=Secret(value)))
        received = list(server.received)

    assert received == []
    assert value.strip() not in caught.value.message


def test_two_requests_share_one_connection_pool() -> None:
    with serving(answering(HEAD, b"Content-Length: 2\r\n\r\nok")) as server:
        gateway, statuses = Gateway({}), []
        for _ in range(2):
            with gateway.post(post(server.url), on_sent=lambda: None) as reply:
                statuses.append((reply.status, b"".join(reply.pieces())))
        gateway.close()

    assert statuses == [(200, b"ok"), (200, b"ok")]


def get(url: str, *, key: Secret | None = None) -> Answer:
    gateway = Gateway({})
    try:
        return gateway.get(Get(url=url, headers={"accept": "application/json"}, key=key, timeout=20))
    finally:
        gateway.close()


def test_a_small_answer_is_fetched_whole_with_the_key() -> None:
    with serving(answering(HEAD, b"Content-Length: 2\r\n\r\n{}")) as server:
        answer = get(server.url, key=Secret("sk-test"))
        received = server.received[0].lower()

    assert answer == Answer(status=200, headers={"content-type": "application/json", "content-length": "2"}, body=b"{}")
    assert (received.startswith(b"get /v1/responses "), b"authorization: bearer sk-test\r\n" in received) == (
        True,
        True,
    )


def test_an_endless_answer_to_a_get_is_cut() -> None:
    def endless(client: socket.socket) -> None:
        client.sendall(HEAD + b"\r\n")
        while True:
            client.sendall(b"x" * 65536)

    with serving(endless) as server:
        body = get(server.url).body

    assert body == b"x" * MAX_ANSWER


def test_a_get_that_is_refused_a_connection_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    with pytest.raises(GatewayError) as caught:
        get(f"http://127.0.0.1:{port}/v1/models")

    assert (caught.value.code, caught.value.failure.sent) == (Code.CONNECTION_FAILED, False)


def test_whoever_was_told_to_stop_sends_nothing_afterwards_and_others_still_do() -> None:
    script = answering(HEAD, b"Content-Length: 5\r\n\r\nhello")
    with serving(script) as server, contextlib.closing(Gateway({})) as gateway:
        another = gateway.another()
        gateway.abort()

        with pytest.raises(GatewayError) as caught, gateway.post(post(server.url), on_sent=lambda: None):
            pass
        with contextlib.closing(another), another.post(post(server.url), on_sent=lambda: None) as reply:
            body = b"".join(reply.pieces())

    # The first may have connected, but said nothing.
    heard = [request for request in server.received if request]
    assert (caught.value.failure.sent, body, len(heard)) == (False, b"hello", 1)
