"""Decides what stays on the terminal after a run: a short card, or why there is none."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.ui import formatting
from cpa_image_cli.ui.failure.card import drawn
from cpa_image_cli.ui.failure.problem import Problem
from cpa_image_cli.ui.palette import CAUTION, QUIET, STRONG, SUCCESS

LABEL = 7


def card(outcome: Outcome, *, prompt: str) -> RenderableType:
    """
    Return what to leave on the screen of *outcome*, whose job was *prompt*.

    The path is never wrapped: print it with ``crop=False``. A failed outcome is told as `errors` does.
    """
    problem = Problem.of_outcome(outcome)
    if problem is not None:
        return drawn(problem)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=LABEL, style=QUIET, no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in _rows(outcome, prompt=prompt):
        table.add_row(label, value)
    return Group(_headline(outcome.output), Padding(table, (0, 0, 0, 2)))


def _headline(output: Path | None) -> Text:
    if output is None:
        return Text.assemble(("✓ ", SUCCESS), ("written to standard output", STRONG))
    link = Style(bold=True, link=output.as_uri()) if output.is_absolute() else Style(bold=True)
    path = Text.assemble(("✓ ", SUCCESS), (clean(str(output)), link))
    path.no_wrap, path.overflow = True, "ignore"
    return path


def _rows(outcome: Outcome, *, prompt: str) -> Iterator[tuple[str, Text]]:
    if outcome.picture is not None:
        yield "picture", Text(formatting.picture_words(outcome.picture))
    attempts = f", {outcome.attempts} attempts" if outcome.attempts > 1 else ""
    yield "time", Text(f"{formatting.clock_time(outcome.elapsed_s)}{attempts}")
    yield "tokens", Text(formatting.token_words(outcome.usage))
    for label, words in formatting.money_words(outcome.cost, outcome.plan):
        yield label, Text(words)
    revised = one_line(outcome.revised_prompt or "", limit=2000)
    if revised and revised != one_line(prompt, limit=2000):
        yield "revised", Text(revised)
    for warning in warning_words(outcome):
        yield "warning", Text(warning, style=CAUTION)


def warning_words(outcome: Outcome) -> tuple[str, ...]:
    """Return the warnings of *outcome*, and each difference that none of them speaks of."""
    told = tuple(one_line(notice.message) for notice in outcome.warnings)
    return told + formatting.differences(formatting.unsaid(outcome.requested, outcome.warnings), outcome.delivered)
