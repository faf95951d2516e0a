"""Decides whether a schema has only been added to: whoever read what the old one describes can read the new."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]


def lost(old: Schema, new: Schema) -> list[str]:
    """Return what readers of *old* may miss in, or be surprised by in, what *new* describes."""
    return list(_Comparison(old, new).lost(old, new, "", frozenset()))


class _Comparison:
    def __init__(self, old: Schema, new: Schema) -> None:
        self._old = old.get("$defs", {})
        self._new = new.get("$defs", {})

    def lost(self, old: Schema, new: Schema, at: str, above: frozenset[str]) -> Iterator[str]:
        reference = old.get("$ref", "")
        if reference in above:
            return
        old, new = _followed(old, self._old), _followed(new, self._new)
        above = above | {reference} if reference else above
        yield from self._lost_here(old, new, at)
        for name, schema in old.get("properties", {}).items():
            if name in new.get("properties", {}):
                yield from self.lost(schema, new["properties"][name], f"{at}.{name}", above)
        for key in ("items", "additionalProperties"):
            if key in old and key in new:
                yield from self.lost(old[key], new[key], f"{at}[]", above)
        for number, alternative in enumerate(old.get("anyOf", ())):
            found = [list(self.lost(alternative, each, f"{at}|{number}", above)) for each in _alternatives(new)]
            yield from min(found, key=len)

    def _lost_here(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        yield from (f"{at}.{name} is gone" for name in _names(old) - _names(new))
        yield from (
            f"{at}.{name} may be missing" for name in set(old.get("required", ())) - set(new.get("required", ()))
        )
        if surprising := _types(new) - _types(old):
            yield f"{at} may be {', '.join(sorted(surprising))}"
        if "const" in old and old["const"] != new.get("const"):
            yield f"{at} is no longer {old['const']}"
        if "enum" in old and not set(new.get("enum", ["anything"])) <= set(old["enum"]):
            yield f"{at} may be another word"


def _followed(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    return definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _alternatives(schema: Schema) -> list[Schema]:
    return list(schema.get("anyOf", [schema]))


def _names(schema: Schema) -> set[str]:
    return set(schema.get("properties", {}))


def _types(schema: Schema) -> set[str]:
    """Return the types that *schema* allows; none is said to be any."""
    types = schema.get("type", [])
    return {types} if isinstance(types, str) else set(types)
