"""
Decides which of a server's usage figures are repeated: finite numbers under short names, and nothing else.

They are printed by ``--json`` and kept in the history as they are, so whatever no other program could read, or no
person would want to, stays out: NaN, giants, text, depth without end.
"""

from collections.abc import Mapping
from itertools import islice

MAX_DEPTH = 3
"""Objects within each other; ``tool_usage.image_gen.input_tokens_details`` is the deepest seen."""

MAX_FIGURES = 64
"""Fields that are read of one object."""

_MAX_NAME = 64
_MAX_FIGURE = 2**63


def read_usage(body: Mapping[str, object]) -> Mapping[str, object] | None:
    """Return the figures of a response object, those of its tools under ``tool_usage``; None when it has none."""
    found = _figures(body.get("usage"), depth=MAX_DEPTH)
    by_tool = _figures(body.get("tool_usage"), depth=MAX_DEPTH)
    if by_tool:
        found["tool_usage"] = by_tool
    return found or None


def _figures(value: object, *, depth: int) -> dict[str, object]:
    if depth == 0 or not isinstance(value, dict):
        return {}
    found: dict[str, object] = {}
    for name, inner in islice(value.items(), MAX_FIGURES):
        if len(name) > _MAX_NAME or not name.isprintable():
            continue
        if isinstance(inner, int | float):
            if -_MAX_FIGURE < inner < _MAX_FIGURE:
                found[name] = inner
        elif nested := _figures(inner, depth=depth - 1):
            found[name] = nested
    return found
