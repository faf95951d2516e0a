"""
The one module that speaks HTTP, and the one that unwraps a key.

`Gateway.post` sends one request and hands back the reply's status, headers and bytes as they arrive; `Gateway.get`
fetches what is small. Every error of the layer below becomes a `GatewayError` that knows whether the request had left
this machine (see ``exchange``). Redirects are reported, never followed: one would carry the key to another host, and
turns a POST into a GET.
"""

import contextlib
import re
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import httpx

from cpa_image_cli.adapters.gateway.content_encoding import decoded
from cpa_image_cli.adapters.gateway.exchange import Exchange
from cpa_image_cli.adapters.gateway.secret_filter import SecretFilter
from cpa_image_cli.core.errors import ConfigError
from cpa_image_cli.core.gateway.calls import MAX_ANSWER, Answer, Get, Post
from cpa_image_cli.core.gateway.endpoint import host_of
from cpa_image_cli.core.gateway.proxies import Proxy, proxy_for
from cpa_image_cli.core.gateway.way import Way
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.text import one_line

if TYPE_CHECKING:
    import ssl

CONNECT_TIMEOUT = 15.0
"""Seconds to open a connection, unless the whole attempt has less."""

_FORBIDDEN_IN_HEADER = re.compile(r"[^\x20-\x7e\x80-\xff\t]")


class Reply:
    """A gateway's answer: *status*, lower-case *headers*, and its bytes, once; *proxy* is the one it came through."""

    def __init__(self, response: httpx.Response, exchange: Exchange, echoes: SecretFilter) -> None:
        self.status = response.status_code
        self.headers = {
            echoes.out_of_name(name.lower()): echoes.out_of(value) for name, value in response.headers.items()
        }
        self.proxy = exchange.way.proxy
        self._response = response
        self._exchange = exchange
        self._echoes = echoes

    def pieces(self) -> Iterator[bytes]:
        """
        Yield the body in pieces of bounded size, decompressed, and without our own secrets.

        Raises: GatewayError when it ends too soon, or takes longer than the timeout.
        """
        with self._exchange.translated_errors():
            encoding = self.headers.get("content-encoding", "identity")
            yield from self._echoes.out_of_pieces(decoded(self._response.iter_raw(), encoding))
            self._exchange.check()

    def expire_in(self, seconds: float) -> None:
        """Give the rest of the answer at most *seconds* from now."""
        self._exchange.arm(seconds)


