"""
Runs one decided job: a place for the picture, a row in history, somebody to watch, a result.

Everything a run needs meets here; what each part does is decided in its own module.
"""

import contextlib
import secrets
import tempfile
from dataclasses import replace
from pathlib import Path

from cpa_image_cli.adapters.gateway import Gateway
from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.adapters.ledger.recorder import Recorder
from cpa_image_cli.adapters.output import IfExists, Reservation, reserve, target_of
from cpa_image_cli.adapters.pictures.verify import get_ready, verify
from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.generate.flags import GenerateFlags
from cpa_image_cli.commands.generate.screens import Screen, screen_for
from cpa_image_cli.core.errors import CpaImageError
from cpa_image_cli.core.job.events import JobEvent
from cpa_image_cli.core.job.job import DEFAULT_INSTRUCTIONS, Job
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.job.retry import RetryPolicy
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.ledger.run import NewRun
from cpa_image_cli.core.pictures.file_names import DEFAULT_TEMPLATE, GeneratedName, checked_template
from cpa_image_cli.core.settings.settings import Settings
from cpa_image_cli.engine.background_job import Pause, watch
from cpa_image_cli.engine.generation import AttemptLimits, Generation
from cpa_image_cli.engine.ports import Emit, Ports
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui.run.jsonl import as_line
from cpa_image_cli.ui.run.renderer import Renderer


def run_job(job: Job, settings: Settings, flags: GenerateFlags, around: Surroundings) -> Outcome:
    """
    Run *job*, show it, and print its result.

    Raises: OutputError when there is no place for the picture; nothing was sent then.
    """
    with (
        _place(job, settings, flags, around) as reservation,
        screen_for(flags, settings, around, estimate=_estimate(job, around)) as screen,
    ):
        audience = _Audience(screen.renderer, None if flags.no_history else _recorder(around))
        job = audience.begin(job, around)
        gateway = Gateway(direct=flags.is_sandboxed)
        outcome = _watched(
            job, settings, around, gateway=gateway, reservation=reservation, audience=audience, screen=screen
        )
        outcome = audience.finish(outcome)
    screen.renderer.conclude(outcome)
    _print_result(outcome, flags, around, screen)
    return outcome


class _Audience:
    """Everybody who is told what happens: the screen, and history unless it is skipped."""

    def __init__(self, renderer: Renderer, recorder: Recorder | None) -> None:
        self._renderer = renderer
        self._recorder = recorder

    def begin(self, job: Job, around: Surroundings) -> Job:
        """Record *job* before it is sent; return it, with a notice if that failed."""
        notice = self._recorder.begin(_new_run(job, around)) if self._recorder else None
        return job if notice is None else replace(job, notices=(*job.notices, notice))

    def handle(self, event: JobEvent) -> None:
        """Pass *event* on."""
        if self._recorder:
            self._recorder.handle(event)
        self._renderer.handle(event)

    def tick(self) -> None:
        """Let the screen look at the clock."""
        self._renderer.tick()

    def finish(self, outcome: Outcome) -> Outcome:
        """Record *outcome* and give the screen back; return it, with a notice if recording failed."""
        notice = self._recorder.finish(outcome) if self._recorder else None
        self._renderer.close()
        outcome = replace(outcome, id=self._recorder.id if self._recorder else None)
        return outcome if notice is None else replace(outcome, warnings=(*outcome.warnings, notice))


def _estimate(job: Job, around: Surroundings) -> Estimate | None:
    """Return how long the user's own comparable runs took; nothing is claimed of a history that cannot be read."""
    with contextlib.suppress(CpaImageError):
        # It is a nicety: nobody should wait for a lock over it.
        history = History(around.directories().history_file).in_a_hurry()
        return history.estimate(job.model, job.options.size, job.options.quality)
    return None


def _recorder(around: Surroundings) -> Recorder:
    return Recorder(History(around.directories().history_file), clock=around.clock, now=around.now)


def _new_run(job: Job, around: Surroundings) -> NewRun:
    parameters = {**job.options.chosen(), "stream": job.stream}
    if job.instructions != DEFAULT_INSTRUCTIONS:
        parameters["instructions"] = job.instructions
    return NewRun(
        prompt=job.prompt, model=job.model, gateway=job.gateway, parameters=parameters, started_at=around.now()
    )


def _watched(
    job: Job,
    settings: Settings,
    around: Surroundings,
    *,
    gateway: Gateway,
    reservation: Reservation,
    audience: _Audience,
    screen: Screen,
) -> Outcome:
    pause = Pause(around.clock, wait=around.wait)
    ports = Ports(
        gateway=gateway,
        reservation=reservation,
        verify=verify,
        get_ready=get_ready,
        clock=around.clock,
        now=around.now,
        nonce=lambda: secrets.token_hex(8),
        keep_frames=screen.shows_frames,
    )
    patience = AttemptLimits(
        policy=_policy(settings), timeout=settings.timeout.value, wait=pause.until, draw=around.draw
    )

    def build(emit: Emit) -> Generation:
        return Generation(job, ports, patience, emit=emit)

    def break_off() -> bool:
        reservation.close()
        gateway.abort()
        pause.skip()
        return reservation.settled

    with contextlib.closing(gateway):
        return watch(build, watcher=audience, read_key=screen.keyboard.read_key, pause=pause, on_stop=break_off)


def _policy(settings: Settings) -> RetryPolicy:
    return RetryPolicy(
        retries=settings.retries.value,
        max_wait=settings.max_wait.value,
        retry_unknown=settings.retry_unknown.value,
    )


def _place(job: Job, settings: Settings, flags: GenerateFlags, around: Surroundings) -> Reservation:
    template = settings.name_template.value
    target = target_of(
        flags.output,
        working_directory=around.working_directory,
        folder=settings.output_dir.value,
        name=GeneratedName(
            prompt=job.prompt,
            model=job.model,
            at=around.now().astimezone(),
            template=checked_template(template) if template else DEFAULT_TEMPLATE,
        ),
        stdout=around.stdout.buffer,
    )
    return reserve(
        target,
        if_exists=IfExists(settings.if_exists.value),
        kept=around.directories().kept,
        picture_format=job.options.output_format,
        temporary=Path(tempfile.gettempdir()),
    )


def _print_result(outcome: Outcome, flags: GenerateFlags, around: Surroundings, screen: Screen) -> None:
    if flags.json:
        write_line(around.stdout, as_line(outcome.as_json()).rstrip("\n"))
    elif outcome.output is not None and not flags.jsonl and not (screen.shows_card and around.stdout.isatty()):
        # The card has just shown the path on the same terminal.
        write_line(around.stdout, str(outcome.output))
