"""
Decides when a job's next attempt may begin: there are only so many places, and all jobs beside each other share them.

A retry waits for a place like a first attempt. Whoever was withdrawn gets none any more, so that a job which is stopped
between two attempts sends nothing. Nor are there more requests than one command may send, over all its jobs.
"""

import threading
from collections.abc import Callable

from cpa_image_cli.core.errors import Code, CpaImageError, Failure
from cpa_image_cli.core.job.side_by_side import LIMITS, Concurrency
from cpa_image_cli.core.ledger.allowance import used_up


class Turns:
    """The places of jobs that run side by side, at most *most*; *clock* is monotonic, in seconds."""

    def __init__(self, most: int, *, clock: Callable[[], float]) -> None:
        self.change = threading.Condition()
        self.clock = clock
        self.concurrency = Concurrency(most)
        self.taken = 0

    @property
    def places(self) -> int:
        """Return how many may send at once, by what the gateway bore so far."""
        with self.change:
            return self.concurrency.now

    def turn(self) -> "Turn":
        """Return the turn of one job."""
        return Turn(self)


class Turn:
    """When one job may make an attempt; `take` and `give_back` belong to the thread that makes it."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._withdrawn = False
        self._began_at = 0.0

    def take(self) -> None:
        """Wait for a place. Raises: CpaImageError when there will be none any more."""
        turns = self._turns
        with turns.change:
            turns.change.wait_for(lambda: self._withdrawn or turns.taken < turns.concurrency.now)
            if self._withdrawn:
                raise CpaImageError("stopped before the next attempt", code=Code.INTERRUPTED)
            turns.taken += 1
            self._began_at = turns.clock()

    def give_back(self, failure: Failure | None) -> None:
        """Leave the place to others, after an attempt that ended in *failure*, or well."""
        turns = self._turns
        with turns.change:
            turns.taken -= 1
            if failure is None:
                turns.concurrency.succeeded()
            elif failure.code in LIMITS:
                turns.concurrency.limited(began_at=self._began_at, at=turns.clock())
            turns.change.notify_all()

    def withdraw(self) -> None:
        """Let no further attempt begin. From any thread."""
        with self._turns.change:
            self._withdrawn = True
            self._turns.change.notify_all()


class Budget:
    """At most *most* requests; any number of threads may spend from it. None is no limit."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._spent = 0
        self._lock = threading.Lock()

    def spend(self) -> None:
        """Take one request. Raises: CpaImageError when none is left."""
        with self._lock:
            if self._most is not None and self._spent >= self._most:
                raise used_up(self._most)
            self._spent += 1
