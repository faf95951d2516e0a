"""Lays out facts as labels and texts, for a terminal of any width or line by line for a pipe."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.ui.palette import QUIET

LABEL, GAP = 8, 2
PATH = "path"
"""The label of a fact that is never wrapped, so that it can be copied."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and a text, which may have several lines; *link* is where a click on it leads."""

    label: str
    text: str
    style: str = ""
    link: str = ""


def drawn(told: Sequence[Fact]) -> RenderableType:
    """Return *told* for a terminal of any width; print it with ``crop=False``, so that paths stay whole."""
    return Group(*(_path(fact) if fact.label == PATH else _row(fact) for fact in told))


def _row(fact: Fact) -> RenderableType:
    row = Table.grid(padding=(0, GAP, 0, 0))
    row.add_column(width=LABEL, style=QUIET, no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row(fact.label, Text(fact.text, style=fact.style))
    return row


def _path(fact: Fact) -> RenderableType:
    """Return the path, which is never wrapped so that it can be copied; so it cannot be in a table."""
    style = Style.parse(fact.style) + Style(link=fact.link or None)
    line = Text.assemble((fact.label.ljust(LABEL + GAP), QUIET), (fact.text, style))
    line.no_wrap, line.overflow = True, "ignore"
    return line


def plain_lines(told: Sequence[Fact]) -> Iterator[str]:
    """Yield *told* line by line, a label and a tab before each text, and a tab alone where a text goes on."""
    for fact in told:
        first, *others = fact.text.split("\n")
        yield f"{fact.label}\t{first}"
        yield from (f"\t{line}" for line in others)