class Gateway:
    """
    The connections of one job; `post` may run in a worker thread while `abort` comes from another.

    *environ* are the variables that may name proxies and certificates; those that do not apply may say what they like.
    *direct* heeds no proxy: for a gateway inside this very process, which no proxy could reach. *trust* is shared with
    the gateways of other jobs.
    """

    def __init__(self, environ: Mapping[str, str], *, direct: bool = False, trust: "_Trust | None" = None) -> None:
        self._environ = environ
        self._direct = direct
        self._trust = trust or _Trust(environ)
        self._aborted = False
        self._clients: dict[tuple[bool, Proxy | None], httpx.Client] = {}
        self._exchange: Exchange | None = None
        self._building = threading.Lock()

    def another(self) -> "Gateway":
        """Return a gateway of its own for another job, which trusts whom this one trusts."""
        return Gateway(self._environ, direct=self._direct, trust=self._trust)

    @contextlib.contextmanager
    def post(
        self, request: Post, *, on_sent: Callable[[], None], on_progress: Callable[[int], None] = lambda _: None
    ) -> Iterator[Reply]:
        """
        Send *request* and yield the `Reply` once its headers are here; leaving the context closes the exchange.

        *on_sent* is called when the last byte of the request has left, *on_progress* with the count of those of the
        body that have left so far.

        Raises: GatewayError for whatever happens before the headers arrive; ConfigError for an unsendable header.
        """
        echoes = _echoes_of(request)
        exchange = Exchange(
            timeout=request.timeout,
            way=self._way_of(request),
            on_sent=on_sent,
            on_progress=on_progress,
            conceal=echoes.out_of,
            streamed=request.streamed,
        )
        self._exchange = exchange
        if self._aborted:
            exchange.shut_down()
        try:
            with exchange.translated_errors():
                response = self._answer_to(request, exchange)
            try:
                yield Reply(response, exchange, echoes)
            finally:
                exchange.disarm()
                response.close()
        finally:
            exchange.disarm()
            self._exchange = None

    def get(self, request: Get) -> Answer:
        """
        Return the answer to *request*. Safe from any thread; `abort` does not concern it.

        Raises: as `post`.
        """
        echoes = _echoes_of(request)
        exchange = Exchange(
            timeout=request.timeout, way=self._way_of(request), on_sent=lambda: None, conceal=echoes.out_of
        )
        try:
            with exchange.translated_errors(), contextlib.closing(self._answer_to(request, exchange)) as response:
                reply = Reply(response, exchange, echoes)
                body = _bounded(reply.pieces())
                return Answer(status=reply.status, headers=reply.headers, body=body, proxy=reply.proxy)
        finally:
            exchange.disarm()

    @contextlib.contextmanager
    def fetch(self, url: str, *, beside: str, timeout: float) -> Iterator[Iterator[bytes]]:
        """
        Yield the bytes at *url*, which the gateway at *beside* named in place of a picture; nothing of ours is sent.

        Raises: GatewayError, its message a reason in a few words.
        """
        from cpa_image_cli.adapters.gateway.fetching import are_private, direct_client, fetched

        exchange = Exchange(timeout=timeout, way=Way(url=url, method="GET"), on_sent=lambda: None)
        allows_private = are_private(httpx.URL(beside).host)
        clients = contextlib.ExitStack()

        def client_for(address: str) -> httpx.Client:
            proxy = self._proxy_to(address)
            if proxy is not None:
                return self._client(encrypts=True, proxy=proxy)
            context = self._trust.context() if address.startswith("https") else _trusting_nobody()
            return clients.enter_context(direct_client(context, allows_private=allows_private))

        self._exchange = exchange
        exchange.arm(timeout)
        try:
            with (
                clients,
                fetched(
                    url, client_for=client_for, exchange=exchange, allows_private=allows_private, timeout=timeout
                ) as response,
            ):
                yield Reply(response, exchange, SecretFilter([])).pieces()
        finally:
            exchange.disarm()
            self._exchange = None

    def open(self, url: str) -> None:
        """
        Make ready to send to *url*, without sending.

        Raises: ConfigError for a proxy or certificates of the environment that apply to it and cannot be used.
        """
        self._client(encrypts=httpx.URL(url).scheme != "http", proxy=self._proxy_to(url))

    def abort(self) -> None:
        """Break off the exchange that is under way, and any that follows. From any thread; wakes a blocked read."""
        self._aborted = True
        exchange = self._exchange
        if exchange is not None:
            exchange.shut_down()

    def close(self) -> None:
        """Drop all connections."""
        with self._building:
            while self._clients:
                self._clients.popitem()[1].close()

    def _answer_to(self, request: Post | Get, exchange: Exchange) -> httpx.Response:
        headers = _all_headers(request)
        address = _address(request)
        client = self._client(encrypts=address.scheme != "http", proxy=exchange.way.proxy)
        built = client.build_request(
            "POST" if isinstance(request, Post) else "GET",
            address,
            content=exchange.outgoing(request.body) if isinstance(request, Post) else None,
            headers=headers,
            timeout=httpx.Timeout(request.timeout, connect=min(CONNECT_TIMEOUT, request.timeout)),
            extensions={"trace": exchange.trace},
        )
        exchange.arm(request.timeout)
        return exchange.answer_to(lambda: client.send(built, stream=True, follow_redirects=False))

    def _way_of(self, request: Post | Get) -> Way:
        method = "POST" if isinstance(request, Post) else "GET"
        return Way(url=request.url, method=method, proxy=self._proxy_to(request.url))

    def _proxy_to(self, url: str) -> Proxy | None:
        """Return the proxy to *url*. Raises: ConfigError if it cannot be used."""
        proxy = None if self._direct else proxy_for(url, self._environ)
        if proxy is not None and proxy.problem:
            raise ConfigError(
                f"{proxy.variable} names a proxy that cannot be used: it {proxy.problem}",
                hint=f"Correct or unset {proxy.variable} (NO_PROXY={host_of(url)} keeps this host out).",
            )
        return proxy

    def _client(self, *, encrypts: bool, proxy: Proxy | None) -> httpx.Client:
        with self._building:
            if (encrypts, proxy) not in self._clients:
                self._clients[encrypts, proxy] = _new_client(self._trust, encrypts=encrypts, proxy=proxy)
            return self._clients[encrypts, proxy]


