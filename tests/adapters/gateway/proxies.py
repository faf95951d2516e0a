"""Proxies over real sockets: one that speaks HTTP, one that speaks SOCKS5. Each notes what it is asked for."""

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator

REFUSAL = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"


class Relay(socketserver.ThreadingTCPServer):
    """A proxy on a free port; *asked* is whom it was asked for, *answer* what it says instead of relaying."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, handler: type[socketserver.BaseRequestHandler], *, answer: bytes = b"") -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.asked: list[str] = []
        self.answer = answer
        self.port: int = self.server_address[1]


class HttpHandler(socketserver.StreamRequestHandler):
    """Answers CONNECT with a tunnel, and passes on what is asked in plain HTTP."""

    server: Relay

    def handle(self) -> None:
        line = self.rfile.readline()
        head = [line]
        while (more := self.rfile.readline()) not in (b"\r\n", b""):
            head.append(more)
        method, target, _ = line.split(b" ", maxsplit=2)
        self.server.asked.append(f"{method.decode()} {target.decode()}")
        if self.server.answer:
            self.wfile.write(self.server.answer)
            return
        is_tunnel = method == b"CONNECT"
        host, _, port = (target if is_tunnel else target.split(b"/")[2]).partition(b":")
        with socket.create_connection((host.decode(), int(port))) as onward:
            if is_tunnel:
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                length = sum(int(more.split(b":")[1]) for more in head if more.lower().startswith(b"content-length:"))
                onward.sendall(b"".join([*head, b"Connection: close\r\n\r\n", self.rfile.read(length)]))
            exchange(self.connection, onward)


class SocksHandler(socketserver.BaseRequestHandler):
    """Speaks SOCKS5 (RFC 1928) without a login; an answer of its own is two bytes for the greeting, then the rest."""

    server: Relay

    def handle(self) -> None:
        _, count = self._read(2)
        self._read(count)
        self.request.sendall(self.server.answer[:2] or b"\x05\x00")
        if not (request := self._read(4)):
            return
        kind = request[3]
        host = socket.inet_ntoa(self._read(4)) if kind == 1 else self._read(self._read(1)[0]).decode()
        (port,) = struct.unpack("!H", self._read(2))
        self.server.asked.append(f"{host}:{port}")
        if self.server.answer:
            self.request.sendall(self.server.answer[2:])
            return
        with socket.create_connection(("127.0.0.1", port)) as onward:
            self.request.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
            exchange(self.request, onward)

    def _read(self, count: int) -> bytes:
        return self.request.recv(count, socket.MSG_WAITALL)


def exchange(one: socket.socket, other: socket.socket) -> None:
    """Pass on what either says to the other, until both have said all."""
    back = threading.Thread(target=pump, args=(other, one), daemon=True)
    back.start()
    pump(one, other)
    back.join()


def pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)


def refusing(status: str, page: str = "<html><title>no</title></html>") -> bytes:
    """Return an answer that lets nobody through."""
    return REFUSAL % (status.encode(), len(page), page.encode())


@contextlib.contextmanager
def running(relay: Relay) -> Iterator[Relay]:
    serving = threading.Thread(target=relay.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    serving.start()
    try:
        yield relay
    finally:
        relay.shutdown()
        relay.server_close()
        serving.join()


def http_proxy(*, answer: bytes = b"") -> contextlib.AbstractContextManager[Relay]:
    return running(Relay(HttpHandler, answer=answer))


def socks_proxy(*, answer: bytes = b"") -> contextlib.AbstractContextManager[Relay]:
    return running(Relay(SocksHandler, answer=answer))
