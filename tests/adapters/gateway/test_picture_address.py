"""A picture that somebody names by its address is fetched as anybody would: over https, with nothing of ours."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cpa_image_cli.adapters.gateway.picture_address import MOST_REDIRECTS, fetched
from cpa_image_cli.core.errors import Code, UsageError
from tests.doctor.certificates import Authority

PICTURE = b"\x89PNG" + bytes(200_000)
Answer = Callable[[bytes], bytes]


def ok(_: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(PICTURE), PICTURE)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    authority = Authority(tmp_path)
    # The HTTP client reads whom it trusts from the process itself.
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


@contextlib.contextmanager
def serving(authority: Authority, answer: Answer) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the address of a server that gives *answer* to each request, and the requests so far."""
    context, requests, over = authority.server(), [], threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while not over.is_set():
            client, _ = listener.accept()
            client.settimeout(20)
            with client, contextlib.suppress(OSError), context.wrap_socket(client, server_side=True) as secured:
                request = secured.recv(65536)
                requests.append(request)
                secured.sendall(answer(request))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}", requests
    finally:
        over.set()
        # One more visitor wakes it. Closed under its feet, the listener's number might be that of another file by then.
        socket.create_connection(listener.getsockname()).close()
        thread.join()
        listener.close()


def refusal(address: str) -> str:
    with pytest.raises(UsageError) as caught:
        list(fetched(address, shown="https://host/p.png"))
    assert caught.value.code is Code.BAD_PICTURE
    return caught.value.message


def test_it_comes_in_pieces_and_is_asked_for_with_nothing_of_ours(authority: Authority) -> None:
    with serving(authority, ok) as (address, requests):
        pieces = list(fetched(f"{address}/p.png", shown="p.png"))

    assert b"".join(pieces) == PICTURE
    assert max(map(len, pieces)) <= 1 << 16
    told = requests[0].lower()
    assert not any(word in told for word in (b"authorization", b"session", b"originator", b"codex", b"cookie"))


def test_a_redirect_is_followed_within_https(authority: Authority) -> None:
    def twice(request: bytes) -> bytes:
        if request.startswith(b"GET /p.png"):
            return b"HTTP/1.1 302 Found\r\nLocation: /there.png\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        return ok(request)

    with serving(authority, twice) as (address, _):
        assert b"".join(fetched(f"{address}/p.png", shown="p.png")) == PICTURE


def redirecting(to: str) -> Answer:
    head = f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    return lambda _: head.encode()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (redirecting("http://127.0.0.1/p.png"), "it leads to http://, and only https is followed"),
        (redirecting("/p.png"), f"it leads on more than {MOST_REDIRECTS} times"),
        (lambda _: b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "HTTP 404"),
        (lambda _: b"", "Server disconnected without sending a response"),
    ],
)
def test_what_brings_no_picture_is_told_in_one_sentence(authority: Authority, answer: Answer, told: str) -> None:
    with serving(authority, answer) as (address, _):
        assert refusal(f"{address}/p.png") == f"https://host/p.png cannot be fetched: {told}"


def test_a_server_that_nobody_vouches_for_is_not_asked(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(authority, ok) as (address, requests):
        monkeypatch.delenv("SSL_CERT_FILE")
        told = refusal(f"{address}/p.png")

    assert "certificate verify failed" in told.lower()
    assert [request for request in requests if request] == []


def test_an_address_that_is_none_is_told() -> None:
    assert refusal("https://[::1/p.png").startswith("https://host/p.png cannot be fetched: ")
