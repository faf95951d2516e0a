"""Makes the ``outputSchema`` of a tool of the same files that ``cpa-image schema`` prints."""

from typing import Any

from cpa_image_cli.adapters.files.schemas import schema

Schema = dict[str, Any]

_OF_A_FILE = frozenset({"$schema", "$id", "title", "$defs"})
"""What only a file of its own has: clients read several of these with one reader, some of them an older dialect."""


def output_schema(names: tuple[str, ...]) -> Schema:
    """Return the schema of an object that is of one of the contracts called *names*."""
    files = [schema(name) for name in names]
    definitions = {name: definition for file in files for name, definition in file.get("$defs", {}).items()}
    bodies = [{key: value for key, value in file.items() if key not in _OF_A_FILE} for file in files]
    # Every client wants to see at the root that it is an object.
    alternatives = [each for body in bodies for each in body.get("anyOf", [body])]
    found: Schema = alternatives[0] if len(alternatives) == 1 else {"type": "object", "anyOf": alternatives}
    return {**found, **({"$defs": definitions} if definitions else {})}
