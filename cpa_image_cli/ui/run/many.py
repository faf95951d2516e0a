"""
Decides what is known of many jobs at any moment, and what a screen of them shows: a line for each that runs, and a sum.

`advance` and `draw` are pure, as those for one job are. The bar is the share of jobs that are over, because nothing
else of the whole is certain; the time left is that of one's own earlier runs, and is left out where there are too few.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from math import ceil

from rich.cells import cell_len, set_cell_size
from rich.console import Group, RenderableType
from rich.text import Text

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.job.events import JobEvent, JobStarted
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.ui import formatting
from cpa_image_cli.ui.bar import Bar
from cpa_image_cli.ui.palette import ACCENT, CAUTION, QUIET, SUCCESS, TROUBLE
from cpa_image_cli.ui.run import view as one
from cpa_image_cli.ui.run.phases import phase_words
from cpa_image_cli.ui.run.view import Phase, View

GAP = 2
NARROWEST_PROMPT = 8
"""Columns of a prompt below which it tells nothing, and is left out."""

WIDEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """
    What is known of *of* jobs, of which at most *most* run at a time.

    *running* are the views of those under way, by their numbers. *made* and *failed* count those that are over.
    """

    of: int
    most: int
    started_at: float
    running: Mapping[int, View] = field(default_factory=dict)
    made: int = 0
    failed: int = 0
    begins_more: bool = True

    @property
    def over(self) -> int:
        """Return how many are over."""
        return self.made + self.failed


def advance(many: Many, event: JobEvent, *, now: float) -> Many:
    """Return *many* after *event*, which happened at *now*."""
    before = many.running.get(event.job)
    if before is None and not isinstance(event, JobStarted):
        return many
    return replace(many, running={**many.running, event.job: one.advance(before or View(), event, now=now)})


def concluded(many: Many, job: int, outcome: Outcome) -> Many:
    """Return *many* after number *job* ended in *outcome*."""
    left = {number: view for number, view in many.running.items() if number != job}
    return replace(many, running=left, made=many.made + outcome.ok, failed=many.failed + (not outcome.ok))


def draw(many: Many, *, now: float, width: int, rows: int, estimate: Estimate | None = None) -> RenderableType:
    """Return what to show of *many* at *now*, on a terminal *width* columns wide and *rows* high."""
    columns = max(20, min(width - 1, WIDEST))
    shown = list(many.running.items())[: max(1, rows - 4)]
    hidden = len(many.running) - len(shown)
    lines = _lines(shown, many, now=now, columns=columns)
    if hidden:
        lines.append(Text(f"… and {hidden} more", style=QUIET))
    return Group(*lines, _sum(many, now=now, columns=columns, estimate=estimate), _bar(many, now=now, columns=columns))


def _lines(shown: Sequence[tuple[int, View]], many: Many, *, now: float, columns: int) -> list[Text]:
    """Return a line for each of *shown*: number, prompt if there is room for it, phase, time."""
    phases = [phase_words(view, now=now) for _, view in shown]
    times = [formatting.clock_time(view.elapsed(now=now)) for _, view in shown]
    label, time = len(str(many.of)), max(map(len, times), default=0)
    phase = min(max(map(cell_len, phases), default=0), columns - label - time - 2 * GAP)
    prompt = columns - label - phase - time - 3 * GAP
    lines = []
    for (number, view), words, elapsed in zip(shown, phases, times, strict=True):
        line = Text(f"{number:>{label}}", style=QUIET, no_wrap=True).append(" " * GAP)
        if prompt >= NARROWEST_PROMPT:
            line.append(set_cell_size(formatting.shortened(view.prompt, prompt), prompt) + " " * GAP, style="not dim")
        line.append(set_cell_size(formatting.shortened(words, phase), phase), style=f"not dim {_style(view)}")
        lines.append(line.append(f"{elapsed:>{time + GAP}}"))
    return lines


def _sum(many: Many, *, now: float, columns: int, estimate: Estimate | None) -> Text:
    failed = f", {many.failed} not made" if many.failed else ""
    said = f"{many.made} of {many.of} made{failed}"
    left = time_left(many, estimate, now=now) if many.begins_more else "no more are begun"
    elapsed = formatting.clock_time(now - many.started_at)
    room = columns - len(elapsed) - GAP
    if left and len(said) + len(left) + GAP <= room:
        said = f"{said}, {left}"
    text = Text(set_cell_size(said, room), style=CAUTION if failed or not many.begins_more else "", no_wrap=True)
    return text.append(" " * GAP + elapsed, style=QUIET)


def sum_words(many: Many, *, now: float) -> str:
    """Return what became of all of them."""
    failed = f", {many.failed} not made" if many.failed else ""
    unbegun = many.of - many.over - len(many.running)
    left = f", {unbegun} not begun" if unbegun else ""
    return f"{many.made} of {many.of} made{failed}{left} in {formatting.clock_time(now - many.started_at)}"


def time_left(many: Many, estimate: Estimate | None, *, now: float) -> str | None:
    """Return what earlier runs say of all that are not over; None when they are too few to say anything."""
    if estimate is None or not estimate.claims_something or many.over >= many.of:
        return None
    waiting = many.of - many.over - len(many.running)
    under_way = [max(0.0, estimate.median - (now - view.attempt_at)) for view in many.running.values()]
    seconds = max(under_way, default=0.0) + seconds_for(waiting, most=many.most, estimate=estimate)
    return f"about {formatting.clock_time(seconds + 1)} left"


def _bar(many: Many, *, now: float, columns: int) -> Bar:
    style = TROUBLE if many.failed else SUCCESS if many.over == many.of else ACCENT
    return Bar(width=columns, share=many.over / many.of if many.of else 1.0, now=now, style=style)


def _style(view: View) -> str:
    return {Phase.WAITING: CAUTION, Phase.SAVED: SUCCESS, Phase.FAILED: TROUBLE}.get(view.phase, ACCENT)


def seconds_for(count: int, *, most: int, estimate: Estimate) -> float:
    """Return how many seconds *count* jobs take, *most* at a time, if they are as those that *estimate* is made of."""
    return ceil(count / most) * estimate.median
