"""
Reads ``config.toml``: the values at its top, and those of the profile in use, which go before.

Everything in the file is checked, other profiles included, so that a mistake shows on the day it is made.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from cpa_image_cli.adapters.config_file.complaints import Complaints, nearest
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.encodings import encoding_hint
from cpa_image_cli.core.errors import ConfigError
from cpa_image_cli.core.settings.config_keys import KEY_SOURCES
from cpa_image_cli.core.settings.resolution import Entry
from cpa_image_cli.core.text import one_line

LARGEST = 1_000_000
"""Bytes. Nobody's settings are longer, and a mistaken path may name a picture."""


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
        if KEY_SOURCES & own.keys():
            # A profile that says where its key is must not get the key of another way.
            entries = {key: entry for key, entry in entries.items() if key not in KEY_SOURCES}
        entries |= {key: Entry(value=value, place=f"[profiles.{profile}]") for key, value in own.items()}
        headers = _joined(self.top.get("headers", {}), own.get("headers", {}))
        if headers:
            own_headers = own.get("headers", {})
            names = own_headers if isinstance(own_headers, dict) else {}
            places = {name.lower(): f"[profiles.{profile}]" for name in names}
            entries["headers"] = Entry(value=headers, place=entries["headers"].place, places=places)
        return entries

    def _profile(self, name: str) -> Mapping[str, object]:
        if name not in self.profiles:
            known = ", ".join(self.profiles) or "none"
            raise ConfigError(
                f"there is no profile {one_line(name, limit=60)!r} in {self.path}",
                hint=f"{nearest(name, self.profiles)}Profiles there: {known}.",
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
    raw = content(path)
    return ConfigFile(path=path) if raw is None else checked(decoded(raw, path), path)


def checked(text: str, path: Path) -> ConfigFile:
    """
    Return what *text* says, which stands in the file at *path* or is to.

    Raises: as `read`.
    """
    table = parsed(text, path)
    complaints = Complaints(path=path, text=text)
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


def content(path: Path) -> bytes | None:
    """Return the bytes of the file at *path*; None if there is none. Raises: ConfigError."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror or exc}", hint=f"Look at: ls -l {path}") from exc
    if len(raw) > LARGEST:
        raise ConfigError(f"{path} is too long for a configuration file")
    return raw


def decoded(raw: bytes, path: Path) -> str:
    """Return *raw*, read from *path*, as text without a byte order mark. Raises: ConfigError with the line."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = raw[: exc.start].count(b"\n") + 1
        raise ConfigError(f"{path}, line {line}: not UTF-8 text", hint=encoding_hint(raw)) from exc


def parsed(text: str, path: Path) -> dict[str, object]:
    """Return the TOML of *text*, unchecked. Raises: ConfigError with the line where it is none."""
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        place = re.search(r" \(at line (\d+), column \d+\)", str(exc))
        where = f"{path}, line {place[1] if place else text.rstrip().count(chr(10)) + 1}"  # else: "at end of document"
        problem = one_line(re.sub(r" \(at .*\)$", "", str(exc)), limit=120)
        raise ConfigError(f"{where}: not TOML: {problem}", hint='Text needs quotes: model = "gpt-5.4"') from exc
