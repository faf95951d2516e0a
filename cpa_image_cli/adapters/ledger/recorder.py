"""Decides how a run is remembered without ever being disturbed by it: one notice at most, never an error."""

from collections.abc import Callable
from datetime import datetime

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.errors import CpaImageError
from cpa_image_cli.core.job.events import AttemptStarted, JobEvent
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.run import NewRun, RunState, state_after
from cpa_image_cli.core.notice import Notice

MARKS = frozenset({"request_sent", "reply_started", "accepted", "frame_arrived", "verifying", "image_saved"})
"""Events whose first occurrence in the last attempt is kept as seconds since that attempt's start."""


class Recorder:
    """
    Writes one run into a history.

    *clock* is monotonic, in seconds; *now* is the wall clock. It takes job events as a renderer does, to learn how long
    things took.
    """

    def __init__(self, history: History, *, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._history = history
        self._clock = clock
        self._now = now
        self._run: NewRun | None = None
        self._id: str | None = None
        self._complained = False
        self._attempt_at: float | None = None
        self._timings: dict[str, float] = {}

    @property
    def id(self) -> str | None:
        """Return how history calls the run; None as long as it is not recorded."""
        return self._id

    def begin(self, run: NewRun) -> Notice | None:
        """Record *run* before it is sent. Return what a person should know, if that failed."""
        self._run = run
        return self._attempted(self._begin)

    def handle(self, event: JobEvent) -> None:
        """Take note of when *event* happened."""
        if isinstance(event, AttemptStarted):
            self._attempt_at = self._clock()
            self._timings = {}
        elif event.kind in MARKS and self._attempt_at is not None:
            self._timings.setdefault(event.kind, round(self._clock() - self._attempt_at, 3))

    def tick(self) -> None:
        """Do nothing: time alone is not recorded."""

    def finish(self, outcome: Outcome) -> Notice | None:
        """
        Record how the run ended, and its beginning too if that failed before.

        Return what a person should know, unless it was said already.
        """
        if state_after(outcome) is RunState.INTERRUPTED:
            self._history = self._history.in_a_hurry()
        if self._attempt_at is not None:
            self._timings["attempt"] = round(self._clock() - self._attempt_at, 3)
        return self._attempted(lambda: self._finish(outcome))

    def _begin(self) -> str:
        assert self._run is not None  # noqa: S101 - `begin` comes first
        self._id = self._history.begin(self._run)
        return self._id

    def _finish(self, outcome: Outcome) -> None:
        self._history.finish(self._id or self._begin(), outcome, at=self._now(), timings=self._timings)

    def _attempted(self, write: Callable[[], object]) -> Notice | None:
        try:
            write()
        except (CpaImageError, OSError, ValueError, TypeError, OverflowError) as error:
            if not self._complained:
                self._complained = True
                return Notice(code="history_not_written", message=f"this run is not recorded: {error}")
        return None
