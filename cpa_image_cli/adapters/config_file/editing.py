"""
Changes one value in a TOML text and leaves every other byte as it is: comments, order, blank lines.

tomlkit replaces and removes. It is not asked where a new key belongs: it puts one behind the comment of the next
table, and some where they mean something else. That is decided in `_places`. What comes out is read again and must
say what was meant, so that a mistake of either ends in a refusal instead of a wrong file.
"""

import copy
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cpa_image_cli.adapters.config_file.lines import Line, key_lines
from cpa_image_cli.core.errors import ConfigError

Where = tuple[str, ...]
"""The names that lead to a value, such as ``("profiles", "work", "model")``."""


def value_at(table: Mapping[str, object], where: Where) -> object | None:
    """Return what *table* has at *where*; None if that is nothing."""
    found: object = table
    for name in where:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def with_value(text: str, where: Where, value: object) -> str:
    """Return *text* with *value* at *where*. Raises: ConfigError when that would change anything else."""
    before = tomllib.loads(text)
    wanted = copy.deepcopy(before)
    table: Any = wanted
    for name in where[:-1]:
        table = table.setdefault(name, {})
    table[where[-1]] = value
    drafts: tuple[Iterator[str], ...] = (_by_tomlkit(text, lambda tables: _put(tables, where, value)),)
    if value_at(before, where) is None:
        drafts = (_by_lines(text, where, value), *drafts)
    return _first_that_says(wanted, drafts)


def without(text: str, where: Where) -> str:
    """Return *text* without the value at *where*, which is there. Raises: as `with_value`."""
    wanted = tomllib.loads(text)
    table: Any = wanted
    for name in where[:-1]:
        table = table[name]
    del table[where[-1]]
    return _first_that_says(wanted, (_by_tomlkit(text, lambda tables: _remove(tables, where)),))


def _first_that_says(wanted: Mapping[str, object], drafts: tuple[Iterator[str], ...]) -> str:
    for alternatives in drafts:
        for draft in alternatives:
            if _means(draft, wanted):
                return draft
    raise ConfigError(
        "this file is written in a way that cannot be changed without disturbing the rest of it",
        hint="Change it by hand: cpa-image config edit",
    )


def _means(draft: str, wanted: Mapping[str, object]) -> bool:
    try:
        return bool(_without_empty_tables(tomllib.loads(draft)) == _without_empty_tables(wanted))
    except tomllib.TOMLDecodeError:
        return False


def _without_empty_tables(value: object) -> object:
    """Return *value* without tables that hold nothing: whether one is left behind makes no difference."""
    if not isinstance(value, Mapping):
        return value
    inner = {name: _without_empty_tables(item) for name, item in value.items()}
    return {name: item for name, item in inner.items() if item != {}}


def _by_tomlkit(text: str, change: Callable[[Any], None]) -> Iterator[str]:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        tables = tomlkit.parse(text)
        change(tables)
        draft = tables.as_string()
    except (TOMLKitError, ValueError):
        # An inline table that would have to hold another, for one.
        return
    yield draft


def _put(tables: Any, where: Where, value: object) -> None:  # noqa: ANN401 - tomlkit's tables have no common type
    import tomlkit

    for name in where[:-1]:
        if name not in tables:
            tables[name] = tomlkit.table()
        tables = tables[name]
    tables[where[-1]] = value


def _remove(tables: Any, where: Where) -> None:  # noqa: ANN401 - as above
    for name in where[:-1]:
        tables = tables[name]
    del tables[where[-1]]


def _by_lines(text: str, where: Where, value: object) -> Iterator[str]:
    """Yield *text* with a new line for *value* at each place where it may be right, the best first."""
    import tomlkit

    end = "\r\n" if "\r\n" in text else "\n"
    lines = [line for line in re.split(r"(?<=\n)", text) if line]
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += end
    assignment = f"{_dotted(where[-1:])} = {tomlkit.item(value).as_string()}\n"
    for number, before in _places(lines, where[:-1]):
        addition = f"{before}{assignment}"
        if not any(line.strip() for line in lines[number - 1 : number]):
            addition = addition.lstrip("\n")
        if any(line.startswith("[") or number == 0 for line in lines[number : number + 1]):
            addition += "\n"
        yield "".join((*lines[:number], addition.replace("\n", end), *lines[number:]))


def _places(lines: list[str], table: Where) -> Iterator[tuple[int, str]]:
    """
    Yield after how many lines a new key of *table* may stand, and what goes before its name.

    Behind the line of another key come all places that follow it, since its value may be longer than one line.
    """
    found = list(key_lines("".join(lines)))
    place = _beside_its_own(found, table)
    if place is not None:
        behind, before = place
    elif table:
        behind, before = _behind_its_relatives(found, table) or len(lines), f"\n[{_dotted(table)}]\n"
    else:
        behind, before = _below_the_opening_comment(lines), ""
    yield from ((number, before) for number in range(behind, len(lines) + 1))


def _beside_its_own(found: list[Line], table: Where) -> tuple[int, str] | None:
    """Return the line of the last key that *table* has and what goes before the new one's name; None if it has none."""
    dotted = ".".join(table)
    for line in reversed(found):
        if line.header == dotted:
            return line.number, ""
    for line in reversed(found):
        if line.is_within(dotted) and len(line.header) < len(dotted):
            # The table is made of dotted keys, and may get no header of its own.
            depth = line.header.count(".") + 1 if line.header else 0
            return line.number, f"{_dotted(table[depth:])}."
    return None


def _behind_its_relatives(found: list[Line], table: Where) -> int | None:
    """Return the last line of what *table* lies in, or of its siblings; None if there are none."""
    for length in range(len(table) - 1, 0, -1):
        numbers = [line.number for line in found if line.is_within(".".join(table[:length]))]
        if numbers:
            return numbers[-1]
    return None


def _below_the_opening_comment(lines: list[str]) -> int:
    """Return how many lines of comment stand at the top and belong to the whole file: a blank line follows them."""
    blank = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            blank = number
        elif not line.lstrip().startswith("#"):
            return blank
    return len(lines)


def _dotted(names: Where) -> str:
    from tomlkit import key

    return ".".join(key(name).as_string() for name in names)
