"""
Every environment variable that changes what this program does, and what it means.

Those of settings are read off `core.settings.settings.SOURCES`. To add another, add a row to `OTHERS`.
"""

from collections.abc import Iterator, Mapping

from cpa_image_cli.core.contracts.help import VariableObject
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.pictures.formats import FORMATS, either
from cpa_image_cli.core.settings.resolution import Origin
from cpa_image_cli.core.settings.settings import BLANK_IS_A_VALUE, SOURCES


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable's *name*, and its *meaning* in half a sentence; *setting* is the one that it gives, if any."""

    name: str
    meaning: str
    setting: str = ""


_OF_SETTINGS: Mapping[str, str] = {
    "base_url": "base URL of the gateway",
    "api_key": "API key",
    "model": "text model that is asked",
    "format": f"file format: {either(list(FORMATS))}",
    "profile": "profile of the config file",
    "user_agent": "`user-agent` header",
    "version": "`version` header",
    "originator": "`originator` header",
    "session_id": "`session_id` header; retries keep it",
}
"""What the settings are that a variable can give, the ones that matter most first."""

OTHERS: tuple[Variable, ...] = (
    Variable("HTTPS_PROXY", "proxy for https:// gateways"),
    Variable("HTTP_PROXY", "proxy for http:// gateways"),
    Variable("ALL_PROXY", "proxy for both, SOCKS too"),
    Variable("NO_PROXY", "hosts that are reached without a proxy"),
    Variable("SSL_CERT_FILE", "file of certificates that are trusted"),
    Variable("SSL_CERT_DIR", "folder of certificates that are trusted"),
    Variable("NO_COLOR", "if not empty, nothing is coloured"),
    Variable("FORCE_COLOR", "if not empty, colours even into a pipe; `0` is no colours at all"),
    Variable("TERM", "`dumb` turns the live view off"),
    Variable("COLUMNS", "width of help and of `config show`, in place of the terminal's"),
    Variable("VISUAL", "editor of `config edit`"),
    Variable("EDITOR", "editor of `config edit`, without VISUAL"),
    Variable("SHELL", "the shell that `completion` serves"),
    Variable("TMPDIR", "where a picture for standard output is kept meanwhile"),
    Variable("XDG_CONFIG_HOME", "where the folder of config.toml is, on Linux"),
    Variable("XDG_DATA_HOME", "where the folder of the history is, on Linux"),
    Variable("OPENCLAW_CONFIG_PATH", "OpenClaw's configuration file"),
    Variable("OPENCLAW_STATE_DIR", "OpenClaw's folder"),
)


def variables() -> Iterator[Variable]:
    """Yield every variable, those of settings first, each setting's in the order in which they are asked."""
    for setting, meaning in _OF_SETTINGS.items():
        names = [source.name for source in SOURCES[setting] if source.origin is Origin.ENVIRONMENT]
        for place, name in enumerate(names):
            said = f"{meaning}, if {names[place - 1]} is not set" if place else meaning
            blank = f"; empty: {BLANK_IS_A_VALUE[name]}" if name in BLANK_IS_A_VALUE else ""
            yield Variable(name, said + blank, setting)
    yield from OTHERS


def meaning_of(name: str) -> str:
    """Return what the variable called *name* means. Raises: StopIteration for one that is not in the table."""
    return next(variable.meaning for variable in variables() if variable.name == name)


def as_data() -> list[VariableObject]:
    """Return the table as ``help environment --json`` prints it."""
    return [
        {"name": one.name, "meaning": one.meaning, "setting": one.setting}
        if one.setting
        else {"name": one.name, "meaning": one.meaning}
        for one in variables()
    ]
