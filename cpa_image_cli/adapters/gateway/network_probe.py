"""
Looks at the way to a host below HTTP: its addresses, a connection, a tunnel through a proxy, and TLS.

Whom the HTTP client trusts is decided here too: the certificates of ``SSL_CERT_FILE``; else those of ``SSL_CERT_DIR``
and of ``REQUESTS_CA_BUNDLE`` or ``CURL_CA_BUNDLE``, which other programs go by; else those that certifi brings. The
system's own store is not used.
"""

import socket
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import certifi

from cpa_image_cli.core.dataclass import dataclass

if TYPE_CHECKING:
    import ssl

NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python has no name for."""

LONGEST_ANSWER = 16 * 1024
"""Bytes of a proxy's answer to CONNECT."""

Resolver = Callable[..., Any]
"""As ``socket.getaddrinfo``."""


class NetworkError(Exception):
    """A step did not work; the text is one sentence without the host's name."""


class Refusal(IntEnum):
    """OpenSSL's reasons to refuse a certificate, as far as they are told apart."""

    NOT_YET_VALID = 9
    EXPIRED = 10
    OTHER_NAME = 62
    OTHER_ADDRESS = 64


class UntrustedError(NetworkError):
    """The certificate was refused; *reason* is OpenSSL's number, which `Refusal` may or may not know."""

    def __init__(self, message: str, *, reason: int) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whom to trust; *variable* names where that comes from if it was set."""

    context: "ssl.SSLContext"
    variable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a server's certificate says of itself; *issuer* is the name of whoever signed it."""

    names: tuple[str, ...]
    issuer: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """A TLS connection that came about: *version* such as ``TLSv1.3``."""

    version: str
    certificate: Certificate


