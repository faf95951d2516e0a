"""Decides how earlier runs are offered in a session, one of which may be picked."""

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.adapters.terminal.asking import Asking
from cpa_image_cli.adapters.terminal.keyboard import size_of
from cpa_image_cli.commands.history.picking import is_missing
from cpa_image_cli.core.errors import CpaImageError
from cpa_image_cli.core.ledger.run import Run
from cpa_image_cli.core.session.states import Event, Picked, recalled
from cpa_image_cli.core.terminal.graphics import has_colours
from cpa_image_cli.core.terminal.keys import Chosen
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui import session as view
from cpa_image_cli.ui.history.table import HistoryRow, table

RECALLED = 500
"""Earlier runs whose prompts can be recalled."""

OFFERED = 100
"""Earlier runs one of which can be picked; what is older is found with ``history list --search``."""

KEYS = "er"
"""Keys that do something with a run, beside Enter."""


def prompts_of(around: Surroundings) -> tuple[str, ...]:
    """Return the prompts of earlier runs, as a line editor recalls them."""
    try:
        earlier = History(around.directories().history_file).recent(RECALLED)
    except CpaImageError:
        # The key `h` says what is wrong with the history; it must not keep anybody from drawing.
        return ()
    return recalled(one.prompt for one in earlier)


def newest(around: Surroundings) -> Run | None:
    """Return the last run there was."""
    return next(iter(History(around.directories().history_file).recent(1)), None)


def picked(asking: Asking, around: Surroundings) -> Event | None:
    """
    Let one of the last runs be picked; return what came of it, None if there are none.

    Raises: CpaImageError when the history cannot be read.
    """
    runs = History(around.directories().history_file).recent(OFFERED)
    if not runs:
        return None
    rows = [HistoryRow.of(run, when=run.started_at.astimezone(), missing=is_missing(run)) for run in runs]

    def shown(index: int) -> str:
        size, is_coloured = size_of(around.stderr), has_colours(around.environ)
        now = around.now().astimezone()
        lines = list(table(rows, width=size.columns - len(view.MARK), is_coloured=is_coloured, now=now))
        return view.picking(lines, index, size=size, is_coloured=is_coloured)

    answer = asking.row(shown, len(runs), keys=KEYS)
    if not isinstance(answer, Chosen):
        return answer
    run = runs[answer.index]
    picture = None if is_missing(run) else run.output
    return Picked(run=run.id, prompt=run.prompt, picture=picture, key=answer.key)
