"""
Follows one HTTP exchange: how far it came, when it must end, and what it means that it broke.

Whether the request had left this machine decides whether it may be repeated, so it is known at any moment.
"""

import contextlib
import math
import queue
import re
import selectors
import socket
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cpa_image_cli.core.errors import Code, ConfigError, Failure, GatewayError
from cpa_image_cli.core.gateway.way import Way
from cpa_image_cli.core.text import one_line

if TYPE_CHECKING:
    import httpx

_SLACK = 0.1
"""Seconds by which the layer below may be quicker than our own clock to see that the time of an attempt is over."""

_LOOK_EVERY = 0.2
"""Seconds between two looks whether a request has left whose answer might already be there."""


_NO_HTTP = "illegal request line"
"""What the HTTP library says of an answer that begins with a control character, as an alert of TLS does."""

_BYTES = re.compile(r"bytearray\(b(['\"])(.*)\1\)", re.DOTALL)
"""How the layer below quotes what it could not read."""

_ERROR_NUMBER = re.compile(r"\A\[Errno -?\d+\] ")


class Exchange:
    """
    What happened so far in one exchange, its deadline, and the socket by which it can be broken off.

    *timeout* is in seconds, and begins anew with every piece of the request that leaves: an upload may take its time
    as long as it goes on, and the answer has all of it from the end of the upload on. *way* is what is asked where.
    *on_progress* is told how many bytes of the body have left. *conceal* takes secrets out of what the layer below
    quotes from the answer. *streamed* says whether a stream was asked for.
    """

    def __init__(
        self,
        *,
        timeout: float,
        way: Way,
        on_sent: Callable[[], None],
        on_progress: Callable[[int], None] = lambda _: None,
        conceal: Callable[[str], str] = lambda text: text,
        streamed: bool = False,
    ) -> None:
        self.sent = False
        self._timeout = timeout
        self._expired = False
        self._is_over = False
        self._is_tunnelling = False
        self._ends: queue.SimpleQueue[httpx.Response | BaseException] = queue.SimpleQueue()
        self._on_sent = on_sent
        self._on_progress = on_progress
        self._uploaded = 0
        self._conceal = conceal
        self.way = way
        self._streamed = streamed
        self._socket: socket.socket | None = None
        self._timer: threading.Timer | None = None
        self._left = threading.Event()
        self._deadline = math.inf
        self._lock = threading.Lock()
        self._phase = "connecting"

    def trace(self, name: str, info: Mapping[str, object]) -> None:
        """Follow httpcore's own account of the exchange (its ``trace`` extension)."""
        if name.endswith((".connect_tcp.complete", ".start_tls.complete")):
            stream = info.get("return_value")
            self._socket = stream.get_extra_info("socket") if hasattr(stream, "get_extra_info") else None
        elif name.endswith(".send_request_headers.started"):
            self._begin_to_send(info)
        elif name.endswith(".send_request_body.complete") and not self._is_tunnelling:
            self.sent = True
            self._left.set()
            self._postpone()
            self._phase = "waiting for the answer"
            self._on_sent()
        elif name.endswith(".receive_response_body.started"):
            self._phase = "reading the answer"

    def _begin_to_send(self, info: Mapping[str, object]) -> None:
        # There was no socket to shut down until now.
        self._stop_if_over()
        # What a proxy is asked first is no part of the request.
        self._is_tunnelling = getattr(info["request"], "method", b"") == b"CONNECT"
        if not self._is_tunnelling:
            self._phase = "sending the request"

    def outgoing(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield *pieces* while somebody waits for the answer: what is left of a request could only cost."""
        for number, piece in enumerate(pieces):
            self._stop_if_over()
            if number == 1:
                self._watch_for_early_answer()
            yield piece
            self._uploaded += len(piece)
            self._postpone()
            self._on_progress(self._uploaded)

    def _watch_for_early_answer(self) -> None:
        """
        See to it that an answer is read that comes while the request is still under way: it will be a refusal.

        Whoever refuses a body may read no more of it, nor close, and a blocked write would wait for ever. Under TLS
        what comes may be a ticket as well as an answer, so there only the end of the connection ends the upload.
        """
        import ssl

        if self._socket is not None and not isinstance(self._socket, ssl.SSLSocket):
            threading.Thread(target=self._stop_upload_at_answer, args=(self._socket,), daemon=True).start()

    def _stop_upload_at_answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ)
            while not (self.sent or self._is_over):
                if not selector.select(_LOOK_EVERY):
                    continue
                # It may be the answer to a request whose last piece has just left.
                if not self._left.wait(_LOOK_EVERY):
                    connection.shutdown(socket.SHUT_WR)
                return

    def _stop_if_over(self) -> None:
        if self._is_over:
            raise ConnectionAbortedError("broken off")

    def arm(self, seconds: float) -> None:
        """Break the exchange off *seconds* from now, or at an earlier deadline if there is one."""
        with self._lock:
            now = time.monotonic()
            self._deadline = min(self._deadline, now + seconds)
            if self._timer is not None:
                self._timer.cancel()
            self._start_timer(self._deadline - now)

    def _start_timer(self, seconds: float) -> None:
        self._timer = threading.Timer(max(0.0, seconds), self._expire)
        self._timer.daemon = True
        self._timer.start()

    def _postpone(self) -> None:
        """Let the time of the attempt begin anew; a timer that goes off too early looks again."""
        self._deadline = time.monotonic() + self._timeout

    def disarm(self) -> None:
        """Forget the deadline."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def answer_to(self, send: Callable[[], "httpx.Response"]) -> "httpx.Response":
        """
        Return what *send* returns, which works in a thread of its own.

        Nothing wakes a resolver that does not answer. When the exchange is over that thread is left behind, and
        nothing is sent by it any more. Raises: as *send*, or what ended the exchange.
        """

        def work() -> None:
            try:
                self._ends.put(send())
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                self._ends.put(error)

        threading.Thread(target=work, daemon=True).start()
        end = self._ends.get()
        if isinstance(end, BaseException):
            raise end
        # A connection that was used before does not say again which socket it has.
        self._socket = end.extensions["network_stream"].get_extra_info("socket")
        return end

    def shut_down(self) -> None:
        """Shut the socket, which makes a blocked read return; closing the client would not."""
        self._is_over = True
        self._left.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(2)
        self._ends.put(ConnectionAbortedError("broken off"))

    def _close(self) -> None:
        # The HTTP client forgets the socket to a SOCKS proxy which lets nobody through.
        if self._socket is not None:
            self._socket.close()

    def check(self) -> None:
        """Raise if the deadline passed: a body without a stated length then seems to end well."""
        if self._expired:
            raise TimeoutError

    def _expire(self) -> None:
        with self._lock:
            if self._timer is None:
                return
            left = self._deadline - time.monotonic()
            if left > 0:
                self._start_timer(left)
                return
            self._expired = True
        self.shut_down()

    @contextlib.contextmanager
    def translated_errors(self) -> Iterator[None]:
        """Turn what the layer below raises into our own errors."""
        import httpx  # ``client``, which alone uses this, has it already

        try:
            yield
        except httpx.TimeoutException as error:
            raise GatewayError(self._timed_out(error)) from error
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError) as error:
            message = f"the request cannot be sent: {one_line(self._conceal(str(error)))}"
            raise ConfigError(
                message, code=Code.BASE_URL_INVALID, hint="Check the base URL and the headers."
            ) from error
        except _errors_on_the_way() as error:
            raise GatewayError(self._broke_off(error)) from error

    def _timed_out(self, error: Exception) -> Failure:
        if not self.sent and _while_connecting(error) and time.monotonic() < self._deadline - _SLACK:
            return self._not_connected(error, "no connection within the time limit")
        message = f"no complete answer within {self._timeout:g} s (while {self._phase})"
        if not self.sent:
            self._close()
            hint = "Check the gateway, or raise `--timeout`."
            return Failure(code=Code.TIMEOUT, message=message, hint=hint, sent=False)
        return self._failed(Code.TIMEOUT, message)

    def _broke_off(self, error: Exception) -> Failure:
        if self._expired:
            return self._timed_out(error)
        words = self._words_of(error)
        if not self.sent:
            return self._not_connected(error, words)
        if words == _NO_HTTP:
            from cpa_image_cli.core.failures.hints import PERHAPS_HTTPS

            return replace(self._failed(Code.HEADERS_MALFORMED, "the answer is no HTTP"), hint=PERHAPS_HTTPS)
        if self._phase == "waiting for the answer" and _is_of_the_headers(error):
            return self._failed(Code.HEADERS_MALFORMED, f"{Code.HEADERS_MALFORMED.meaning}: {words}")
        if self._phase == "reading the answer":
            return self._failed(Code.STREAM_BROKEN, f"the connection broke while {self._phase}: {words}")
        return self._failed(Code.CONNECTION_LOST, f"{Code.CONNECTION_LOST.meaning}: {words}")

    def _failed(self, code: Code, message: str) -> Failure:
        from cpa_image_cli.core.failures.error_answer import without_answer

        return without_answer(code, message, sent=True, streamed=self._streamed)

    def _words_of(self, error: Exception) -> str:
        """Return what *error* says, without the number that the system gives it and a full stop."""
        words = _BYTES.sub(r"“\2”", _ERROR_NUMBER.sub("", str(error)))
        return one_line(self._conceal(words)).rstrip(".") or type(error).__name__

    def _not_connected(self, error: Exception, words: str) -> Failure:
        from cpa_image_cli.adapters.gateway import no_connection

        self._close()
        broken = no_connection.Broken(error=error, words=words, phase=self._phase, way=self.way)
        return no_connection.failure(broken)


def _errors_on_the_way() -> tuple[type[Exception], ...]:
    """Return what may be raised because a connection breaks, or does not come about."""
    import httpx

    # UnicodeError: a name that no host can have, which the resolver cannot spell.
    usual = (httpx.TransportError, OSError, zlib.error, UnicodeError)
    # The HTTP client lets pass what the SOCKS library raises at an answer that is no SOCKS.
    socksio = sys.modules.get("socksio")
    return (*usual, socksio.SOCKSError) if socksio else usual


def _is_of_the_headers(error: Exception) -> bool:
    """Whether an answer began and was refused by the layer below, which knows no leniency."""
    import httpx

    return isinstance(error, httpx.RemoteProtocolError) and not str(error).startswith("Server disconnected")


def _while_connecting(error: Exception) -> bool:
    import httpx

    return isinstance(error, httpx.ConnectTimeout)
