"""
Decides what a base URL may look like, which addresses are made from it, and how it may be shown.

To reach a further path of the gateway, add a function beside `models_url`.
"""

import ipaddress
import re
from urllib.parse import unquote, urlsplit

from cpa_image_cli.core.errors import Code, ConfigError
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.text import one_line

_SCHEMES = ("http", "https")
_NEVER_IN_A_URL = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\\<>\"`]")
_SHOWN = 120
"""Characters of a malformed base URL that an error message repeats."""

_PRIVATE_NETWORKS = (
    "0.0.0.0/32",  # reaches this very machine
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "::/128",
    "::1/128",
    "fe80::/10",
    "fc00::/7",
)
_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa")
"""Names that public DNS never answers: RFC 6761, RFC 6762, ICANN's reservation of 2024, RFC 8375."""


ENDPOINT = "/responses"
"""What the address of the one call ends in. A base URL that ends so is that address, with or without ``/v1`` in it."""


def responses_url(base_url: str, *, as_openclaw: bool = False) -> str:
    """
    Return the address to POST to.

    *as_openclaw* joins as OpenClaw does: a base that has a path gets ``/responses`` and no ``/v1``.
    """
    return f"{_api_root(base_url, as_openclaw=as_openclaw)}{ENDPOINT}"


def models_url(base_url: str, *, as_openclaw: bool = False) -> str:
    """Return the address that lists the models; *as_openclaw* as in `responses_url`."""
    return f"{_api_root(base_url, as_openclaw=as_openclaw)}/models"


def health_url(base_url: str) -> str:
    """Return the address of CLIProxyAPI's ``/healthz``, which lies beside ``/v1``, not below it."""
    return f"{_without_endpoint(base_url).removesuffix('/v1')}/healthz"


def base_of(responses_url: str) -> str:
    """Return the shortest base URL from which *responses_url* is made."""
    return responses_url.rstrip("/").removesuffix(f"/v1{ENDPOINT}")


def is_endpoint(base_url: str) -> bool:
    """Whether *base_url* is the address of the call itself, to be taken literally."""
    return urlsplit(base_url.rstrip("/")).path.endswith(ENDPOINT)


def _api_root(base_url: str, *, as_openclaw: bool) -> str:
    trimmed = _without_endpoint(base_url)
    path = urlsplit(trimmed).path
    if is_endpoint(base_url) or path.endswith("/v1") or (as_openclaw and path):
        return trimmed
    return f"{trimmed}/v1"


def _without_endpoint(base_url: str) -> str:
    trimmed = base_url.rstrip("/")
    return trimmed.removesuffix(ENDPOINT) if is_endpoint(trimmed) else trimmed


def checked_base_url(text: str) -> str:
    """
    Return *text* without surrounding white space, if it can be a base URL. ``user:password@`` stays.

    Raises: ConfigError with `Code.BASE_URL_INVALID`.
    """
    url = text.strip()
    if _NEVER_IN_A_URL.search(url):
        raise _invalid(url, "holds a space, a control character or another that no URL has")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise _invalid(url, "has a malformed host or port") from exc
    if parts.scheme not in _SCHEMES:
        raise _invalid(url, "does not start with http:// or https://", hint=_scheme_hint(url))
    if not parts.hostname:
        raise _invalid(url, "names no host")
    if port == 0:
        raise _invalid(url, "names port 0")
    if "?" in url or "#" in url:
        raise _invalid(url, "has a query or a fragment", hint="End the base URL before `?` and `#`.")
    return url


def _invalid(url: str, problem: str, *, hint: str | None = None) -> ConfigError:
    return ConfigError(
        f"the base URL {_shown_malformed(url)!r} {problem}",
        code=Code.BASE_URL_INVALID,
        hint=hint or "Write it as https://HOST, https://HOST/v1, or the whole address that ends in /responses.",
    )


def _shown_malformed(url: str) -> str:
    """Return *url* for an error message; a key pasted in its place must not be repeated."""
    if re.match(r"(sk|key|pk)[-_]", url):
        return f"{url[:3]}…"
    return one_line(shown_url(url), limit=_SHOWN)


def _scheme_hint(url: str) -> str | None:
    """Return a guess at what was meant, for a host or host:port without anything in front."""
    if not re.fullmatch(r"[\w.-]+(:\d+)?(/.*)?", url) or not re.search(r"[.:]|^localhost\b", url):
        return None
    scheme = "http" if is_private_host(host_of(f"//{url}")) else "https"
    return f"Did you mean {scheme}://{one_line(url, limit=_SHOWN)}?"


def shown_url(url: str) -> str:
    """Return *url* as it may be shown or recorded: user, password, query and fragment are masked."""
    bare = re.split(r"[?#]", url, maxsplit=1)[0]
    masked = _without_credentials(bare)
    return masked if bare == url else f"{masked}?…"


def passwords_in(url: str) -> tuple[Secret, ...]:
    """Return the password in *url*, as it is spelled there and as it is; none if there is none."""
    try:
        password = urlsplit(url).password or ""
    except ValueError:
        return ()
    return tuple(Secret(text) for text in dict.fromkeys((password, unquote(password))) if text)


def _without_credentials(url: str) -> str:
    scheme, separator, rest = url.partition("://") if "://" in url else ("", "", url)
    authority, slash, path = rest.partition("/")
    if "@" in authority:
        return f"{scheme}{separator}…@{authority.rpartition('@')[2]}{slash}{path}"
    if "@" in path and ":" in authority and not authority.rpartition(":")[2].isdigit():
        # A raw slash in a password ends the authority early, at what then looks like a port.
        return f"{scheme}{separator}…@{path.rpartition('@')[2]}"
    return url


def is_private_host(host: str) -> bool:
    """Whether *host* is this machine or one of a private network, so that plain ``http://`` to it stays there."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(_PRIVATE_SUFFIXES):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return bool(name) and "." not in name and ":" not in name
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    networks = map(ipaddress.ip_network, _PRIVATE_NETWORKS)
    return any(address in network for network in networks if network.version == address.version)


def host_of(url: str) -> str:
    """Return the host name in *url*, in lower case, without port and brackets; empty if there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
