"""
What ``cpa-image help TOPIC`` tells beside the commands: the tables that the program itself uses.

To add a topic, add a row to `TOPICS`: how it is told in text, and what programs get.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from cpa_image_cli.core.contracts.help import HelpObject, NameFieldObject, SettingObject
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.manual import failures, statuses, variables
from cpa_image_cli.core.pictures.file_names import DEFAULT_TEMPLATE, FIELD_MEANINGS
from cpa_image_cli.core.settings.config_keys import KEYS
from cpa_image_cli.core.settings.settings import DEFAULTS, SOURCES

Pair = tuple[str, str]

SCHEMA: Final = "cpa-image/help/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A table: a sentence on what it is, its rows as *pairs* of texts, and as *data*."""

    about: str
    pairs: Callable[[], Iterator[Pair]]
    data: Callable[[], HelpObject]


def _statuses() -> Iterator[Pair]:
    for status, said in statuses.MEANINGS.items():
        yield str(int(status)), f"{said.meaning}. {said.what_next}"


def _failures() -> Iterator[Pair]:
    for fate in failures.fates():
        billed = "may have billed" if fate.may_have_billed else "not billed"
        told = f"{fate.code.meaning} (exit {int(fate.code.exit_status)}, {billed}, repeated: {fate.repeated.value})."
        yield fate.code.word, f"{told} {fate.hint}".rstrip()


def _variables() -> Iterator[Pair]:
    for variable in variables.variables():
        yield variable.name, variable.meaning


def _settings() -> Iterator[Pair]:
    for key in KEYS.values():
        default = DEFAULTS.get(key.name)
        shown = "" if default in (None, False) else f" [default: {_spelled(default)}]"
        yield key.name, f"{key.help} ({key.expected}){shown}"


def _settings_data() -> HelpObject:
    rows: list[SettingObject] = [
        {
            "key": key.name,
            "value": key.expected,
            "help": key.help,
            "default": DEFAULTS.get(key.name),
            "sources": [source.name for source in SOURCES.get(key.name, ())],
        }
        for key in KEYS.values()
    ]
    return {"schema": SCHEMA, "topic": "settings", "settings": rows}


def _names() -> Iterator[Pair]:
    for name, meaning in FIELD_MEANINGS.items():
        yield f"{{{name}}}", meaning


def _names_data() -> HelpObject:
    rows: list[NameFieldObject] = [{"field": name, "meaning": meaning} for name, meaning in FIELD_MEANINGS.items()]
    return {"schema": SCHEMA, "topic": "names", "names": rows}


def _spelled(default: object) -> str:
    return f"{default:g}" if isinstance(default, float) else str(default)


TOPICS: Mapping[str, Topic] = {
    "exit-codes": Topic(
        about="How a command ends, in one number, and what to do next.",
        pairs=_statuses,
        data=lambda: {"schema": SCHEMA, "topic": "exit-codes", "exit_codes": statuses.as_data()},
    ),
    "errors": Topic(
        about="Every code word of a failure. `repeated` says whether this program tries again by itself.",
        pairs=_failures,
        data=lambda: {"schema": SCHEMA, "topic": "errors", "errors": [fate.as_json() for fate in failures.fates()]},
    ),
    "environment": Topic(
        about="Every environment variable that is heeded. An empty one counts as unset, but where it says otherwise.",
        pairs=_variables,
        data=lambda: {"schema": SCHEMA, "topic": "environment", "environment": variables.as_data()},
    ),
    "settings": Topic(
        about="Every key of the config file. A flag goes before a variable, and both before the file.",
        pairs=_settings,
        data=_settings_data,
    ),
    "names": Topic(
        about=f"The fields of `--name-template` and `name_template`, such as {DEFAULT_TEMPLATE}.",
        pairs=_names,
        data=_names_data,
    ),
}
