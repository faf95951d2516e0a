"""
Decides what it means that no connection came about: whose fault it is, what to do, and whether another try may help.

To tell a further cause apart, add a function that reads as a sentence and its place in `CAUSES`. Imported on failure
only.
"""

import re
import socket
from collections.abc import Callable, Iterator
from typing import TypeVar

from cpa_image_cli.adapters.gateway.network_probe import SPEAKS_NO_TLS, Refusal, tls_in_words
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.failures import hints
from cpa_image_cli.core.gateway.way import Way
from cpa_image_cli.core.text import one_line

E = TypeVar("E", bound=BaseException)

CONNECTING = "connecting"
"""The phase of an exchange in which the way itself is found wrong."""

_NO_SUCH_HOST = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
"""As against EAI_AGAIN, with which a resolver says that it is away itself."""

_PASSING = frozenset({408, 429, *range(500, 600)})
"""Statuses of a proxy's answer to CONNECT that may be another in a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What broke a connection: *error* and its *words*, the *phase* it came in, and the *way* that was tried."""

    error: BaseException
    words: str
    phase: str
    way: Way

    def caused_by(self, kind: type[E]) -> E | None:
        """Return the error of *kind* that *error* is, or comes from."""
        return next((cause for cause in _chain(self.error) if isinstance(cause, kind)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """Why there is no connection; *is_permanent* says that another try would end the same way."""

    message: str
    hint: str
    is_permanent: bool = False
    code: Code = Code.CONNECTION_FAILED


def failure(broken: Broken) -> Failure:
    """Return the failure that *broken* is; nothing was sent by it."""
    blame = next(found for cause in CAUSES if (found := cause(broken)) is not None)
    return Failure(
        code=blame.code,
        message=one_line(blame.message),
        hint=blame.hint,
        sent=False,
        is_permanent=blame.is_permanent,
    )


def the_certificate_is_refused(it: Broken) -> Blame | None:
    """Notice a certificate that is expired, of another host, or of nobody known."""
    import ssl

    refused = it.caused_by(ssl.SSLCertVerificationError)
    if refused is None:
        return None
    match refused.verify_code:
        case Refusal.EXPIRED:
            what, hint = "has expired", hints.RENEW_CERTIFICATE
        case Refusal.NOT_YET_VALID:
            what, hint = "is not valid yet", hints.SET_CLOCK
        case Refusal.OTHER_NAME | Refusal.OTHER_ADDRESS:
            what, hint = f"is not for {it.way.host}", hints.USE_ITS_NAME
        case _:
            what, hint = f"is of nobody trusted ({refused.verify_message})", hints.TRUST_IT
    return Blame(message=f"the certificate of {_whose(it)} {what}", hint=hint, is_permanent=True)


def tls_cannot_be_spoken(it: Broken) -> Blame | None:
    """Notice a port that speaks no TLS, or none that is new enough."""
    import ssl

    problem = it.caused_by(ssl.SSLError)
    words = None if problem is None else tls_in_words(problem)
    if words is None:
        return None
    hint = hints.WRITE_HTTP if words == SPEAKS_NO_TLS else hints.ASK_ABOUT_TLS
    return Blame(message=f"could not reach {_whose(it)}: {words}", hint=hint, is_permanent=True)


def there_is_no_such_host(it: Broken) -> Blame | None:
    """Notice a name that nobody has, or can have."""
    unknown = it.caused_by(socket.gaierror)
    impossible = it.caused_by(UnicodeError)
    if impossible is None and (unknown is None or unknown.errno not in _NO_SUCH_HOST):
        return None
    words = it.words if impossible is None else "no host can have this name"
    proxy = it.way.proxy
    name = it.way.host if proxy is None else f"the proxy {proxy.shown}"
    hint = hints.CHECK_HOST if proxy is None else hints.about_proxy(it.way)
    return Blame(message=f"could not reach the gateway: {name}: {words}", hint=hint, is_permanent=True)


def the_proxy_refused(it: Broken) -> Blame | None:
    """Notice what an HTTP proxy answers to CONNECT, or a SOCKS proxy to its greeting."""
    import httpx

    proxy = it.way.proxy
    if proxy is None or it.caused_by(httpx.ProxyError) is None:
        return None
    status = re.match(r"[1-9][0-9]{2}\b", it.words)
    is_final = int(status[0]) not in _PASSING if status else "auth" in it.words.lower() or "password" in it.words
    return Blame(
        message=f"the proxy {proxy.shown} answered: {it.words}",
        hint=hints.about_proxy(it.way, wants_login=it.words.startswith("407") or (is_final and not status)),
        is_permanent=is_final,
        code=Code.PROXY_REFUSED if is_final else Code.CONNECTION_FAILED,
    )


def the_proxy_cannot_be_reached(it: Broken) -> Blame | None:
    """Notice a proxy that is down, or is none; the gateway was never asked for."""
    proxy = it.way.proxy
    if proxy is None or it.phase != CONNECTING:
        return None
    return Blame(message=f"could not reach the proxy {proxy.shown}: {it.words}", hint=hints.about_proxy(it.way))


def the_connection_broke(it: Broken) -> Blame | None:
    """Answer for the rest."""
    what = "could not reach the gateway" if it.phase == CONNECTING else f"the connection broke while {it.phase}"
    return Blame(message=f"{what}: {it.words}", hint="Check that the gateway runs and that the base URL is right.")


CAUSES: tuple[Callable[[Broken], Blame | None], ...] = (
    the_certificate_is_refused,
    tls_cannot_be_spoken,
    there_is_no_such_host,
    the_proxy_refused,
    the_proxy_cannot_be_reached,
    the_connection_broke,
)
"""What is looked for, in this order; the last always answers."""


def _whose(it: Broken) -> str:
    """Return whose TLS it is: that of an ``https://`` proxy comes first."""
    proxy = it.way.proxy
    is_proxys = proxy is not None and proxy.scheme == "https" and not it.way.url.startswith("https:")
    return f"the proxy {proxy.shown}" if proxy is not None and is_proxys else "the gateway"


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__
