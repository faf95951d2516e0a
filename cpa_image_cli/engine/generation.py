"""
The use case: attempts until there is a picture or a reason to stop, then the picture under its name.

`Generation.run` works in whichever thread calls it and narrates through ``emit``; it knows no screen, no history and
no keys. It never raises for a failure of the job: the `Outcome` says how it went. What may be repeated is decided by
``core.job.retry`` alone.
"""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, CpaImageError, Failure, GatewayError, OutputError
from cpa_image_cli.core.job.bare_refusal import is_worth_asking_again, unstreamed
from cpa_image_cli.core.job.cool_down import HARDLY, LEAVE_EVERY, too_long
from cpa_image_cli.core.job.events import (
    AttemptStarted,
    ImageSaved,
    JobEvent,
    JobFailed,
    JobStarted,
    RequestSent,
    RetryScheduled,
    Warned,
)
from cpa_image_cli.core.job.job import Job
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.job.retry import GiveUp, Retry, RetryPolicy
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.formats import FORMATS
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.engine.answer_intake import VerifiedPicture
from cpa_image_cli.engine.attempt import Attempt, VerifiedAnswer
from cpa_image_cli.engine.inputs.refined import Refine, as_it_came
from cpa_image_cli.engine.ports import Emit, Ports

STOPPED = Notice(code="stopped_with_picture", message="stopped; the picture was here by then, and is saved")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLimits:
    """
    How long to go on: seconds of one attempt, and what may be repeated.

    *wait* blocks until the given reading of the clock, or until somebody cuts it short.
    """

    policy: RetryPolicy
    timeout: float
    wait: Callable[[float], None]
    draw: Callable[[], float]


