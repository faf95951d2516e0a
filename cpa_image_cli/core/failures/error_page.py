"""Decides what is worth telling of a web page that came in place of an answer: its title, and the status in that."""

import re

from cpa_image_cli.core.text import one_line

_READ = 65536
"""Characters of a web page in which its title is looked for."""

_STARTS = ("<!doctype", "<html", "<head", "<body", "<title", "<center", "<h1", "<?xml")
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,600})", re.IGNORECASE)
_HEADING = re.compile(r"<h1[^>]{0,200}>([^<]{1,600})", re.IGNORECASE)


def is_page(text: str) -> bool:
    """Whether *text* is a web page."""
    start = text[:512].lstrip().lower()
    return start.startswith(_STARTS) or "<html" in start


def title_of(page: str) -> str:
    """Return a page's title, or its first heading; nothing else of it is worth a person's time."""
    # Imported here: its table of entities costs more than reading a hundred errors.
    from html import unescape

    found = _TITLE.search(page[:_READ]) or _HEADING.search(page[:_READ])
    return unescape(found.group(1)).strip() if found else ""


def status_in_title(title: str) -> int | None:
    """Return the status in ``example.com | 524: A timeout occurred`` or ``504 Gateway Time-out``."""
    found = re.search(r"(?:^|\| )([45][0-9]{2})\b", one_line(title), re.ASCII)
    return int(found.group(1)) if found else None
