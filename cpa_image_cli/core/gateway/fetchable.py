"""
Decides from where the picture may be fetched whose address a gateway sent in its place.

The address is the gateway's word and nothing more: it must not make this machine ask what only this machine can reach.
So it is ``https``, unless it is this machine itself, and a private address is refused, however it was named, unless the
gateway has one too.
"""

import ipaddress
from urllib.parse import urlsplit

MOST_REDIRECTS = 5

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def refusal_of(url: str) -> str | None:
    """Return why *url* is not fetched, as far as its words tell; None if they are all right."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "it is no address"
    if not host:
        return "it names no host"
    if parts.username is not None or parts.password is not None:
        return "it names a user"
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(host)):
        return "it is not https"
    return None


def is_private(address: str) -> bool:
    """Whether the IP *address* is one that not everybody can reach: of a home, an office, this machine, or no host."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    return not all(each.is_global and not each.is_multicast for each in (ip, *_inside(ip)))


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _inside(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """Return the IPv4 addresses that *ip* is another spelling of."""
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    translated = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None
    return [each for each in (ip.ipv4_mapped, ip.sixtofour, translated) if each is not None]