class Generation:
    """One job on its way to a picture. Used once; `interrupted` may be called from another thread at any time."""

    def __init__(
        self, job: Job, ports: Ports, patience: AttemptLimits, *, emit: Emit, refine: Refine = as_it_came
    ) -> None:
        self.job = job
        self._under_way = False
        self._is_stopped = False
        self._refused = False
        self._may_have_billed = False
        self._tell = emit
        self._ports = ports
        self._patience = patience
        self._refine = refine
        self._started_at = ports.clock()
        self._began = ports.now()
        self._attempt = 0
        self._most_attempts = patience.policy.retries + 1
        self._notices: list[Notice] = []

    def run(self) -> Outcome:
        """Make attempts until there is a picture or a reason to stop."""
        self._emit(self._job_started())
        for notice in self.job.notices:
            self._warn(notice)
        try:
            return self._publish(self._gain())
        except CpaImageError as error:
            return self._failed(error)

    def interrupted(self, code: Code) -> Outcome:
        """
        Return how the job ended when *code* (a signal, or the key ``q``) broke it off; nothing is emitted.

        Unless the picture is in hand: then it is published, and nothing that happens to the rest of the answer matters.
        """
        self._is_stopped = True
        if self._under_way:
            message = "stopped; the request had been sent, so a picture may have been made and billed"
        elif self._refused:
            message = "stopped; the request had been sent and refused, so no picture was made"
        else:
            message = "stopped; nothing had been sent"
        return self._without_picture(GatewayError(Failure(code=code, message=message, sent=self._under_way)))

    def _gain(self) -> VerifiedAnswer:
        earlier: list[Failure] = []
        while True:
            self._wait_with_others()
            self._ports.turn.take()
            self._attempt += 1
            self._emit(AttemptStarted(attempt=self._attempt, of=self._most_attempts))
            try:
                return self._make_attempt()
            except GatewayError as error:
                self._settle(error.failure)
                self._wait_or_give_up(error, earlier)
                earlier.append(error.failure)

    def _wait_with_others(self) -> None:
        """Wait while a limit is on that another job met, and leave when it is this one's turn. Raises: GatewayError."""
        ports, policy = self._ports, self._patience.policy
        gives_up_at = ports.clock() + (policy.retries + 1) * policy.max_wait
        turn = ports.cool_down.turn()
        while turn is not None:
            now, local = ports.now().timestamp(), ports.now().astimezone()
            wait = max(0.0, turn.at - now)
            if turn.hold.until - now > policy.max_wait or ports.clock() + wait > gives_up_at + LEAVE_EVERY:
                opens_at = local + timedelta(seconds=turn.hold.until - now)
                raise GatewayError(too_long(turn, now=now, opens_at=opens_at))
            resume_at = ports.clock() + wait
            self._emit(
                RetryScheduled(
                    attempt=self._attempt,
                    of=self._most_attempts,
                    reason=turn.reason,
                    failure=Failure(code=turn.hold.code, message=turn.hold.message, sent=False),
                    wait=wait,
                    resume_at=resume_at,
                )
            )
            self._patience.wait(resume_at)
            # Whoever cuts the wait short wants it now.
            turn = None if ports.clock() < resume_at - HARDLY else ports.cool_down.turn(turn)

    def _settle(self, failure: Failure) -> None:
        """Note what *failure* proves about the request that ended in it."""
        self._refused = failure.sent and not failure.may_have_billed
        self._may_have_billed = self._may_have_billed or failure.may_have_billed
        self._under_way = self._may_have_billed
        if not self._may_have_billed:
            self._ports.journal.refused()

    def _make_attempt(self) -> VerifiedAnswer:
        try:
            return self._attempt_at(self.job)
        except GatewayError as error:
            if not (self._patience.policy.retries and is_worth_asking_again(error.failure, self.job)):
                raise
            self._settle(error.failure)
        words = "the gateway refused the request without saying why; it is asked once more, without a stream"
        self._warn(Notice(code="asked_again", message=words))
        self._ports.turn.take()
        self._attempt += 1
        self._emit(AttemptStarted(attempt=self._attempt, of=self._most_attempts))
        return self._attempt_at(unstreamed(self.job))

    def _attempt_at(self, job: Job) -> VerifiedAnswer:
        timeout, failure = self._patience.timeout, None
        try:
            return Attempt(job, self._ports, emit=self._emit, number=self._attempt, timeout=timeout).run()
        except GatewayError as error:
            failure = error.failure
            raise
        finally:
            self._ports.turn.give_back(failure)

    def _wait_or_give_up(self, error: GatewayError, earlier: list[Failure]) -> None:
        verdict = self._patience.policy.decide(
            error.failure, attempt=self._attempt, earlier=earlier, random=self._patience.draw()
        )
        self._ports.cool_down.met(error.failure, verdict)
        if isinstance(verdict, GiveUp):
            raise GatewayError(replace(error.failure, hint=self._advice(error.failure, verdict))) from error
        self._wait(verdict, error.failure)

    def _advice(self, failure: Failure, verdict: GiveUp) -> str | None:
        """Return what to do about *failure*; of a key that was refused it is known where it came from."""
        if failure.code is Code.KEY_REJECTED and self.job.key_source:
            from cpa_image_cli.core.failures.hints import about_the_key

            return about_the_key(self.job.key_source)
        return verdict.hint or failure.hint

    def _wait(self, retry: Retry, failure: Failure) -> None:
        self._most_attempts = retry.of
        resume_at = self._ports.clock() + retry.wait
        self._emit(
            RetryScheduled(
                attempt=self._attempt,
                of=retry.of,
                reason=retry.reason,
                failure=failure,
                wait=retry.wait,
                resume_at=resume_at,
            )
        )
        self._patience.wait(resume_at)

    def _publish(self, gained: VerifiedAnswer) -> Outcome:
        late = (STOPPED,) if self._is_stopped else gained.notices
        # Who stops does not wait until it has been measured.
        refined = as_it_came(gained.held) if self._is_stopped else self._refine(gained.held)
        for notice in (*late, *_differences(self.job, gained), *_cautions(gained.held.picture), *refined.notices):
            self._warn(notice)
        held = refined.blended or gained.held
        try:
            path = self._ports.reservation.publish(held.blob, format=held.picture.format)
        except OutputError as error:
            return self._kept(gained, error)
        raw = None if refined.blended is None else self._save_raw(gained.held, path)
        self._emit(ImageSaved(path=path, picture=held.picture))
        outcome = self._outcome(gained, path=path, further=self._further(gained))
        return replace(outcome, picture=held.picture, mask=refined.obedience, raw=raw)

    def _save_raw(self, held: VerifiedPicture, path: Path | None) -> Path | None:
        """Save what came beside the picture at *path* that was made of it."""
        try:
            raw = self._ports.reservation.publish_beside(held.blob, path, format=held.picture.format)
        except OutputError as error:
            self._warn(Notice(code="raw_not_saved", message=f"what came could not be saved: {error.message}"))
            return None
        self._warn(Notice(code="raw_saved", message=f"what came lies in {raw}"))
        return raw

    def _further(self, gained: VerifiedAnswer) -> tuple[Path, ...]:
        """Save what else came beside the first picture, or where such are kept, and tell of each."""
        paths = []
        for one in gained.further:
            with contextlib.suppress(OutputError):
                path = self._ports.reservation.publish_further(one.blob, format=one.picture.format)
                self._warn(Notice(code="further_picture", message=f"the answer held another picture: {path}"))
                paths.append(path)
        return tuple(paths)

    def _kept(self, gained: VerifiedAnswer, error: OutputError) -> Outcome:
        """Keep a picture that could not be put where it was wanted: it was paid for."""
        try:
            error.saved_to = str(self._ports.reservation.keep(gained.held.blob, format=gained.held.picture.format))
        except OutputError as worse:
            error.message = f"{error.message}; and it could not be kept either: {worse.message}"
        further = self._further(gained)
        outcome = self._outcome(gained, path=None, trouble=Trouble.of(error), further=further)
        self._emit(job_failed(outcome))
        return outcome

    def _outcome(
        self,
        gained: VerifiedAnswer,
        *,
        path: Path | None,
        further: tuple[Path, ...],
        trouble: Trouble | None = None,
    ) -> Outcome:
        delivered = {"size": gained.held.picture.size, "format": gained.held.picture.format}
        if gained.quality:
            delivered["quality"] = gained.quality
        return Outcome(
            model=self.job.model,
            requested=self.job.requested,
            attempts=self._attempt,
            elapsed_s=self._elapsed(),
            output=path,
            further=further,
            picture=gained.held.picture,
            delivered=delivered,
            warnings=tuple(self._notices),
            usage=gained.usage,
            revised_prompt=gained.revised_prompt,
            text=gained.text,
            response_id=gained.response_id,
            trace_id=gained.trace_id,
            trouble=trouble,
            prompt=self.job.prompt,
            started_at=self._began,
        )

    def _failed(self, error: CpaImageError) -> Outcome:
        outcome = self._without_picture(error)
        self._emit(job_failed(outcome))
        return outcome

    def _without_picture(self, error: CpaImageError) -> Outcome:
        failure = error.failure if isinstance(error, GatewayError) else None
        return Outcome(
            model=self.job.model,
            requested=self.job.requested,
            attempts=self._attempt,
            elapsed_s=self._elapsed(),
            warnings=tuple(self._notices),
            text=failure.text if failure else "",
            trace_id=failure.trace_id if failure else None,
            trouble=self._with_earlier_attempts(Trouble.of(error)),
            prompt=self.job.prompt,
            started_at=self._began,
        )

    def _with_earlier_attempts(self, trouble: Trouble) -> Trouble:
        """Return *trouble* with what the attempts before it may have cost."""
        billed = trouble.may_have_billed or self._may_have_billed
        return replace(trouble, may_have_billed=billed, retryable=trouble.retryable and not billed)

    def _elapsed(self) -> float:
        return self._ports.clock() - self._started_at

    def _warn(self, notice: Notice) -> None:
        self._notices.append(notice)
        self._emit(Warned(code=notice.code, message=notice.message))

    def _emit(self, event: JobEvent) -> None:
        self._under_way = self._under_way or isinstance(event, RequestSent)
        self._tell(event)

    def _job_started(self) -> JobStarted:
        job = self.job
        return JobStarted(
            prompt=job.prompt,
            model=job.model,
            model_source=job.model_source,
            gateway=job.gateway,
            gateway_source=job.gateway_source,
            stream=job.stream,
            requested=job.requested,
            attempts_allowed=self._patience.policy.retries + 1,
        )


