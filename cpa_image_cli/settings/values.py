"""
Decides how a value is read at each kind of source, and what is said when it cannot be right.

A wrong flag is a usage error at once. A wrong variable, and whatever is wrong with a base URL, becomes the resolved
value's problem, so that ``config show`` can print it. Keys are asked for in ``api_key``.
"""

from collections.abc import Callable
from typing import TypeVar, assert_never

from cpa_image_cli.core.errors import Code, ConfigError, UsageError
from cpa_image_cli.core.gateway.endpoint import checked_base_url, shown_url
from cpa_image_cli.core.gateway.headers import value_problem
from cpa_image_cli.core.pictures.formats import FORMAT_OF_EXTENSION
from cpa_image_cli.core.settings.config_keys import KEYS
from cpa_image_cli.core.settings.resolution import Answer, Found, Missing, Origin, Resolved, Source, State, resolve
from cpa_image_cli.core.settings.settings import BLANK_IS_A_VALUE, SOURCES
from cpa_image_cli.core.text import one_line
from cpa_image_cli.settings.value_sources import Places, unresolved

T = TypeVar("T")

_SENT_AS_HEADERS = frozenset({"user_agent", "version", "originator", "session_id"})


def resolved_value(
    name: str, parse: Callable[[object], T], *, fallback: T, places: Places, thorough: bool
) -> Resolved[T]:
    """Return the setting *name*; *parse* turns a raw value into its type, *fallback* holds when nobody has one."""

    def ask(source: Source) -> Answer[T]:
        raw = _raw(name, source, fallback, places)
        return raw if isinstance(raw, Missing) else _parsed(raw, parse)

    return resolve(_sources(name, places), ask, fallback=fallback, thorough=thorough)


def _sources(name: str, places: Places) -> tuple[Source, ...]:
    if places.own is None or name != "model":
        return SOURCES[name]
    # A model that was configured for another gateway is none of this one's.
    said = tuple(source for source in SOURCES[name] if source.origin is Origin.FLAG)
    return (*said, Source(origin=Origin.DEFAULT, name=places.own.source))


def resolved_base_url(*, places: Places, thorough: bool) -> Resolved[str | None]:
    """Return the base URL; what is wrong with it is its problem."""
    if places.own is not None:
        return places.own.resolved(places.own.base_url)

    def ask(source: Source) -> Answer[str | None]:
        raw = _raw("base_url", source, None, places)
        return raw if isinstance(raw, Missing) else _checked_url(raw)

    return resolve(SOURCES["base_url"], ask, fallback=None, thorough=thorough)


def _raw(name: str, source: Source, default: object, places: Places) -> Found[object] | Missing:
    match source.origin:
        case Origin.FLAG:
            return _of_flag(name, source, places)
        case Origin.ENVIRONMENT:
            return of_variable(name, source, places)
        case Origin.CONFIG:
            entry = places.config.get(source.name)
            label = places.label_of_entry(source)
            return Missing(label=label) if entry is None else _found(entry.value, label=label)
        case Origin.EXTENSION:
            return _of_extension(places)
        case Origin.OPENCLAW:
            return _openclaws_model(places) if name == "model" else _openclaws_base_url(places)
        case Origin.DEFAULT:
            return _found(default)
        case _:
            assert_never(source.origin)


def _of_flag(name: str, source: Source, places: Places) -> Found[object] | Missing:
    value = places.flags.get(source.key)
    if value is None:
        return Missing()
    if isinstance(value, str):
        value = str.__str__(value)  # the plain text of an Enum's member
        if not value.strip() and name != "instructions":
            raise UsageError(f"{source.name} is empty", hint=f"Leave {source.name} out if there is nothing to say.")
    problem = _problem(name, value)
    if problem:
        raise UsageError(f"{source.name} {one_line(str(value), limit=60)!r}: {problem}")
    return _found(value)


def of_variable(name: str, source: Source, places: Places) -> Found[object] | Missing:
    """Return the text of the variable that *source* names, trimmed; an empty one is a value only if it means one."""
    text = places.environ.get(source.name)
    if text is None:
        return Missing()
    text = text.strip()
    if not text:
        meaning = BLANK_IS_A_VALUE.get(source.name)
        return Found(value="", shown="", note=meaning) if meaning else Missing(state=State.EMPTY)
    problem = _problem(name, text)
    if problem:
        shown = one_line(text, limit=60)
        return Missing.unresolved(ConfigError(f"the variable {source.name} is {shown!r}: {problem}"), shown=shown)
    return _found(text)


def _of_extension(places: Places) -> Found[object] | Missing:
    if places.extension is None:
        return Missing()
    return _found(FORMAT_OF_EXTENSION[places.extension], label=f"-o *{places.extension}")


def _openclaws_model(places: Places) -> Found[object] | Missing:
    known = places.openclaw.read()
    if known.model is None or _problem("model", known.model.value):
        return Missing(note=known.model_note)
    label = places.label_of_openclaw(known.model.file)
    return Found(value=known.model.value, shown=known.model.value, label=label, note=known.model_note)


def _openclaws_base_url(places: Places) -> Found[object] | Missing:
    known = places.openclaw.read().base_url
    if known is None:
        return Missing()
    label = places.label_of_openclaw(known.file)
    if isinstance(known.value, str):
        return _found(known.value, label=label)
    return unresolved("base URL", known.value, label=label, code=Code.BASE_URL_MISSING)


def _problem(name: str, value: object) -> str | None:
    """Return what is wrong with *value* for the setting *name*. Base URLs and keys are judged elsewhere."""
    if name in _SENT_AS_HEADERS:
        return value_problem(str(value))
    return KEYS[name].problem(value) if name in KEYS and name != "base_url" else None


def _found(value: object, *, label: str | None = None) -> Found[object]:
    return Found(value=value, shown="", label=label)


def _parsed(raw: Found[object], parse: Callable[[object], T]) -> Found[T]:
    value = parse(raw.value)
    return Found(value=value, shown=shown_value(value), label=raw.label, note=raw.note)


def shown_value(value: object) -> str:
    """Return *value* as a person reads it, with TOML's spelling of booleans."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:g}"
        case _:
            return one_line(str(value))


def _checked_url(raw: Found[object]) -> Found[str | None] | Missing:
    try:
        url = checked_base_url(str(raw.value))
    except ConfigError as problem:
        return Missing.unresolved(problem, label=raw.label)
    return Found(value=url, shown=shown_url(url), label=raw.label)
