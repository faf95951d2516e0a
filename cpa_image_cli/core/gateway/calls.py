"""What a gateway is asked over HTTP, and a short answer, as values; who sends them is ``adapters/gateway``."""

from collections.abc import Mapping

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.gateway.proxies import Proxy
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.wire.body import Body

MAX_ANSWER = 4 * 1024 * 1024
"""Bytes of the answer to a GET that are read; a long list of models has a twentieth of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """
    One request: *body* is JSON, and read anew by a retry; *key* and *secret_headers* are unwrapped where it is sent.

    *timeout* is in seconds. *streamed* says that a stream is asked for.
    """

    url: str
    body: Body
    headers: Mapping[str, str]
    key: Secret | None = None
    secret_headers: Mapping[str, Secret] | None = None
    timeout: float = 600.0
    streamed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Get:
    """One question that costs nothing, such as for the list of models; fields as in `Post`."""

    url: str
    headers: Mapping[str, str]
    key: Secret | None = None
    secret_headers: Mapping[str, Secret] | None = None
    timeout: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A small answer, whole: *headers* in lower case, at most `MAX_ANSWER` bytes of *body*, through *proxy* if any."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    proxy: Proxy | None = None
