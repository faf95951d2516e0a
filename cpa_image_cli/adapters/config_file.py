"""
Reads ``config.toml``: the values at its top, and those of the profile in use, which go before.

Everything in the file is checked, other profiles included, so that a mistake shows on the day it is made. What keys
there are stands in ``core/config_keys.py``; nothing is to be changed here for a new one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cpa_image_cli.core.config_keys import BETTER_WAYS, KEYS, is_literal_key
from cpa_image_cli.core.errors import ConfigError
from cpa_image_cli.core.headers import CREDENTIALS
from cpa_image_cli.core.text import one_line

LARGEST = 1_000_000
"""Bytes. Nobody's settings are longer, and a mistaken path may name a picture."""

_KEY_SOURCES = frozenset({"api_key_env", "api_key_command"})
_ONLY_AT_TOP = ("default_profile", "profiles")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One value and where it stands, such as ``[profiles.work]``; *place* is empty at the top of the file."""

    value: object
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """A checked configuration file; a missing one is empty."""

    path: Path
    exists: bool = False
    top: Mapping[str, object] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    default_profile: str | None = None

    def entries(self, profile: str | None) -> dict[str, Entry]:
        """
        Return the values in force with *profile*, by key; headers are joined, the profile's going before.

        Raises: ConfigError when there is no such profile.
        """
        entries = {key: Entry(value=value) for key, value in self.top.items()}
        if profile is None:
            return entries
        own = self._profile(profile)
        if _KEY_SOURCES & own.keys():
            # A profile that says where its key is must not get the key of another way.
            entries = {key: entry for key, entry in entries.items() if key not in _KEY_SOURCES}
        entries |= {key: Entry(value=value, place=f"[profiles.{profile}]") for key, value in own.items()}
        headers = _joined(self.top.get("headers", {}), own.get("headers", {}))
        if headers:
            entries["headers"] = Entry(value=headers, place=entries["headers"].place)
        return entries

    def _profile(self, name: str) -> Mapping[str, object]:
        if name not in self.profiles:
            known = ", ".join(self.profiles) or "none"
            raise ConfigError(
                f"There is no profile {one_line(name, limit=60)!r} in {self.path}.",
                hint=f"{_nearest(name, self.profiles)}Profiles there: {known}.",
            )
        return self.profiles[name]


def _joined(top: object, own: object) -> dict[str, str]:
    """Return the headers of both tables; names are compared without regard to case."""
    headers: dict[str, tuple[str, str]] = {}
    for table in (top, own):
        for name, value in table.items() if isinstance(table, dict) else ():
            headers[name.lower()] = (name, value)
    return dict(headers.values())


def read(path: Path) -> ConfigFile:
    """
    Read and check the file at *path*.

    Raises: ConfigError, naming file and line, for anything that is not as it should be.
    """
    text = _text(path)
    if text is None:
        return ConfigFile(path=path)
    table = _parsed(text, path)
    complaints = _Complaints(path=path, text=text)
    profiles = table.pop("profiles", {})
    default_profile = table.pop("default_profile", None)
    complaints.check_table(table, header="")
    if not isinstance(profiles, dict):
        raise complaints.about("profiles", header="", problem="expected tables named [profiles.NAME]")
    for name, own in profiles.items():
        if not isinstance(own, dict):
            raise complaints.about(name, header="profiles", problem=f"expected a table, written [profiles.{name}]")
        complaints.check_table(own, header=f"profiles.{name}")
    if default_profile is not None and not (isinstance(default_profile, str) and default_profile in profiles):
        raise complaints.about("default_profile", header="", problem="expected the name of a profile of this file")
    return ConfigFile(path=path, exists=True, top=table, profiles=profiles, default_profile=default_profile)


def _text(path: Path) -> str | None:
    """Return what the file holds; None if there is none."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror or exc}.", hint=f"Look at: ls -l {path}") from exc
    if len(raw) > LARGEST:
        raise ConfigError(f"{path} is too long for a configuration file.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = raw[: exc.start].count(b"\n") + 1
        raise ConfigError(f"{path}, line {line}: not UTF-8 text.", hint="Save the file as UTF-8.") from exc


def _parsed(text: str, path: Path) -> dict[str, object]:
    import tomllib  # noqa: PLC0415 - most machines have no configuration file

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        place = re.search(r" \(at line (\d+), column \d+\)", str(exc))
        where = f"{path}, line {place[1] if place else text.rstrip().count(chr(10)) + 1}"  # else: "at end of document"
        problem = one_line(re.sub(r" \(at .*\)$", "", str(exc)), limit=120)
        raise ConfigError(f"{where}: not TOML: {problem}.", hint='Text needs quotes: model = "gpt-5.4"') from exc


@dataclass(frozen=True, slots=True, kw_only=True)
class _Complaints:
    """Says what is wrong in which line; values are not repeated, since one may be a key in the wrong place."""

    path: Path
    text: str

    def check_table(self, table: Mapping[str, object], *, header: str) -> None:
        """Raise the first problem of *table*, which stands under ``[header]``."""
        for name, value in table.items():
            if is_literal_key(name) and name not in KEYS:
                raise self.about(name, header=header, problem="a key does not belong here", hint=BETTER_WAYS)
            if name not in KEYS:
                raise self._unknown(name, header=header)
            problem = KEYS[name].problem(value)
            if problem:
                raise self.about(name, header=header, problem=problem, hint=f"{name}: {KEYS[name].help}")
        self._check_headers(table.get("headers", {}), header=f"{header}.headers".lstrip("."))
        if table.keys() >= _KEY_SOURCES:
            problem = "give either this or `api_key_command`, not both"
            raise self.about("api_key_env", header=header, problem=problem)

    def _check_headers(self, table: object, *, header: str) -> None:
        for name in table if isinstance(table, dict) else ():
            if name.lower() in CREDENTIALS:
                raise self.about(name, header=header, problem="a key does not belong here", hint=BETTER_WAYS)

    def _unknown(self, name: str, *, header: str) -> ConfigError:
        known = (*KEYS, *(() if header else _ONLY_AT_TOP))
        hint = f"{_nearest(name, known)}Known keys: {', '.join(known)}."
        return self.about(name, header=header, problem="unknown key", hint=hint)

    def about(self, name: str, *, header: str, problem: str, hint: str | None = None) -> ConfigError:
        """Return the error that says *problem* of the key *name* under ``[header]``."""
        line = _line_of(name, header=header, text=self.text)
        where = f"{self.path}, line {line}" if line else str(self.path)
        return ConfigError(f"{where}: `{one_line(name, limit=60)}`: {problem.rstrip('.')}.", hint=hint)


def _nearest(name: str, known: Iterable[str]) -> str:
    import difflib  # noqa: PLC0415 - for mistakes only

    close = difflib.get_close_matches(name.lower().replace("-", "_"), list(known), n=1)
    return f"Did you mean {close[0]}? " if close else ""


def _line_of(name: str, *, header: str, text: str) -> int | None:
    """
    Return the 1-based line where *name* is set under ``[header]``, which tomllib does not keep.

    For a key in an inline table it is the line of the table; None when no line looks like it.
    """
    wanted = f"{header}.{name}" if header else name
    for number, path in _key_lines(text):
        if path == wanted or path.startswith(f"{wanted}."):
            return number
    parent, _, last = header.rpartition(".")
    return _line_of(last, header=parent, text=text) if header else None


def _key_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield line number and full dotted path of each table header and key, as far as lines show them."""
    header = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if table := re.match(r"\s*\[+\s*([^\[\]]+?)\s*\]+", line):
            header = _bare(table[1])
            yield number, header
        elif key := re.match(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""", line):
            yield number, f"{header}.{_bare(key[1])}".lstrip(".")


def _bare(dotted: str) -> str:
    """Return *dotted* without the quotes and spaces that TOML allows in it."""
    return re.sub(r"""\s*\.\s*""", ".", re.sub(r"""["']""", "", dotted)).strip()
