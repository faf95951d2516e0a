"""
Decides how settings are told to programs: what ``config show --json`` prints.

It holds no secret: keys are masked, credentials in URLs too. `SCHEMA` names the contract: keys are added, never renamed
or removed.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from cpa_image_cli.core.errors import ConfigError
from cpa_image_cli.core.gateway.endpoint import shown_url
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.settings.resolution import Resolved
from cpa_image_cli.core.settings.settings import Settings
from cpa_image_cli.core.text import clean

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.result import NoticeObject
    from cpa_image_cli.core.contracts.settings import ProblemObject, SettingObject, SettingsObject

SCHEMA: Final = "cpa-image/settings/1"


def settings_data(settings: Settings) -> "SettingsObject":
    """Return the one object that is printed."""
    return {
        "schema": SCHEMA,
        "config_file": str(settings.config_file),
        "config_file_exists": settings.config_file_exists,
        "profiles": [clean(name) for name in settings.profiles],
        "openclaw_files": [str(path) for path in settings.openclaw_files],
        "settings": {name: _setting(name, resolved) for name, resolved in settings.rows()},
        "headers": [
            {"name": header.name, "value": clean(header.shown), "source": clean(header.source)}
            for header in settings.headers
        ],
        "warnings": _notices(settings.warnings),
        "notes": _notices(settings.notes),
    }


def _setting(name: str, resolved: Resolved[object]) -> "SettingObject":
    problem = resolved.problem
    return {
        "value": _plain(name, resolved.value),
        "source": clean(resolved.source) or None,
        "origin": resolved.origin,
        "variable": resolved.variable or None,
        "problem": None if problem is None else _problem(problem),
        "candidates": [
            {
                "source": clean(candidate.source),
                "state": candidate.state,
                "value": clean(candidate.shown) or None,
                "note": clean(candidate.note) or None,
            }
            for candidate in resolved.candidates
        ],
    }


def _problem(problem: ConfigError) -> "ProblemObject":
    return {"code": problem.code.word, "message": clean(problem.message), "hint": problem.hint}


def _plain(name: str, value: object) -> object:
    """Return *value* as JSON can have it."""
    match value:
        case Secret():
            return value.masked()
        case str() if name == "base_url":
            return shown_url(value)
        case str() | Path():
            return clean(str(value))
        case _:
            return value


def _notices(notices: tuple[Notice, ...]) -> "list[NoticeObject]":
    return [{"code": notice.code, "message": clean(notice.message)} for notice in notices]
