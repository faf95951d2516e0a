"""
The one module that speaks HTTP, and the one that unwraps a key.

`Gateway.post` sends one request and hands back the reply's status, headers and bytes as they arrive. Every error of
the layer below becomes a `GatewayError` that knows whether the request had left this machine. Redirects are reported,
never followed: one would carry the key to another host, and turns a POST into a GET.
"""

import contextlib
import re
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from cpa_image_cli.core.errors import Code, ConfigError, Failure, GatewayError
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.text import one_line

if TYPE_CHECKING:
    import socket

CONNECT_TIMEOUT = 15.0
"""Seconds to open a connection, unless the whole attempt has less."""

_PIECE = 64 * 1024
"""Bytes that decompression yields at a time, at most."""

_FORBIDDEN_IN_HEADER = re.compile(r"[^\x20-\x7e\x80-\xff\t]")

_HINT_MAY_HAVE_BILLED = "the picture may have been made and billed; repeat it knowingly, or with --retry-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One request: *body* is JSON; *key* and *secret_headers* are unwrapped only here. *timeout* is in seconds."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    key: Secret | None = None
    secret_headers: Mapping[str, Secret] | None = None
    timeout: float = 600.0


class Reply:
    """A gateway's answer: *status*, lower-case *headers*, and its bytes, once."""

    def __init__(self, response: httpx.Response, exchange: "_Exchange") -> None:
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        self._response = response
        self._exchange = exchange

    def pieces(self) -> Iterator[bytes]:
        """
        Yield the body in pieces of bounded size, decompressed.

        Raises: GatewayError when it ends too soon, or takes longer than the timeout.
        """
        with self._exchange.translated_errors():
            yield from _decompressed(self._response.iter_raw(), self.headers.get("content-encoding", "identity"))
            self._exchange.check()

    def expire_in(self, seconds: float) -> None:
        """Give the rest of the answer at most *seconds* from now."""
        self._exchange.arm(seconds)


