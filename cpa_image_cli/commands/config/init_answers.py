"""
Decides what ``config init`` writes: the answers, from flags or from a person, as changes of the config file.

What would hold all the same is not written at the top: the default, or what OpenClaw says, so that a change there still
counts. A profile gets every value that was answered: one that silently followed a value elsewhere would be a trap.
"""

from collections.abc import Mapping
from pathlib import Path

from cpa_image_cli.adapters.config_file import ConfigFile, checked
from cpa_image_cli.commands.config.key_words import DEFAULT_PROFILE, checked_value, table_of
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.settings.config_keys import KEY_SOURCES
from cpa_image_cli.core.settings.config_template import opening
from cpa_image_cli.core.settings.resolution import Origin, Resolved
from cpa_image_cli.core.settings.settings import Settings

HOLDS_ANYWAY = frozenset({Origin.DEFAULT, Origin.OPENCLAW})

_KEYS = ("base_url", "model", "api_key_env", "api_key_command", "format", "output_dir")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """
    What is to be in the file; None leaves it as it is. The fields that are text are called as their keys are.

    *has_no_key* says that the gateway takes requests without one, *keeps_key* that the key stays where it comes from.
    """

    base_url: str | None = None
    api_key_env: str | None = None
    api_key_command: str | None = None
    has_no_key: bool = False
    keeps_key: bool = False
    model: str | None = None
    format: str | None = None
    output_dir: str | None = None
    profile: str | None = None

    @property
    def tells_key(self) -> bool:
        """Whether they say where the key is."""
        return self.has_no_key or self.keeps_key or self.api_key_env is not None or self.api_key_command is not None

    def values(self) -> dict[str, str]:
        """Return what was answered, by key."""
        return {name: value for name in _KEYS if (value := getattr(self, name)) is not None}


def changes(answers: Answers, settings: Settings, file: ConfigFile) -> dict[str, object]:
    """
    Return what is to be written of *answers*, by key, when *settings* are what holds now and *file* what is there.

    Raises: UsageError for an answer that cannot be right.
    """
    rows = dict(settings.rows())
    own = table_in(file, answers.profile)
    wanted: dict[str, object] = {}
    for name, text in answers.values().items():
        value = checked_value((name,), text)
        is_there = own.get(name) == value
        follows = answers.profile is None and name in rows and _holds_anyway(value, rows[name])
        if not (is_there or follows):
            wanted[name] = value
    return wanted


def table_in(file: ConfigFile, profile: str | None) -> Mapping[str, object]:
    """Return what *file* has below *profile*, or at its top."""
    return file.top if profile is None else file.profiles.get(profile, {})


def _holds_anyway(value: object, resolved: Resolved[object]) -> bool:
    return resolved.origin in HOLDS_ANYWAY and str(value) == str(resolved.value)


def filled_in(text: str, values: Mapping[str, object], *, profile: str | None, path: Path) -> str:
    """
    Return *text*, the content of the file at *path*, with *values* below *profile*, or at the top.

    A first profile becomes the default one when nothing at the top says where the gateway is: it would seem to have
    no effect otherwise. A new way to the key takes the place of the other one.
    """
    from cpa_image_cli.adapters.config_file import editing

    text = text or f"{opening()}\n"
    file = checked(text, path)
    table = table_of((), profile)
    own = table_in(file, profile)
    for other in (KEY_SOURCES - values.keys()) & own.keys() if KEY_SOURCES & values.keys() else ():
        text = editing.without(text, (*table, other))
    for name, value in values.items():
        text = editing.with_value(text, (*table, name), value)
    if values and profile is not None and file.default_profile is None and "base_url" not in file.top:
        text = editing.with_value(text, (DEFAULT_PROFILE,), profile)
    return text
