"""
Fetches the picture that a gateway sent the address of: with no key and no header of ours, and from nowhere private.

What a name stands for is asked once, and the connection goes to that very address, so that no second answer of DNS can
lead elsewhere; each redirect is judged like the first address. Where a proxy applies it is the proxy that connects, and
only what this machine can learn of the name is judged.
"""

import contextlib
import functools
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urljoin

import httpcore
import httpx

from cpa_image_cli.core.errors import Code, Failure, GatewayError
from cpa_image_cli.core.gateway.fetchable import MOST_REDIRECTS, is_private, refusal_of

if TYPE_CHECKING:
    import ssl

SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Followed(Protocol):
    """The exchange that is under way: it can be broken off, and knows when it must end."""

    def trace(self, name: str, info: Mapping[str, object]) -> None:
        """Follow httpcore's own account of it."""

    def answer_to(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Return what *send* returns."""

    def translated_errors(self) -> AbstractContextManager[None]:
        """Turn what the layer below raises into our own errors."""


class NotFetched(GatewayError):  # noqa: N818 - says what happened
    """The picture was not fetched, for a reason in a few words."""

    def __init__(self, reason: str) -> None:
        super().__init__(Failure(code=Code.IMAGE_BY_URL, message=reason))


def are_private(host: str) -> bool:
    """Whether *host* stands for a private address, here and now; no if it cannot be found."""
    return any(map(is_private, _addresses(host)))


def _addresses(host: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class _Guarded(httpcore.NetworkBackend):
    """Connects to what a name stands for, if that is all public, or private ones are allowed."""

    def __init__(self, *, allows_private: bool) -> None:
        self._inner = httpcore.SyncBackend()
        self._allows_private = allows_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of *host* that answers. Raises: NotFetched."""
        addresses = _addresses(host)
        if not self._allows_private and any(map(is_private, addresses)):
            raise NotFetched("its host is on a private network, and the gateway is not")
        failure: Exception = httpcore.ConnectError("its host is not known")
        for address in addresses:
            try:
                return self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


def direct_client(context: "ssl.SSLContext", *, allows_private: bool) -> httpx.Client:
    """Return a client that uses no proxy and connects nowhere private unless that is allowed."""
    transport = httpx.HTTPTransport(verify=context, trust_env=False)
    # httpx hands no network backend on; its pool is replaced by one that has ours.
    transport._pool = httpcore.ConnectionPool(  # noqa: SLF001 - as above
        ssl_context=context, network_backend=_Guarded(allows_private=allows_private)
    )
    return httpx.Client(transport=transport, trust_env=False, follow_redirects=False)


@contextlib.contextmanager
def fetched(
    url: str, *, client_for: Callable[[str], httpx.Client], exchange: Followed, allows_private: bool, timeout: float
) -> Iterator[httpx.Response]:
    """
    Yield the answer at *url*, or where it redirects to; *client_for* gives the client for each address.

    Raises: NotFetched, or what *exchange* makes of a break.
    """
    for _ in range(MOST_REDIRECTS + 1):
        if reason := refusal_of(url):
            raise NotFetched(reason)
        if not allows_private and are_private(httpx.URL(url).host):
            raise NotFetched("its host is on a private network, and the gateway is not")
        client = client_for(url)
        # Built by hand: what the client would add says who we are.
        headers = {"host": httpx.URL(url).netloc.decode(), "accept": "*/*", "accept-encoding": "identity"}
        request = httpx.Request("GET", url, headers=headers, extensions=_extensions(exchange, timeout))
        with exchange.translated_errors():
            response = exchange.answer_to(functools.partial(client.send, request, stream=True))
        with contextlib.closing(response):
            if response.status_code in _REDIRECTS and "location" in response.headers:
                url = urljoin(url, response.headers["location"])
                continue
            if response.status_code != httpx.codes.OK:
                raise NotFetched(f"it answers with HTTP {response.status_code}")
            yield response
            return
    raise NotFetched("it redirects without end")


def _extensions(exchange: Followed, timeout: float) -> dict[str, object]:
    return {"trace": exchange.trace, "timeout": httpx.Timeout(timeout).as_dict()}
