"""
Fetches a picture from an address that a person named: as anybody would, without a key, a session or a name of ours.

It is done here and not by the gateway, which then need not reach the address, nor learn it.
"""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.pictures.inputs import bad_picture
from cpa_image_cli.core.text import one_line

if TYPE_CHECKING:
    import httpx

PATIENCE = 60.0
"""Seconds without a byte."""

MOST_REDIRECTS = 5

_HEADERS = {"accept": "image/png,image/jpeg,image/webp,image/*;q=0.8", "accept-encoding": "identity"}


def fetched(address: str, *, shown: str) -> Iterator[bytes]:
    """
    Yield what lies at *address*, in pieces; *shown* is how it is called.

    Raises: UsageError when nothing comes.
    """
    import httpx

    try:
        with httpx.Client(headers=_HEADERS, timeout=PATIENCE) as client, _answer(client, address, shown) as answer:
            if not answer.is_success:
                raise _not_fetched(shown, f"HTTP {answer.status_code}")
            yield from answer.iter_bytes(1 << 16)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise _not_fetched(shown, str(error) or type(error).__name__) from error


@contextlib.contextmanager
def _answer(client: "httpx.Client", address: str, shown: str) -> Iterator["httpx.Response"]:
    import httpx

    url = httpx.URL(address)
    for _ in range(MOST_REDIRECTS + 1):
        if url.scheme != "https":
            raise _not_fetched(shown, f"it leads to {url.scheme}://, and only https is followed")
        with client.stream("GET", url, follow_redirects=False) as answer:
            if not answer.has_redirect_location:
                yield answer
                return
            url = url.join(answer.headers["location"])
    raise _not_fetched(shown, f"it leads on more than {MOST_REDIRECTS} times")


def _not_fetched(shown: str, why: str) -> UsageError:
    return bad_picture(f"{shown} cannot be fetched: {one_line(why, limit=200).rstrip('.')}")
