"""
Decides which of several sources a value comes from: the first that has one wins, the rest is remembered.

`resolve` knows neither environment nor files: it is handed a way to ask a `Source` and gets an `Answer`. What the
sources of each setting are stands in ``core/settings/settings.py``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from enum import StrEnum
from typing import Generic, TypeVar, assert_never

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import ConfigError

T = TypeVar("T")


class State(StrEnum):
    """What was found at a source."""

    SET = "set"  # the value in use
    EMPTY = "empty"  # there, without content, which counts as unset
    UNSET = "unset"
    UNRESOLVED = "unresolved"  # it names a value that cannot be had
    SHADOWED = "shadowed"  # has a value, but an earlier source won
    NOT_ASKED = "not asked"  # an earlier source won, and asking here costs something


class Origin(StrEnum):
    """The kinds of places values come from."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    CONFIG = "config"
    OPENCLAW = "openclaw"
    EXTENSION = "extension"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """
    One place to ask for one value.

    *name* is the flag, the variable or the configuration key as a person writes it. *costly* places are asked only
    when no earlier one had a value.
    """

    origin: Origin
    name: str
    costly: bool = False

    @property
    def key(self) -> str:
        """Return *name* as the key that flags and configuration are looked up by."""
        return self.name.lstrip("-").replace("-", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    One value of a configuration file and where it stands, such as ``[profiles.work]``; *place* is empty at the top.

    Of a table that is joined of two, *places* says by its names in lower case where each value stands.
    """

    value: object
    place: str = ""
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[T]):
    """
    A value. *label* says more precisely than the source's name where it is; *shown* never holds a secret.

    *variable* is the environment variable it was read from, where the source only names one.
    """

    value: T
    shown: str
    label: str | None = None
    note: str = ""
    variable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """
    No value. A *problem* says that there should be one, and ends the search.

    Going on would quietly use another key or host than the one somebody named.
    """

    state: State = State.UNSET
    shown: str = ""
    label: str | None = None
    note: str = ""
    problem: ConfigError | None = None

    @classmethod
    def unresolved(cls, problem: ConfigError, *, shown: str = "", label: str | None = None) -> "Missing":
        """Return the answer of a source that names a value which cannot be had."""
        return cls(state=State.UNRESOLVED, shown=shown, label=label, note=problem.message, problem=problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDemand(Generic[T]):
    """There is a value, and getting it has effects (a program runs), so *get* is called only if it is the one."""

    shown: str
    get: Callable[[], Found[T] | Missing]
    label: str | None = None


Answer = Found[T] | Missing | OnDemand[T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What one source had to say, for people."""

    source: str
    state: State
    shown: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved(Generic[T]):
    """
    A value with its history. *source* and *origin* are empty and None when nobody had one.

    With a *problem*, the source in *source* names a value that cannot be had, and *value* is the fallback. *variable*
    is the environment variable that holds the value, empty if none does.
    """

    value: T
    source: str = ""
    origin: Origin | None = None
    candidates: tuple[Candidate, ...] = ()
    problem: ConfigError | None = None
    variable: str = ""

    @property
    def place(self) -> str:
        """Return where the value comes from, with the variable that really holds it."""
        is_told = not self.variable or self.variable == self.source
        return self.source if is_told else f"{self.variable} ({self.source})"

    @property
    def shown(self) -> str:
        """Return the value in use as it may be shown."""
        return next((candidate.shown for candidate in self.candidates if candidate.state is State.SET), "")

    def checked(self) -> T:
        """Return the value. Raises: the *problem*, if there is one."""
        if self.problem is not None:
            raise self.problem
        return self.value


def resolve(
    sources: Iterable[Source],
    ask: Callable[[Source], Answer[T]],
    *,
    fallback: T,
    thorough: bool = False,
) -> Resolved[T]:
    """
    Ask *sources* in order for a value and remember what each had; *fallback* is the value when none has one.

    *thorough* also asks the costly sources after the decision, for display; none that has effects.
    """
    end: Resolved[T] | None = None
    candidates: list[Candidate] = []
    for source in sources:
        if end is None:
            answer = _fetched(ask(source))
            candidates.append(_candidate(source, answer))
            end = _end(source, answer, fallback)
        elif source.costly and not thorough:
            candidates.append(Candidate(source=source.name, state=State.NOT_ASKED))
        else:
            candidates.append(_passed_over(source, ask(source)))
    end = end or Resolved(value=fallback)
    return replace(end, candidates=tuple(candidates))


def _fetched(answer: Answer[T]) -> Found[T] | Missing:
    return answer.get() if isinstance(answer, OnDemand) else answer


def _end(source: Source, answer: Found[T] | Missing, fallback: T) -> Resolved[T] | None:
    """Return how *answer* ends the search, or None if it does not."""
    label = answer.label or source.name
    match answer:
        case Found():
            variable = answer.variable or (source.name if source.origin is Origin.ENVIRONMENT else "")
            return Resolved(value=answer.value, source=label, origin=source.origin, variable=variable)
        case Missing(problem=None):
            return None
        case Missing():
            return Resolved(value=fallback, source=label, origin=source.origin, problem=answer.problem)
        case _:
            assert_never(answer)


def _candidate(source: Source, answer: Found[T] | Missing) -> Candidate:
    state = answer.state if isinstance(answer, Missing) else State.SET
    return Candidate(source=answer.label or source.name, state=state, shown=answer.shown, note=answer.note)


def _passed_over(source: Source, answer: Answer[T]) -> Candidate:
    label = answer.label or source.name
    match answer:
        case Found():
            return Candidate(source=label, state=State.SHADOWED, shown=answer.shown, note=answer.note)
        case OnDemand():
            return Candidate(source=label, state=State.SHADOWED, shown=answer.shown, note="not run")
        case Missing():
            return _candidate(source, answer)
        case _:
            assert_never(answer)
