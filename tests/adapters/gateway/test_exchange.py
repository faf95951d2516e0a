"""One exchange, when it is over before there is a connection: nobody waits for it, and nothing is sent any more."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from cpa_image_cli.adapters.gateway import Gateway, Reply
from cpa_image_cli.core.errors import Code, Failure, GatewayError
from cpa_image_cli.core.gateway.calls import Get, Post
from cpa_image_cli.core.wire.body import Body

PATIENCE = 30.0


class Resolver:
    """Answers for every name with loopback, once it is *released*; *asked* says that somebody waits."""

    def __init__(self, resolve: Callable[..., object]) -> None:
        self.asked = threading.Event()
        self.released = threading.Event()
        self._resolve = resolve

    def __call__(self, host: object, *arguments: object, **named: object) -> object:
        del host
        self.asked.set()
        assert self.released.wait(PATIENCE)
        return self._resolve("127.0.0.1", *arguments, **named)


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resolver]:
    resolver = Resolver(socket.getaddrinfo)
    # The HTTP client takes no resolver; what is replaced here answers for the whole process.
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    yield resolver
    resolver.released.set()


def post(url: str, *, timeout: float = PATIENCE) -> Post:
    return Post(url=url, body=Body((b"{}",)), headers={}, timeout=timeout)


def failure_of(send: Callable[[], object]) -> Failure:
    with pytest.raises(GatewayError) as caught:
        send()
    return caught.value.failure


def ask(gateway: Gateway, request: Post, read: Callable[[Reply], object] = lambda _: None) -> None:
    with gateway.post(request, on_sent=lambda: None) as reply:
        read(reply)


def test_a_name_that_does_not_resolve_in_time_is_a_timeout_before_anything_was_sent(resolver: Resolver) -> None:
    gateway = Gateway({})
    failures = [
        failure_of(lambda: ask(gateway, post("http://gateway.test/", timeout=0.05))),
        failure_of(lambda: gateway.get(Get(url="http://gateway.test/", headers={}, timeout=0.05))),
    ]

    # Nobody has answered yet.
    assert (resolver.asked.is_set(), resolver.released.is_set()) == (True, False)
    assert [(failure.code, failure.sent, failure.message) for failure in failures] == [
        (Code.TIMEOUT, False, "no complete answer within 0.05 s (while connecting)")
    ] * 2


@pytest.mark.parametrize("end", ["aborted", "out of time"])
def test_nothing_is_sent_when_a_name_resolves_after_the_end(resolver: Resolver, end: str) -> None:
    gateway = Gateway({})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        url = f"http://gateway.test:{listener.getsockname()[1]}/v1/responses"
        failures: list[Failure] = []
        request = post(url, timeout=0.05 if end == "out of time" else PATIENCE)
        worker = threading.Thread(target=lambda: failures.append(failure_of(lambda: ask(gateway, request))))
        worker.start()
        assert resolver.asked.wait(PATIENCE)
        if end == "aborted":
            gateway.abort()
        worker.join(PATIENCE)
        still_asking = not resolver.released.is_set()
        resolver.released.set()
        client, _ = listener.accept()
        with client:
            client.settimeout(PATIENCE)
            received = client.recv(1)

    assert (still_asking, received) == (True, b"")
    assert [failure.sent for failure in failures] == [False]


@contextlib.contextmanager
def keeping_alive(second: Callable[[socket.socket], object]) -> Iterator[str]:
    """Yield the URL of a server that answers once, and then does *second* on the same connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client, contextlib.suppress(OSError):
                for answer in (lambda to: to.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), second):
                    while not client.recv(65536).endswith(b"{}"):
                        pass
                    answer(client)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1/responses"
        finally:
            thread.join(PATIENCE)


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-A: "])
def test_the_timeout_holds_on_a_connection_that_was_used_before(start: bytes) -> None:
    """Bytes come one by one: only a deadline for the whole can end that."""

    def trickle(client: socket.socket) -> None:
        client.sendall(start)
        for _ in range(1000):
            client.sendall(b"x")
            threading.Event().wait(0.005)

    with keeping_alive(trickle) as url, contextlib.closing(Gateway({})) as gateway:
        ask(gateway, post(url), lambda reply: list(reply.pieces()))
        failure = failure_of(lambda: ask(gateway, post(url, timeout=0.3), lambda reply: list(reply.pieces())))

    assert (failure.code, failure.sent) == (Code.TIMEOUT, True)
