"""Decides how profiles are listed on a terminal."""

from collections.abc import Iterator, Sequence

from cpa_image_cli.ui.history.columns import Column, cell, lines
from cpa_image_cli.ui.palette import QUIET, STRONG

COLUMNS = (
    Column(title=""),
    Column(title="Profile", most=30),
    Column(title="Model", most=24),
    Column(title="Gateway", grows=True),
)


def table(rows: Sequence[tuple[str, str, str, str]], *, width: int, is_coloured: bool) -> Iterator[str]:
    """Yield *rows*, each a mark of the default, a name, a model and a gateway, for a terminal of *width* columns."""
    cells = [
        [cell(mark), cell(name, STRONG if mark else ""), cell(model, QUIET), cell(gateway, QUIET)]
        for mark, name, model, gateway in rows
    ]
    return lines(COLUMNS, cells, width=width, is_coloured=is_coloured)
