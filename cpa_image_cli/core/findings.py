"""
What an examination finds: one verdict per check, and what all of them together mean for a caller.

`Finding.as_json` and `report` are a documented contract: keys are added, never renamed or removed, and `SCHEMA` changes
if one is. What is examined is decided in ``doctor``.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, CpaImageError, ExitStatus

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.doctor import DoctorObject, FindingObject

SCHEMA: Final = "cpa-image/doctor/1"


class Status(StrEnum):
    """How a check ended. A warning is worth knowing and keeps nothing from working."""

    PASS = "pass"  # noqa: S105 - no password
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


class Group(StrEnum):
    """What a check looks at."""

    SETTINGS = "settings"
    ENDPOINT = "endpoint"
    MACHINE = "machine"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check found, in one sentence, and what to do about it; *code* says what kind of failure it is."""

    status: Status
    found: str
    advice: str = ""
    code: Code | None = None


def passed(found: str) -> Verdict:
    """Return the verdict that all is well."""
    return Verdict(status=Status.PASS, found=found)


def skipped(found: str) -> Verdict:
    """Return the verdict that there was nothing to look at, or no way to."""
    return Verdict(status=Status.SKIP, found=found)


def warned(found: str, advice: str) -> Verdict:
    """Return the verdict that something may cause trouble."""
    return Verdict(status=Status.WARN, found=found, advice=advice)


def failed(found: str, advice: str, code: Code) -> Verdict:
    """Return the verdict that something does not work."""
    return Verdict(status=Status.FAIL, found=found, advice=advice, code=code)


def failed_with(error: CpaImageError, *, advice: str = "") -> Verdict:
    """Return *error* as a verdict; *advice* is for one that has no hint."""
    return failed(error.message, error.hint or advice, error.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Which check it is: *id* is a stable word for programs, *title* what a person reads."""

    id: str
    group: Group
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The verdict of one check."""

    label: Label
    verdict: Verdict

    def as_json(self) -> "FindingObject":
        """Return what programs are shown."""
        verdict = self.verdict
        return {
            "check": self.label.id,
            "group": self.label.group.value,
            "title": self.label.title,
            "status": verdict.status.value,
            "found": verdict.found,
            "advice": verdict.advice or None,
            "code": verdict.code.word if verdict.code else None,
        }


_FITTING = {
    ExitStatus.USAGE: ExitStatus.CONFIG,
    ExitStatus.OUTPUT: ExitStatus.CONFIG,
    ExitStatus.CONFIG: ExitStatus.CONFIG,
    ExitStatus.AUTH: ExitStatus.AUTH,
}
"""What a failed check's own exit status counts as; any other counts as a matter of the gateway."""


def exit_status(findings: Iterable[Finding]) -> ExitStatus:
    """
    Return 0 when nothing failed, else what has to be put right first.

    That is 3 (settings or machine) before 4 (key or permission) before 8 (gateway or network): what is the user's own
    comes first, since the rest may follow from it.
    """
    codes = [finding.verdict.code for finding in findings if finding.verdict.status is Status.FAIL]
    return min(
        (_FITTING.get(code.exit_status, ExitStatus.GATEWAY) if code else ExitStatus.GATEWAY for code in codes),
        default=ExitStatus.OK,
    )


def report(findings: Sequence[Finding]) -> "DoctorObject":
    """Return the object that ``--json`` prints."""
    status = exit_status(findings)
    return {
        "schema": SCHEMA,
        "ok": status is ExitStatus.OK,
        "exit_status": int(status),
        "findings": [finding.as_json() for finding in findings],
    }
