"""Decides how a failure looks on a terminal; what is told of it is decided in ``errors``."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cpa_image_cli.ui.failure.problem import BILLED, Problem, details
from cpa_image_cli.ui.palette import CAUTION, QUIET, STRONG, TROUBLE

LABEL = 7


def drawn(problem: Problem) -> RenderableType:
    """Return *problem* for a terminal of any width; print it with ``crop=False``, so that paths stay whole."""
    headline = Table.grid(padding=(0, 1, 0, 0))
    headline.add_row(Text("✗", style=TROUBLE), Text(problem.sentence, style=STRONG))
    parts: list[RenderableType] = [headline]
    if problem.text:
        said = Text("the model said", style=QUIET)
        parts += [Padding(said, (0, 0, 0, 2)), Padding(Text(problem.text), (0, 0, 0, 4))]
    parts.append(Padding(_table(problem), (0, 0, 0, 2)))
    if problem.saved_to:
        # A path is never wrapped, so it cannot be in the table.
        parts.append(Text.assemble(("  kept     ", QUIET), problem.saved_to, no_wrap=True, overflow="ignore"))
    return Group(*parts)


def _table(problem: Problem) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=LABEL, style=QUIET, no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in details(problem):
        if label != "kept":
            table.add_row(label, Text(value, style=CAUTION if value == BILLED else ""))
    table.add_row("code", Text(problem.code.word, style=QUIET))
    return table
