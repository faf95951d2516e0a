"""
Decides what TAB offers for a value.

How a value is called in the help says what it is: ``PATH`` completes files, ``error|overwrite|number`` these three
words. To let a new kind of value complete, add a row to `OFFERS` and use its name as a metavar. A row that asks the
program needs an answer of the same name in ``answers``.
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum, auto

from cpa_image_cli.core.dataclass import dataclass

SAFE_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+,/-]*")
"""Words that mean the same in every shell, unquoted."""


class Kind(Enum):
    """Who knows the values: nobody, the script, the shell, or the program."""

    NOTHING = auto()
    WORDS = auto()
    FILES = auto()
    FOLDERS = auto()
    ASKED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A value that is known beforehand, with a few words about it."""

    value: str
    help: str = ""

    def __post_init__(self) -> None:
        """Refuse what a shell would read as something else."""
        if not SAFE_WORD.fullmatch(self.value):
            raise ValueError(f"{self.value!r} needs quotes in a shell; a script cannot offer it as it stands")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What TAB offers: *words* for `Kind.WORDS`; *question* is what ``__complete`` is asked for `Kind.ASKED`."""

    kind: Kind = Kind.NOTHING
    words: tuple[Word, ...] = ()
    question: str = ""


NOTHING = Offer()
FILES = Offer(kind=Kind.FILES)
FOLDERS = Offer(kind=Kind.FOLDERS)


def words_of(*values: str) -> Offer:
    """Return the offer of these very words."""
    return Offer(kind=Kind.WORDS, words=tuple(Word(value=value) for value in values))


def asked(question: str) -> Offer:
    """Return the offer of what the program answers to *question*."""
    return Offer(kind=Kind.ASKED, question=question)


def _scenarios() -> Offer:
    from cpa_image_cli.sandbox.scenarios import SCENARIOS

    words = (Word(value=scenario.name, help=scenario.summary) for scenario in SCENARIOS.values())
    return Offer(kind=Kind.WORDS, words=tuple(words))


def _config_keys() -> Offer:
    from cpa_image_cli.core.settings.config_keys import KEYS

    words = [Word(value=key.name, help=key.help) for key in KEYS.values()]
    return Offer(kind=Kind.WORDS, words=(*words, Word(value="default_profile", help="Profile used without --profile.")))


def _schemas() -> Offer:
    from cpa_image_cli.adapters.files.schemas import schema_names

    return words_of(*schema_names())


OFFERS: Mapping[str, Callable[[], Offer]] = {
    "PATH": lambda: FILES,
    "FILE": lambda: FILES,
    "FILENAME": lambda: FILES,
    "FOLDER": lambda: FOLDERS,
    "DIRECTORY": lambda: FOLDERS,
    "PICTURE": lambda: asked("pictures"),
    "ID": lambda: asked("history-ids"),
    "MODEL": lambda: asked("models"),
    "PROFILE": lambda: asked("profiles"),
    "SCENARIO": _scenarios,
    "KEY": _config_keys,
    "VALUE": lambda: asked("values"),
    "SCHEMA": _schemas,
}
"""By the name a value has in the help."""


def offer_named(name: str) -> Offer | None:
    """Return what TAB offers for a value called *name* in the help, such as ``PATH`` or ``a|b|c``; None if unknown."""
    bare = re.sub(r"[\[\]{}]|\.\.\.", "", name).strip()
    if bare.upper() in OFFERS:
        return OFFERS[bare.upper()]()
    return words_of(*bare.split("|")) if "|" in bare else None