def job_failed(outcome: Outcome) -> JobFailed:
    """Return the event that tells of *outcome*, whose trouble is not None."""
    trouble = outcome.trouble
    assert trouble is not None  # noqa: S101 - the callers have one in hand
    return JobFailed(
        code=trouble.code.word,
        message=trouble.message,
        hint=trouble.hint,
        status=trouble.status,
        may_have_billed=trouble.may_have_billed,
        text=outcome.text,
        trace_id=outcome.trace_id,
    )


def _cautions(picture: Picture) -> list[Notice]:
    """Say what to beware of in *picture*, which came from outside."""
    if FORMATS[picture.format].has_pixels:
        return []
    words = f"an {picture.format.upper()} may hold scripts: it is saved as it came, and nothing here draws it"
    return [Notice(code="untrusted_drawing", message=words)]


def _differences(job: Job, gained: VerifiedAnswer) -> list[Notice]:
    """Say in which respects the picture is not what was asked for. ``auto`` asks for nothing."""
    options, picture, quality = job.options, gained.held.picture, gained.quality
    notices = []
    if options.output_format != picture.format:
        words = f"asked for {options.output_format.upper()}, the gateway sent {picture.format.upper()}"
        notices.append(Notice(code="format_differs", message=words))
    if options.size not in {None, "auto", picture.size}:
        words = f"asked for {options.size}, the gateway sent {picture.size}"
        notices.append(Notice(code="size_differs", message=words))
    if job.inputs and gained.action == "generate":
        words = "the model did not change what was sent; it drew a new picture"
        notices.append(Notice(code="not_edited", message=words))
    if quality and options.quality not in {None, "auto", quality}:
        words = f"asked for quality {options.quality}, the gateway used {quality}"
        notices.append(Notice(code="quality_differs", message=words))
    return notices
