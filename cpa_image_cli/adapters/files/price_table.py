"""Reads a table of list prices: the dated one in the box, or one of the user's own in the same form (TOML)."""

import tomllib
from dataclasses import fields
from importlib import resources
from pathlib import Path

from cpa_image_cli.core.cost.prices import Price, Prices
from cpa_image_cli.core.errors import ConfigError
from cpa_image_cli.core.text import one_line

IN_THE_BOX = "openai"
LONGEST = 1 << 20
KINDS = frozenset(field.name for field in fields(Price))


def prices_named(wish: str) -> Prices:
    """Return the table called *wish*: ``openai``, or the path of a file. Raises: ConfigError."""
    if wish == IN_THE_BOX:
        return _parsed(resources.files("cpa_image_cli").joinpath("prices/openai.toml").read_text("utf-8"), wish)
    path = Path(wish).expanduser()
    try:
        with path.open("rb") as file:
            text = file.read(LONGEST).decode()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        hint = "`openai` is in the box."
        raise ConfigError(f"prices: {one_line(wish)} cannot be read: {reason}", hint=hint) from error
    return _parsed(text, wish)


def _parsed(text: str, wish: str) -> Prices:
    try:
        table = tomllib.loads(text)
        models = {str(model): _price(row) for model, row in table["models"].items()}
        return Prices(name=one_line(str(table["name"])), dated=one_line(str(table["dated"])), models=models)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"prices: {one_line(wish)} is no table of prices: {one_line(str(error))}"
        hint = "It needs `name`, `dated`, and a table for each model below `models`."
        raise ConfigError(message, hint=hint) from error


def _price(row: dict[str, object]) -> Price:
    unknown = set(row) - KINDS
    if unknown:
        raise ValueError(f"a price called {min(unknown)}")
    if not all(isinstance(value, int | float) and value >= 0 for value in row.values()):
        raise ValueError("a price that is no number")
    return Price(**{name: float(str(value)) for name, value in row.items()})
