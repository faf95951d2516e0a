"""
Makes the JSON Schemas in the wheel of the types that write the objects; ``test_schemas.py`` holds them equal.

``python -m tests.contracts.generate`` brings ``cpa_image_cli/schemas`` up to date. With ``--release`` it also notes
them as what was released: from then on nothing of them may go away (``additions.py``).
"""

import json
import re
import sys
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from cpa_image_cli.core.contracts.agent_settings import AgentSettingsObject
from cpa_image_cli.core.contracts.doctor import DoctorObject
from cpa_image_cli.core.contracts.dry_run import DryRunObject
from cpa_image_cli.core.contracts.help import HelpObject
from cpa_image_cli.core.contracts.history import HistoryObject, RunObject
from cpa_image_cli.core.contracts.inspection import ComparedObject, InspectionObject, StrippedObject
from cpa_image_cli.core.contracts.models import ModelsObject
from cpa_image_cli.core.contracts.profiles import ProfilesObject
from cpa_image_cli.core.contracts.result import ResultObject
from cpa_image_cli.core.contracts.results import ResultsObject
from cpa_image_cli.core.contracts.running import RunningObject
from cpa_image_cli.core.contracts.sandbox import ScenariosObject
from cpa_image_cli.core.contracts.settings import SettingsObject
from cpa_image_cli.core.contracts.skill import SkillObject
from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.job.events import JobEvent

SCHEMAS = Path(__file__).parents[2] / "cpa_image_cli" / "schemas"
RELEASED = Path(__file__).parent / "released"

DIALECT = "https://json-schema.org/draft/2020-12/schema"

When = Annotated[str, "When it happened, in ISO 8601."]

Schema = dict[str, Any]
Written = Any
"""A type of the program, in any of the forms that annotations have."""


@dataclass(frozen=True, slots=True)
class Contract:
    """Something that is printed: *written* is the type, or the union of types, that writes it."""

    written: Written
    title: str


CONTRACTS: Mapping[str, Contract] = {
    "result": Contract(ResultObject, "What generate --json prints, and the last line of --jsonl"),
    "results": Contract(ResultsObject, "What is printed in place of a result where several pictures were asked for"),
    "running": Contract(RunningObject, "What is told of a job that is not over yet"),
    "event": Contract(JobEvent, "A line of generate --jsonl but for the last, which is a result"),
    "history": Contract(HistoryObject, "What the commands of history print with --json"),
    "run": Contract(RunObject, "A line of history export"),
    "doctor": Contract(DoctorObject, "What doctor --json prints"),
    "settings": Contract(SettingsObject, "What config show --json prints"),
    "models": Contract(ModelsObject, "What models --json prints"),
    "profiles": Contract(ProfilesObject, "What config profile list --json prints"),
    "agent-settings": Contract(AgentSettingsObject, "What the tool describe_settings answers"),
    "skill": Contract(SkillObject, "What the commands of skill print with --json"),
    "dry-run": Contract(DryRunObject, "What generate --dry-run --json prints"),
    "help": Contract(HelpObject, "What help --json prints"),
    "inspection": Contract(InspectionObject, "What inspect --json prints"),
    "compared": Contract(ComparedObject, "What compare --json prints"),
    "stripped": Contract(StrippedObject, "What strip --json prints"),
    "scenarios": Contract(ScenariosObject, "What sandbox --list --json prints"),
}
"""Every contract, by the name that ``cpa-image schema`` knows it by."""


def schema_of(name: str) -> Schema:
    """Return the whole schema of the contract called *name*."""
    maker = _Maker()
    root = maker.of(CONTRACTS[name].written)
    head = {"$schema": DIALECT, "$id": f"urn:cpa-image:{name}", "title": CONTRACTS[name].title}
    if "$ref" in root:
        root = maker.definitions.pop(root["$ref"].rpartition("/")[2])
    return head | root | ({"$defs": dict(sorted(maker.definitions.items()))} if maker.definitions else {})


class _Maker:
    """Makes schemas of types; what has a name stands once, in *definitions*."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def of(self, written: Written) -> Schema:
        origin, arguments = get_origin(written), get_args(written)
        if origin in {Union, types.UnionType}:
            schema = self._either(arguments)
        elif origin is Annotated:
            schema = self.of(arguments[0]) | {"description": arguments[1]}
        elif origin is NotRequired:
            schema = self.of(arguments[0])
        elif origin is Literal:
            schema = {"const": arguments[0]} if len(arguments) == 1 else {"type": "string", "enum": list(arguments)}
        elif origin in {list, tuple, Sequence}:
            schema = {"type": "array", "items": self.of(arguments[0])}
        elif origin in {dict, Mapping}:
            values = self.of(arguments[1])
            schema = {"type": "object"} | ({"additionalProperties": values} if values else {})
        else:
            schema = self._simple(written)
        return schema

    def _simple(self, written: Written) -> Schema:
        if is_typeddict(written):
            return self._named(written, get_type_hints(written, include_extras=True), written.__required_keys__)
        if is_dataclass(written):
            return self._told(written)
        if isinstance(written, type) and issubclass(written, Enum):
            # Words are added from one version to the next; who reads them must bear with new ones.
            words = [each.word if isinstance(each, Code) else each.value for each in written]
            return {"type": "string"} | ({} if written is Code else {"examples": words})
        return dict(_PLAIN[written])

    def _either(self, alternatives: Iterable[Any]) -> Schema:
        found = [self.of(each) for each in alternatives]
        if all(each.keys() == {"type"} for each in found):
            return {"type": [each["type"] for each in found]}
        return {"anyOf": found}

    def _told(self, event: type) -> Schema:
        """Return the schema of a dataclass as ``--jsonl`` writes it."""
        hints = {name: hint for name, hint in get_type_hints(event).items() if name in _told_fields(event)}
        kind = getattr(event, "kind", None)
        hints = {"event": Literal[kind], **hints, "at": When} if kind else hints
        hints |= {"may_have_billed": bool} if event is Failure else {}
        return self._named(event, hints, hints.keys())

    def _named(self, written: type, hints: Mapping[str, Any], required: Iterable[str]) -> Schema:
        name = written.__name__.removesuffix("Object")
        if name not in self.definitions:
            self.definitions[name] = {}
            about = {"description": _words(written)}
            properties = {key: self.of(hint) for key, hint in hints.items()}
            kept = [key for key in properties if key in set(required)]
            self.definitions[name] = {"type": "object", **about, "properties": properties, "required": kept}
        return {"$ref": f"#/$defs/{name}"}


_PLAIN: Mapping[object, Schema] = {
    str: {"type": "string"},
    Path: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    object: {},
}


def _told_fields(event: Written) -> set[str]:
    return {entry.name for entry in fields(event) if not entry.name.endswith("_at") and entry.name != "is_permanent"}


def _words(written: type) -> str:
    """Return the first paragraph of a docstring, as words for somebody who does not know Python."""
    paragraph = (written.__doc__ or "").strip().split("\n\n")[0]
    return re.sub(r"\s+", " ", paragraph).replace("``", "`").replace("*", "")


def text_of(name: str) -> str:
    """Return the file that holds the schema called *name*."""
    return json.dumps(schema_of(name), ensure_ascii=False, indent=2) + "\n"


def write(folder: Path) -> None:
    """Write every schema into *folder*."""
    folder.mkdir(exist_ok=True)
    for name in CONTRACTS:
        (folder / f"{name}.json").write_text(text_of(name), encoding="utf-8")


if __name__ == "__main__":
    write(SCHEMAS)
    if "--release" in sys.argv[1:]:
        write(RELEASED)
