"""What a person does at a terminal: lines typed, keys pressed, and the ways of leaving."""

import unicodedata

from cpa_image_cli.core.dataclass import dataclass

ENTER = "enter"
"""The one key that is called by a word; every other is the character that it types, in lower case."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A line was typed, and ended with Enter."""

    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key was pressed: `ENTER`, or what it types; a paste is many characters at once."""

    key: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of several rows was chosen by *key*; *index* counts from 0."""

    index: int
    key: str


@dataclass(frozen=True, slots=True)
class Escaped:
    """Esc, where there was nothing typed that it could take back."""


@dataclass(frozen=True, slots=True)
class Left:
    """Ctrl-D, or the terminal is gone."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Ctrl-C, while nothing ran."""


@dataclass(frozen=True, slots=True)
class Terminated:
    """The system wants the process to end."""


def as_key(text: str) -> str:
    """Return *text* as a key: a full-width letter, as a Chinese input method types it, is the plain one."""
    return unicodedata.normalize("NFKC", text).lower() if len(text) == 1 else text
