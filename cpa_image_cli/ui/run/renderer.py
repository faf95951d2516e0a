"""What every way of watching a job has in common."""

from typing import Protocol

from cpa_image_cli.core.job.events import JobEvent
from cpa_image_cli.core.job.outcome import Outcome


class Renderer(Protocol):
    """One of these is chosen per run. Only the main thread calls it."""

    def handle(self, event: JobEvent) -> None:
        """Take note of *event* and show what follows from it."""

    def tick(self) -> None:
        """Time passed and nothing happened; redraw what depends on the clock."""

    def conclude(self, outcome: Outcome) -> None:
        """Tell how it ended, which *outcome* knows better than the last event."""

    def close(self) -> None:
        """Leave the terminal as it was found. Called once, whatever happened; may be called again."""
