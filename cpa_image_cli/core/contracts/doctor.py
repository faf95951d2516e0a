"""What ``doctor --json`` prints."""

from typing import Annotated, Literal, TypedDict


class FindingObject(TypedDict):
    """The verdict of one check."""

    check: Annotated[str, "A stable word."]
    group: Annotated[str, "settings, endpoint, machine or live."]
    title: str
    status: Literal["pass", "warn", "fail", "skip"]
    found: str
    advice: str | None
    code: Annotated[str | None, "The code word of a failure, as in a result's `error`."]


class DoctorObject(TypedDict):
    """What was examined, and what it means."""

    schema: Literal["cpa-image/doctor/1"]
    ok: bool
    exit_status: int
    findings: list[FindingObject]
