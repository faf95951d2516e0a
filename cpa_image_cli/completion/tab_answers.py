"""
Answers the scripts' questions at TAB: ``cpa-image __complete QUESTION PREFIX LINE...``.

*LINE* are the words that stand before the one that is typed: what is right for it may depend on them. One line for each
value that begins with *PREFIX*: the value, a tab, a few words about it. A shell waits meanwhile, so this imports as
little as it can, not even the rest of the program; and what cannot be read has no values, since an error would land in
the middle of the line that is being typed. To answer a new question, add a row to `ANSWERS`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.process.surroundings import Directories, Surroundings

MOST = 50
"""Runs that are offered: what is older is found with ``history list --search``."""

SENDABLE = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".heic", ".heif", ".avif"})
"""Extensions of pictures that may be sent; what they really are is seen then."""

PATIENCE = 0.1
"""Seconds that a locked history is waited for."""

LAST = "last"

BASE_URL_VARIABLES = ("IMAGE_GEN_BASE_URL", "OTCBOT_BASE_URL", "CPA_BASE_URL", "OPENAI_BASE_URL")
"""As `core.settings.settings.SOURCES` has them, whose import takes longer than all of this may."""

Value: TypeAlias = tuple[str, str]
"""A value and what to say about it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What TAB was pressed at: the *prefix* of a word, and the *line* of words before it."""

    prefix: str
    line: tuple[str, ...]
    around: Surroundings

    @property
    def directories(self) -> Directories:
        """Return where this user's files are."""
        return self.around.directories()

    def option(self, name: str) -> str | None:
        """Return the value that the line gives to the option called *name*."""
        for place, word in enumerate(self.line):
            if word == name and place + 1 < len(self.line):
                return self.line[place + 1]
            if word.startswith(f"{name}="):
                return word.partition("=")[2]
        return None


def answer(arguments: Sequence[str], around: Surroundings) -> int:
    """Print the values that the question in *arguments* asks for; return the exit status."""
    question, prefix = [*arguments, "", ""][:2]
    if question not in ANSWERS:
        return 2
    lines = []
    for value, about in ANSWERS[question](Asked(prefix, tuple(arguments[2:]), around)):
        if value.startswith(prefix) and value.isprintable():
            lines.append(f"{value}\t{_shortened(about)}\n")
    # Whatever the locale: the shells read UTF-8.
    around.stdout.buffer.write("".join(lines).encode("utf-8", "replace"))
    around.stdout.flush()
    return 0


def _history_ids(asked: Asked) -> Iterator[Value]:
    runs = list(_runs(asked.prefix, asked.directories))
    if "last".startswith(asked.prefix):
        # It is what most people mean.
        newest = runs or list(_runs("", asked.directories))
        yield from ((LAST, prompt) for _, prompt in newest[:1])
    yield from runs


def _runs(prefix: str, directories: Directories) -> Iterator[Value]:
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


def _pictures(asked: Asked) -> Iterator[Value]:
    """Yield picture files where the prefix is, and one folder below; then what was drawn lately."""
    import os

    prefix = asked.prefix
    folder = prefix[: prefix.rfind("/") + 1]
    for below in ("", *sorted(f"{name}/" for name in _listed(folder, folders=True) if not name.startswith("."))):
        for name in sorted(_listed(folder + below, folders=False)):
            if os.path.splitext(name)[1].lower() in SENDABLE:  # noqa: PTH122 - pathlib takes its time to load
                yield folder + below + name, ""
    yield from _history_ids(asked)


def _listed(folder: str, *, folders: bool) -> list[str]:
    import os

    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:  # noqa: PTH111 - as above
            return [entry.name for entry in entries if entry.is_dir() is folders]
    except OSError:
        return []


def _profiles(asked: Asked) -> Iterator[Value]:
    for name, values in _profiles_in(_config(asked)).items():
        model = values.get("model", "") if isinstance(values, dict) else ""
        yield name, f"model {model}" if model else ""


def _config(asked: Asked) -> dict[str, object]:
    try:
        text = asked.directories.config_file.read_text("utf-8-sig")
    except (OSError, ValueError):
        return {}
    # Imported only for a file that is there.
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}


def _profiles_in(config: dict[str, object]) -> dict[str, object]:
    found = config.get("profiles")
    return found if isinstance(found, dict) else {}


def _models(asked: Asked) -> Iterator[Value]:
    """Yield what can be asked, of the gateway in use if that can be told in a moment, else of all that were asked."""
    from cpa_image_cli.adapters.files.model_cache import remembered
    from cpa_image_cli.core.job.image_models import why_no_text_model

    in_use = _gateway_in_use(asked)
    for gateway, models in remembered(asked.directories.model_cache).items():
        if in_use in (None, gateway):
            yield from ((model, gateway) for model in models if why_no_text_model(model) is None)


def _gateway_in_use(asked: Asked) -> str | None:
    """Return its address; None where OpenClaw or a password in it makes that a longer story."""
    config, environ = _config(asked), asked.around.environ
    named = asked.option("--profile") or environ.get("CPA_IMAGE_PROFILE") or config.get("default_profile")
    profile = _profiles_in(config).get(str(named))
    own = profile.get("base_url") if isinstance(profile, dict) else None
    variables = (environ.get(name) for name in BASE_URL_VARIABLES)
    addresses = (asked.option("--base-url"), *variables, own, config.get("base_url"))
    found = next((str(address).strip() for address in addresses if address), None)
    return None if found is None or "@" in found else found


def _values(asked: Asked) -> Iterator[Value]:
    """Yield what can be set for the configuration key that stands before."""
    from cpa_image_cli.core.settings.config_keys import KEYS

    words = [word for word in asked.line if not word.startswith("-")]
    key = words[words.index("set") + 1] if "set" in words[:-1] else ""
    if key == "default_profile":
        yield from _profiles(asked)
    elif key == "model":
        yield from _models(asked)
    elif key in KEYS:
        yield from ((value, "") for value in KEYS[key].known)


ANSWERS: Mapping[str, Callable[[Asked], Iterable[Value]]] = {
    "history-ids": _history_ids,
    "models": _models,
    "profiles": _profiles,
    "values": _values,
    "pictures": _pictures,
}
"""By the names that ``offers`` uses."""


def _shortened(text: str) -> str:
    from cpa_image_cli.core.text import one_line

    return one_line(text, limit=60)
