"""Decides in which words a running job says where it stands and how long it may still take; for any kind of screen."""

from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.ui import formatting
from cpa_image_cli.ui.run.view import Pause, Phase, View


def phase_words(view: View, *, now: float) -> str:
    """Return where *view* stands, in words: ``frame 1 of 3``, ``receiving 1.2 MB, 340 kB/s``."""
    match view.phase:
        case Phase.ACCEPTED if view.toolless:
            return "accepted, without the image tool"
        case Phase.GENERATING if view.frame is not None:
            of = f" of {view.frame.of}" if view.frame.of else ""
            return f"frame {view.frame.index + 1}{of}"
        case Phase.UPLOADING | Phase.RECEIVING:
            return f"{view.phase.value} {_metered(view, now=now)}"
        case Phase.VERIFYING:
            return f"verifying {formatting.size(view.meter.bytes)}"
        case Phase.WAITING if view.pause is not None:
            return _countdown(view.pause, now=now)
        case _:
            return str(view.phase.value)


def _metered(view: View, *, now: float) -> str:
    rate = view.meter.rate(now=now)
    of = f" of {formatting.size(view.upload)}" if view.phase is Phase.UPLOADING else ""
    return formatting.size(view.meter.bytes) + of + (f", {formatting.size(rate)}/s" if rate else "")


def time_left(estimate: Estimate | None, elapsed: float) -> str | None:
    """Return what earlier runs say of an attempt *elapsed* seconds old; None when they are too few."""
    if estimate is None or not estimate.claims_something:
        return None
    if elapsed < estimate.median:
        return f"about {formatting.clock_time(estimate.median - elapsed + 1)} left"
    if elapsed <= estimate.p90:
        return f"usually within {formatting.clock_time(estimate.p90 - elapsed + 1)}"
    return "slower than 9 in 10 of your runs"


def _countdown(pause: Pause, *, now: float) -> str:
    left = pause.left(now=now)
    # Rounded up, so that it says 1 s until the very end and never 0 s while waiting.
    seconds = f"{-int(-left // 1)} s" if left <= formatting.MINUTE else formatting.clock_time(left)
    return f"attempt {pause.retry.attempt + 1} of {pause.retry.of} in {seconds}"
