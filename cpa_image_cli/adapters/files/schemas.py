"""Reads the JSON Schemas that the package holds, by their names."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "schemas"


def schema_names() -> tuple[str, ...]:
    """Return the name of every schema, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def schema_text(name: str) -> str:
    """Return the schema called *name*, which is one of `schema_names`, as it is printed."""
    return (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def schema(name: str) -> dict[str, Any]:
    """Return the schema called *name*."""
    found: dict[str, Any] = json.loads(schema_text(name))
    return found
