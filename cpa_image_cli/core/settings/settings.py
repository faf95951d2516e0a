"""
Every setting: where it may come from, in which order, and what all of them are once resolved.

To add a source of a value, add it to the row of that value in `SOURCES`; the order is the meaning. To add a setting,
add a row, a default, a field of `Settings`, and what reads it in ``settings.py``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, ConfigError
from cpa_image_cli.core.gateway import endpoint
from cpa_image_cli.core.gateway.headers import Header
from cpa_image_cli.core.job import image_options
from cpa_image_cli.core.job.job import DEFAULT_INSTRUCTIONS
from cpa_image_cli.core.ledger.allowance import Allowance
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.settings.resolution import Origin, Resolved, Source

DEFAULT_MODEL = "gpt-5.4"
DEFAULT_USER_AGENT = "codex_cli_rs/0.122.0 (Linux; x86_64) cpa-image"
"""CLIProxyAPI treats agents that start with ``codex_cli_rs/`` as Codex clients."""

DEFAULTS: Mapping[str, object] = {
    "model": DEFAULT_MODEL,
    "format": "png",
    "instructions": DEFAULT_INSTRUCTIONS,
    "user_agent": DEFAULT_USER_AGENT,
    "version": "0.122.0",
    "originator": "codex_cli_rs",
    "session_id": "test-session",
    "stream": False,
    "fetch_url": False,
    "retries": 4,
    "timeout": 600.0,
    "max_wait": 60.0,
    "retry_unknown": False,
    "if_exists": "error",
    "preview": "auto",
    "provenance": "history",
    "ask_anyway": False,
}
"""What holds when nobody says anything; the output directory's default is the platform's."""


def _flag(name: str) -> Source:
    return Source(origin=Origin.FLAG, name=name)


def _variables(*names: str) -> tuple[Source, ...]:
    return tuple(Source(origin=Origin.ENVIRONMENT, name=name) for name in names)


def _config(key: str) -> Source:
    return Source(origin=Origin.CONFIG, name=key)


_OPENCLAW = Source(origin=Origin.OPENCLAW, name="OpenClaw", costly=True)
_EXTENSION = Source(origin=Origin.EXTENSION, name="-o")
_DEFAULT = Source(origin=Origin.DEFAULT, name="default")

SOURCES: Mapping[str, tuple[Source, ...]] = {
    "profile": (_flag("--profile"), *_variables("CPA_IMAGE_PROFILE"), _config("default_profile")),
    "base_url": (
        _flag("--base-url"),
        *_variables("IMAGE_GEN_BASE_URL", "OTCBOT_BASE_URL", "CPA_BASE_URL", "OPENAI_BASE_URL"),
        _config("base_url"),
        _OPENCLAW,
    ),
    # No flag: other users of the machine can read a command line.
    "api_key": (
        *_variables("IMAGE_GEN_KEY", "OTCBOT_API_KEY", "CPA_API_KEY", "OPENAI_API_KEY"),
        _config("api_key_env"),
        _config("api_key_command"),
        _OPENCLAW,
    ),
    "model": (
        _flag("--model"),
        *_variables("IMAGE_GEN_MODEL", "OTCBOT_IMAGE_MODEL", "CPA_MODEL"),
        _config("model"),
        _OPENCLAW,
        _DEFAULT,
    ),
    "format": (_flag("--format"), _EXTENSION, *_variables("IMAGE_GEN_OUTPUT_FORMAT"), _config("format"), _DEFAULT),
    "instructions": (_flag("--instructions"), _config("instructions"), _DEFAULT),
    "user_agent": (*_variables("CPA_USER_AGENT"), _DEFAULT),
    "version": (*_variables("CPA_VERSION"), _DEFAULT),
    "originator": (*_variables("CPA_ORIGINATOR"), _DEFAULT),
    "session_id": (_flag("--session-id"), *_variables("CPA_SESSION_ID"), _DEFAULT),
    "stream": (_flag("--stream"), _config("stream"), _DEFAULT),
    "fetch_url": (_flag("--fetch-url"), _config("fetch_url"), _DEFAULT),
    "retries": (_flag("--retries"), _config("retries"), _DEFAULT),
    "timeout": (_flag("--timeout"), _config("timeout"), _DEFAULT),
    "max_wait": (_flag("--max-wait"), _config("max_wait"), _DEFAULT),
    "retry_unknown": (_flag("--retry-unknown"), _DEFAULT),
    "output_dir": (_config("output_dir"), _DEFAULT),
    "name_template": (_flag("--name-template"), _config("name_template")),
    "if_exists": (_flag("--if-exists"), _config("if_exists"), _DEFAULT),
    "preview": (_flag("--preview"), _config("preview"), _DEFAULT),
    "provenance": (_flag("--provenance"), _config("provenance"), _DEFAULT),
    "prices": (_flag("--prices"), _config("prices")),
    "ledger": (_flag("--ledger"), *_variables("CPA_IMAGE_LEDGER"), _config("ledger"), _DEFAULT),
    "requests_per_hour": (_config("requests_per_hour"),),
    "requests_per_day": (_config("requests_per_day"),),
    "max_requests": (_flag("--max-requests"),),
    "ask_anyway": (_flag("--ask-anyway"), _DEFAULT),
    **{name: (_flag(flag.name), _config(name)) for name, flag in image_options.flags()},
}

BLANK_IS_A_VALUE: Mapping[str, str] = {"IMAGE_GEN_KEY": "none is sent", "CPA_VERSION": "header left out"}
"""Variables that say something by being set to nothing, and what; any other empty variable counts as unset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    Everything that is configurable, each value with its source.

    *image* holds the parameters of `options.ImageOptions` that have a flag, by field name. *timeout* and *max_wait*
    are in seconds. *version* is empty when its header is to be left out. *profiles* are all that the config file has.
    *notes* are remarks on files that were read; *warnings* concern the values in use.
    """

    base_url: Resolved[str | None]
    api_key: Resolved[Secret | None]
    model: Resolved[str]
    output_format: Resolved[str]
    image: Mapping[str, Resolved[str | None]]
    instructions: Resolved[str]
    stream: Resolved[bool]
    fetch_url: Resolved[bool]
    retries: Resolved[int]
    timeout: Resolved[float]
    max_wait: Resolved[float]
    retry_unknown: Resolved[bool]
    output_dir: Resolved[Path]
    name_template: Resolved[str | None]
    if_exists: Resolved[str]
    preview: Resolved[str]
    provenance: Resolved[str]
    prices: Resolved[str | None]
    ledger: Resolved[Path]
    requests_per_hour: Resolved[int | None]
    requests_per_day: Resolved[int | None]
    max_requests: Resolved[int | None]
    ask_anyway: Resolved[bool]
    user_agent: Resolved[str]
    version: Resolved[str]
    originator: Resolved[str]
    session_id: Resolved[str]
    profile: Resolved[str | None]
    config_file: Path
    config_file_exists: bool
    profiles: tuple[str, ...] = ()
    openclaw_files: tuple[Path, ...] = ()
    headers: tuple[Header, ...] = ()
    warnings: tuple[Notice, ...] = ()
    notes: tuple[Notice, ...] = ()

    def rows(self) -> Iterator[tuple[str, Resolved[object]]]:
        """Yield every setting by its name in `SOURCES`, in order of interest."""
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "output_format":
                yield "format", value
            elif field.name == "image":
                yield from value.items()
            elif isinstance(value, Resolved):
                yield field.name, value

    @property
    def allowance(self) -> Allowance:
        """Return the user's own limits of requests."""
        return Allowance(per_hour=self.requests_per_hour.value, per_day=self.requests_per_day.value)

    @property
    def is_openclaws(self) -> bool:
        """Whether the base URL is OpenClaw's, whose way of joining paths then holds."""
        return self.base_url.origin is Origin.OPENCLAW

    @property
    def session_is_users(self) -> bool:
        """Whether the user set the session id, so that retries keep it."""
        return self.session_id.origin is not Origin.DEFAULT

    @property
    def sends_key(self) -> bool:
        """Whether requests carry a key, as far as known; False if the user said to send none, or has none."""
        return self.api_key.value is not None or (self.api_key.origin is not None and self.api_key.problem is not None)

    def require_base_url(self) -> str:
        """Return the base URL. Raises: ConfigError when there is none, or none that can be used."""
        if self.base_url.checked() is None:
            # A file that could not be read may be where the user has configured it.
            raise ConfigError(
                "; ".join(("no gateway is configured", *(note.message for note in self.notes))),
                code=Code.BASE_URL_MISSING,
                hint="Run `cpa-image config init`, or set IMAGE_GEN_BASE_URL to the gateway's address, such as "
                "https://gateway.example/v1. `--sandbox` tries everything without one.",
            )
        return self.base_url.checked() or ""

    def require_key(self) -> Secret | None:
        """Return the key, or None if none is to be sent. Raises: ConfigError when there is none, or none to be had."""
        if self.api_key.checked() is None and self.api_key.origin is None:
            raise ConfigError(
                "no API key is configured",
                code=Code.KEY_MISSING,
                hint='Set IMAGE_GEN_KEY to the key; a gateway without keys takes IMAGE_GEN_KEY="" (set, but empty).',
            )
        return self.api_key.value

    def responses_url(self) -> str:
        """Return the address to POST to. Raises: as `require_base_url`."""
        return endpoint.responses_url(self.require_base_url(), as_openclaw=self.is_openclaws)

    def models_url(self) -> str:
        """Return the address that lists the models. Raises: as `require_base_url`."""
        return endpoint.models_url(self.require_base_url(), as_openclaw=self.is_openclaws)

    def image_options(self) -> image_options.ImageOptions:
        """Return what is asked of the image tool. Raises: UsageError for what no gateway could understand."""
        values = {name: resolved.value for name, resolved in self.image.items()}
        return image_options.checked(values, output_format=self.output_format.value)
