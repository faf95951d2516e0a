"""
Answers the scripts' questions at TAB: ``cpa-image __complete QUESTION PREFIX``.

One line for each value that begins with *PREFIX*: the value, a tab, a few words about it. A shell waits meanwhile, so
this imports as little as it can, not even the rest of the program; and what cannot be read has no values, since an
error would land in the middle of the line that is being typed. To answer a new question, add a row to `ANSWERS`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from cpa_image_cli.process.surroundings import Directories, Surroundings

MOST = 50
"""Runs that are offered: what is older is found with ``history list --search``."""

PATIENCE = 0.1
"""Seconds that a locked history is waited for."""

Value: TypeAlias = tuple[str, str]
"""A value and what to say about it."""


def answer(arguments: Sequence[str], around: Surroundings) -> int:
    """Print the values that the question in *arguments* asks for; return the exit status."""
    question, prefix = [*arguments, "", ""][:2]
    if question not in ANSWERS:
        return 2
    lines = []
    for value, about in ANSWERS[question](prefix, around.directories()):
        if value.startswith(prefix) and value.isprintable():
            lines.append(f"{value}\t{_shortened(about)}\n")
    # Whatever the locale: the shells read UTF-8.
    around.stdout.buffer.write("".join(lines).encode("utf-8", "replace"))
    around.stdout.flush()
    return 0


def _history_ids(prefix: str, directories: Directories) -> Iterator[Value]:
    import sqlite3
    from urllib.parse import quote

    # Not through adapters.history: its imports take as long as all of this may. A test holds the two together.
    query = "SELECT id, prompt FROM run WHERE substr(id, 1, length(:prefix)) = :prefix ORDER BY seq DESC LIMIT :most"
    try:
        place = f"file:{quote(str(directories.history_file))}?mode=ro"
        connection = sqlite3.connect(place, uri=True, timeout=PATIENCE)
        yield from connection.execute(query, {"prefix": prefix, "most": MOST})
    except sqlite3.Error:
        return


def _profiles(_: str, directories: Directories) -> Iterator[Value]:
    import tomllib

    try:
        table = tomllib.loads(directories.config_file.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return
    profiles = table.get("profiles")
    for name, values in profiles.items() if isinstance(profiles, dict) else ():
        model = values.get("model", "") if isinstance(values, dict) else ""
        yield name, f"model {model}" if model else ""


def _models(_: str, directories: Directories) -> Iterable[Value]:
    from cpa_image_cli.adapters.files.model_cache import remembered

    return ((model, gateway) for gateway, models in remembered(directories.model_cache).items() for model in models)


ANSWERS: Mapping[str, Callable[[str, Directories], Iterable[Value]]] = {
    "history-ids": _history_ids,
    "models": _models,
    "profiles": _profiles,
}
"""By the names that ``offers`` uses."""


def _shortened(text: str) -> str:
    from cpa_image_cli.core.text import one_line

    return one_line(text, limit=60)