class Gateway:
    """A connection pool. One per process; `post` may run in a worker thread while `abort` comes from another."""

    def __init__(self) -> None:
        self._client: httpx.Client | None = None
        self._exchange: _Exchange | None = None

    @contextlib.contextmanager
    def post(self, request: Post, *, on_sent: Callable[[], None]) -> Iterator[Reply]:
        """
        Send *request* and yield the `Reply` once its headers are here; leaving the context closes the exchange.

        *on_sent* is called when the last byte of the request has left.

        Raises: GatewayError for whatever happens before the headers arrive; ConfigError for an unsendable header.
        """
        headers = _all_headers(request)
        exchange = _Exchange(timeout=request.timeout, on_sent=on_sent)
        self._exchange = exchange
        try:
            with exchange.translated_errors():
                built = self._http().build_request(
                    "POST",
                    _address(request),
                    content=request.body,
                    headers=headers,
                    timeout=httpx.Timeout(request.timeout, connect=min(CONNECT_TIMEOUT, request.timeout)),
                    extensions={"trace": exchange.trace},
                )
                exchange.arm(request.timeout)
                response = self._http().send(built, stream=True, follow_redirects=False)
            try:
                yield Reply(response, exchange)
            finally:
                exchange.disarm()
                response.close()
        finally:
            exchange.disarm()
            self._exchange = None

    def abort(self) -> None:
        """Break off the exchange that is under way, if any. Safe from any thread; wakes a blocked read."""
        exchange = self._exchange
        if exchange is not None:
            exchange.shut_down()

    def close(self) -> None:
        """Drop all connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _http(self) -> httpx.Client:
        # Building a client costs about 35 ms for its TLS context, so it is built once, and only when needed.
        if self._client is None:
            self._client = httpx.Client(follow_redirects=False)
        return self._client


class _Exchange:
    """What happened so far in one exchange, its deadline, and the socket by which it can be broken off."""

    def __init__(self, *, timeout: float, on_sent: Callable[[], None]) -> None:
        self.sent = False
        self._timeout = timeout
        self._expired = False
        self._on_sent = on_sent
        self._socket: socket.socket | None = None
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        self._phase = "connecting"

    def trace(self, name: str, info: Mapping[str, object]) -> None:
        """Follow httpcore's own account of the exchange (its ``trace`` extension)."""
        if name in {"connection.connect_tcp.complete", "connection.start_tls.complete", "proxy.start_tls.complete"}:
            stream = info.get("return_value")
            self._socket = stream.get_extra_info("socket") if hasattr(stream, "get_extra_info") else None
        elif name.endswith(".send_request_headers.started"):
            self._phase = "sending the request"
        elif name.endswith(".send_request_body.complete"):
            self.sent = True
            self._phase = "waiting for the answer"
            self._on_sent()
        elif name.endswith(".receive_response_body.started"):
            self._phase = "reading the answer"

    def arm(self, seconds: float) -> None:
        """Break the exchange off *seconds* from now; replaces an earlier deadline."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(seconds, self._expire)
            self._timer.daemon = True
            self._timer.start()

    def disarm(self) -> None:
        """Forget the deadline."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def shut_down(self) -> None:
        """Shut the socket, which makes a blocked read return; closing the client would not."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(2)

    def check(self) -> None:
        """Raise if the deadline passed: a body without a stated length then seems to end well."""
        if self._expired:
            raise TimeoutError

    def _expire(self) -> None:
        self._expired = True
        self.shut_down()

    @contextlib.contextmanager
    def translated_errors(self) -> Iterator[None]:
        """Turn what the layer below raises into our own errors."""
        try:
            yield
        except httpx.TimeoutException as error:
            raise GatewayError(self._timed_out(error)) from error
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError) as error:
            message = f"the request cannot be sent: {one_line(str(error))}"
            raise ConfigError(message, code=Code.BASE_URL_INVALID, hint="check the base URL and the headers") from error
        except (httpx.TransportError, OSError, zlib.error) as error:
            raise GatewayError(self._broke_off(error)) from error

    def _timed_out(self, error: Exception) -> Failure:
        if not self.sent and isinstance(error, httpx.ConnectTimeout) and not self._expired:
            return self._not_connected("no connection within the time limit")
        return Failure(
            code=Code.TIMEOUT,
            message=f"no complete answer within {self._timeout:g} s (while {self._phase})",
            hint=_HINT_MAY_HAVE_BILLED if self.sent else "check the gateway, or raise --timeout",
            sent=self.sent,
        )

    def _broke_off(self, error: Exception) -> Failure:
        if self._expired:
            return self._timed_out(error)
        if not self.sent:
            return self._not_connected(one_line(str(error)) or type(error).__name__)
        code = Code.STREAM_BROKEN if self._phase == "reading the answer" else Code.CONNECTION_LOST
        words = one_line(str(error)) or type(error).__name__
        return Failure(
            code=code,
            message=f"the connection broke while {self._phase}: {words}",
            hint=_HINT_MAY_HAVE_BILLED,
            sent=True,
        )

    def _not_connected(self, words: str) -> Failure:
        return Failure(
            code=Code.CONNECTION_FAILED,
            message=f"could not reach the gateway (while {self._phase}): {words}",
            hint="check that the gateway runs and that the base URL is right; nothing was sent",
            sent=False,
        )


def _address(request: Post) -> httpx.URL:
    """Return where to send *request*. User and password in the URL make a Basic header only where no key is sent."""
    url = httpx.URL(request.url)
    return url.copy_with(userinfo=b"") if request.key and url.userinfo else url


def _all_headers(request: Post) -> dict[str, str]:
    # Identity: base64 hardly compresses, and what is not compressed cannot be a decompression bomb.
    headers = {"accept-encoding": "identity", **request.headers}
    headers |= {name.lower(): value.reveal() for name, value in (request.secret_headers or {}).items()}
    if request.key:
        headers["authorization"] = f"Bearer {request.key.reveal()}"
    for name, value in headers.items():
        if _FORBIDDEN_IN_HEADER.search(value) or value != value.strip():
            raise ConfigError(
                f"the value for the header {name!r} holds a character that no header may hold",
                hint="look for a line break or a quotation mark that was copied along",
            )
    return headers


def _decompressed(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Undo a compression nobody asked for, in steps of bounded size. Unknown encodings are passed through."""
    if encoding.lower() not in {"gzip", "x-gzip", "deflate"}:
        yield from pieces
        return
    decoder = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    for piece in pieces:
        data = piece
        while data and not decoder.eof:
            yield decoder.decompress(data, _PIECE)
            data = decoder.unconsumed_tail
    if not decoder.eof:
        raise zlib.error("the compressed answer is cut short")
