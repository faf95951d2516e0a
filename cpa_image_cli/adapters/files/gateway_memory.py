"""
Keeps what gateways were seen to do: a small table, without keys, prompts or addresses beyond host and port.

Like the list of models it is a convenience: what is wrong with the file is no error, and anybody may delete it.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from cpa_image_cli.adapters.files.private_folder import make_private
from cpa_image_cli.core.gateway.habits import Habit, Habits, How, Lesson

LONGEST = 200
"""Characters of anything that is kept."""

Place = tuple[str, str]
"""Host with port, and model."""


def habits_at(path: Path) -> dict[Place, dict[str, Habit]]:
    """Return what the file at *path* says of each gateway and model; nothing when there is nothing to read."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    found: dict[Place, dict[str, Habit]] = {}
    for host, models in _objects(content):
        for model, habits in _objects(models):
            found[host, model] = {name: habit for name, value in _objects(habits) if (habit := _habit(value))}
    return found


def learn(path: Path, place: Place, lesson: Lesson) -> None:
    """Add *lesson* about *place* to the file at *path*. Raises: OSError."""
    everything = habits_at(path)
    known: Habits = everything.get(place, {})
    now = {name: habit for name, habit in known.items() if name not in lesson.untrue} | dict(lesson.seen)
    if now != known:
        _write(path, {**everything, place: now})


def forget(path: Path) -> int:
    """Forget everything; return how much that was. Raises: OSError."""
    count = sum(len(habits) for habits in habits_at(path).values())
    path.unlink(missing_ok=True)
    return count


def _write(path: Path, everything: Mapping[Place, Habits]) -> None:
    content: dict[str, dict[str, dict[str, dict[str, str]]]] = {}
    for (host, model), habits in everything.items():
        if habits:
            content.setdefault(host, {})[model] = {name: _as_json(habit) for name, habit in habits.items()}
    make_private(path.parent)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # Which gateways somebody uses is nobody else's business.
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _as_json(habit: Habit) -> dict[str, str]:
    return {"how": habit.how, "at": habit.at, **({} if habit.value is None else {"value": habit.value})}


def _objects(value: object) -> Iterator[tuple[str, object]]:
    """Yield what *value* holds under names that may be shown, if it is an object."""
    for name, inner in value.items() if isinstance(value, dict) else ():
        if name.isprintable() and len(name) <= LONGEST:
            yield name, inner


def _habit(value: object) -> Habit | None:
    fields = {name: inner for name, inner in _objects(value) if isinstance(inner, str) and inner.isprintable()}
    if fields.get("how") not in {"refused", "ignored"} or "at" not in fields:
        return None
    given = fields.get("value")
    return Habit(
        how=cast(How, fields["how"]), at=fields["at"][:LONGEST], value=None if given is None else given[:LONGEST]
    )
