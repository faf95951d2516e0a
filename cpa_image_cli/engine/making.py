"""
Carries out one plan: a place for the picture, a row in history, a gateway and a pause of its own, somebody to watch.

Everything a picture needs meets here, once, whoever ordered it; what each part does is decided in its own module.
`make` is for a main thread that looks on; `Making` are the parts, for whoever runs several, or runs them elsewhere.
"""

import contextlib
import secrets
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from cpa_image_cli.adapters.gateway import Gateway
from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.adapters.ledger.holds import CoolDown
from cpa_image_cli.adapters.ledger.jobs import Ledger
from cpa_image_cli.adapters.ledger.recorder import Recorder
from cpa_image_cli.adapters.output import Reservation, reserve
from cpa_image_cli.adapters.pictures.verify import verify
from cpa_image_cli.core.agents import NETWORK_HINT, has_no_network
from cpa_image_cli.core.errors import Code, CpaImageError
from cpa_image_cli.core.job.cool_down import scope_of
from cpa_image_cli.core.job.events import JobEvent, ReplyStarted
from cpa_image_cli.core.job.job import DEFAULT_INSTRUCTIONS, Job
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.ledger.fingerprint import fingerprint_of
from cpa_image_cli.core.ledger.run import NewRun, Run
from cpa_image_cli.engine.background_job import Pause, watch
from cpa_image_cli.engine.elsewhere.awaiting import first_asked, told_again
from cpa_image_cli.engine.elsewhere.settling import Rescued, settled
from cpa_image_cli.engine.generation import AttemptLimits, Generation
from cpa_image_cli.engine.inputs.memory import learn_from
from cpa_image_cli.engine.inputs.refining import MaskedEdit
from cpa_image_cli.engine.many.turns import Budget, Turn, Turns
from cpa_image_cli.engine.plan import Plan
from cpa_image_cli.engine.ports import Emit, Place, Ports, Viewer
from cpa_image_cli.engine.recording import with_cost, with_record
from cpa_image_cli.process.surroundings import Surroundings

OpenView = Callable[[Estimate | None], AbstractContextManager[Viewer]]
"""Lets somebody look on from now on, who is told how long comparable runs took."""


class Nobody:
    """Looks on where nobody does."""

    shows_frames = False

    def handle(self, event: JobEvent) -> None:
        """Take no note of *event*."""

    def tick(self) -> None:
        """Let time pass."""

    def read_key(self) -> str | None:
        """Press no key."""
        return None

    def close(self) -> None:
        """Leave nothing behind."""


def unseen(estimate: Estimate | None) -> AbstractContextManager[Viewer]:
    """Let nobody look on."""
    del estimate
    return contextlib.nullcontext(Nobody())


def make(plan: Plan, around: Surroundings, *, view: OpenView = unseen, resumes: str | None = None) -> Outcome:
    """
    Carry out *plan* in the background and return how it ended; *view* opens once there is a place for the picture.

    It *resumes* the job of that id, which the ledger has already and which is this process's.

    Raises: OutputError when there is none; nothing was sent then.
    """
    # Before a place is made ready, since whatever no living run holds is cleared away there; and before it is asked
    # what became of the first of this request id: what a dead process had in hand is published now.
    left = settled(around)
    first = first_asked(plan.request_id, around) if resumes is None else None
    if first is not None:
        return _told_again(first, plan, around)
    with reserved(plan) as place, view(estimate_of(plan.job, around)) as viewer:
        making = Making(plan, around, place=place, gateway=Gateway(around.environ, direct=plan.is_direct), view=viewer)
        if resumes is not None:
            making.resume(resumes)
        elif not making.begin(left) and making.first is not None:
            return _told_again(making.first, plan, around)
        with contextlib.closing(making):
            outcome = watch(making, read_key=viewer.read_key)
        outcome = making.finish(outcome)
        viewer.close()
    return outcome


def _told_again(first: Run, plan: Plan, around: Surroundings) -> Outcome:
    return told_again(first, fingerprint_of(plan.job), around, tick=lambda: settled(around))


def reserved(plan: Plan) -> Reservation:
    """Return the place where the picture of *plan* goes. Raises: OutputError."""
    return reserve(
        plan.target,
        if_exists=plan.if_exists,
        kept=plan.kept,
        picture_format=plan.job.options.output_format,
        temporary=Path(tempfile.gettempdir()),
    )


def is_made_elsewhere(plan: Plan, around: Surroundings) -> bool:
    """Whether another process has taken the place in a batch that *plan* has; False if nobody knows."""
    if plan.claim is None:
        return False
    with contextlib.suppress(CpaImageError):
        last = _ledger(around).latest(plan.claim.group).get(plan.claim.row)
        return (last.id if last else None) != plan.claim.after
    return False


