"""The checks of the address requests go to: the URL's shape, and the proxy that variables put before it."""

from urllib.parse import urlsplit

from cpa_image_cli.adapters.gateway import Gateway
from cpa_image_cli.adapters.gateway.network_probe import NetworkError, trusted
from cpa_image_cli.core.errors import Code, ConfigError
from cpa_image_cli.core.findings import Verdict, failed, failed_with, passed, warned
from cpa_image_cli.core.gateway.base_url_mistakes import mistake_in, oddity_in
from cpa_image_cli.core.gateway.endpoint import host_of, is_private_host, shown_url
from cpa_image_cli.core.gateway.proxies import Proxy, exceptions_in, proxy_for, warnings
from cpa_image_cli.core.text import one_line
from cpa_image_cli.doctor.examination import Examination
from cpa_image_cli.doctor.facts import Target
from cpa_image_cli.doctor.steps import Obstacle

PORTS = {"http": 80, "https": 443}
"""By scheme, where none is given."""


def build_gateway(case: Examination) -> Gateway:
    """Return the client by which real requests are made."""
    try:
        trusted(case.around.environ)
    except NetworkError as error:
        verdict = failed(one_line(str(error)), "Correct the variable, or unset it.", Code.CONFIG_INVALID)
        raise Obstacle("tls", verdict) from error
    gateway = Gateway(case.around.environ)
    try:
        gateway.open(case.base_url())
    except ConfigError as error:
        raise Obstacle("proxy", failed_with(error)) from error
    case.at_close(gateway.close)
    return gateway


def proxy(case: Examination) -> Proxy | None:
    """Return the proxy that requests go through."""
    case.gateway()
    return proxy_for(case.base_url(), case.around.environ)


def target(case: Examination) -> Target:
    """Return where connections go."""
    through = case.proxy()
    parts = urlsplit(through.url if through else case.base_url())
    host, scheme = parts.hostname or "", parts.scheme.lower()
    what = f"the proxy {host} ({through.variable})" if through else host
    return Target(host=host, port=through.port if through else parts.port or PORTS[scheme], what=what)


def url_has_the_right_shape(case: Examination) -> Verdict:
    """Look for what is well-formed and still wrong."""
    url = case.base_url()
    if mistake := mistake_in(url):
        problem, better = mistake
        found = f"the base URL {problem}: {shown_url(url)}"
        return failed(found, f"Set it to {shown_url(better)}; `/v1/responses` is added to it.", Code.ENDPOINT_NOT_FOUND)
    if oddity := oddity_in(url):
        problem, better = oddity
        return warned(f"the base URL {problem}: {shown_url(url)}", f"{shown_url(better)} is what works everywhere.")
    return passed(f"requests go to {shown_url(case.settings().responses_url())}")


def no_proxy_is_in_the_way(case: Examination) -> Verdict:
    """Look whether a variable sends requests through a proxy that they should not go through."""
    through, host = case.proxy(), host_of(case.base_url())
    if unreadable := warnings(case.around.environ):
        found = "; ".join(notice.message for notice in unreadable)
        return warned(found, "Correct it: names, addresses and ranges, with commas between them.")
    if through is None:
        return passed("none is used for this host")
    shown = f"{shown_url(through.url)} ({through.variable})"
    if not is_private_host(host):
        return passed(f"requests go through {shown}")
    found = f"{host} is a private address, and requests to it go through {shown}"
    advice = f"Run: export NO_PROXY={','.join([*exceptions_in(case.around.environ), host])}"
    if _is_this_machine(host) and not _is_this_machine(host_of(through.url)):
        # Another machine's proxy has a loopback of its own.
        return failed(found, advice, Code.CONNECTION_FAILED)
    return warned(found, advice)


def _is_this_machine(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")