class _Trust:
    """Whom connections over TLS trust, by the certificates that *environ* names; read once: it takes about 30 ms."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._context: ssl.SSLContext | None = None
        self._reading = threading.Lock()

    def context(self) -> "ssl.SSLContext":
        """Return it. Raises: ConfigError."""
        with self._reading:
            if self._context is None:
                self._context = _trusting(self._environ)
            return self._context


def _new_client(trust: _Trust, *, encrypts: bool, proxy: Proxy | None) -> httpx.Client:
    # A context that is never used for TLS trusts nobody.
    is_needed = encrypts or (proxy is not None and proxy.scheme == "https")
    context = trust.context() if is_needed else _trusting_nobody()
    through = None if proxy is None else _as_httpx(proxy, context)
    # The variables were judged here already, and only those that apply.
    return httpx.Client(follow_redirects=False, verify=context, proxy=through, trust_env=False)


def _as_httpx(proxy: Proxy, context: "ssl.SSLContext") -> httpx.Proxy:
    try:
        return httpx.Proxy(proxy.url, ssl_context=context if proxy.scheme == "https" else None)
    except httpx.InvalidURL as error:
        raise ConfigError(
            f"{proxy.variable} names a proxy that cannot be used: {one_line(str(error))}",
            hint=f"Correct or unset {proxy.variable}.",
        ) from error


def _trusting_nobody() -> "ssl.SSLContext":
    """Return a context that trusts nobody, and costs nothing."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _trusting(environ: Mapping[str, str]) -> "ssl.SSLContext":
    from cpa_image_cli.adapters.gateway.network_probe import NetworkError, trusted

    try:
        return trusted(environ).context
    except NetworkError as error:
        raise ConfigError(one_line(str(error)), hint="Correct the variable, or unset it.") from error


def plain(key: Secret | None) -> str | None:
    """Return *key* as a process of ours is told it that carries out a job; None if there is none."""
    return key.reveal() if key is not None else None


def _address(request: Post | Get) -> httpx.URL:
    """Return where to send *request*. User and password in the URL make a Basic header only where no key is sent."""
    url = httpx.URL(request.url)
    return url.copy_with(userinfo=b"") if request.key and url.userinfo else url


def _echoes_of(request: Post | Get) -> SecretFilter:
    secrets = [*(request.secret_headers or {}).values(), *([request.key] if request.key else [])]
    url = httpx.URL(request.url)
    basic = [b64encode(f"{url.username}:{url.password}".encode()).decode()] if url.password else []
    return SecretFilter([*(secret.reveal() for secret in secrets), url.password], encoded=basic)


def _bounded(pieces: Iterator[bytes]) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) >= MAX_ANSWER:
            break
    return bytes(body[:MAX_ANSWER])


def _all_headers(request: Post | Get) -> dict[str, str]:
    # Identity: base64 hardly compresses, and what is not compressed cannot be a decompression bomb.
    headers = {"accept-encoding": "identity", **request.headers}
    if isinstance(request, Post):
        headers["content-length"] = str(request.body.length)
    headers |= {name.lower(): value.reveal() for name, value in (request.secret_headers or {}).items()}
    if request.key:
        headers["authorization"] = f"Bearer {request.key.reveal()}"
    for name, value in headers.items():
        if _FORBIDDEN_IN_HEADER.search(value) or value != value.strip():
            raise ConfigError(
                f"the value for the header {name!r} holds a character that no header may hold",
                hint="Look for a line break or a quotation mark that was copied along.",
            )
    return headers
