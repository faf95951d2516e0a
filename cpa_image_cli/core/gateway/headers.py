"""
Decides what may stand in a request header, the API key included.

The rules are HTTP's own (RFC 9110 §5): a name is a token, a value printable ASCII here, since that is what the HTTP
client sends unchanged.
"""

import re

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.secret import Secret

CREDENTIALS = frozenset({"authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie"})
"""Headers that carry a credential; the first five are where CLIProxyAPI and its like accept a key."""

OURS = frozenset({"accept", "accept-encoding", "connection", "content-length", "content-type", "transfer-encoding"})
"""Headers that follow from the request itself."""

_SENSITIVE = re.compile(r"auth|cookie|key|pass|secret|session|token", re.IGNORECASE)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?")
_KEY = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A further request header. *shown* is what may be printed of its value."""

    name: str
    value: Secret
    shown: str
    source: str


def shown_value(name: str, value: str) -> str:
    """Return what may be printed of *value*, judging by the header's *name*."""
    return Secret(value).masked() if _SENSITIVE.search(name) else value


def name_problem(name: str) -> str | None:
    """Return what keeps *name* from being the name of a further header, or None."""
    if not _TOKEN.fullmatch(name):
        return "is no header name"
    if name.lower() in OURS:
        return "is a header this program sets itself"
    return None


def value_problem(value: str) -> str | None:
    """Return what keeps *value* from being sent in a header, or None."""
    return None if _VALUE.fullmatch(value) else "must be printable ASCII, without line breaks"


def key_problem(key: str) -> str | None:
    """Return what keeps *key* from being an API key, or None. The text never contains the key."""
    if _KEY.fullmatch(key):
        return None
    if "\n" in key or "\r" in key:
        return "is more than one line"
    return "holds a space, a control character or a character outside ASCII, which no key has"
