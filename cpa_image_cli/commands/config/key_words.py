"""
Decides what KEY and VALUE mean on the command lines of ``config get``, ``set`` and ``unset``.

A key is called what it is called in the file; ``headers.NAME`` is one header. Without ``--profile`` the top of the
file is meant, whatever profile is in use.
"""

import shlex
from collections.abc import Mapping

from cpa_image_cli.adapters.config_file import ConfigFile, nearest
from cpa_image_cli.core.errors import ConfigError, UsageError
from cpa_image_cli.core.gateway.endpoint import checked_base_url, shown_url
from cpa_image_cli.core.gateway.headers import CREDENTIALS, shown_value
from cpa_image_cli.core.settings.config_keys import BETTER_WAYS, KEY_SOURCES, KEYS, is_literal_key
from cpa_image_cli.core.text import clean, one_line

DEFAULT_PROFILE = "default_profile"

Names = tuple[str, ...]
"""What leads to a value in its table: ``("model",)`` or ``("headers", "X-Team")``."""


def split(key: str) -> Names:
    """Return *key* as names, whatever they are; a header's name may hold dots."""
    first, _, rest = key.partition(".")
    return (first, rest) if first == "headers" and rest else (key,)


def names_of(key: str) -> Names:
    """Return the names that lead to *key*. Raises: UsageError with the nearest right name."""
    names = split(key)
    if names[1:]:
        if names[1].lower() in CREDENTIALS:
            raise _literal_key(key)
        return names
    if key in KEYS or key == DEFAULT_PROFILE:
        return names
    if is_literal_key(key):
        raise _literal_key(key)
    known = (*KEYS, DEFAULT_PROFILE)
    hint = f"{nearest(key, known)}Known keys: {', '.join(known)}."
    profile, _, inner = key.removeprefix("profiles.").rpartition(".")
    if key.startswith("profiles.") and profile:
        hint = f"Name the profile by an option: --profile {one_line(profile, limit=60)} {one_line(inner, limit=60)}"
    raise UsageError(f"`{one_line(key, limit=60)}`: unknown key", hint=hint)


def _literal_key(key: str) -> UsageError:
    return UsageError(f"`{one_line(key, limit=60)}`: a key does not belong in the config file", hint=BETTER_WAYS)


def table_of(names: Names, profile: str | None) -> Names:
    """Return the names that lead to the table of *profile*. Raises: UsageError for one that cannot be."""
    if profile is None:
        return ()
    if names == (DEFAULT_PROFILE,):
        raise UsageError("`default_profile` stands at the top of the file only", hint="Leave --profile out.")
    if not profile.strip() or not profile.isprintable():
        raise UsageError("--profile: expected a name")
    return "profiles", profile


def place_of(profile: str | None) -> str:
    """Return where in the file *profile* stands, with a space before it; empty for the top."""
    return "" if profile is None else f" [profiles.{one_line(profile, limit=80)}]"


def option_of(profile: str | None) -> str:
    """Return the option that names *profile*, as a shell reads it, with a space before it; empty for the top."""
    return "" if profile is None else f" --profile {shlex.quote(one_line(profile, limit=80))}"


def spelled_as_in(table: object, names: Names) -> Names:
    """Return *names* with the header's name as *table* spells it: ``X-Team`` and ``x-team`` are the same header."""
    headers = table.get("headers") if isinstance(table, Mapping) else None
    same = [name for name in headers if name.lower() == names[-1].lower()] if isinstance(headers, Mapping) else []
    return (names[0], same[0]) if names[1:] and same else names


def checked_value(names: Names, text: str) -> object:
    """Return *text* as the value of the key *names*. Raises: UsageError, which does not repeat it."""
    if names == (DEFAULT_PROFILE,):
        return text
    if names == ("headers",):
        raise UsageError("`headers` is a table", hint="Set one header: cpa-image config set headers.NAME VALUE")
    rule = KEYS[names[0]]
    value = text if names[1:] else rule.value_of(text)
    problem = rule.problem({names[1]: value} if names[1:] else value)
    if problem:
        raise UsageError(f"`{'.'.join(names)}`: {problem}", hint=_what_would_do(names, text))
    return value


def _what_would_do(names: Names, text: str) -> str:
    """Return what to give in place of *text*, which cannot be right for the key *names*."""
    rule = KEYS[names[0]]
    if names == ("base_url",):
        try:
            checked_base_url(text)
        except ConfigError as error:
            return error.hint or rule.help
    if bool in rule.types:
        return f"Say true or false: cpa-image config set {names[0]} true"
    return rule.help


def refuse_contradiction(
    names: Names, value: object, *, own: Mapping[str, object], profile: str | None, file: ConfigFile
) -> None:
    """Raise what only its table, *own*, or the rest of *file* shows to be wrong with *value*."""
    for other in (KEY_SOURCES - set(names)) & own.keys() if names[0] in KEY_SOURCES else ():
        command = f"cpa-image config unset {other}{option_of(profile)}"
        raise UsageError(f"`{other}` is set there already", hint=f"First: {command}")
    if names == (DEFAULT_PROFILE,) and value not in file.profiles:
        known = ", ".join(file.profiles) or "none"
        raise UsageError(
            f"`default_profile`: there is no profile {one_line(str(value), limit=60)!r}",
            hint=f"{nearest(str(value), file.profiles)}Profiles there: {known}.",
        )


def printed(names: Names, value: object) -> list[str]:
    """Return *value* as lines to print. The file holds no keys, but a URL or a header may hold a password."""
    match value:
        case Mapping():
            return [f"{name}: {shown_value(name, str(text))}" for name, text in value.items()]
        case bool():
            return ["true" if value else "false"]
        case str() if names[1:]:
            return [shown_value(names[1], value)]
        case str():
            return [shown_url(value) if names == ("base_url",) else clean(value)]
        case _:
            return [str(value)]
