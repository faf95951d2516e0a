"""
Decides how a run is remembered without ever being disturbed by it: one notice at most, never an error.

One thing is no courtesy: if the user limits requests and they cannot be counted, nothing is sent.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cpa_image_cli.adapters.ledger.jobs import Ledger
from cpa_image_cli.core.errors import Code, ConfigError, CpaImageError, OutputError
from cpa_image_cli.core.job.events import AttemptStarted, JobEvent
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.allowance import UNLIMITED, Allowance, reached
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import Held, NewRun, Run, RunState, state_after
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.picture import Picture

MARKS = frozenset({"request_sent", "reply_started", "accepted", "frame_arrived", "verifying", "image_saved"})
"""Events whose first occurrence in the last attempt is kept as seconds since that attempt's start."""

_TROUBLES = (CpaImageError, OSError, ValueError, TypeError, OverflowError)


class Recorder:
    """
    Writes one run into a ledger.

    *clock* is monotonic, in seconds; *now* is the wall clock. It takes job events as a renderer does, to learn how long
    things took. `sending`, `sent`, `refused` and `in_hand` are called by whoever makes the attempts, in its own thread,
    each before what it speaks of happens. *allowance* are the user's limits of requests; *spend* takes one from what
    this command may send, and raises CpaImageError when nothing is left of that.
    """

    def __init__(
        self,
        history: Ledger,
        *,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        allowance: Allowance = UNLIMITED,
        spend: Callable[[], None] = lambda: None,
    ) -> None:
        self._history = history
        self._allowance = allowance
        self._spend = spend
        self._clock = clock
        self._now = now
        self._run: NewRun | None = None
        self._id: str | None = None
        self._notice: Notice | None = None
        self._complained = False
        self._attempt_at: float | None = None
        self._timings: dict[str, float] = {}

    @property
    def id(self) -> str | None:
        """Return how history calls the run; None as long as it is not recorded."""
        return self._id

    def begin(self, run: NewRun) -> Notice | None:
        """
        Record *run* before it is sent. Return what a person should know, if that failed.

        Raises: OutputError when another job is making a picture for the same file.
        """
        self._run = run
        try:
            self._begin()
        except OutputError:
            raise
        except _TROUBLES as error:
            self._complain(error)
        return self._complaint()

    def begin_once(self, run: NewRun) -> Run | None:
        """
        Record *run* under its request id; return the run that has this id already, if one does.

        Raises: ConfigError when that cannot be known; OutputError as `begin`.
        """
        self._run = run
        begun = self._history.begin_once(run)
        if isinstance(begun, Run):
            return begun
        self._id = begun.id
        return None

    def resume(self, run: NewRun, identity: str) -> None:
        """Go on with *run*, which is recorded already as *identity*."""
        self._run, self._id = run, identity

    def sending(self) -> None:
        """
        Note that a request is about to leave.

        Raises: CpaImageError when the user's limits do not allow it, or cannot be kept.
        """
        self._spend()
        try:
            opens_at = self._history.send(self._id or self._begin(), at=self._now(), allowance=self._allowance)
        except (CpaImageError, OSError) as error:
            if self._allowance:
                raise _uncounted(error) from error
            self._complain(error)
            return
        if opens_at is not None:
            raise reached(opens_at=opens_at.astimezone(), now=self._now().astimezone())

    def sent(self) -> None:
        """Note that the whole request has left."""
        self._mark(JobState.SENT)

    def refused(self) -> None:
        """Note that no picture can come of what was sent: the job is planned again."""
        self._mark(JobState.PLANNED)

    def in_hand(self, path: Path, picture: Picture) -> None:
        """Note that *picture*, whole and verified, lies at *path*."""
        identity = self._id
        if identity is not None:
            self._attempt(lambda: self._history.hold(identity, Held(path=path, picture=picture)))

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
        self._attempt(lambda: self._finish(outcome))
        return self._complaint()

    def _mark(self, state: JobState) -> None:
        identity = self._id
        if identity is not None:
            self._attempt(lambda: self._history.mark(identity, state))

    def _begin(self) -> str:
        assert self._run is not None  # noqa: S101 - `begin` comes first
        self._id = self._history.begin(self._run)
        return self._id

    def _finish(self, outcome: Outcome) -> None:
        self._history.finish(self._id or self._begin(), outcome, at=self._now(), timings=self._timings)

    def _attempt(self, write: Callable[[], object]) -> None:
        try:
            write()
        except _TROUBLES as error:
            self._complain(error)

    def _complain(self, error: Exception) -> None:
        if not self._complained:
            self._complained = True
            # Whoever holds it locked is waited for once.
            self._history = self._history.in_a_hurry()
            self._notice = Notice(code="history_not_written", message=f"this run is not recorded: {error}")

    def _complaint(self) -> Notice | None:
        """Return what a person should know and was not told yet."""
        notice, self._notice = self._notice, None
        return notice


def _uncounted(error: Exception) -> ConfigError:
    return ConfigError(
        f"the limit of requests cannot be kept, since they cannot be counted: {error}",
        code=Code.HISTORY_UNREADABLE,
        hint="Nothing was sent. Put the ledger elsewhere with --ledger, or take the limit out of the configuration.",
    )
