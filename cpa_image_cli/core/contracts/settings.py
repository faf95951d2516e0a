"""What ``config show --json`` prints. It holds no secret."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypedDict

from cpa_image_cli.core.contracts.result import NoticeObject


class CandidateObject(TypedDict):
    """A place that was looked at for a value."""

    source: str
    state: str
    value: Annotated[str | None, "As it may be shown."]
    note: str | None


class ProblemObject(TypedDict):
    """Why a setting has no usable value."""

    code: str
    message: str
    hint: str | None


class SettingObject(TypedDict):
    """One setting, its value, and where that comes from."""

    value: object
    source: str | None
    origin: Annotated[str | None, "The kind of place: flag, environment, config, openclaw, default, …"]
    variable: Annotated[str | None, "The environment variable that holds it, if one does."]
    problem: ProblemObject | None
    candidates: list[CandidateObject]


class HeaderObject(TypedDict):
    """A further request header."""

    name: str
    value: str
    source: str


class SettingsObject(TypedDict):
    """Every setting."""

    schema: Literal["cpa-image/settings/1"]
    config_file: str
    config_file_exists: bool
    profiles: list[str]
    openclaw_files: list[str]
    settings: Mapping[str, SettingObject]
    headers: list[HeaderObject]
    warnings: list[NoticeObject]
    notes: list[NoticeObject]