class Making:
    """
    One plan under way. Gateway, pause, place and record are its own, so that several of them do not meet.

    It tells *view* and the record what happens, and is closed when nothing more can come of it. *budget* is what the
    command may send in all; without one, the plan says it.
    """

    def __init__(
        self,
        plan: Plan,
        around: Surroundings,
        *,
        place: Place,
        gateway: Gateway,
        view: Viewer,
        turn: Turn | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.whose = plan.whose
        self.plan = plan
        self.pause = Pause(around.clock, wait=around.wait)
        self._around = around
        self._job = plan.job
        self._place = place
        self._gateway = gateway
        self._view = view
        self._turn = turn or Turns(1, clock=around.clock).turn()
        self._headers: Mapping[str, str] = {}
        self._recorder = Recorder(
            _ledger(around),
            clock=around.clock,
            now=around.now,
            allowance=plan.allowance,
            spend=(budget or Budget(plan.max_requests)).spend,
        )
        self.first: Run | None = None

    def begin(self, left: Sequence[Rescued] = ()) -> bool:
        """
        Record the job before it is sent. It gets a notice if that failed, and of pictures that others *left*.

        Return whether it is for us to make; not so a row of a batch that another process makes, nor what was asked
        under its request id before: by *first*.
        Raises: OutputError when another job is making a picture for the same file; ConfigError when it cannot be known
        who has its request id.
        """
        run = new_run(self.plan, self._place, self._around)
        if run.request_id is not None:
            self.first = self._recorder.begin_once(run)
            return self.first is None
        claimed = self._claimed(run)
        if claimed is False:
            return False
        notice = None if claimed else self._recorder.begin(run)
        notices = (*(one.notice for one in left), *([notice] if notice else []))
        self._job = replace(self._job, notices=(*self._job.notices, *notices))
        return True

    def resume(self, identity: str) -> None:
        """Go on with the job *identity*, which is recorded already."""
        self._recorder.resume(new_run(self.plan, self._place, self._around), identity)

    def _claimed(self, run: NewRun) -> bool | None:
        """
        Return whether the place in a batch is ours now; None if there is no such place.

        Raises: ConfigError when that cannot be written down: then the row must not be sent, or it is paid for again.
        """
        claim = self.plan.claim
        if claim is None:
            return None
        identity = _ledger(self._around).claim(run, after=claim.after)
        if identity is None:
            return False
        self._recorder.resume(run, identity)
        return True

    def generation(self, emit: Emit) -> Generation:
        """Return what makes the picture, in whichever thread runs it."""
        around, plan = self._around, self.plan
        ports = Ports(
            gateway=self._gateway,
            reservation=self._place,
            verify=verify,
            clock=around.clock,
            now=around.now,
            nonce=lambda: secrets.token_hex(8),
            keep_frames=self._view.shows_frames,
            journal=self._recorder,
            cool_down=CoolDown(
                # All processes keep to it, wherever each has its ledger.
                around.directories().shared_file,
                scope_of(self._job),
                now=around.now,
                asks_anyway=plan.ask_anyway,
            ),
            turn=self._turn,
        )
        limits = AttemptLimits(policy=plan.policy, timeout=plan.timeout, wait=self.pause.until, draw=around.draw)
        refine = MaskedEdit(pictures=plan.pictures, place=self._place, verify=verify)
        return Generation(self._job, ports, limits, emit=emit, refine=refine)

    def handle(self, event: JobEvent) -> None:
        """Pass *event* on."""
        if isinstance(event, ReplyStarted):
            self._headers = event.headers
        self._recorder.handle(event)
        self._view.handle(event)

    def tick(self) -> None:
        """Let whoever looks on look at the clock."""
        self._view.tick()

    def break_off(self) -> bool:
        """
        Leave nothing that could be published or waited for, unless the picture is in hand: it was paid for.

        Return whether there is such a picture; then nothing more of the answer is waited for, and it is published.
        """
        has_picture = self._place.close_unless_held()
        self._turn.withdraw()
        self._gateway.abort()
        self.pause.skip()
        return has_picture

    def kept(self) -> Path | None:
        """Return where a picture was kept that was in hand when it was broken off, and could not have its name."""
        return self._place.kept_at

    def close(self) -> None:
        """Drop the connections, and what lies in the place and was not published."""
        self._gateway.close()
        self._place.close()

    def finish(self, outcome: Outcome) -> Outcome:
        """Record *outcome*; return it with the id of its row, and with a notice if that failed."""
        if self.plan.is_recorded and not self.plan.is_direct:
            learn_from(self._job, outcome, self._around)
        outcome = with_record(with_cost(outcome, self.plan, self._headers), self.plan)
        notice = self._recorder.finish(outcome)
        warnings = outcome.warnings if notice is None else (*outcome.warnings, notice)
        return _as_the_world_is(replace(outcome, id=self._recorder.id, warnings=warnings), self._around.environ)


def _ledger(around: Surroundings) -> Ledger:
    return Ledger(around.directories().history_file)


def new_run(plan: Plan, place: Place, around: Surroundings) -> NewRun:
    """Return what is recorded of *plan* before it is sent."""
    job = plan.job
    parameters = {**job.options.chosen(), **plan.pictures.recorded, "stream": job.stream}
    if job.instructions != DEFAULT_INSTRUCTIONS:
        parameters["instructions"] = job.instructions
    return NewRun(
        prompt=job.prompt,
        model=job.model,
        gateway=job.gateway,
        parameters=parameters,
        started_at=around.now(),
        fingerprint=fingerprint_of(job),
        destination=place.destination,
        if_exists=place.if_exists.value,
        parents=tuple(picture.parent for picture in job.inputs if not picture.derived),
        is_private=not plan.is_recorded,
        hides_path=place.names_it,
        group=plan.claim.group if plan.claim else None,
        row=plan.claim.row if plan.claim else None,
        request_id=plan.request_id,
        profile=plan.profile,
    )


def estimate_of(job: Job, around: Surroundings) -> Estimate | None:
    """Return how long the user's own comparable runs took; nothing is claimed of a history that cannot be read."""
    with contextlib.suppress(CpaImageError):
        # It is a nicety: nobody should wait for a lock over it.
        history = History(around.directories().history_file).in_a_hurry()
        return history.estimate(job.model, job.options.size, job.options.quality)
    return None


def _as_the_world_is(outcome: Outcome, environ: Mapping[str, str]) -> Outcome:
    """Return *outcome*; of a connection that a sandbox forbade it says what to change: trying again cannot help."""
    trouble = outcome.trouble
    if trouble is None or trouble.code is not Code.CONNECTION_FAILED or not has_no_network(environ):
        return outcome
    return replace(outcome, trouble=replace(trouble, hint=NETWORK_HINT, retryable=False))
