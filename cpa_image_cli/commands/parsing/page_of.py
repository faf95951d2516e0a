"""
Reads a command's page of help off the command itself: Typer's parameters in, plain data out.

Values have one vocabulary, in capitals: what a parameter declares as its metavar, else what `VALUES` says of its type.
A default is the one that will be applied: that of `core.settings.settings.DEFAULTS` where the option is the flag of a
setting, else what the command says in its `Manual`, else the parameter's own.
"""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import typer

from cpa_image_cli.core.manual.page import Manual, Page, Row, Section
from cpa_image_cli.core.settings.resolution import Origin
from cpa_image_cli.core.settings.settings import DEFAULTS, SOURCES

VALUES = {"path": "PATH", "file": "PATH", "integer": "NUMBER", "int": "NUMBER", "float": "NUMBER"}
"""What a value is called whose parameter says no more than its type; every other is TEXT."""

OPTIONS = "Options"
"""The heading of options that name none."""

_SETTING_OF_FLAG = {
    source.name: setting for setting, sources in SOURCES.items() for source in sources if source.origin is Origin.FLAG
}


def page_of(command: Any, context: typer.Context) -> Page:  # noqa: ANN401 - Typer's own type is private
    """Return the page of *command*, which *context* is that of."""
    manual: Manual = command.manual
    parameters = [one for one in command.get_params(context) if not getattr(one, "hidden", False)]
    arguments = tuple(_argument(one) for one in parameters if one.param_type_name == "argument")
    return Page(
        path=context.command_path.partition(" ")[2],
        usage=_usage(context, arguments, is_group=hasattr(command, "list_commands")),
        paragraphs=_paragraphs(command.help),
        arguments=arguments,
        sections=tuple(_sections(parameters, manual)),
        commands=tuple(_commands(command, context)),
        manual=manual,
    )


def _usage(context: typer.Context, arguments: tuple[Row, ...], *, is_group: bool) -> str:
    words = [context.command_path, "[OPTIONS]"]
    for row in arguments:
        name = row.names[0] + ("..." if row.is_repeatable else "")
        words.append(name if row.is_required else f"[{name}]")
    return " ".join([*words, "COMMAND ..."] if is_group else words)


def _paragraphs(text: str | None) -> tuple[str, ...]:
    """Return *text*, a docstring, as paragraphs that are not broken: that is for who knows how wide the screen is."""
    blocks = re.split(r"\n\s*\n", inspect.cleandoc(text or ""))
    return tuple(" ".join(block.split()) for block in blocks if block.strip())


def _argument(parameter: Any) -> Row:  # noqa: ANN401 - Typer's own type is private
    name = re.sub(r"[\[\]]|\.\.\.", "", parameter.metavar or parameter.name.upper())
    return Row(
        names=(name,),
        help=parameter.help or "",
        known=_known(name),
        is_required=bool(parameter.required),
        is_repeatable=parameter.nargs != 1,
    )


def _sections(parameters: list[Any], manual: Manual) -> Iterator[Section]:
    """Yield the options by their headings, in the order in which these come; those without one come last."""
    rows: dict[str, list[Row]] = {}
    for parameter in parameters:
        if parameter.param_type_name == "option":
            title = getattr(parameter, "rich_help_panel", None) or OPTIONS
            rows.setdefault(str(title), []).append(_option(parameter, manual))
    plain = rows.pop(OPTIONS, [])
    yield from (Section(title=title, rows=tuple(found)) for title, found in rows.items())
    if plain:
        yield Section(title=f"Other {OPTIONS.lower()}" if rows else OPTIONS, rows=tuple(plain))


def _option(parameter: Any, manual: Manual) -> Row:  # noqa: ANN401 - Typer's own type is private
    names = tuple(sorted(parameter.opts, key=lambda name: name.startswith("--")))
    value = "" if parameter.is_flag or parameter.count else _value(parameter)
    return Row(
        names=(*names, *parameter.secondary_opts),
        value=value,
        help=parameter.help or "",
        default=_default(parameter, names[-1], manual),
        known=_known(value) or _offered(parameter),
        is_required=bool(parameter.required),
        is_repeatable=bool(parameter.multiple),
    )


def _value(parameter: Any) -> str:  # noqa: ANN401 - Typer's own type is private
    choices = getattr(parameter.type, "choices", None)
    if parameter.metavar:
        return str(parameter.metavar)
    if choices:
        return "|".join(str(getattr(choice, "value", choice)) for choice in choices)
    return VALUES.get(parameter.type.name.partition(" ")[0], "TEXT")


def _known(value: str) -> tuple[str, ...]:
    return tuple(value.split("|")) if "|" in value else ()


def _offered(parameter: Any) -> tuple[str, ...]:  # noqa: ANN401 - Typer's own type is private
    context = typer.Context(typer.core.TyperCommand("any"))
    return tuple(item.value for item in parameter.shell_complete(context, "")) if not parameter.is_flag else ()


def _default(parameter: Any, name: str, manual: Manual) -> str:  # noqa: ANN401 - Typer's own type is private
    if name in manual.defaults:
        return manual.defaults[name]
    setting = _SETTING_OF_FLAG.get(name)
    value = DEFAULTS.get(setting) if setting is not None else parameter.default
    match value:
        case None | False | "":
            return parameter.secondary_opts[0] if parameter.secondary_opts and value is False else ""
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def _commands(command: Any, context: typer.Context) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - as above
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        found = command.get_command(context, name)
        if not found.hidden:
            yield name, next(iter(_paragraphs(found.help)), "")
