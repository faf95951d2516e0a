"""The checks of the way to the gateway below HTTP: name, TCP, TLS."""

import base64
import socket
from urllib.parse import unquote, urlsplit

from cpa_image_cli.adapters.gateway.network_probe import (
    SPEAKS_NO_TLS,
    Certificate,
    Handshake,
    NetworkError,
    Refusal,
    Trust,
    UntrustedError,
    addresses_of,
    connected,
    handshake,
    presented,
    trusted,
    tunnel,
)
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.failures import hints
from cpa_image_cli.core.findings import Verdict, failed, passed, skipped, warned
from cpa_image_cli.core.gateway.endpoint import host_of, is_private_host
from cpa_image_cli.core.gateway.proxies import Proxy
from cpa_image_cli.core.text import one_line
from cpa_image_cli.doctor.address import PORTS
from cpa_image_cli.doctor.examination import Examination
from cpa_image_cli.doctor.facts import Reached
from cpa_image_cli.doctor.steps import Obstacle

MOST_ADDRESSES = 4
"""Addresses that are tried: a name may have dozens."""

SOON = 14
"""Days before its end when a certificate should have been renewed; for short-lived ones a fifth of their life."""


def addresses(case: Examination) -> tuple[tuple[str, ...], bool]:
    """Return the addresses of the target, and whether it was named by its address."""
    goal = case.target()
    try:
        return addresses_of(goal.host, goal.port, patience=case.question.patience, resolve=case.question.resolve)
    except NetworkError as error:
        advice = f"Correct or unset {goal.what.rpartition('(')[2].rstrip(')')}." if case.proxy() else hints.CHECK_HOST
        raise Obstacle(
            "name_resolution", failed(f"{goal.what}: {one_line(str(error))}", advice, Code.CONNECTION_FAILED)
        ) from error


def reached(case: Examination) -> Reached:
    """Return the first of the target's addresses that can be connected to."""
    goal, (candidates, _) = case.target(), case.addresses()
    dead: list[str] = []
    problem = "it has no address"
    for address in candidates[:MOST_ADDRESSES]:
        started = case.around.clock()
        try:
            connected(address, goal.port, patience=case.question.patience).close()
        except NetworkError as error:
            problem = one_line(str(error))
            dead.append(address)
        else:
            return Reached(address=address, seconds=case.around.clock() - started, dead=tuple(dead))
    found = f"{goal.what}, port {goal.port}: {problem}"
    raise Obstacle("tcp", failed(found, _unreachable(case), Code.CONNECTION_FAILED))


def _unreachable(case: Examination) -> str:
    through = case.proxy()
    if through:
        return (
            f"Start the proxy, or unset {through.variable} (NO_PROXY={host_of(case.base_url())} keeps this host out)."
        )
    if is_private_host(host_of(case.base_url())):
        return "Start the gateway, and check the port; `cpa-image sandbox` starts one to try with."
    return "Check host and port, and whether a firewall or a missing VPN is in the way."


def tls(case: Examination) -> Handshake | None:
    """Return what the TLS handshake gave; None for plain http, or where a proxy does not let us look."""
    case.reached()
    if not case.base_url().startswith("https://") or _is_hidden(case.proxy()):
        return None
    trust = trusted(case.around.environ)
    host = host_of(case.base_url())
    try:
        return handshake(_connection(case), host, trust)
    except UntrustedError as error:
        certificate = presented(lambda: _connection(case), host)
        raise Obstacle("tls", _refused(case, error, certificate, trust)) from error
    except NetworkError as error:
        advice = hints.WRITE_HTTP if str(error) == SPEAKS_NO_TLS else hints.ASK_ABOUT_TLS
        raise Obstacle("tls", failed(one_line(str(error)), advice, Code.CONNECTION_FAILED)) from error


def _is_hidden(through: Proxy | None) -> bool:
    return through is not None and through.scheme != "http"


