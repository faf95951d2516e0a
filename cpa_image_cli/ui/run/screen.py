"""
Decides how a running job looks: `draw`, a pure function of a `View`, the time and the width.

One block from top to bottom: the picture so far, the prompt, a two-column list of facts, and the line that says where
things stand above a bar. The bar never lies: it shows a share only of something known, a countdown or the user's own
earlier runs, and pulses otherwise. To add a fact, add a row in `_facts`.
"""

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.text import one_line
from cpa_image_cli.ui import formatting
from cpa_image_cli.ui.bar import Bar
from cpa_image_cli.ui.palette import ACCENT, CAUTION, QUIET, STRONG, SUCCESS, TROUBLE
from cpa_image_cli.ui.run.phases import phase_words, time_left
from cpa_image_cli.ui.run.view import Pause, Phase, View

WIDEST = 92
"""Columns in use on a wide terminal: further apart, left and right no longer read as one line."""

ROOMY = 60
"""From this width on there is a margin, and a value's source has a column of its own."""

MARGIN = 2
LABEL = 7
GAP = 2


def draw(
    view: View,
    *,
    now: float,
    width: int,
    estimate: Estimate | None = None,
    keys: bool = False,
    picture: RenderableType | None = None,
) -> RenderableType:
    """
    Return what to show of *view* at *now* on a terminal *width* columns wide, the last of which stays free.

    *keys* says whether keys are listened to while waiting; *picture* is the latest frame, ready to be shown on top.
    """
    margin = MARGIN if width >= ROOMY else 0
    columns = max(8, min(width - 1 - 2 * margin, WIDEST))
    prompt = Text(formatting.shortened(view.prompt, columns), style=STRONG, no_wrap=True)
    parts = [prompt, Text(), _facts(view, columns=columns), Text(), *_status(view, now, columns, estimate)]
    if view.pause is not None and keys:
        parts.append(_keys())
    body = Padding(Group(*parts), (0, 0, 0, margin), expand=False)
    return body if picture is None else Group(picture, Text(), body)


def _facts(view: View, *, columns: int) -> Table:
    room = columns - LABEL - GAP
    table = Table.grid(padding=(0, GAP, 0, 0))
    table.add_column(width=LABEL, style=QUIET, no_wrap=True)
    table.add_column(max_width=room, overflow="fold")
    sourced = (("gateway", view.gateway, view.gateway_source), ("model", view.model, view.model_source))
    widest = max(cell_len(one_line(value)) for _, value, _ in sourced)
    aligned = all(widest + GAP + cell_len(source) <= room for _, _, source in sourced)
    for label, value, source in sourced:
        table.add_row(label, _sourced(value, source, widest if aligned else 0))
    if view.requested:
        table.add_row("asked", Text(", ".join(one_line(value) for value in view.requested.values())))
    for difference in view.differences:
        table.add_row("differs", Text(difference, style=CAUTION))
    for warning in view.warnings:
        table.add_row("warning", Text(one_line(warning.message), style=CAUTION))
    if view.pause is not None:
        table.add_row("paused", _reason(view.pause))
    elif view.attempt > 1:
        table.add_row("attempt", Text(f"{view.attempt} of {view.of}"))
    return table


def _sourced(value: str, source: str, columns: int) -> Text:
    value = one_line(value)
    space = " " * (max(0, columns - cell_len(value)) + GAP)
    return Text.assemble(value, (space + one_line(source), QUIET))


def _reason(pause: Pause) -> Text:
    retry = pause.retry
    text = Text.assemble((one_line(retry.reason), CAUTION))
    cause = one_line(formatting.cause_beside(retry.reason, retry.failure), limit=200)
    return text.append(f"\n{cause}", style=QUIET) if cause else text


def _status(view: View, now: float, columns: int, estimate: Estimate | None) -> list[RenderableType]:
    left = Text.assemble((phase_words(view, now=now), _style(view)))
    elapsed = formatting.clock_time(view.elapsed(now=now))
    hint = time_left(estimate, now - view.attempt_at) if _is_working(view) else None
    bar = _bar(view, now=now, columns=columns, estimate=estimate)
    beside = f"{elapsed}  {hint}" if hint else elapsed
    if cell_len(left.plain) + GAP + cell_len(beside) <= columns:
        return [_spread(left, beside, columns), bar]
    below = [Text(hint, style=QUIET)] if hint else []
    return [_spread(left, elapsed, columns), bar, *below]


def _spread(left: Text, right: str, columns: int) -> Text:
    room = columns - cell_len(right) - GAP
    left.truncate(room, overflow="ellipsis", pad=True)
    return left.append(" " * GAP).append(right, style=QUIET)


def _bar(view: View, *, now: float, columns: int, estimate: Estimate | None) -> Bar:
    share: float | None = None
    age = now - view.attempt_at
    if view.pause is not None:
        whole = view.pause.retry.resume_at - view.pause.since
        share = view.pause.left(now=now) / whole if whole > 0 else 0.0
    elif view.phase is Phase.SAVED:
        share = 1.0
    elif view.phase is Phase.FAILED:
        share = 0.0
    elif estimate is not None and estimate.claims_something and age <= estimate.p90:
        # The whole bar is the time nine runs in ten had enough of; past it nothing is known, and it pulses.
        share = age / estimate.p90
    return Bar(width=columns, share=share, now=now - view.started_at, style=_style(view))


def _is_working(view: View) -> bool:
    return view.phase not in {Phase.STARTING, Phase.WAITING, Phase.SAVED, Phase.FAILED}


def _style(view: View) -> str:
    return {Phase.WAITING: CAUTION, Phase.SAVED: SUCCESS, Phase.FAILED: TROUBLE}.get(view.phase, ACCENT)


def _keys() -> Text:
    return Text.assemble(("r", STRONG), (" retry now", QUIET), "   ", ("q", STRONG), (" stop", QUIET))
