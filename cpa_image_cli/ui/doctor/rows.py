"""
Decides how findings look: rows in their groups, aligned where there is room; plain lines; a summary.

Checks that were skipped for one common reason share a row, so that one cause is told once.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cpa_image_cli.core import findings
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import ExitStatus
from cpa_image_cli.core.findings import Finding, Status
from cpa_image_cli.core.text import one_line
from cpa_image_cli.ui.palette import ACCENT, CAUTION, QUIET, STRONG, SUCCESS, TROUBLE

WIDEST = 110
"""Columns; longer lines are hard to read."""

NARROW = 60
"""Columns below which title and finding stand below each other."""

LONGEST = 400
"""Characters of one sentence; a gateway may have had a hand in it."""

TITLE = 15
"""Columns of the longest title."""

MOST_NAMED = 5
"""Checks that were skipped for one reason and are still called by their names."""

MARKS: Mapping[Status, tuple[str, str]] = {
    Status.PASS: ("✓", SUCCESS),
    Status.WARN: ("!", CAUTION),
    Status.FAIL: ("✗", TROUBLE),
    Status.SKIP: ("-", QUIET),
}
"""How each status is marked; without colour the marks differ too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the display: a finding, several that were skipped alike, or one that is still awaited."""

    mark: str
    style: str
    title: str
    found: str
    advice: str = ""
    dim: bool = False

    @classmethod
    def of(cls, finding: Finding) -> "Row":
        """Return the row of one finding."""
        verdict = finding.verdict
        mark, style = MARKS[verdict.status]
        return cls(
            mark=mark,
            style=style,
            title=finding.label.title,
            found=one_line(verdict.found, limit=LONGEST),
            advice=one_line(verdict.advice, limit=LONGEST),
            dim=verdict.status is Status.SKIP,
        )


def rows_of(finished: Sequence[Finding]) -> Iterator[Row]:
    """Yield the rows of *finished*, which are of one group; skips in a row with the same reason become one."""
    for reason, group in itertools.groupby(finished, key=_reason):
        alike = list(group)
        if reason is None or len(alike) == 1:
            yield from map(Row.of, alike)
            continue
        mark, style = MARKS[Status.SKIP]
        yield Row(mark=mark, style=style, title=f"{len(alike)} skipped", found=_in_common(alike), dim=True)


def _in_common(alike: Sequence[Finding]) -> str:
    """Return why all of *alike* were skipped; many are not named, since they are not what is to be done."""
    reason = alike[0].verdict.found
    titles = ", ".join(finding.label.title for finding in alike)
    return f"{titles}: {reason}" if len(alike) <= MOST_NAMED else reason


def _reason(finding: Finding) -> str | None:
    return finding.verdict.found if finding.verdict.status is Status.SKIP else None


def drawn(title: str, rows: Sequence[Row], *, width: int) -> RenderableType:
    """Return *rows* under the heading *title* (none if it is empty), for a terminal *width* columns wide."""
    heading = [Text(title.capitalize(), style=STRONG)] if title else []
    body = _stacked(rows) if width < NARROW else _aligned(rows)
    return Group(*heading, Padding(body, (0, 0, 0, 2)))


def _aligned(rows: Sequence[Row]) -> RenderableType:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=1, no_wrap=True)
    table.add_column(width=TITLE, no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(Text(row.mark, style=row.style), Text(row.title, style=_quiet(row)), _told(row))
    return table


def _stacked(rows: Sequence[Row]) -> RenderableType:
    parts: list[RenderableType] = []
    for row in rows:
        parts.append(Text.assemble((row.mark, row.style), " ", (row.title, _quiet(row) or STRONG)))
        if row.found:
            parts.append(Padding(_told(row), (0, 0, 0, 2)))
    return Group(*parts)


def _told(row: Row) -> RenderableType:
    found = Text(row.found, style=_quiet(row), overflow="fold")
    if not row.advice:
        return found
    advice = Table.grid(padding=(0, 1, 0, 0))
    advice.add_column(no_wrap=True)
    advice.add_column(overflow="fold")
    advice.add_row(Text("→", style=ACCENT), Text(row.advice, style=ACCENT))
    return Group(found, advice)


def _quiet(row: Row) -> str:
    return QUIET if row.dim else ""


def plain_lines(settled: Sequence[Finding]) -> Iterator[str]:
    """Yield *settled* as plain lines; skips in a row with the same reason are one."""
    for _, group in itertools.groupby(settled, key=lambda one: (one.label.group, _reason(one) or one.label.id)):
        alike = list(group)
        if len(alike) == 1:
            yield from as_lines(alike[0])
        else:
            label = alike[0].label
            yield f"{Status.SKIP.value:<4}  {label.group.value}: {len(alike)} checks: {_in_common(alike)}"


def as_lines(finding: Finding) -> tuple[str, ...]:
    """Return *finding* as plain lines: one of what was found, one of what to do."""
    verdict = finding.verdict
    found = f"{verdict.status.value:<4}  {finding.label.group.value}: {finding.label.title}: "
    advice = (f"      -> {one_line(verdict.advice, limit=LONGEST)}",) if verdict.advice else ()
    return (found + one_line(verdict.found, limit=LONGEST), *advice)


_ENDED = {Status.PASS: "passed", Status.WARN: "warning", Status.FAIL: "failed", Status.SKIP: "skipped"}


def summary(finished: Sequence[Finding]) -> str:
    """Return how many checks ended how, and what that means for a caller."""
    counts = [(status, sum(finding.verdict.status is status for finding in finished)) for status in Status]
    told = ", ".join(
        f"{count} {_ENDED[status]}{'s' if status is Status.WARN and count > 1 else ''}"
        for status, count in counts
        if count
    )
    status = findings.exit_status(finished)
    return f"{told}." if status is ExitStatus.OK else f"{told}. Exit status {status:d}."


def first_step(finished: Sequence[Finding]) -> str:
    """Return what to do first, if something failed: the rest may follow from it."""
    return next(
        (one.verdict.advice for one in finished if one.verdict.status is Status.FAIL and one.verdict.advice), ""
    )


def tone(finished: Sequence[Finding]) -> str:
    """Return the style of the summary."""
    statuses = {finding.verdict.status for finding in finished}
    return TROUBLE if Status.FAIL in statuses else CAUTION if Status.WARN in statuses else SUCCESS