def _connection(case: Examination) -> socket.socket:
    """Return a connection to the gateway, through the proxy if there is one. Raises: NetworkError."""
    through, goal = case.proxy(), case.target()
    connection = connected(case.reached().address, goal.port, patience=case.question.patience)
    if through is None:
        return connection
    parts = urlsplit(case.base_url())
    login = urlsplit(through.url)
    authorization = None
    if login.username:
        pair = f"{unquote(login.username)}:{unquote(login.password or '')}"
        authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
    try:
        tunnel(connection, parts.hostname or "", parts.port or PORTS["https"], authorization=authorization)
    except NetworkError:
        connection.close()
        raise
    return connection


def _refused(case: Examination, error: UntrustedError, certificate: Certificate | None, trust: Trust) -> Verdict:
    """Say why the certificate was refused, with what it says of itself."""
    if certificate is None:
        return failed(f"the certificate is refused: {error}", hints.TRUST_IT, Code.CONNECTION_FAILED)
    match error.reason:
        case Refusal.EXPIRED:
            days = (case.around.now() - certificate.not_after).days
            found = f"the certificate expired on {certificate.not_after:%Y-%m-%d}, {_days(days)} ago"
            advice = hints.RENEW_CERTIFICATE
        case Refusal.NOT_YET_VALID:
            found = f"the certificate is not valid before {certificate.not_before:%Y-%m-%d}"
            advice = hints.SET_CLOCK
        case Refusal.OTHER_NAME | Refusal.OTHER_ADDRESS:
            names = ", ".join(one_line(name, limit=60) for name in certificate.names[:4]) or "no name at all"
            found = f"the certificate is for {names}, not for {host_of(case.base_url())}"
            advice = "Use a name that the certificate has in the base URL."
        case _:
            found = f"nobody trusted signed the certificate (it says: {one_line(certificate.issuer, limit=60)})"
            advice = (
                hints.TRUST_IT
                if trust.variable is None
                else f"{trust.variable} does not have its authority. {hints.TRUST_IT}"
            )
    return failed(found, advice, Code.CONNECTION_FAILED)


def name_is_resolved(case: Examination) -> Verdict:
    """Look the host's name up."""
    goal = case.target()
    found, is_address = case.addresses()
    if is_address:
        return passed(f"{goal.what} is an address; there is nothing to look up")
    others = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return passed(f"{goal.what} is {found[0]}{others}")


def port_is_open(case: Examination) -> Verdict:
    """Connect."""
    goal, way = case.target(), case.reached()
    found = f"port {goal.port} of {way.address} answers in {milliseconds(way.seconds)}"
    if way.dead:
        advice = f"Every connection tries {', '.join(way.dead)} first; take it out of the DNS or of /etc/hosts."
        return warned(f"{found}, but {', '.join(way.dead)} does not", advice)
    return passed(found)


def certificate_is_good(case: Examination) -> Verdict:
    """Do the TLS handshake and look at the certificate."""
    done = case.tls()
    if done is None:
        hidden = _is_hidden(case.proxy())
        return skipped("a proxy of this kind does not let us look" if hidden else "plain http://, nothing is encrypted")
    certificate = done.certificate
    left = certificate.not_after - case.around.now()
    variable = trusted(case.around.environ).variable
    trust = f", trusted by {variable}" if variable else ""
    found = f"{done.version.replace('TLSv', 'TLS ')}, certificate by {one_line(certificate.issuer, limit=60)}{trust}"
    lifetime = certificate.not_after - certificate.not_before
    if left.days < SOON and left < lifetime / 5:
        return warned(f"{found}, ends in {_days(left.days)}", "Have the gateway's operator renew it.")
    return passed(f"{found}, good until {certificate.not_after:%Y-%m-%d}")


def milliseconds(seconds: float) -> str:
    """Return *seconds* as ``12 ms`` or ``1.4 s``."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{max(0, count)} days"
