"""
Runs the checks side by side and hands over each finding as it comes.

Every check has a thread of its own, since most of them wait; what they share is done once (see ``steps``). The threads
are daemons: one that hangs in the system's resolver must not keep the program from ending.
"""

import contextlib
import queue
import threading
from collections.abc import Iterator

from cpa_image_cli.core.errors import CpaImageError
from cpa_image_cli.core.findings import Finding, Verdict, failed_with, skipped
from cpa_image_cli.doctor.checks import Check, chosen, labels
from cpa_image_cli.doctor.examination import Examination
from cpa_image_cli.doctor.steps import Obstacle

Results = queue.SimpleQueue[Finding | BaseException]


def prepare(case: Examination) -> None:
    """
    Resolve the settings, alone and in this thread: a password manager may want to ask for something on the terminal.

    Raises: UsageError for a wrong flag.
    """
    with contextlib.suppress(Obstacle):
        case.settings()


def examine(case: Examination, *, is_live: bool = False, tick: float | None = None) -> Iterator[Finding | None]:
    """
    Yield each finding as it comes, whatever its place in the table; with *is_live*, also those of a real generation.

    None comes every *tick* seconds in which there is none, for whoever redraws a screen.
    """
    prepare(case)
    checks = chosen(is_live=is_live)
    results: Results = queue.SimpleQueue()
    for check in checks:
        threading.Thread(target=_work, args=(check, case, results), daemon=True).start()
    left = len(checks)
    while left:
        try:
            result = results.get(timeout=tick)
        except queue.Empty:
            yield None
            continue
        if isinstance(result, BaseException):
            raise result
        left -= 1
        yield result


def _work(check: Check, case: Examination, results: Results) -> None:
    try:
        results.put(Finding(label=check.label, verdict=verdict_of(check, case)))
    except BaseException as bug:  # noqa: BLE001 - handed to the main thread, which raises it
        results.put(bug)


def verdict_of(check: Check, case: Examination) -> Verdict:
    """Return what *check* makes of *case*; whoever meets an obstacle that is another's to report is skipped."""
    try:
        return check.look(case)
    except CpaImageError as error:
        # Not foreseen by the check, and still told as what it is.
        return failed_with(error)
    except Obstacle as obstacle:
        if obstacle.check == check.label.id:
            return obstacle.verdict
        title = next(label.title for label in labels(is_live=True) if label.id == obstacle.check)
        return skipped(f"needs “{title}” to be right")


def in_order(findings: list[Finding]) -> list[Finding]:
    """Return *findings* in the order of the table."""
    place = {label: number for number, label in enumerate(labels(is_live=True))}
    return sorted(findings, key=lambda finding: place[finding.label])
