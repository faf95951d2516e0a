"""
What there is to complete: the command tree as plain data.

It is read off the Typer tree, so commands and options need not be told here. What a value completes to is decided in
``offers``.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import typer

from cpa_image_cli.completion.offers import NOTHING, Kind, Offer, Word, offer_named
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.text import one_line

Loader = Callable[[str], Any]
"""Gives the real command of a name at the root, where the tree itself holds a stand-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option. *names* are its spellings; *value* is None for a switch; *title* stands above a list of values."""

    names: tuple[str, ...]
    help: str
    value: Offer | None = None
    title: str = ""
    is_repeatable: bool = False
    excludes: tuple[str, ...] = ()

    @property
    def short(self) -> tuple[str, ...]:
        """Its spellings of one dash."""
        return tuple(name for name in self.names if not name.startswith("--"))

    @property
    def long(self) -> tuple[str, ...]:
        """Its spellings of two dashes."""
        return tuple(name for name in self.names if name.startswith("--"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One place on the command line that is no option; the last may take any number of values."""

    title: str
    help: str
    value: Offer
    is_repeatable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command or a group. *path* is how it is called after the program's name, such as ``config show``."""

    path: str
    help: str
    options: tuple[Option, ...] = ()
    arguments: tuple[Argument, ...] = ()
    commands: tuple["Command", ...] = ()

    @property
    def name(self) -> str:
        """The last word of its path."""
        return self.path.rpartition(" ")[2]

    def walk(self) -> "Iterator[Command]":
        """Yield this command and all below it."""
        yield self
        for command in self.commands:
            yield from command.walk()


def described(root: Any, load: Loader) -> Command:  # noqa: ANN401 - Typer's own type is private
    """Return the tree below the group *root*, whose commands are fetched with *load*."""
    context = typer.Context(root, info_name=root.name, **root.context_settings)
    names = root.list_commands(context)
    listed = {name: _short(root.get_command(context, name).help) for name in names}
    commands = (replace(_command(load(name), name, parent=context), help=listed[name]) for name in names)
    return Command(path="", help=_short(root.help), options=_options(root, context), commands=tuple(commands))


def _command(command: Any, path: str, *, parent: typer.Context) -> Command:  # noqa: ANN401 - Typer's own type
    context = typer.Context(command, info_name=command.name, parent=parent, **command.context_settings)
    names = command.list_commands(context) if hasattr(command, "list_commands") else ()
    # A lazy group lists stand-ins, which know nothing of what lies below them.
    fetch = getattr(command, "load", lambda name: command.get_command(context, name))
    below = {name: fetch(name) for name in names}
    return Command(
        path=path,
        help=_short(command.help),
        options=_options(command, context),
        arguments=tuple(_argument(parameter) for parameter in _parameters(command, context, kind="argument")),
        commands=tuple(
            _command(child, f"{path} {name}", parent=context) for name, child in below.items() if not child.hidden
        ),
    )


def _parameters(command: Any, context: typer.Context, *, kind: str) -> Iterator[Any]:  # noqa: ANN401 - Typer's own type
    for parameter in command.get_params(context):
        if parameter.param_type_name == kind and not getattr(parameter, "hidden", False):
            yield parameter


def _options(command: Any, context: typer.Context) -> tuple[Option, ...]:  # noqa: ANN401 - Typer's own type
    options: list[Option] = []
    for parameter in _parameters(command, context, kind="option"):
        on, off = _in_order(parameter.opts), _in_order(parameter.secondary_opts)
        is_switch = parameter.is_flag or parameter.count
        options.append(
            Option(
                names=on,
                help=_short(parameter.help),
                value=None if is_switch else _offer(parameter, parameter.metavar or ""),
                title="" if is_switch else _title(parameter),
                is_repeatable=bool(parameter.multiple or parameter.count),
                excludes=off,
            )
        )
        if off:
            options.append(Option(names=off, help=f"Not {', '.join(on)}", excludes=on))
    return tuple(options)


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return *names*, long ones first: Typer gives those of ``--help`` in an order that changes from run to run."""
    return tuple(sorted(names, key=lambda name: (not name.startswith("--"), name)))


def _argument(parameter: Any) -> Argument:  # noqa: ANN401 - Typer's own type
    name = parameter.metavar or (parameter.name or "").upper()
    return Argument(
        title=_title(parameter),
        help=_short(parameter.help),
        value=_offer(parameter, name),
        is_repeatable=parameter.nargs != 1,
    )


def _offer(parameter: Any, metavar: str) -> Offer:  # noqa: ANN401 - Typer's own type
    """Return what the name of the value says, else its choices, else what its type says."""
    named = offer_named(metavar)
    if named is not None:
        return named
    context = typer.Context(typer.core.TyperCommand("any"))
    choices = tuple(Word(value=item.value, help=item.help or "") for item in parameter.shell_complete(context, ""))
    if choices:
        return Offer(kind=Kind.WORDS, words=choices)
    return offer_named(parameter.type.name) or NOTHING


def _title(parameter: Any) -> str:  # noqa: ANN401 - Typer's own type
    """Return what its value is called, which is its own name where the help says only TEXT, or lists the words."""
    metavar = re.sub(r"[\[\]]|\.\.\.", "", parameter.metavar or "")
    return metavar if metavar and metavar != "TEXT" and "|" not in metavar else str(parameter.name).replace("_", " ")


def _short(text: str | None) -> str:
    """Return the first sentence of *text* on one line, without its full stop and without Rich markup."""
    bare = re.sub(r"\[/?[a-z #]*\]", "", (text or "").strip().partition("\n\n")[0])
    # A capital or a bracket follows, or it was no end of a sentence, but an abbreviation.
    return one_line(re.split(r"(?<=[.!?])\s+(?=[A-Z\[])", bare, maxsplit=1)[0]).rstrip(".")
