"""
Decides through which proxy a request goes, by the variables other programs know as well.

The rules are those of httpx 0.28, which a test holds this to, and three of curl's that it lacks: an address range in
``NO_PROXY`` means all of it, ``*.example.com`` means its subdomains, and ``[::1]`` is an address. Only the proxy that
applies matters: one for another scheme or host may be as wrong as it likes. The system's own proxy settings (macOS,
Windows) are not seen.
"""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.text import one_line

SOCKS = ("socks5", "socks5h")
_SCHEMES = ("http", "https", *SOCKS)
_SPELLINGS = {"socks": "socks5"}
"""What GNOME and others write into ``ALL_PROXY``."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PROXY_PORTS = {**_DEFAULT_PORTS, **dict.fromkeys(SOCKS, 1080)}

UNREADABLE = "no_proxy_unreadable"
_SKIPPED = "cannot be read, and is skipped"

_PLAIN = re.compile(r"\*?[\w.-]*(?::[0-9]{1,5})?")
_SHOWN = 80
"""Characters of a malformed value that are repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy and the variable that names it. *url* may hold a password."""

    url: str
    variable: str

    @property
    def scheme(self) -> str:
        """Return the scheme in lower case."""
        return self.url.partition("://")[0].lower()

    @property
    def shown(self) -> str:
        """Return how to name it: ``127.0.0.1:3128 (HTTPS_PROXY)``. Only for one without a `problem`."""
        parts = urlsplit(self.url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{host}:{self.port} ({self.variable})"

    @property
    def port(self) -> int:
        """Return the port, by scheme where none is given. Only for one without a `problem`."""
        return urlsplit(self.url).port or _PROXY_PORTS[self.scheme]

    def reads(self, url: str) -> bool:
        """Whether it sees what is asked at *url*, and may answer in the place of whoever is there."""
        return self.scheme not in SOCKS and urlsplit(url).scheme.lower() == "http"

    @property
    def problem(self) -> str | None:
        """Return why no request can go through it, or None. A password is not repeated."""
        try:
            parts = urlsplit(self.url)
            port = parts.port
        except ValueError:
            return "has a malformed host or port"
        if self.scheme not in _SCHEMES:
            known = ", ".join(f"{scheme}://" for scheme in _SCHEMES)
            return f"begins with {one_line(self.scheme, limit=_SHOWN)}://, and not with one of {known}"
        if port == 0 or re.search(r"[\x00-\x20\x7f-\x9f\\<>\"`]", self.url):
            return "has a malformed host or port"
        return None if parts.hostname else "names no host"


def proxy_for(url: str, environ: Mapping[str, str]) -> Proxy | None:
    """Return the proxy that a request to *url* goes through, or None."""
    if is_excepted(url, environ):
        return None
    proxies = proxies_in(environ)
    return proxies.get(urlsplit(url).scheme.lower()) or proxies.get("all")


def proxies_in(environ: Mapping[str, str]) -> dict[str, Proxy]:
    """Return all proxies by what they are for: ``http``, ``https``, ``all``."""
    return {
        name: Proxy(url=_spelled_out(value), variable=variable)
        for name, (variable, value) in _variables(environ).items()
        if name in ("http", "https", "all")
    }


def is_excepted(url: str, environ: Mapping[str, str]) -> bool:
    """Whether ``NO_PROXY`` keeps *url* from any proxy."""
    scheme = urlsplit(url).scheme
    meant = scheme if scheme in proxies_in(environ) else "all"
    readable = (entry for entry in exceptions_in(environ) if _oddity(entry) != _SKIPPED)
    return any(_matches(entry, url, meant=meant) for entry in readable)


def exceptions_in(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the entries of ``NO_PROXY``."""
    _, value = _variables(environ).get("no", ("", ""))
    return tuple(entry for entry in map(str.strip, value.split(",")) if entry)


def warnings(environ: Mapping[str, str]) -> tuple[Notice, ...]:
    """Return what to say about entries of ``NO_PROXY`` that mean nothing, or nothing to most other programs."""
    variable, _ = _variables(environ).get("no", ("NO_PROXY", ""))
    told = ((entry, _oddity(entry)) for entry in exceptions_in(environ))
    return tuple(
        Notice(code=UNREADABLE, message=f"{variable} has the entry {one_line(entry, limit=_SHOWN)!r}, which {oddity}")
        for entry, oddity in told
        if oddity is not None
    )


def _oddity(entry: str) -> str | None:
    rest = entry.partition("://")[2] if "://" in entry else entry
    if _version(rest) or _network(rest) is not None or _PLAIN.fullmatch(rest):
        return None
    if re.fullmatch(r"\[[0-9a-fA-F:.]+\](?::[0-9]{1,5})?", rest) and _version(rest.partition("]")[0][1:]):
        return "is understood here, but not by most programs: they want the address without brackets"
    return _SKIPPED


def _spelled_out(value: str) -> str:
    scheme, separator, rest = value.strip().partition("://")
    if not separator:
        return f"http://{value.strip()}"
    return f"{_SPELLINGS.get(scheme.lower(), scheme)}://{rest}"


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
    asked = urlsplit(url)
    if not separator:
        network = _network(entry)
        if network is not None:
            return _lies_in(asked.hostname or "", network)
        scheme, rest = "all", _pattern(entry)
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
    version = _version(entry)
    if version == 6:  # noqa: PLR2004 - of the protocol
        return f"[{entry}]"
    is_whole = version or entry.lower() == "localhost" or entry.startswith(("[", "*"))
    return entry if is_whole else f"*{entry}"


def _host_and_port(rest: str, scheme: str) -> tuple[str, int | None]:
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    found = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(\d{0,5}))?", authority)
    host, digits = found.groups() if found else (authority, None)
    port = int(digits) if digits else None
    return host.strip("[]").lower(), None if port == _DEFAULT_PORTS.get(scheme) else port


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


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(entry, strict=False) if "/" in entry else None
    except ValueError:
        return None


def _lies_in(host: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        return ipaddress.ip_address(host) in network
    except ValueError:
        return False
