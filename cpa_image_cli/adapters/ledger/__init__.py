"""
Decides what the ledger answers about runs: which there were, newest first, and what can be learned from them.

Safe for any number of processes at once. A run whose process is gone is shown, and at the next run also stored, as
interrupted. `Ledger` is what is written while pictures are made, `Recorder` for those who must not fail over it. A
file that is not there is an empty history.
"""

import contextlib
from collections.abc import Collection, Generator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Literal

from cpa_image_cli.adapters.ledger.database import opened, transaction
from cpa_image_cli.adapters.ledger.jobs import Ledger
from cpa_image_cli.adapters.ledger.reading import facts_of, run_named, seconds_of, with_true_state
from cpa_image_cli.adapters.ledger.selecting import condition
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.ledger.run import Run, RunState
from cpa_image_cli.core.ledger.selection import EVERYTHING, Selection

if TYPE_CHECKING:
    from cpa_image_cli.core.ledger.statistics import RunFacts


class History(Ledger):
    """The jobs in a ledger as runs that are over, to be looked at. Every method raises as those of `Ledger` do."""

    def recent(self, limit: int, selection: Selection = EVERYTHING) -> list[Run]:
        """Return the last *limit* runs of *selection*, newest first."""
        with contextlib.closing(self._each(selection, order="DESC")) as runs:
            return list(islice(runs, limit))

    def each(self, selection: Selection = EVERYTHING) -> Generator[Run, None, None]:
        """Yield the runs of *selection* one by one, oldest first."""
        return self._each(selection, order="ASC")

    def find(self, references: Sequence[str]) -> list[Run]:
        """
        Return the runs that *references* name, each by the beginning of its id, ``last``, or ``last~2``.

        Raises: UsageError for one that names no run, or several.
        """
        from cpa_image_cli.core.ledger.reference import reference

        wanted = [(text, reference(text)) for text in references]
        with self._opened_to_read() as connection:
            return [run_named(text, meant, connection) for text, meant in wanted]

    def forget(self, identities: Collection[str]) -> None:
        """Delete the rows called *identities*, and overwrite where they were. Pictures stay where they are."""
        with opened(self.path, patience=self._patience) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            with transaction(connection):
                connection.executemany("DELETE FROM run WHERE id = ?", [[identity] for identity in identities])

    def facts(self, selection: Selection = EVERYTHING) -> "list[RunFacts]":
        """Return what statistics need of the runs of *selection*, oldest first."""
        with self._opened_to_read() as connection:
            return facts_of(selection, connection)

    def estimate(self, model: str, size: str | None, quality: str | None) -> Estimate | None:
        """
        Return how long pictures took that real gateways made lately for the same *model*, *size* and *quality*.

        None for size or quality is the same as ``auto``. Returns None if there were no such runs.
        """
        with self._opened_to_read() as connection:
            return Estimate.of(seconds_of(connection, model=model, size=size, quality=quality))

    def _each(self, selection: Selection, *, order: Literal["ASC", "DESC"]) -> Generator[Run, None, None]:
        where, values = condition(selection)
        with self._opened_to_read() as connection:
            query = f"SELECT * FROM run WHERE {where} ORDER BY seq {order}"  # noqa: S608 - no words of the user's
            for row in connection.execute(query, values):
                run = with_true_state(row)
                if _is_meant(run, selection):
                    yield run


def _is_meant(run: Run, selection: Selection) -> bool:
    """Whether *run*, whose true state is known, is one that the condition let through for good reason."""
    if selection.job_states and run.job_state not in selection.job_states:
        return False
    return not (selection.without_picture and run.state is RunState.RUNNING)
