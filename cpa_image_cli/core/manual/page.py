"""
What a page of help holds, whoever writes it out: for a terminal, as JSON, as a man page.

A `Manual` is what a command says of itself beside its options; a `Page` is that, and all that its options tell.
"""

from collections.abc import Mapping
from dataclasses import field

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import ExitStatus


@dataclass(frozen=True, slots=True)
class Example:
    """A *command* that runs as it is written, and what it is for, in a few words."""

    command: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """
    What a command says of itself, beside its docstring and its options.

    *statuses* are the exit statuses that matter here and *variables* the environment variables. *remarks* are headed
    paragraphs, of which a line that begins with spaces is to be copied. *defaults* say by an option's long name what
    holds without it, where no table of settings knows.
    """

    examples: tuple[Example, ...] = ()
    statuses: tuple[ExitStatus, ...] = (ExitStatus.OK, ExitStatus.USAGE)
    variables: tuple[str, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    One option or argument.

    *names* are its spellings, short before long; of an argument the one name. *value* is what its value is called,
    empty for a switch. *known* are words that are right for it.
    """

    names: tuple[str, ...]
    value: str = ""
    help: str = ""
    default: str = ""
    known: tuple[str, ...] = ()
    is_required: bool = False
    is_repeatable: bool = False

    @property
    def long(self) -> str:
        """Return the spelling by which it is spoken of."""
        return next((name for name in self.names if name.startswith("--")), self.names[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Options under one heading."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """
    The help of one command. *path* is how it is called after the program's name, empty for the program itself.

    *paragraphs* are plain text, the first a sentence that sums it up. *commands* are those of a group, each with its
    sentence.
    """

    path: str
    usage: str
    paragraphs: tuple[str, ...]
    arguments: tuple[Row, ...] = ()
    sections: tuple[Section, ...] = ()
    commands: tuple[tuple[str, str], ...] = ()
    manual: Manual = field(default_factory=Manual)
