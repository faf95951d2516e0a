"""Decides how the models of a gateway are listed on a terminal."""

from collections.abc import Iterator, Sequence

from cpa_image_cli.ui.history.columns import Column, cell, lines
from cpa_image_cli.ui.palette import QUIET, STRONG

IN_USE = "in use"

COLUMNS = (Column(title="Model", most=60), Column(title="Note", grows=True))


def table(rows: Sequence[tuple[str, str]], *, width: int, is_coloured: bool) -> Iterator[str]:
    """Yield *rows*, each a model and a note on it, for a terminal of *width* columns."""
    cells = [[cell(name, STRONG if note == IN_USE else ""), cell(note, QUIET)] for name, note in rows]
    return lines(COLUMNS, cells, width=width, is_coloured=is_coloured)
