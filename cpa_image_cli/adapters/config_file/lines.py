"""Decides in which line of a TOML text a key stands, which no parser of the standard library keeps."""

import re
from collections.abc import Iterator

_HEADER = re.compile(r"\s*\[+\s*([^\[\]]+?)\s*\]+")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")


def line_of(name: str, *, header: str, text: str) -> int | None:
    """
    Return the 1-based line where *name* is set under ``[header]``.

    For a key in an inline table it is the line of the table; None when no line looks like it.
    """
    wanted = f"{header}.{name}" if header else name
    for number, path in key_lines(text):
        if is_within(path, wanted):
            return number
    parent, _, last = header.rpartition(".")
    return line_of(last, header=parent, text=text) if header else None


def last_line_within(wanted: str, text: str) -> int | None:
    """Return the 1-based line of the last header or key at or below the dotted path *wanted*; None if there is none."""
    return max((number for number, path in key_lines(text) if is_within(path, wanted)), default=None)


def is_within(path: str, wanted: str) -> bool:
    """Whether the dotted *path* is *wanted* or lies below it."""
    return path == wanted or path.startswith(f"{wanted}.")


def key_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield line number and full dotted path of each table header and key, as far as lines show them."""
    header = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if table := _HEADER.match(line):
            header = _bare(table[1])
            yield number, header
        elif key := _KEY.match(line):
            yield number, f"{header}.{_bare(key[1])}".lstrip(".")


def _bare(dotted: str) -> str:
    """Return *dotted* without the quotes and spaces that TOML allows in it."""
    return re.sub(r"""\s*\.\s*""", ".", re.sub(r"""["']""", "", dotted)).strip()
