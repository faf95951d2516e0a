"""
Holds every object that the program prints to its schema, wherever in the suite a test reads one.

``conftest.py`` puts `checked` behind ``json.loads``. It is stricter than the schemas in the wheel: readers must bear
with keys they do not know, but we must not print one that no schema names.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from cpa_image_cli.core.ledger.run import RunState
from tests.contracts.generate import CONTRACTS, SCHEMAS

Json = Any

RUN = frozenset({"id", "state", "prompt", "gateway", "parameters", "timings", "details"})
"""Keys by which a line of ``history export`` is known, which has no ``schema`` of its own."""


def complaint(value: object) -> str | None:
    """Return in which respect *value* is not what its contract says; None if it is, or has none."""
    name = contract_of(value)
    if name is None:
        return None
    if name not in CONTRACTS:
        return f"no contract is called {name!r}: add it to CONTRACTS in tests/contracts/generate.py"
    error = best_match(_validator(name).iter_errors(value))
    return None if error is None else f"{name}{error.json_path.removeprefix('$')}: {error.message}"


def contract_of(value: object) -> str | None:
    """Return the name of the contract that *value* is printed under."""
    if not isinstance(value, dict):
        return None
    schema, event = value.get("schema"), value.get("event")
    if isinstance(schema, str) and (known := re.fullmatch(r"cpa-image/([a-z-]+)/\d+", schema)):
        return known[1]
    if event in _kinds():
        return "event"
    return "run" if value.keys() >= RUN and value["state"] in set(RunState) else None


def checked(loads: Callable[..., Json]) -> Callable[..., Json]:
    """Return *loads*, which fails for an object that breaks its contract."""

    def checked_loads(*given: Json, **more: Json) -> Json:
        value = loads(*given, **more)
        wrong = complaint(value)
        assert wrong is None, wrong
        return value

    return checked_loads


@cache
def _kinds() -> frozenset[object]:
    definitions = _schema("event")["$defs"].values()
    return frozenset(each["properties"]["event"]["const"] for each in definitions if "event" in each["properties"])


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(_closed(_schema(name)))


@cache
def _schema(name: str) -> Json:
    return json.JSONDecoder().decode((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))


def _closed(schema: Json) -> Json:
    """Return *schema* without room for keys it does not name."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    return {**closed, "additionalProperties": False} if isinstance(schema.get("properties"), dict) else closed
