"""
Decides what looks wrong about a base URL that is well-formed, and which others may have been meant.

To recognise another mistake, add a predicate that reads as a sentence and its row in `MISTAKES`, or in `ODDITIES` if
it works in places.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from cpa_image_cli.core.gateway.endpoint import ENDPOINT, is_endpoint

_ENDPOINT = re.compile(
    r"(/v1)?/(chat/completions|completions|images/(generations|edits)|models|messages|embeddings|healthz)$"
)
_DOUBLED = re.compile(r"(/v1){2,}(?=/|$)")
_WEB_PAGE = re.compile(r"/[^/]*\.html?$")
_LISTENING = ("0.0.0.0", "[::]")  # noqa: S104 - recognised, not bound

USUAL_PATHS = ("", "/api", "/openai", "/codex", "/backend-api/codex")
"""Where gateways put ``/v1``; most put it at the top."""

MOST = 8
"""Candidates at most: each costs a request."""

Mistake = Callable[[str], tuple[str, str] | None]
"""Takes a base URL without trailing slashes; answers what is wrong with it and the URL that was probably meant."""


def v1_is_doubled(url: str) -> tuple[str, str] | None:
    """Notice a `/v1` that is there twice: one is added when it is missing, so nobody has to write it."""
    better = _DOUBLED.sub("/v1", url)
    return None if better == url else ("has `/v1` twice", better)


def an_endpoint_was_pasted(url: str) -> tuple[str, str] | None:
    """Notice the address of another call than ours, which may be pasted whole."""
    found = _ENDPOINT.search(urlsplit(url).path)
    return None if found is None else (f"ends in `{found[0]}`, the address of one call", url.removesuffix(found[0]))


def a_page_was_pasted(url: str) -> tuple[str, str] | None:
    """Notice a page for the browser; CLIProxyAPI's own is ``/management.html``."""
    found = _WEB_PAGE.search(urlsplit(url).path)
    return None if found is None else (f"ends in `{found[0]}`, a page for the browser", url.removesuffix(found[0]))


def a_slash_is_doubled(url: str) -> tuple[str, str] | None:
    """Notice ``//`` in the path: most servers take it for another one."""
    scheme, _, rest = url.partition("://")
    better = f"{scheme}://{re.sub('/{2,}', '/', rest)}"
    return None if better == url else ("has a doubled slash", better)


def a_listening_address_was_pasted(url: str) -> tuple[str, str] | None:
    """Notice the address that servers print because they listen on it; not every system can connect to it."""
    host = next((host for host in _LISTENING if f"//{host}" in url), None)
    if host is None:
        return None
    return f"names {host}, which servers listen on and nobody connects to", url.replace(host, "127.0.0.1", 1)


MISTAKES: tuple[Mistake, ...] = (
    v1_is_doubled,
    an_endpoint_was_pasted,
    a_page_was_pasted,
)
ODDITIES: tuple[Mistake, ...] = (
    a_slash_is_doubled,
    a_listening_address_was_pasted,
)


def mistake_in(base_url: str) -> tuple[str, str] | None:
    """Return what is wrong about *base_url* and what was probably meant; None when nothing is."""
    return _first(MISTAKES, base_url)


def oddity_in(base_url: str) -> tuple[str, str] | None:
    """Return what may be wrong about *base_url* and what is surely right; None when nothing is."""
    return _first(ODDITIES, base_url)


def _first(mistakes: tuple[Mistake, ...], base_url: str) -> tuple[str, str] | None:
    trimmed = base_url.rstrip("/")
    return next((found for mistake in mistakes if (found := mistake(trimmed)) is not None), None)


def other_bases(base_url: str) -> tuple[str, ...]:
    """Return base URLs of the same host to try when nothing answers at *base_url*, the likeliest first."""
    trimmed = base_url.rstrip("/")
    parts = urlsplit(trimmed)
    # Never another host, and the same credentials: what is tried gets the key.
    origin = f"{parts.scheme}://{parts.netloc}"
    steps = [step for step in parts.path.split("/") if step]
    above = ["".join(f"/{step}" for step in steps[:count]) for count in range(len(steps) - 1, -1, -1)]
    meant = mistake_in(trimmed)
    own = trimmed.removesuffix("/v1")
    # Some have no `/v1` at all, and only the whole address leads there.
    without_v1 = [] if is_endpoint(trimmed) else [own + ENDPOINT]
    candidates = [*([meant[1]] if meant else without_v1), *(origin + path for path in (*above, *USUAL_PATHS))]
    distinct = dict.fromkeys(candidate.rstrip("/").removesuffix("/v1") for candidate in candidates)
    return tuple(candidate for candidate in distinct if candidate != own)[:MOST]
