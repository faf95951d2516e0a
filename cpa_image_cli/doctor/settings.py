"""The checks of what is configured: the files, every value, and whether the values go together."""

import os
from dataclasses import replace
from typing import Any

from cpa_image_cli.adapters import config_file
from cpa_image_cli.adapters.config_file import ConfigFile
from cpa_image_cli.adapters.openclaw.documents import UNREADABLE
from cpa_image_cli.adapters.openclaw.provider import AGENT_UNCLEAR, HEADER_LEFT_OUT, STALE
from cpa_image_cli.core.errors import Code, ConfigError
from cpa_image_cli.core.findings import Verdict, failed, failed_with, passed, skipped, warned
from cpa_image_cli.core.gateway.endpoint import host_of
from cpa_image_cli.core.job.image_models import is_image_model
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.settings.key_pairing import MIXED_SOURCES, PLAIN_HTTP
from cpa_image_cli.core.settings.resolution import Origin, Resolved
from cpa_image_cli.core.settings.settings import DEFAULT_MODEL, Settings
from cpa_image_cli.doctor.examination import Examination
from cpa_image_cli.doctor.steps import Obstacle
from cpa_image_cli.settings import resolve_settings

_ORIGINS = {
    Origin.FLAG: "the command line",
    Origin.ENVIRONMENT: "the environment",
    Origin.CONFIG: "the config file",
    Origin.OPENCLAW: "OpenClaw",
}


def read_file(case: Examination) -> ConfigFile:
    """Return the configuration file."""
    try:
        return config_file.read(case.around.directories().config_file)
    except ConfigError as error:
        raise Obstacle("config_file", failed_with(error)) from error


def resolve(case: Examination) -> Settings:
    """Return all settings, whatever is wrong with each. Raises: UsageError for a wrong flag."""
    case.file()
    try:
        return resolve_settings(case.question.flags, case.around, thorough=True)
    except ConfigError as error:
        raise Obstacle("values", failed_with(error)) from error


def settings_for(order: Order, case: Examination) -> Settings:
    """Return the settings that were examined, with what *order* overrides; the key is not asked for once more."""
    said = {**case.question.flags, **order.overrides}
    settings = resolve_settings(said, case.around, thorough=True, run_key_command=False)
    return replace(settings, api_key=case.settings().api_key)


def base_url(case: Examination) -> str:
    """Return the base URL."""
    try:
        return case.settings().require_base_url()
    except ConfigError as error:
        raise Obstacle("base_url", failed_with(error)) from error


def key_for_this_host(case: Examination) -> Secret | None:
    """Return the key, None if none is to be sent; one that was meant for another host is not sent there to try it."""
    case.base_url()
    settings = case.settings()
    try:
        key = settings.require_key()
    except ConfigError as error:
        raise Obstacle("api_key", failed_with(error)) from error
    if mixed := _noticed(settings, MIXED_SOURCES):
        raise Obstacle("pairing", _mixed(settings, mixed))
    return key


def config_file_is_valid(case: Examination) -> Verdict:
    """Read the configuration file, with every key and type."""
    file = case.file()
    if not file.exists:
        return passed(f"none ({file.path}); the defaults hold")
    profiles = f", profiles {', '.join(file.profiles)}" if file.profiles else ""
    return passed(f"{file.path}: {_counted(len(file.top), 'value')}{profiles}")


def config_file_is_private(case: Examination) -> Verdict:
    """Look who else may read the file: it may name hosts, vaults and headers."""
    path = case.around.directories().config_file
    if os.name != "posix" or not path.exists():
        return skipped("there is no file" if os.name == "posix" else "not looked at on this system")
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        found = f"{path} can be read or written by others ({mode:03o})"
        return failed(found, f"Run: chmod 600 {path}", Code.CONFIG_INVALID)
    return passed(f"only you can read it ({mode:03o})")


def every_value_is_resolved(case: Examination) -> Verdict:
    """Resolve every setting but base URL and key, which are checks of their own."""
    rows = dict(case.settings().rows())
    problems = [row.problem for name, row in rows.items() if row.problem and name not in ("base_url", "api_key")]
    if problems:
        others = f" ({len(problems) - 1} more like it)" if len(problems) > 1 else ""
        return failed(problems[0].message + others, problems[0].hint or _SHOW_ALL, problems[0].code)
    counts = [(where, sum(row.origin is origin for row in rows.values())) for origin, where in _ORIGINS.items()]
    told = [f"{count} from {where}" for where, count in counts if count]
    profile = f", profile {rows['profile'].value}" if rows["profile"].value else ""
    return passed(f"{', '.join([*told, 'defaults for the rest'])}{profile}")


