"""
Waits for a job that another process carries out, by asking the ledger now and then.

So a request id that is used again brings the first job's result, and never a second request. The same id for another
request is a mistake, and refused.
"""

import threading
from collections.abc import Callable

from cpa_image_cli.adapters.ledger.jobs import Ledger
from cpa_image_cli.core.errors import CpaImageError, UsageError
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.result import outcome_of
from cpa_image_cli.core.ledger.run import Run, RunState
from cpa_image_cli.core.text import one_line
from cpa_image_cli.process.signals import SIGNALS, Stopped, code_of
from cpa_image_cli.process.surroundings import Surroundings

LOOKS_EVERY = 0.1
"""Seconds between two looks."""

_LONGEST_SHOWN = 60


def awaited(
    identity: str, around: Surroundings, *, tick: Callable[[], object], until: float | None = None
) -> Run | None:
    """
    Return the run *identity* when it is over; None when the clock reads *until* first.

    *tick* is called at each look; let it settle what dead processes left, for nobody should wait for those.
    Raises: ConfigError when the ledger cannot be read.
    """
    ledger = Ledger(around.directories().history_file)
    pause = threading.Event()
    while True:
        SIGNALS.check()
        tick()
        over = ledger.settled([identity]).get(identity)
        if over is not None:
            return over
        if until is not None and around.clock() >= until:
            return None
        around.wait(pause, LOOKS_EVERY)


def first_asked(request_id: str | None, around: Surroundings) -> Run | None:
    """Return the run that has *request_id*. Raises: ConfigError when that cannot be known."""
    if request_id is None:
        return None
    return Ledger(around.directories().history_file).first_asked(request_id)


def told_again(first: Run, fingerprint: str, around: Surroundings, *, tick: Callable[[], object]) -> Outcome:
    """
    Return how *first* ended, whose request id is used again for what has *fingerprint*; it is waited for.

    *tick* is as in `awaited`. Raises: UsageError when it asked for something else.
    """
    refuse_another(first, fingerprint)
    try:
        over = awaited(first.id, around, tick=tick) if first.state is RunState.RUNNING else first
    except (KeyboardInterrupt, Stopped) as stop:
        raise stopped_waiting(first.id, stop) from None
    assert over is not None  # noqa: S101 - it is waited for without an end
    return outcome_of(over, reused=True)


def refuse_another(first: Run, fingerprint: str) -> None:
    """Raise UsageError if *first* asked for something else than what has *fingerprint*, under the same request id."""
    if first.fingerprint != fingerprint:
        shown = one_line(first.request_id or "", limit=_LONGEST_SHOWN)
        raise UsageError(
            f"the run {first.id} has the request id {shown!r}, and asked for something else",
            hint="Give another --request-id, or ask for the same.",
        )


def stopped_waiting(identity: str, stop: BaseException) -> CpaImageError:
    """Return what is told when *stop* ends the waiting for a run, and not the run."""
    return CpaImageError(
        f"stopped waiting; the run {identity} goes on",
        code=code_of(stop),
        hint=f"`cpa-image wait {identity}` waits again, `cpa-image stop {identity}` stops it.",
    )
