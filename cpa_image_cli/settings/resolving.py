"""
Puts the settings of one run together, and decides what is to be said about them.

To add a setting, see ``core/settings/settings.py``; here it gets the line that says its type.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from cpa_image_cli.adapters import config_file
from cpa_image_cli.adapters.config_file import ConfigFile
from cpa_image_cli.adapters.files.folders import is_folder
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import ConfigError, UsageError
from cpa_image_cli.core.gateway import endpoint, headers, proxies
from cpa_image_cli.core.gateway.headers import Header
from cpa_image_cli.core.job import image_options
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.file_names import refuse_other_formats
from cpa_image_cli.core.pictures.formats import FORMAT_OF_EXTENSION, spelled
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.settings import key_pairing
from cpa_image_cli.core.settings.resolution import Entry, Origin, Resolved
from cpa_image_cli.core.settings.settings import DEFAULTS, Settings
from cpa_image_cli.core.text import one_line
from cpa_image_cli.process.secrets import SECRETS
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.settings.api_key import resolved_key
from cpa_image_cli.settings.value_sources import OpenClawOnDemand, OwnGateway, Places
from cpa_image_cli.settings.values import resolved_base_url, resolved_value

T = TypeVar("T")


def resolve_settings(
    flags: Mapping[str, object],
    around: Surroundings,
    *,
    thorough: bool = False,
    run_key_command: bool = True,
    own: OwnGateway | None = None,
) -> Settings:
    """
    Resolve every setting; *flags* are by name (``base_url``, ``format``, ``output``, ``size``, …), None if not given.

    *thorough* asks every source, for ``config show``; the key command is still run only if its key is the one, and
    never without *run_key_command*. A gateway of our *own* is used in place of any that is configured.

    Raises: UsageError for a wrong flag; ConfigError for a wrong file and, unless *thorough*, for a wrong variable. A
    base URL or key that is missing or cannot be had raises when it is required, not before.
    """
    directories = around.directories()
    file = config_file.read(directories.config_file)
    profile = _profile(flags, around, file)
    places = Places(
        flags=flags,
        environ=around.environ,
        config=file.entries(profile.value),
        openclaw=OpenClawOnDemand(around.environ, around.home),
        home=around.home,
        extension=_extension(flags, around),
        run_key_command=run_key_command,
        own=own,
    )
    folders = _Folders(around=around, pictures=directories.pictures, ledger=directories.history_file)
    settings = _Resolver(places=places, thorough=thorough).settings(profile, file, folders)
    for secret in _secrets_in(settings):
        SECRETS.remember(secret)
    if not thorough:
        _raise_problems(settings)
    _refuse_contradiction(settings.output_format, places.extension)
    return settings


def _secrets_in(settings: Settings) -> Iterator[Secret | None]:
    yield settings.api_key.value
    yield from (header.value for header in settings.headers)
    yield from endpoint.passwords_in(settings.base_url.value or "")


def _profile(flags: Mapping[str, object], around: Surroundings, file: ConfigFile) -> Resolved[str | None]:
    """Return the profile in use; it decides what the file says, so it is asked for with the default's name alone."""
    entries = {"default_profile": Entry(value=file.default_profile)} if file.default_profile else {}
    places = Places(
        flags=flags,
        environ=around.environ,
        config=entries,
        openclaw=OpenClawOnDemand(around.environ, around.home),
        home=around.home,
    )
    return resolved_value("profile", _optional_text, fallback=None, places=places, thorough=False)


def with_ledger(around: Surroundings, flag: str | None = None, *, profile: str | None = None) -> Surroundings:
    """
    Return *around* with the ledger that *flag* names, or a variable, or the configuration, in the place of the usual.

    A configuration that cannot be read says nothing: whoever needs it will say what is wrong with it.
    Raises: UsageError for an empty flag.
    """
    directories = around.directories()
    flags = {"ledger": flag, "profile": profile}
    entries: Mapping[str, Entry] = {}
    with contextlib.suppress(ConfigError):
        file = config_file.read(directories.config_file)
        entries = file.entries(_profile(flags, around, file).value)
    places = Places(
        flags=flags,
        environ=around.environ,
        config=entries,
        openclaw=OpenClawOnDemand(around.environ, around.home),
        home=around.home,
    )
    found = resolved_value("ledger", str, fallback="", places=places, thorough=False).value
    if not found:
        return around
    placed = replace(directories, ledger=around.at(found, variables=True))
    return replace(around, directories=lambda: placed)


def extension_of(output: str | None, around: Surroundings) -> str | None:
    """Return the extension of *output*, the text of ``-o``, in lower case; None for a folder, a stream, or none."""
    if output in (None, "", "-") or output.endswith(("/", "\\")) or is_folder(around.at(output)):
        return None
    return Path(output).suffix.lower() or None


def _extension(flags: Mapping[str, object], around: Surroundings) -> str | None:
    """
    Return the extension of ``-o``, if it is that of a format.

    Raises: UsageError for the extension of a format that cannot be written.
    """
    output = str(flags.get("output") or "")
    extension = extension_of(output, around)
    if extension is not None:
        refuse_other_formats(Path(output), called=f"-o {one_line(output, limit=200)}")
    return extension if extension in FORMAT_OF_EXTENSION else None