_SHOW_ALL = "`cpa-image config show --all` shows every value and where it comes from."


def base_url_is_known(case: Examination) -> Verdict:
    """Say which gateway is used and who says so."""
    case.base_url()
    resolved = case.settings().base_url
    return passed(f"{resolved.shown} ({_source(resolved)})")


def api_key_is_known(case: Examination) -> Verdict:
    """Say which key is used and who says so."""
    settings = case.settings()
    try:
        key = settings.require_key()
    except ConfigError as error:
        return failed_with(error)
    shown = "none is sent" if key is None else key.masked()
    return passed(f"{shown} ({_source(settings.api_key)})")


def key_belongs_to_the_host(case: Examination) -> Verdict:
    """Look whether the key was meant for this host, and gets there unread."""
    case.base_url()
    settings = case.settings()
    if mixed := _noticed(settings, MIXED_SOURCES):
        return _mixed(settings, mixed)
    if plain := _noticed(settings, PLAIN_HTTP):
        return warned(plain[0].message, "Use https:// if the gateway has it, or a tunnel such as `ssh -L`.")
    if not settings.sends_key:
        return passed("no key is sent")
    return passed(f"key from {settings.api_key.source}, host from {settings.base_url.source}")


def _mixed(settings: Settings, mixed: list[Notice]) -> Verdict:
    host = host_of(str(settings.base_url.value))
    advice = (
        f"If the key is for {host}, set IMAGE_GEN_KEY to it; if not, unset {settings.api_key.source}. "
        "This examination sends it nowhere; `generate` would."
    )
    return warned(mixed[0].message, advice)


def openclaw_is_readable(case: Examination) -> Verdict:
    """Look whether OpenClaw's files can be read, which are the last place values come from."""
    settings = case.settings()
    notices = _noticed(settings, UNREADABLE, AGENT_UNCLEAR, HEADER_LEFT_OUT)
    if not notices:
        names = ", ".join(path.name for path in settings.openclaw_files)
        return passed(f"read: {names}") if names else skipped("not set up on this machine")
    found = "; ".join(dict.fromkeys(notice.message for notice in notices))
    advice = "Correct the file, or set IMAGE_GEN_BASE_URL and IMAGE_GEN_KEY, which go before it."
    is_needed = settings.base_url.value is None or (settings.api_key.value is None and settings.api_key.origin is None)
    if is_needed and any(notice.code == UNREADABLE for notice in notices):
        return failed(found, advice, Code.CONFIG_INVALID)
    return warned(found, advice)


def models_json_is_current(case: Examination) -> Verdict:
    """Compare OpenClaw's two records of the provider: the newer releases leave the second one as it was."""
    settings = case.settings()
    if stale := _noticed(settings, STALE):
        advice = "Nothing depends on it here. Delete the file, or let OpenClaw write it anew (`openclaw gateway run`)."
        return warned(stale[0].message, advice)
    names = {path.name for path in settings.openclaw_files}
    if "models.json" not in names:
        return skipped("there is none")
    return passed("says the same as openclaw.json" if len(names) > 1 else "is the only record, and is used")


def model_is_no_image_model(case: Examination) -> Verdict:
    """Look whether the model can be asked in words."""
    model = case.settings().model
    if is_image_model(model.value):
        advice = (
            f"Name a text model, such as {DEFAULT_MODEL}; the one the tool draws with is --image-model {model.value}."
        )
        return failed(f"{model.value} ({_source(model)}) is an image model", advice, Code.IMAGE_MODEL)
    return passed(f"{model.value} ({_source(model)})")


def _noticed(settings: Settings, *codes: str) -> list[Notice]:
    return [notice for notice in (*settings.warnings, *settings.notes) if notice.code in codes]


def _source(resolved: Resolved[Any]) -> str:
    return "the default" if resolved.origin is Origin.DEFAULT else f"from {resolved.place}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
