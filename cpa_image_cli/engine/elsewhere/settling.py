"""
Decides what happens to jobs whose process died: whoever comes next writes down what is true of them.

A picture that one of them had in hand was paid for. It gets its name, or is kept, and is told.
"""

import contextlib
from pathlib import Path

from cpa_image_cli.adapters.ledger.jobs import Ledger
from cpa_image_cli.adapters.output import IfExists
from cpa_image_cli.adapters.output.rescue import LeftPicture, rescued
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import CpaImageError
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import Run
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.process.surroundings import Surroundings

FALLBACK = "picture"
"""What a picture is called whose name was nobody's affair; the run's id follows."""


@dataclass(frozen=True, slots=True)
class Rescued:
    """The picture of the run *id*, whose process died, and where it is now; None if it is gone."""

    id: str
    output: Path | None

    @property
    def notice(self) -> Notice:
        """Return what a person is told."""
        if self.output is None:
            return Notice(code="picture_gone", message=f"the run {self.id} died with its picture, which is gone")
        return Notice(
            code="picture_rescued", message=f"the run {self.id} died, but its picture is saved: {self.output}"
        )


def settled(around: Surroundings) -> tuple[Rescued, ...]:
    """Settle what dead processes left, as far as the ledger can be written, and return the pictures among it."""
    directories = around.directories()
    ledger = Ledger(directories.history_file).in_a_hurry()
    found: list[Rescued] = []
    with contextlib.suppress(CpaImageError):
        for run in ledger.abandoned():
            output = _rescued(run, kept=directories.kept)
            found.append(Rescued(run.id, output))
            state = JobState.UNKNOWN if output is None else JobState.DONE
            ledger.conclude(run.id, state, output=output, at=around.now())
    return tuple(found)


def _rescued(run: Run, *, kept: Path) -> Path | None:
    if run.held is None or run.picture is None:
        return None
    left = LeftPicture(
        path=run.held,
        picture=run.picture,
        destination=run.destination,
        if_exists=IfExists(run.if_exists),
        fallback=f"{FALLBACK}-{run.id}",
    )
    return rescued(left, kept=kept)