def _refuse_contradiction(chosen: Resolved[str], extension: str | None) -> None:
    if chosen.origin is Origin.FLAG and extension and FORMAT_OF_EXTENSION[extension] != chosen.value:
        raise UsageError(
            f"--format {chosen.value} contradicts the extension {extension} of -o",
            hint="Leave one of them out.",
        )


def _raise_problems(settings: Settings) -> None:
    """Raise what is wrong with a value, save for base URL and key, which not every command needs."""
    for name, resolved in settings.rows():
        if name not in ("base_url", "api_key"):
            resolved.checked()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folders:
    around: Surroundings
    pictures: Path
    ledger: Path

    def output(self, value: object) -> Path:
        """Return *value* as an absolute path; ``~`` is the home, a relative one is taken from where we are."""
        return self.around.at(str(value), variables=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resolver:
    """Resolves one setting after the other from the same places."""

    places: Places
    thorough: bool

    def settings(self, profile: Resolved[str | None], file: ConfigFile, folders: _Folders) -> Settings:
        """Return all of them."""
        base_url = resolved_base_url(places=self.places, thorough=self.thorough)
        api_key = resolved_key(places=self.places, thorough=self.thorough)
        model = self._known("model", str)
        openclaw = self.places.openclaw.found
        return Settings(
            base_url=base_url,
            api_key=api_key,
            model=model,
            output_format=self._known("format", lambda value: spelled(str(value))),
            image={name: self._perhaps(name) for name, _ in image_options.flags()},
            instructions=self._known("instructions", str),
            stream=self._known("stream", bool),
            fetch_url=self._known("fetch_url", bool),
            retries=self._known("retries", lambda value: int(str(value))),
            timeout=self._known("timeout", lambda value: float(str(value))),
            max_wait=self._known("max_wait", lambda value: float(str(value))),
            retry_unknown=self._known("retry_unknown", bool),
            output_dir=self._value("output_dir", folders.output, folders.pictures),
            name_template=self._perhaps("name_template"),
            if_exists=self._known("if_exists", str),
            provenance=self._known("provenance", str),
            prices=self._perhaps("prices"),
            preview=self._known("preview", str),
            ledger=self._value("ledger", folders.output, folders.ledger),
            requests_per_hour=self._count("requests_per_hour"),
            requests_per_day=self._count("requests_per_day"),
            max_requests=self._count("max_requests"),
            ask_anyway=self._known("ask_anyway", bool),
            user_agent=self._known("user_agent", str),
            version=self._known("version", str),
            originator=self._known("originator", str),
            session_id=self._known("session_id", str),
            profile=profile,
            config_file=file.path,
            config_file_exists=file.exists,
            profiles=tuple(file.profiles),
            openclaw_files=openclaw.files if openclaw else (),
            headers=tuple(self._headers(base_url)),
            warnings=tuple(self._warnings(base_url, api_key)),
            notes=openclaw.notes if openclaw else (),
        )

    def _known(self, name: str, parse: Callable[[object], T]) -> Resolved[T]:
        return self._value(name, parse, parse(DEFAULTS[name]))

    def _perhaps(self, name: str) -> Resolved[str | None]:
        return self._value(name, _optional_text, None)

    def _count(self, name: str) -> Resolved[int | None]:
        return self._value(name, lambda value: int(str(value)), None)

    def _value(self, name: str, parse: Callable[[object], T], fallback: T) -> Resolved[T]:
        return resolved_value(name, parse, fallback=fallback, places=self.places, thorough=self.thorough)

    def _headers(self, base_url: Resolved[str | None]) -> Iterator[Header]:
        """Yield the configured headers, then OpenClaw's others if its base URL is used: they may hold secrets."""
        entry = self.places.config.get("headers")
        table = entry.value if entry and isinstance(entry.value, Mapping) else {}
        for name, value in table.items():
            shown = headers.shown_value(name, value)
            place = entry.places.get(name.lower(), "") if entry else ""
            source = f"config file{f' {one_line(place, limit=80)}' if place else ''}: headers"
            yield Header(name=name, value=Secret(value), shown=shown, source=source)
        openclaw = self.places.openclaw.found
        if openclaw and base_url.origin is Origin.OPENCLAW:
            taken = {name.lower() for name in table}
            yield from (header for header in openclaw.headers if header.name.lower() not in taken)

    def _warnings(self, base_url: Resolved[str | None], api_key: Resolved[Secret | None]) -> Iterator[Notice]:
        openclaw = self.places.openclaw.found
        is_openclaws = base_url.origin is Origin.OPENCLAW
        kept = openclaw.api_key.value if openclaw and openclaw.api_key else None
        is_providers_key = is_openclaws and api_key.value is not None and api_key.value == kept
        yield from key_pairing.warnings(base_url, api_key, is_providers_key=is_providers_key)
        yield from proxies.warnings(self.places.environ)
        if openclaw and (is_openclaws or api_key.origin is Origin.OPENCLAW):
            yield from openclaw.notes
        if openclaw and is_openclaws:
            yield from openclaw.header_notes


def _optional_text(value: object) -> str | None:
    return str(value)
