"""
Decides what a tool takes: the schema a client is told, and the same rules for what it really sends.

Hosts pass on whatever a model wrote, so nothing is taken on trust. Every complaint is a sentence that a model can mend
its call by; what is unknown is an error, since a parameter that is dropped silently was meant.
"""

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.text import one_line

Schema = dict[str, Any]

_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """
    One argument. *kind* is a type of JSON; ``array`` is a list of texts. *least* and *most* bound a number or a count.

    *known* are values that are suggested: gateways learn new ones, so others are passed on. With *closed*, they are all
    there are.
    """

    kind: str
    help: str
    least: float | None = None
    most: float | None = None
    known: tuple[str, ...] = ()
    is_closed: bool = False

    def schema(self) -> Schema:
        """Return what a client is told of it."""
        told: Schema = {"type": self.kind, "description": self.help}
        if self.kind == "array":
            told |= {"items": {"type": "string"}, "minItems": self.least, "maxItems": self.most}
        elif self.least is not None:
            told |= {"minimum": self.least, "maximum": self.most}
        if self.known:
            told |= {"enum" if self.is_closed else "examples": list(self.known)}
        return told

    def problem(self, value: object) -> str | None:
        """Return what is wrong with *value*, or None."""
        if not _KINDS[self.kind](value):
            return f"expected {_IN_WORDS[self.kind]}"
        size = len(value) if isinstance(value, list) else value
        if isinstance(size, int | float) and self.least is not None and not self.least <= size <= (self.most or 0):
            return f"expected from {self.least:g} to {self.most:g}"
        if self.is_closed and value not in self.known:
            return f"expected one of {', '.join(self.known)}"
        return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_KINDS: Mapping[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": lambda value: isinstance(value, int) and _is_number(value),
    "array": lambda value: isinstance(value, list) and all(isinstance(each, str) for each in value),
}
_IN_WORDS = {"string": "a text", "number": "a number", "integer": "a whole number", "array": "a list of texts"}


def schema_of(arguments: Mapping[str, Argument], required: tuple[str, ...]) -> Schema:
    """Return the ``inputSchema`` of a tool that takes *arguments*."""
    return {
        "type": "object",
        "properties": {name: argument.schema() for name, argument in arguments.items()},
        "required": list(required),
        "additionalProperties": False,
    }


def checked(given: Mapping[str, Any], arguments: Mapping[str, Argument], required: tuple[str, ...]) -> dict[str, Any]:
    """Return *given* without what is null. Raises: UsageError, in terms of the call."""
    told = {name: value for name, value in given.items() if value is not None}
    for name, value in told.items():
        if name not in arguments:
            raise _unknown(name, arguments)
        problem = arguments[name].problem(value)
        if problem is not None:
            raise UsageError(f"the argument `{name}` is wrong: {problem}")
    for name in required:
        if name not in told:
            raise UsageError(f"the argument `{name}` is missing", hint=f"It is {arguments[name].help}")
    return told


def _unknown(name: str, arguments: Mapping[str, Argument]) -> UsageError:
    near = difflib.get_close_matches(name, arguments, n=1)
    meant = f"Perhaps `{near[0]}` was meant. " if near else ""
    hint = f"{meant}There are {', '.join(arguments)}."
    return UsageError(f"there is no argument `{one_line(name, limit=_LONGEST_SHOWN)}`", hint=hint)