def addresses_of(
    host: str, port: int, *, patience: float, resolve: Resolver = socket.getaddrinfo
) -> tuple[tuple[str, ...], bool]:
    """
    Return the addresses of *host*, each once, in the system's order, and whether *host* is one itself.

    Raises: NetworkError, at the latest after *patience* seconds: the system's own patience may be a minute.
    """
    answers: list[Any] = []

    def ask() -> None:
        try:
            answers.append(resolve(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as problem:
            # UnicodeError: a label that is empty, or longer than 63 characters.
            answers.append(problem)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(patience)
    match answers:
        case [list() as found]:
            addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
            return addresses, addresses == (host,)
        case [OSError() as problem]:
            raise NetworkError(problem.strerror or str(problem)) from problem
        case [UnicodeError() as problem]:
            raise NetworkError(f"no host can have this name: {problem}") from problem
        case _:
            raise NetworkError(f"no answer within {patience:g} s")


def connected(address: str, port: int, *, patience: float) -> socket.socket:
    """Return a connection to *address*. Raises: NetworkError."""
    try:
        return socket.create_connection((address, port), timeout=patience)
    except TimeoutError as problem:
        raise NetworkError(f"no answer within {patience:g} s") from problem
    except OSError as problem:
        raise NetworkError(problem.strerror or str(problem)) from problem


def tunnel(connection: socket.socket, host: str, port: int, *, authorization: str | None) -> None:
    """
    Ask the HTTP proxy at the other end for *host* (RFC 9110 §9.3.6); *authorization* is the header's value.

    Raises: NetworkError.
    """
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if authorization:
        lines.append(f"Proxy-Authorization: {authorization}")
    try:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("ascii", "replace"))
        head = b""
        while b"\r\n\r\n" not in head and len(head) < LONGEST_ANSWER:
            # One byte at a time: what follows the head belongs to TLS.
            piece = connection.recv(1)
            if not piece:
                break
            head += piece
    except OSError as problem:
        raise NetworkError(problem.strerror or str(problem)) from problem
    status = head.split(b"\r\n", maxsplit=1)[0].decode("ascii", "replace")
    if " 2" not in status[8:11]:
        raise NetworkError(f"the proxy answered {status[9:60] or 'nothing'!r}")


_FILES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that name a file of certificates, those of OpenSSL before those of other programs."""


def trusted(environ: Mapping[str, str]) -> Trust:
    """
    Return whom the HTTP client trusts under *environ*.

    Raises: NetworkError when a variable names what cannot be read.
    """
    import ssl

    named = {name: environ[name] for name in (*_FILES, "SSL_CERT_DIR") if environ.get(name)}
    if "SSL_CERT_FILE" in named:
        named = {"SSL_CERT_FILE": named["SSL_CERT_FILE"]}
    file = next((name for name in _FILES if name in named), None)
    variables = [name for name in (file, "SSL_CERT_DIR") if name in named]
    context = ssl.create_default_context(cafile=None if variables else certifi.where())
    for variable in variables:
        _trust_too(context, variable or "", named[variable or ""])
    return Trust(context=context, variable=variables[0] if variables else None)


def _trust_too(context: "ssl.SSLContext", variable: str, path: str) -> None:
    try:
        # That of other programs may be a folder as well.
        is_folder = variable == "SSL_CERT_DIR" or (variable != "SSL_CERT_FILE" and Path(path).is_dir())
        context.load_verify_locations(**{"capath" if is_folder else "cafile": path})
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise NetworkError(f"{variable} names {path}, which cannot be used: {reason}") from problem


def handshake(connection: socket.socket, host: str, trust: Trust) -> Handshake:
    """
    Do TLS over *connection*, which is closed afterwards.

    Raises: UntrustedError for a certificate that is refused, NetworkError for anything else.
    """
    import ssl

    try:
        with connection, trust.context.wrap_socket(connection, server_hostname=host) as secure:
            return Handshake(version=secure.version() or "TLS", certificate=_read(secure.getpeercert() or {}))
    except ssl.SSLCertVerificationError as refused:
        raise UntrustedError(refused.verify_message, reason=refused.verify_code) from refused
    except ssl.SSLError as problem:
        raise NetworkError(_in_words(problem)) from problem
    except (OSError, ValueError) as problem:
        raise NetworkError(str(problem) or type(problem).__name__) from problem


def presented(connect: Callable[[], socket.socket], host: str) -> Certificate | None:
    """
    Return what the certificate says that *host* presents, however wrong it is; None when it cannot be had.

    Python reads only certificates it trusts, so the second handshake trusts this very one and forgets the time.
    """
    import ssl

    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    try:
        with connect() as connection, blind.wrap_socket(connection, server_hostname=host) as secure:
            raw = secure.getpeercert(binary_form=True) or b""
        seeing = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        seeing.check_hostname = False
        seeing.verify_flags = ssl.VerifyFlags(NO_CHECK_TIME | ssl.VERIFY_X509_PARTIAL_CHAIN)
        seeing.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(raw))
        with connect() as connection, seeing.wrap_socket(connection, server_hostname=host) as secure:
            return _read(secure.getpeercert() or {})
    except (NetworkError, OSError, ValueError):
        return None


def _read(fields: Mapping[str, Any]) -> Certificate:
    import ssl

    issuer = {name: value for part in fields.get("issuer", ()) for name, value in part}
    subject = {name: value for part in fields.get("subject", ()) for name, value in part}
    names = tuple(str(value) for _, value in fields.get("subjectAltName", ()))
    since, until = (
        datetime.fromtimestamp(ssl.cert_time_to_seconds(fields[name]), UTC) for name in ("notBefore", "notAfter")
    )
    return Certificate(
        names=names or tuple(filter(None, (subject.get("commonName"),))),
        issuer=issuer.get("organizationName") or issuer.get("commonName") or "nobody named",
        not_before=since,
        not_after=until,
    )


SPEAKS_NO_TLS = "the server does not speak TLS on this port"

_SENTENCES = {
    "WRONG_VERSION_NUMBER": SPEAKS_NO_TLS,
    "HTTP_REQUEST": SPEAKS_NO_TLS,
    "RECORD_LAYER_FAILURE": SPEAKS_NO_TLS,
    "UNSUPPORTED_PROTOCOL": "the server speaks only versions of TLS that are too old",
    "TLSV1_ALERT_PROTOCOL_VERSION": "the server speaks only versions of TLS that are too old",
    "TLSV1_UNRECOGNIZED_NAME": "the server does not know this name",
}


def tls_in_words(problem: "ssl.SSLError") -> str | None:
    """Return what *problem* says about the server for good; None for what may be otherwise next time."""
    return _SENTENCES.get(problem.reason or "")


def _in_words(problem: "ssl.SSLError") -> str:
    return tls_in_words(problem) or (problem.reason or "").replace("_", " ").lower() or str(problem)
