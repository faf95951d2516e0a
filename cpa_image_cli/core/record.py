"""
Decides how our values lie in JSON and come back: what one process says to another, through the ledger or a pipe.

A dataclass is an object of its fields; a field that is missing keeps its default, and one that nobody knows any more
is passed over. So two versions of the program may speak with each other.
"""

import dataclasses
import types
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from cpa_image_cli.core.errors import Code

Hint = Any
"""A type of the program, in any of the forms that annotations have."""

_CODES = {code.word: code for code in Code}


def recorded(value: object) -> Any:  # noqa: ANN401, PLR0911 - JSON; one row for each kind
    """Return *value* as JSON has it."""
    match value:
        case Code():
            return value.word
        case Enum():
            return value.value
        case Path():
            return str(value)
        case datetime():
            return value.isoformat()
        case Mapping():
            return {str(name): recorded(one) for name, one in value.items()}
        case frozenset() | set():
            return sorted(recorded(one) for one in value)
        case tuple() | list():
            return [recorded(one) for one in value]
        case _ if dataclasses.is_dataclass(value):
            return {field.name: recorded(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            return value


def read(hint: Hint, value: Any) -> Any:  # noqa: ANN401 - JSON, and what it stands for
    """Return what *value*, as `recorded` made it of something of the type *hint*, stands for."""
    origin: Any = get_origin(hint)
    inner = get_args(hint)
    if value is None:
        return None
    if origin is Annotated:
        return read(inner[0], value)
    if origin in {Union, types.UnionType}:
        kinds = [kind for kind in inner if kind is not type(None)]
        return read(kinds[0], value) if len(kinds) == 1 else value
    if origin in {tuple, frozenset, list}:
        return origin(read(inner[0], one) for one in value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {name: read(inner[1], one) for name, one in value.items()}
    return _single(hint, value)


def _single(hint: Hint, value: Any) -> Any:  # noqa: ANN401 - as above
    if hint is Code:
        return _CODES[value]
    if hint is datetime:
        return datetime.fromisoformat(value)
    if dataclasses.is_dataclass(hint):
        hints = get_type_hints(hint, include_extras=True)
        known = {field.name for field in dataclasses.fields(hint) if field.init}
        return hint(**{name: read(hints[name], one) for name, one in value.items() if name in known})  # type: ignore[operator]
    if isinstance(hint, type) and issubclass(hint, (Path, Enum)):
        return hint(value)
    return value
