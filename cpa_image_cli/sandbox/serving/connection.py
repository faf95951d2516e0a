"""
Decides how one connection is served: HTTP/1.1 with keep-alive, and the steps of an `Exchange` in real bytes and time.

What is answered is decided by a `Desk`. Nothing is ever written to standard error.
"""

import contextlib
import select
import socket
import struct
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Protocol, assert_never

from cpa_image_cli.sandbox.answers.steps import Break, Exchange, Rest, Send, Step
from cpa_image_cli.sandbox.language.payload import Text
from cpa_image_cli.sandbox.language.replies import How, Trickle

LARGEST_REQUEST = 256 * 1024 * 1024
COPIED_BELOW = 16 * 1024
"""Bytes; smaller pieces are joined before they are sent."""
NOT_OUR_TURN = 0.05
"""Seconds between two looks at a client that has sent its next request too early."""
LINGER_NOT = struct.pack("ii", 1, 0)
"""Closing a socket with this option sends RST in place of FIN."""


class Gone(Exception):  # noqa: N818 - says what happened
    """The client is no longer there, or the answer was broken off on purpose."""


class Desk(Protocol):
    """Who decides: *pace* and *sleep* are as in `Sandbox`."""

    pace: float
    sleep: Callable[[float], object] | None

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Exchange:
        """Return what one request is answered."""

    def refuses_early(self, method: str, path: str, headers: Mapping[str, str]) -> Exchange | None:
        """Return what a request is answered of which no more than the head is read; None if the rest is."""

    def trace_id(self) -> str:
        """Return an id for the next answer."""


class Connection(BaseHTTPRequestHandler):
    """One client: requests are read, *desk* is asked, exchanges are carried out."""

    protocol_version = "HTTP/1.1"
    server_version = "cpa-image-sandbox"
    sys_version = ""
    disable_nagle_algorithm = True

    def __init__(self, client: socket.socket, address: object, desk: Desk) -> None:
        self.desk = desk
        self._left_slow = 0
        super().__init__(client, address, None)  # type: ignore[arg-type] # nobody looks at the server

    def handle(self) -> None:
        """Serve requests until the client leaves, or is left."""
        with contextlib.suppress(Gone, OSError):
            super().handle()

    def do_GET(self) -> None:
        """Answer ``GET``."""
        self._serve("GET")

    def do_POST(self) -> None:
        """Answer ``POST``."""
        self._serve("POST")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""

    def _serve(self, method: str) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        early = self.desk.refuses_early(method, self.path, headers)
        if early is not None:
            self._carry_out(early)
            self._break(How.RESET, orderly=False)
        body = self._body()
        self._carry_out(self.desk.answer(method, self.path, headers, body))

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunked_body()
        text = self.headers.get("Content-Length", "0")
        size = int(text) if text.isascii() and text.isdigit() else 0
        body = self.rfile.read(min(size, LARGEST_REQUEST))
        if len(body) < min(size, LARGEST_REQUEST):
            # Half a request is none.
            raise Gone
        return body

    def _chunked_body(self) -> bytes:
        pieces: list[bytes] = []
        try:
            while size := int(self.rfile.readline(64).split(b";")[0], 16):
                pieces.append(self.rfile.read(min(size, LARGEST_REQUEST)))
                self.rfile.readline(64)
        except ValueError:
            raise Gone from None
        self.rfile.readline(64)
        return b"".join(pieces)

    def _carry_out(self, exchange: Exchange) -> None:
        steps = iter(exchange.steps)
        # The head is held back until something is sent: an answer may break off, or take its time, before it.
        for step in steps:
            if isinstance(step, Send):
                self._head(exchange)
                self._do(step, exchange)
                break
            self._do(step, exchange, headless=True)
        else:
            self._head(exchange)
        for step in steps:
            self._do(step, exchange)
        if exchange.length is None:
            self.wfile.write(b"0\r\n\r\n")

    def _do(self, step: Step, exchange: Exchange, *, headless: bool = False) -> None:
        match step:
            case Send(text):
                self._send(text, chunked=exchange.length is None, trickle=exchange.trickle)
            case Rest():
                self._rest(step)
            case Break(how):
                self._break(how, orderly=exchange.length is None and not headless)
            case _:
                assert_never(step)

    def _head(self, exchange: Exchange) -> None:
        self._left_slow = exchange.trickle.first if exchange.trickle else 0
        self.send_response(exchange.status)
        self.send_header("X-CPA-TRACE-ID", self.desk.trace_id())
        for name, value in exchange.headers.items():
            self.send_header(name, value)
        if exchange.length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(exchange.length))
        self.end_headers()

    def _send(self, text: Text, *, chunked: bool, trickle: Trickle | None) -> None:
        if trickle is not None and self._left_slow > 0:
            text = self._trickle(b"".join(text), trickle, chunked=chunked)
        size = sum(map(len, text))
        if not size:
            return
        small: list[bytes] = []
        for piece in [b"%x\r\n" % size, *text, b"\r\n"] if chunked else text:
            if len(piece) < COPIED_BELOW:
                small.append(piece)
                continue
            self.wfile.write(b"".join(small))
            self.wfile.write(piece)
            small.clear()
        self.wfile.write(b"".join(small))

    def _trickle(self, data: bytes, trickle: Trickle, *, chunked: bool) -> Text:
        """Send the slow beginning of *data* and return the rest."""
        slow = data[: self._left_slow]
        self._left_slow -= len(slow)
        for start in range(0, len(slow), trickle.bytes):
            piece = slow[start : start + trickle.bytes]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
            if trickle.pause:
                self._rest(Rest(seconds=trickle.pause))
        return [data[len(slow) :]]

    def _rest(self, rest: Rest) -> None:
        seconds = rest.share * self.desk.pace + rest.seconds
        if seconds <= 0:
            return
        if self.desk.sleep is not None:
            self.desk.sleep(seconds)
        else:
            self._watch(seconds)

    def _watch(self, seconds: float | None) -> None:
        """
        Let *seconds* pass, or for None as many as the client has patience.

        Raises: Gone once the client has closed the connection, or the sandbox closes.
        """
        until = None if seconds is None else time.monotonic() + seconds
        left = seconds
        while left is None or left > 0:
            readable, _, _ = select.select([self.connection], [], [], left)
            if readable:
                if not self.connection.recv(1, socket.MSG_PEEK):
                    raise Gone
                time.sleep(min(NOT_OUR_TURN, left or NOT_OUR_TURN))
            left = None if until is None else until - time.monotonic()

    def _break(self, how: How, *, orderly: bool) -> None:
        """
        End the connection in the way of *how*.

        Raises: Gone, unless the end is to be *orderly* and can be.
        """
        self.close_connection = True
        if how is How.END and orderly:
            return
        if how is How.STALL:
            self._watch(None)
        if how is How.BAD_CHUNK:
            self.wfile.write(b"this is no chunk size\r\n")
        if how is How.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        raise Gone
