"""
Carries out many plans side by side, one of each place in a thread, while the main thread watches over all of them.

Ctrl-C is kept for the next look and never tears anything apart: at the first, nothing more is begun and what is under
way is finished, as it is when the terminal is gone; at the second, or at SIGTERM, everything is broken off. A failure
that would meet every other job ends the beginning of more.
"""

import queue
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import Protocol

from cpa_image_cli.adapters.gateway import Gateway
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, CpaImageError
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.job.side_by_side import MEETS_ALL, SPACING
from cpa_image_cli.engine.background_job import TICK, BackgroundJob, Inbox, stop_all
from cpa_image_cli.engine.elsewhere.settling import Rescued, settled
from cpa_image_cli.engine.making import Making, is_made_elsewhere, reserved
from cpa_image_cli.engine.many.turns import Budget, Turns
from cpa_image_cli.engine.plan import Plan
from cpa_image_cli.engine.ports import Viewer
from cpa_image_cli.process.signals import SIGNALS
from cpa_image_cli.process.surroundings import Surroundings


class Overview(Viewer, Protocol):
    """Whoever looks at many jobs at once."""

    def ended(self, plan: Plan, outcome: Outcome) -> None:
        """Take note of how the job of *plan* ended."""

    def ending(self, code: Code, *, under_way: int) -> None:
        """Take note that no more jobs begin, for *code*, while some are *under_way*."""


@dataclass(slots=True)
class Made:
    """
    What became of many plans: *outcomes* by the number of the job, *elsewhere* those that another process makes.

    *stop* is what a person or the system stopped it with, *met* what would have met all others.
    """

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    elsewhere: list[Plan] = field(default_factory=list)
    stop: Code | None = None
    met: Trouble | None = None


class Batch:
    """
    Makes the pictures of *plans*, at most *most* at a time, in front of *view*. Used once.

    The first ones start *spacing* seconds apart.
    """

    def __init__(
        self,
        plans: Iterable[Plan],
        around: Surroundings,
        *,
        most: int,
        view: Overview,
        spacing: float = SPACING,
    ) -> None:
        self._waiting = deque(plans)
        self._around = around
        self._view = view
        self._spacing = spacing
        self._turns = Turns(most, clock=around.clock)
        # They come from one command line, which says it once.
        self._budget = Budget(self._waiting[0].max_requests if self._waiting else None)
        self._gateways: dict[bool, Gateway] = {}
        self._under_way: dict[BackgroundJob, Making] = {}
        self._inbox: Inbox = queue.SimpleQueue()
        self._unspaced = most
        self._starts_at = around.clock()
        self._made = Made()
        self._left: Sequence[Rescued] = ()

    def run(self) -> Made:
        """Make them, and return what became of them. Raises: what is a bug."""
        self._left = settled(self._around)
        SIGNALS.outlive_hangup()
        with SIGNALS.noting():
            while self._under_way or (self._waiting and self._begins_more):
                self._heed(SIGNALS.noted())
                self._begin_what_may()
                self._listen()
        # It is ending already, and what is printed of it is not to be torn apart.
        SIGNALS.ignore()
        return self._made

    @property
    def _begins_more(self) -> bool:
        return self._made.stop is None and self._made.met is None and not SIGNALS.hung_up

    def _begin_what_may(self) -> None:
        while self._waiting and self._begins_more and len(self._under_way) < self._turns.places:
            if self._around.clock() < self._starts_at:
                return
            if self._begin(self._waiting.popleft()) and self._unspaced > 1:
                self._unspaced -= 1
                self._starts_at = self._around.clock() + self._spacing

    def _begin(self, plan: Plan) -> bool:
        """Begin the job of *plan*; return whether it is under way."""
        try:
            place = reserved(plan)
        except CpaImageError as error:
            if is_made_elsewhere(plan, self._around):
                self._made.elsewhere.append(plan)
            else:
                self._conclude(plan, unsent(plan, error))
            return False
        making = Making(
            plan,
            self._around,
            place=place,
            gateway=self._gateway(direct=plan.is_direct),
            view=self._view,
            turn=self._turns.turn(),
            budget=self._budget,
        )
        try:
            is_ours = making.begin(self._left)
        except CpaImageError as error:
            making.close()
            self._conclude(plan, unsent(plan, error))
            return False
        self._left = ()
        if not is_ours:
            making.close()
            self._made.elsewhere.append(plan)
            return False
        job = BackgroundJob(making, self._inbox)
        self._under_way[job] = making
        job.start()
        return True

    def _gateway(self, *, direct: bool) -> Gateway:
        if direct not in self._gateways:
            self._gateways[direct] = Gateway(self._around.environ, direct=direct)
        return self._gateways[direct].another()

    def _listen(self) -> None:
        """Take in what the jobs have to say, for as long as there is nothing else to do."""
        due = self._starts_at - self._around.clock() if self._waiting else 0.0
        try:
            message = self._inbox.get(timeout=TICK) if due <= 0 else self._inbox.get_nowait()
        except queue.Empty:
            if due > 0:
                # The next one may start then, if there is a place.
                self._around.wait(threading.Event(), min(TICK, due))
            self._view.tick()
        else:
            outcome = message.job.take_in(message.said)
            if outcome is not None:
                self._settle(message.job, outcome)
        self._heed_keys()

    def _heed_keys(self) -> None:
        waiting = [job for job in self._under_way if job.is_waiting]
        key = self._view.read_key() if waiting else None
        if key == "r":
            for job in waiting:
                job.attended.pause.skip()
        elif key == "q":
            self._heed(Code.INTERRUPTED)

    def _heed(self, code: Code | None) -> None:
        if code is None:
            return
        again = self._made.stop is not None
        self._made.stop = self._made.stop or code
        if again or code is Code.TERMINATED:
            self._break_off(code)
        else:
            self._view.ending(code, under_way=len(self._under_way))

    def _break_off(self, code: Code) -> None:
        SIGNALS.ignore()
        jobs = list(self._under_way)
        for job, outcome in zip(jobs, stop_all(jobs, self._inbox, code), strict=True):
            self._settle(job, outcome)

    def _settle(self, job: BackgroundJob, outcome: Outcome) -> None:
        making = self._under_way.pop(job)
        making.close()
        self._conclude(making.plan, making.finish(outcome))

    def _conclude(self, plan: Plan, outcome: Outcome) -> None:
        self._made.outcomes[plan.whose.job] = outcome
        self._view.ended(plan, outcome)
        trouble = outcome.trouble
        if trouble is not None and trouble.code in MEETS_ALL and self._made.met is None:
            self._made.met = trouble
            if self._waiting:
                self._view.ending(trouble.code, under_way=len(self._under_way))


def unsent(plan: Plan, error: CpaImageError) -> Outcome:
    """Return how a job ended that *error* kept from being begun."""
    job = plan.job
    return Outcome(
        model=job.model,
        requested=job.requested,
        attempts=0,
        elapsed_s=0.0,
        trouble=Trouble.of(error),
        prompt=job.prompt,
    )
