"""Decides how the way of a request is told: what was asked where, and through which proxy."""

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.gateway.endpoint import host_of, shown_url
from cpa_image_cli.core.gateway.proxies import Proxy
from cpa_image_cli.core.text import one_line

_SHOWN = 240
"""Characters of an address in an error message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What was asked: *url* by *method*, through *proxy* if there is one. The URL may hold a password."""

    url: str
    method: str = "POST"
    proxy: Proxy | None = None

    @property
    def asked(self) -> str:
        """Return the request line as it may be shown: ``POST https://gateway.example/v1/responses``."""
        return one_line(f"{self.method} {shown_url(self.url)}", limit=_SHOWN)

    @property
    def host(self) -> str:
        """Return the gateway's host, as `NO_PROXY` would name it."""
        return host_of(self.url)
