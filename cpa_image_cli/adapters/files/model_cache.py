"""
Remembers which models a gateway listed, so that TAB can offer them without asking it.

The file is a convenience: what is wrong with it is no error, and anybody may delete it.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from cpa_image_cli.adapters.files.private_folder import make_private
from cpa_image_cli.adapters.files.whole_file import whole_file

MOST = 500
"""Models of one gateway that are kept; a list that is longer is no help at TAB."""

LONGEST = 200
"""Characters of a name; what is longer is no model."""


def remembered(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the models of each gateway in the file at *path*; none when there is nothing to read."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    lists = content.items() if isinstance(content, dict) else ()
    return {gateway: _names(models) for gateway, models in lists if isinstance(models, list)}


def remember(path: Path, *, gateway: str, models: Iterable[str]) -> None:
    """
    Keep *models* as what *gateway* listed last; *gateway* is its address as it may be shown.

    Raises: OSError.
    """
    content = {**remembered(path), gateway: _names(models)}
    make_private(path.parent)
    # Which gateways somebody uses is nobody else's business.
    with whole_file(path) as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=1).encode())


def _names(models: Iterable[object]) -> tuple[str, ...]:
    """Return those that are names: a server may have sent anything."""
    names = (model for model in models if isinstance(model, str) and model and model.isprintable())
    return tuple(dict.fromkeys(name for name in names if len(name) <= LONGEST))[:MOST]
