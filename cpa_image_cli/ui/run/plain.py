"""
Decides what is told without a terminal: one unwrapped line per event worth telling, and a sign of life in between.

Each line starts with the time since the start. To tell an event, add its words in `_told`; `verbose` tells every event
by itself. How a run ended is told by `conclude`, not by its last event, because only the outcome knows all of it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TextIO, assert_never

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
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.ui import formatting
from cpa_image_cli.ui.console import Outlet, composed, console_on, may_be_coloured
from cpa_image_cli.ui.failure.problem import Problem
from cpa_image_cli.ui.failure.telling import tell
from cpa_image_cli.ui.palette import CAUTION, QUIET, STRONG
from cpa_image_cli.ui.run.jsonl import event_as_json
from cpa_image_cli.ui.run.phases import phase_words, time_left
from cpa_image_cli.ui.run.view import Phase, View, advance

if TYPE_CHECKING:
    from rich.console import Console

HEARTBEAT = 15.0
"""Seconds of silence after which a line says that the job still runs."""

RECEIVING_STEP = 1.0
"""Seconds between two lines about bytes sent or received, in verbose mode."""


class PlainRenderer:
    """Writes lines to *stream*; coloured only where ``FORCE_COLOR`` or a terminal asks for it."""

    def __init__(
        self,
        stream: TextIO,
        environ: Mapping[str, str],
        *,
        clock: Callable[[], float],
        verbose: bool = False,
        estimate: Estimate | None = None,
    ) -> None:
        self._stream = stream
        self._environ = environ
        self._console = console_on(stream, environ) if may_be_coloured(stream, environ) else None
        self._outlet = Outlet(stream)
        self._clock = clock
        self._verbose = verbose
        self._estimate = estimate
        self._view = View(started_at=clock())
        self._told_at = clock()
        self._received_at = float("-inf")

    def handle(self, event: JobEvent) -> None:
        """Tell *event*, if it is worth it."""
        before, now = self._view, self._clock()
        self._view = advance(before, event, now=now)
        told = _told(event, before=before, after=self._view)
        if told is not None:
            self._line(told, style=_style(event))
        elif self._verbose and self._is_due(event, now=now):
            self._line(narrated(event), style=QUIET)
        if self._verbose and isinstance(event, ReplyStarted):
            for name, value in formatting.shown_headers(event.headers).items():
                self._line(f"  {name}: {value}", style=QUIET)

    def tick(self) -> None:
        """Say that the job still runs, when nothing was said for `HEARTBEAT` seconds."""
        now = self._clock()
        if now - self._told_at < HEARTBEAT or self._view.phase in {Phase.SAVED, Phase.FAILED}:
            return
        hint = time_left(self._estimate, now - self._view.attempt_at) if self._view.pause is None else None
        # Why it waits was told when the wait began.
        still = "still waiting: " if self._view.pause is not None else "still "
        self._line(still + phase_words(self._view, now=now) + (f"; {hint}" if hint else ""), style=QUIET)

    def conclude(self, outcome: Outcome) -> None:
        """Tell how it ended."""
        problem = Problem.of_outcome(outcome)
        if problem is None:
            self._line(_ending(outcome), style=STRONG)
            revised = one_line(outcome.revised_prompt or "", limit=2000)
            if revised and revised != one_line(self._view.prompt, limit=2000):
                self._line(f"revised prompt: {revised}")
            return
        tell(problem, stream=self._stream, environ=self._environ)

    def close(self) -> None:
        """Do nothing: there is nothing to restore."""

    def _is_due(self, event: JobEvent, *, now: float) -> bool:
        if isinstance(event, Receiving | Uploading):
            if now - self._received_at < RECEIVING_STEP:
                return False
            self._received_at = now
        return True

    def _line(self, text: str, *, style: str = "") -> None:
        stamp = formatting.clock_time(self._view.elapsed(now=self._clock()))
        self._outlet.write(
            f"{stamp}  {text}\n" if self._console is None else _coloured(self._console, stamp, text, style)
        )
        self._told_at = self._clock()


class QuietRenderer:
    """Says nothing until it is known that the run failed."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str]) -> None:
        self._stream = stream
        self._environ = environ

    def handle(self, event: JobEvent) -> None:
        """Say nothing about *event*."""

    def tick(self) -> None:
        """Say nothing."""

    def conclude(self, outcome: Outcome) -> None:
        """Tell why there is no picture, if there is none."""
        problem = Problem.of_outcome(outcome)
        if problem is not None:
            tell(problem, stream=self._stream, environ=self._environ)

    def close(self) -> None:
        """Do nothing: there is nothing to restore."""


