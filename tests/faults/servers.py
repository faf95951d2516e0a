"""Servers that speak raw bytes: each connection is handed to a script, which does with it what no gateway should."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Self

import httpx

from cpa_image_cli.sandbox.language.replies import Answer
from cpa_image_cli.sandbox.language.scenario import Scenario
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import KEY
from tests.faults.sockets import has_read_all

LOOK = 0.0005
"""Seconds between two looks at something that is about to happen."""

PATIENCE = 60.0
"""Seconds after which a test that hangs is broken off."""


class Visitor:
    """One client of a `RawServer`, and what it sent first."""

    def __init__(self, client: socket.socket, closing: threading.Event) -> None:
        self.socket = client
        self.request = b""
        self._closing = closing

    def read_request(self) -> None:
        """Read one request, whose body is as long as its ``Content-Length`` says."""
        while b"\r\n\r\n" not in self.request:
            self._read_more()
        head, _, _ = self.request.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(lengths[0].split(b":")[1]) if lengths else 0
        while len(self.request) < len(head) + 4 + length:
            self._read_more()

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.socket.sendall(piece)

    def reset(self) -> None:
        """Let the connection end with a reset, once the script is over."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def stay(self, seconds: float = PATIENCE) -> None:
        """Do nothing for so long, or until the server is closed; raise OSError once it is."""
        if self._closing.wait(seconds):
            raise ConnectionAbortedError

    def wait_until_read(self) -> None:
        """Do nothing until the client has read all that was sent."""
        until = time.monotonic() + PATIENCE
        while not has_read_all(self.socket) and time.monotonic() < until:
            self.stay(LOOK)

    def wait_until_gone(self) -> None:
        """Do nothing until the client has closed its end."""
        with contextlib.suppress(OSError):
            while self.socket.recv(65536):
                pass

    def _read_more(self) -> None:
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionAbortedError
        self.request += piece


Script = Callable[[Visitor], None]


class RawServer:
    """
    Listens on loopback and hands every client to *script*, in a thread of its own, after reading its request.

    With *unread* nothing is read; a *narrow* connection holds only a few kilobytes that nobody has read. *requests*
    are all that came, in order; *clients* counts connections.
    """

    def __init__(self, script: Script, *, unread: bool = False, narrow: bool = False) -> None:
        self.requests: list[bytes] = []
        self.clients = 0
        self._script = script
        self._unread = unread
        self._closing = threading.Event()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = _narrow_listener() if narrow else socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._start(self._accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        # A blocked accept() is woken by a visitor, not by closing the socket.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        for client in self._sockets:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listener.close()

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if self._closing.is_set():
                client.close()
                return
            self.clients += 1
            self._sockets.append(client)
            self._start(partial(self._serve, Visitor(client, self._closing)))

    def _serve(self, visitor: Visitor) -> None:
        with visitor.socket, contextlib.suppress(OSError):
            if not self._unread:
                visitor.read_request()
                self.requests.append(visitor.request)
            self._script(visitor)


def _narrow_listener() -> socket.socket:
    listener = socket.socket()
    # The sender's buffer grows with the size of a segment, which is 64 KiB on loopback.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


@contextlib.contextmanager
def full_backlog() -> Iterator[str]:
    """Yield the base URL of a place where no connection is ever accepted, nor refused."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, contextlib.ExitStack() as stack:
        for _ in range(4):
            visitor = stack.enter_context(socket.socket())
            visitor.setblocking(False)
            visitor.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def head(*lines: str, status: str = "200 OK") -> bytes:
    """Return the head of an answer with these header *lines*."""
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "", "")).encode()


def sized(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    """Return a whole answer with a true ``Content-Length``."""
    return head(f"Content-Length: {len(body)}", *lines, status=status) + body


def chunk(data: bytes) -> bytes:
    """Return *data* as one chunk."""
    return b"%x\r\n%b\r\n" % (len(data), data)


@cache
def recorded(*, stream: bool, pad_to: int = 0, answer: Answer | None = None) -> bytes:
    """Return the body that the sandbox answers with: two preview frames and a picture, or *answer*."""
    scenario = Scenario(name="recorded", summary="", script=(answer or Answer(partials=2),))
    request = {"model": "gpt-5.4", "input": "画一只松鼠", "stream": stream, "tools": [{"type": "image_generation"}]}
    with Sandbox(scenario, key=KEY, auto_size="128x128", pad_to=pad_to) as gateway:
        reply = httpx.post(
            f"{gateway.base_url}/v1/responses", json=request, headers={"authorization": f"Bearer {KEY}"}, timeout=60
        )
    return reply.content


def pieces_of(data: bytes, count: int) -> list[bytes]:
    """Return *data* cut into *count* pieces of about the same size."""
    step = -(-len(data) // count)
    return [data[start : start + step] for start in range(0, len(data), step)]
