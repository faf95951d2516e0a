"""
Decides what ``{…}`` in the name of a file stands for, where one name is said for many pictures.

A field is a name, or a name and a width (``{n:03}``), whose value then gets zeros in front. ``{{`` and ``}}`` are
braces. A value becomes part of one name: it can be no path.
"""

import re
from collections.abc import Callable, Mapping

from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.pictures.file_names import FALLBACK, readable, shortened

LONGEST_VALUE = 60
"""Bytes of UTF-8 that one value may take of a name."""

_FIELD = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}:]+)(?::0?(?P<width>[1-9]))?\}")


def fields_in(text: str) -> tuple[str, ...]:
    """Return the names of the fields in *text*, in their order."""
    return tuple(found["name"].strip() for found in _FIELD.finditer(text) if found["name"])


def filled(text: str, value_of: Callable[[str], str | None], *, called: str, left: frozenset[str] = frozenset()) -> str:
    """
    Return *text* with each field replaced by what *value_of* it is, but for those that are *left* for later.

    Raises: UsageError, which says *called* for the text, for a field that has no value.
    """

    def replaced(found: re.Match[str]) -> str:
        if found["name"] is None:
            return found[0][0]
        if found["name"].strip() in left:
            return found[0]
        value = value_of(found["name"].strip())
        if value is None:
            raise UsageError(
                f"{called}: there is no {{{found['name']}}}", hint="A brace itself is written twice: {{ }}."
            )
        return value.zfill(int(found["width"] or 0))

    return _FIELD.sub(replaced, text)


def filled_name(text: str, values: Mapping[str, object], *, called: str, left: frozenset[str] = frozenset()) -> str:
    """Return *text*, the name of a file, with its fields replaced by parts of names. Raises: as `filled`."""

    def part(name: str) -> str | None:
        if name not in values:
            return None
        return shortened(readable(str(values[name])), LONGEST_VALUE) or FALLBACK

    return filled(text, part, called=called, left=left)