def _coloured(console: "Console", stamp: str, text: str, style: str) -> str:
    from rich.text import Text

    line = Text.assemble((stamp, QUIET), "  ", (text, style), no_wrap=True, overflow="ignore")
    return composed(console, line)


def narrated(event: JobEvent) -> str:
    """Return *event* on one line, with every field that says something."""
    told = event_as_json(event)
    kind = str(told.pop("event")).replace("_", " ")
    for name in ("headers", "job", "n", "row"):
        told.pop(name, None)
    said = ", ".join(f"{name} {one_line(str(value))}" for name, value in told.items() if value not in (None, "", []))
    return f"{kind}: {said}" if said else kind


def _told(event: JobEvent, *, before: View, after: View) -> str | None:  # noqa: C901, PLR0911, PLR0912 - a row per event
    match event:
        case JobStarted():
            return f"{_where(event)}: {formatting.shortened(event.prompt, 120)}"
        case AttemptStarted():
            return f"attempt {event.attempt} of {event.of}" if event.attempt > 1 else None
        case RequestSent():
            return f"request sent, {formatting.size(event.bytes)}"
        case Accepted():
            return phase_words(after, now=0.0)
        case Generating():
            return "generating"
        case Described():
            return "; ".join(after.differences) if after.differences != before.differences else None
        case FrameArrived():
            return f"{phase_words(after, now=0.0)}, {formatting.size(event.bytes)}"
        case Verifying():
            return f"verifying {formatting.size(event.bytes)}"
        case RetryScheduled():
            return retry_words(event)
        case Warned():
            return f"warning: {one_line(event.message)}"
        case ImageSaved():
            place = clean(str(event.path)) if event.path is not None else "to standard output"
            return f"saved {place} ({formatting.picture_words(event.picture)})"
        case JobFailed() | ReplyStarted() | Receiving() | Uploading() | WireNoted():
            return None
        case _:
            assert_never(event)


def _where(event: JobStarted) -> str:
    """Return which model is asked where, and who said so: once, if it is one."""
    model, model_source = one_line(event.model), one_line(event.model_source)
    gateway, gateway_source = one_line(event.gateway), one_line(event.gateway_source)
    if model_source == gateway_source:
        return f"{model} at {gateway}" + ("" if model_source == f"--{gateway}" else f" ({gateway_source})")
    return f"{model} ({model_source}) at {gateway} ({gateway_source})"


def retry_words(event: RetryScheduled) -> str:
    """Return why and when another attempt follows."""
    reason, cause = one_line(event.reason), one_line(formatting.cause_beside(event.reason, event.failure))
    said = f"{reason} ({cause})" if cause else reason
    return f"{said}; attempt {event.attempt + 1} of {event.of} in {event.wait:.0f} s"


def _style(event: JobEvent) -> str:
    if isinstance(event, RetryScheduled | Warned | Described):
        return CAUTION
    return STRONG if isinstance(event, ImageSaved) else ""


def _ending(outcome: Outcome) -> str:
    def parts() -> Iterator[str]:
        yield f"done in {formatting.clock_time(outcome.elapsed_s)}"
        if outcome.attempts > 1:
            yield f"{outcome.attempts} attempts"
        yield f"tokens: {formatting.token_words(outcome.usage)}"
        yield from (f"{label}: {words}" for label, words in formatting.money_words(outcome.cost, outcome.plan))

    return ", ".join(parts())
