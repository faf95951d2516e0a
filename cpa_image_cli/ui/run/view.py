"""
Decides what is known of a running job at any moment: a value, folded over its events.

`advance` is pure; `cpa_image_cli.ui.run.screen.draw` turns the value into something to look at. To show something new,
add a field to `View`, fill it in `advance`, and place it in ``screen``. Times are readings of one monotonic clock, in
seconds.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from enum import Enum
from typing import assert_never

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.job.events import (
    Accepted,
    AttemptStarted,
    Described,
    FrameArrived,
    Generating,
    ImageSaved,
    JobEvent,
    JobFailed,
    JobStarted,
    Receiving,
    ReplyStarted,
    RequestSent,
    RetryScheduled,
    Uploading,
    Verifying,
    Warned,
    WireNoted,
)
from cpa_image_cli.ui import formatting

NOTEWORTHY = 32_000
"""Bytes since the last step that make it "receiving": keep-alives and small events are not worth a phase."""

RATE_WINDOW = 3.0
RATE_STEP = 0.1
"""The rate is that of the last `RATE_WINDOW` seconds, from samples at least `RATE_STEP` apart."""


class Phase(Enum):
    """Where a job stands, in a person's words."""

    STARTING = "starting"
    CONNECTING = "connecting"
    UPLOADING = "sending"
    SENT = "sent, waiting for the gateway"
    ACCEPTED = "accepted"
    GENERATING = "generating"
    RECEIVING = "receiving"
    VERIFYING = "verifying"
    WAITING = "waiting"
    SAVED = "saved"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """How many bytes came in this attempt, how many had come at the last step, and how fast they come."""

    bytes: int = 0
    mark: int = 0
    samples: tuple[tuple[float, int], ...] = ()

    def fed(self, total: int, *, now: float) -> "Meter":
        """Return the meter after *total* bytes."""
        recent = tuple(sample for sample in self.samples if sample[0] >= now - RATE_WINDOW)
        if not recent or now - recent[-1][0] >= RATE_STEP:
            recent = (*recent, (now, total))
        return replace(self, bytes=total, samples=recent)

    def marked(self) -> "Meter":
        """Return the meter with a new step begun."""
        return replace(self, mark=self.bytes)

    def rate(self, *, now: float) -> float | None:
        """Return bytes per second; None when that cannot be said yet."""
        recent = [sample for sample in self.samples if sample[0] >= now - RATE_WINDOW]
        if not recent or now - recent[0][0] < 2 * RATE_STEP:
            return None
        return (self.bytes - recent[0][1]) / (now - recent[0][0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A wait between attempts, since *since*."""

    retry: RetryScheduled
    since: float

    def left(self, *, now: float) -> float:
        """Return the seconds until the next attempt."""
        return max(0.0, self.retry.resume_at - now)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """
    Everything the screen shows of one job.

    *attempt_at* is when the current attempt began, *upload* how many bytes a request has that is worth following.
    """

    prompt: str = ""
    gateway: str = ""
    gateway_source: str = ""
    model: str = ""
    model_source: str = ""
    requested: Mapping[str, str] = field(default_factory=dict)
    started_at: float = 0.0
    attempt_at: float = 0.0
    ended_at: float | None = None
    attempt: int = 0
    of: int = 0
    phase: Phase = Phase.STARTING
    toolless: bool = False
    described: Mapping[str, str] = field(default_factory=dict)
    frame: FrameArrived | None = None
    meter: Meter = field(default_factory=Meter)
    upload: int = 0
    pause: Pause | None = None
    warnings: tuple[Warned, ...] = ()
    trace_id: str | None = None
    saved: ImageSaved | None = None
    failed: JobFailed | None = None

    def elapsed(self, *, now: float) -> float:
        """Return the seconds since the job started, or those it took."""
        return (now if self.ended_at is None else self.ended_at) - self.started_at

    @property
    def differences(self) -> tuple[str, ...]:
        """What the gateway says it draws differently from what was asked, unless a warning has said it better."""
        return formatting.differences(formatting.unsaid(self.requested, self.warnings), self.described)


def advance(view: View, event: JobEvent, *, now: float) -> View:  # noqa: C901, PLR0911, PLR0912 - one row per event
    """Return *view* after *event*, which happened at *now*."""
    match event:
        case JobStarted():
            return _started(event, now=now)
        case AttemptStarted():
            return _attempting(view, event, now=now)
        case Uploading():
            return replace(view, phase=Phase.UPLOADING, upload=event.of, meter=view.meter.fed(event.bytes, now=now))
        case RequestSent():
            return replace(view, phase=Phase.SENT, meter=Meter())
        case ReplyStarted():
            return replace(view, trace_id=event.trace_id or view.trace_id)
        case Accepted():
            # An empty list is the early sign of words instead of a picture; None means the gateway does not say.
            return replace(_step(view, Phase.ACCEPTED), toolless=event.tools == ())
        case Generating():
            return _step(view, Phase.GENERATING)
        case Described():
            return replace(view, described={**view.described, **_named(event)})
        case FrameArrived():
            return replace(_step(view, Phase.GENERATING), frame=event)
        case Receiving():
            return _received(view, event.bytes, now=now)
        case Verifying():
            return replace(_step(view, Phase.VERIFYING), meter=Meter(bytes=event.bytes))
        case RetryScheduled():
            return replace(view, phase=Phase.WAITING, pause=Pause(retry=event, since=now))
        case Warned():
            return replace(view, warnings=(*view.warnings, event))
        case WireNoted():
            return view
        case ImageSaved():
            return replace(view, phase=Phase.SAVED, saved=event, ended_at=now)
        case JobFailed():
            return replace(view, phase=Phase.FAILED, failed=event, pause=None, ended_at=now)
        case _:
            assert_never(event)


def _started(event: JobStarted, *, now: float) -> View:
    return View(
        prompt=event.prompt,
        gateway=event.gateway,
        gateway_source=event.gateway_source,
        model=event.model,
        model_source=event.model_source,
        requested=event.requested,
        of=event.attempts_allowed,
        started_at=now,
        attempt_at=now,
    )


def _attempting(view: View, event: AttemptStarted, *, now: float) -> View:
    return replace(
        view,
        phase=Phase.CONNECTING,
        attempt=event.attempt,
        of=event.of,
        attempt_at=now,
        pause=None,
        toolless=False,
        frame=None,
        described={},
        meter=Meter(),
    )


def _step(view: View, phase: Phase) -> View:
    return replace(view, phase=phase, meter=view.meter.marked())


def _named(event: Described) -> dict[str, str]:
    named = {"size": event.size, "quality": event.quality, "format": event.format}
    return {name: value for name, value in named.items() if value}


def _received(view: View, total: int, *, now: float) -> View:
    meter = view.meter.fed(total, now=now)
    phase = Phase.RECEIVING if total - meter.mark >= NOTEWORTHY else view.phase
    return replace(view, meter=meter, phase=phase)
