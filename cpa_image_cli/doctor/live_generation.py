"""
Makes one real, small, streamed picture, and keeps what happened and when.

It costs what a small picture costs. The picture is looked at and thrown away; the run is recorded in the history all
the same, because that is where one looks up what was spent. There is one attempt: the first answer is what is examined.
"""

import secrets
import tempfile
from dataclasses import replace
from pathlib import Path

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.adapters.ledger.recorder import Recorder
from cpa_image_cli.adapters.output import FileTarget, IfExists, Reservation, reserve
from cpa_image_cli.adapters.pictures.verify import verify
from cpa_image_cli.core.errors import Code, OutputError
from cpa_image_cli.core.findings import Status, failed, failed_with
from cpa_image_cli.core.job.events import AttemptStarted, JobEvent
from cpa_image_cli.core.job.image_options import ImageOptions
from cpa_image_cli.core.job.job import Identity, Job
from cpa_image_cli.core.job.retry import RetryPolicy
from cpa_image_cli.core.ledger.run import NewRun
from cpa_image_cli.doctor.examination import Examination
from cpa_image_cli.doctor.facts import Witnessed
from cpa_image_cli.doctor.settings import model_is_no_image_model
from cpa_image_cli.doctor.steps import Obstacle
from cpa_image_cli.engine.generation import AttemptLimits, Generation
from cpa_image_cli.engine.ports import Ports

PROMPT = "一个小小的红色圆点，白色背景 (a small red dot on white)"
SIZE = "1024x1024"
"""The smallest size that every image model has."""

OPTIONS = ImageOptions(size=SIZE, quality="low")


def generate(case: Examination) -> Witnessed:
    """Make one picture, if everything before it is in order."""
    case.ready()
    verdict = model_is_no_image_model(case)
    if verdict.status is Status.FAIL:
        raise Obstacle("model", verdict)
    job = _job(case)
    reservation = _place(case)
    recorder = Recorder(History(case.around.directories().history_file), clock=case.around.clock, now=case.around.now)
    recorder.begin(_new_run(job, case))
    events: list[tuple[float, JobEvent]] = []

    def emit(event: JobEvent) -> None:
        events.append((case.around.clock(), event))
        recorder.handle(event)
        # From here on: a request that is on its way may have arrived.
        case.has_sent = case.has_sent or isinstance(event, AttemptStarted)

    outcome = Generation(job, _ports(case, reservation), _patience(case), emit=emit).run()
    # The picture goes with its folder, so the record must not point there.
    recorder.finish(replace(outcome, output=None))
    return Witnessed(outcome=outcome, events=tuple(events))


def _place(case: Examination) -> Reservation:
    """Return a place that goes when the case is closed, be it in the middle of a picture."""
    try:
        folder = tempfile.TemporaryDirectory(
            prefix="cpa-image-doctor-", dir=case.question.temporary, ignore_cleanup_errors=True
        )
    except OSError as problem:
        found = f"there is no place for a temporary file: {problem.strerror or problem}"
        raise Obstacle(
            "picture", failed(found, "Set TMPDIR to a folder with room.", Code.OUTPUT_UNWRITABLE)
        ) from problem
    case.at_close(folder.cleanup)
    target = FileTarget(path=Path(folder.name) / "picture.png")
    try:
        reservation = reserve(
            target, if_exists=IfExists.OVERWRITE, kept=Path(folder.name), picture_format=OPTIONS.output_format
        )
    except OutputError as error:
        raise Obstacle("picture", failed_with(error)) from error
    case.at_close(reservation.close)
    return reservation


def _job(case: Examination) -> Job:
    settings = case.settings()
    return Job(
        prompt=PROMPT,
        model=settings.model.value,
        options=OPTIONS,
        url=settings.responses_url(),
        gateway=settings.base_url.shown,
        identity=Identity(
            user_agent=settings.user_agent.value,
            version=settings.version.value,
            originator=settings.originator.value,
            session_id=settings.session_id.value,
            session_is_users=settings.session_is_users,
        ),
        key=case.key(),
        instructions=settings.instructions.value,
        stream=True,
        extra_headers={header.name: header.value for header in settings.headers},
    )


def _new_run(job: Job, case: Examination) -> NewRun:
    return NewRun(
        prompt=job.prompt,
        model=job.model,
        gateway=job.gateway,
        parameters={**job.requested, "stream": True},
        started_at=case.around.now(),
    )


def _ports(case: Examination, reservation: Reservation) -> Ports:
    return Ports(
        gateway=case.gateway(),
        reservation=reservation,
        verify=verify,
        clock=case.around.clock,
        now=case.around.now,
        nonce=lambda: secrets.token_hex(8),
    )


def _patience(case: Examination) -> AttemptLimits:
    return AttemptLimits(
        policy=RetryPolicy(retries=0),
        timeout=case.settings().timeout.value,
        wait=lambda _: None,
        draw=case.around.draw,
    )
