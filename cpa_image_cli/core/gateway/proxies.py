"""
Decides through which proxy a request goes, by the variables other programs know as well.

The rules are those of the HTTP client in ``adapters/gateway`` (httpx 0.28), to the letter, so that what is said here
is what will happen; a test holds the two together. They differ from curl's: an address range in ``NO_PROXY`` means its
first address only, and ``*.example.com`` means nothing. The system's own proxy settings (macOS, Windows) are not seen.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

SOCKS = ("socks5", "socks5h")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy and the variable that names it. *url* may hold a password."""

    url: str
    variable: str

    @property
    def scheme(self) -> str:
        """Return the scheme in lower case."""
        return self.url.partition("://")[0].lower()


def proxy_for(url: str, environ: Mapping[str, str]) -> Proxy | None:
    """Return the proxy that a request to *url* goes through, or None."""
    if is_excepted(url, environ):
        return None
    proxies = proxies_in(environ)
    return proxies.get(urlsplit(url).scheme) or proxies.get("all")


def proxies_in(environ: Mapping[str, str]) -> dict[str, Proxy]:
    """Return all proxies by what they are for: ``http``, ``https``, ``all``."""
    return {
        name: Proxy(url=value if "://" in value else f"http://{value}", variable=variable)
        for name, (variable, value) in _variables(environ).items()
        if name in ("http", "https", "all")
    }


def is_excepted(url: str, environ: Mapping[str, str]) -> bool:
    """Whether ``NO_PROXY`` keeps *url* from any proxy."""
    scheme = urlsplit(url).scheme
    meant = scheme if scheme in proxies_in(environ) else "all"
    return any(_matches(entry, url, meant=meant) for entry in exceptions_in(environ))


def exceptions_in(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the entries of ``NO_PROXY``."""
    _, value = _variables(environ).get("no", ("", ""))
    return tuple(entry for entry in map(str.strip, value.split(",")) if entry)


def range_around(url: str, environ: Mapping[str, str]) -> str | None:
    """Return the address range in ``NO_PROXY`` that *url*'s host lies in, though it has no effect; or None."""
    host = urlsplit(url).hostname or ""
    return next((entry for entry in exceptions_in(environ) if "/" in entry and _lies_in(host, entry)), None)


def _variables(environ: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return variable and value by the first part of its name; as urllib has it, lower case goes before upper case."""
    found: dict[str, tuple[str, str]] = {}
    for name, value in environ.items():
        if name.lower().endswith("_proxy") and value:
            found[name.lower()[:-6]] = (name, value)
    if "REQUEST_METHOD" in environ:
        # In a CGI program HTTP_PROXY is a header of the client's.
        found.pop("http", None)
    for name, value in environ.items():
        if name.endswith("_proxy"):
            if value:
                found[name.lower()[:-6]] = (name, value)
            else:
                found.pop(name.lower()[:-6], None)
    return found


def _matches(entry: str, url: str, *, meant: str) -> bool:
    """Whether *entry* is about *url*, which the proxy for *meant* would be used for."""
    if entry == "*":
        return True
    scheme, separator, rest = entry.partition("://")
    if not separator:
        scheme, rest = "all", _pattern(entry)
    asked = urlsplit(url)
    if scheme not in ("all", asked.scheme):
        return False
    host, port = _host_and_port(rest, scheme)
    if host in ("", "*") and port is None:
        # About no host in particular it must be about fewer schemes than the proxy is; or be its very name.
        return (host == "" and scheme == meant) or (meant == "all" and scheme != "all")
    asked_port = asked.port if asked.port != _DEFAULT_PORTS.get(asked.scheme) else None
    return (port is None or port == asked_port) and _host_fits(host, asked.hostname or "")


def _pattern(entry: str) -> str:
    """Return *entry* with a ``*`` before names, which then mean subdomains as well."""
    version = _version(entry.partition("/")[0])
    if version == 6:  # noqa: PLR2004 - of the protocol
        return f"[{entry}]"
    return entry if version or entry.lower() == "localhost" else f"*{entry}"


def _host_and_port(rest: str, scheme: str) -> tuple[str, int | None]:
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    found = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(\d*))?", authority)
    if found is None:
        return authority, None
    port = int(found[2]) if found[2] else None
    return found[1].strip("[]").lower(), None if port == _DEFAULT_PORTS.get(scheme) else port


def _host_fits(pattern: str, host: str) -> bool:
    if pattern in ("", "*"):
        return True
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and host != pattern[1:]
    if pattern.startswith("*"):
        return host == pattern[1:] or host.endswith(f".{pattern[1:]}")
    return host == pattern


def _version(text: str) -> int | None:
    try:
        return ipaddress.ip_address(text).version
    except ValueError:
        return None


def _lies_in(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
