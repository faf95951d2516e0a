"""Decides in which line of a TOML text a key stands, which no parser of the standard library keeps."""

import re
from collections.abc import Iterator

from cpa_image_cli.core.dataclass import dataclass

_HEADER = re.compile(r"\s*\[+\s*([^\[\]]+?)\s*\]+")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    A line, counted from 1, that looks like a table header or a key.

    *header* is the table in force there, *path* the header itself or the key's full dotted path.
    """

    number: int
    header: str
    path: str

    def is_within(self, table: str) -> bool:
        """Whether it says something of *table*, a dotted path, or below it."""
        return self.path == table or self.path.startswith(f"{table}.")


def line_of(name: str, *, header: str, text: str) -> int | None:
    """
    Return the 1-based line where *name* is set under ``[header]``.

    For a key in an inline table it is the line of the table; None when no line looks like it.
    """
    wanted = f"{header}.{name}" if header else name
    for line in key_lines(text):
        if line.is_within(wanted):
            return line.number
    parent, _, last = header.rpartition(".")
    return line_of(last, header=parent, text=text) if header else None


def key_lines(text: str) -> Iterator[Line]:
    """Yield each table header and key, as far as lines show them: text of several lines may look like keys."""
    header = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if table := _HEADER.match(line):
            header = _bare(table[1])
            yield Line(number=number, header=header, path=header)
        elif key := _KEY.match(line):
            yield Line(number=number, header=header, path=f"{header}.{_bare(key[1])}".lstrip("."))


def _bare(dotted: str) -> str:
    """Return *dotted* without the quotes and spaces that TOML allows in it."""
    return re.sub(r"""\s*\.\s*""", ".", re.sub(r"""["']""", "", dotted)).strip()
