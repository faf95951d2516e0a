from collections.abc import Callable

from cpa_image_cli.core.errors import ConfigError
from cpa_image_cli.core.settings.resolution import (
    Answer,
    Candidate,
    Found,
    Missing,
    OnDemand,
    Origin,
    Resolved,
    Source,
    State,
    resolve,
)

FLAG = Source(origin=Origin.FLAG, name="--model")
VARIABLE = Source(origin=Origin.ENVIRONMENT, name="CPA_MODEL")
OPENCLAW = Source(origin=Origin.OPENCLAW, name="OpenClaw", costly=True)
SOURCES = (FLAG, VARIABLE, OPENCLAW)


def found(value: str) -> Found[str]:
    return Found(value=value, shown=value)


def answering(*answers: Answer[str]) -> Callable[[Source], Answer[str]]:
    """Answer for each of `SOURCES` in turn; asking one that has no answer here fails the test."""
    known = dict(zip(SOURCES, answers, strict=False))
    return lambda source: known[source]


def never() -> Found[str]:
    raise AssertionError("a shadowed value was fetched")


def test_the_first_value_wins_and_costly_sources_are_left_alone() -> None:
    resolved = resolve(SOURCES, answering(found("a"), found("b")), fallback="z")

    assert resolved == Resolved(
        value="a",
        source="--model",
        origin=Origin.FLAG,
        candidates=(
            Candidate(source="--model", state=State.SET, shown="a"),
            Candidate(source="CPA_MODEL", state=State.SHADOWED, shown="b"),
            Candidate(source="OpenClaw", state=State.NOT_ASKED),
        ),
    )
    assert resolved.shown == "a"


def test_unset_and_empty_sources_are_passed_over() -> None:
    labelled = Found(value="c", shown="c", label="OpenClaw (openclaw.json)", note="by alias")
    resolved = resolve(SOURCES, answering(Missing(), Missing(state=State.EMPTY), labelled), fallback="z")

    assert resolved == Resolved(
        value="c",
        source="OpenClaw (openclaw.json)",
        origin=Origin.OPENCLAW,
        candidates=(
            Candidate(source="--model", state=State.UNSET),
            Candidate(source="CPA_MODEL", state=State.EMPTY),
            Candidate(source="OpenClaw (openclaw.json)", state=State.SET, shown="c", note="by alias"),
        ),
    )


def test_without_any_value_the_fallback_is_taken_and_has_no_source() -> None:
    resolved = resolve(SOURCES, answering(Missing(), Missing(), Missing()), fallback="z")

    assert (resolved.value, resolved.source, resolved.origin, resolved.shown) == ("z", "", None, "")


def test_a_value_that_cannot_be_had_ends_the_search() -> None:
    problem = ConfigError("CPA_MODEL names nothing.")
    resolved = resolve(SOURCES, answering(Missing(), Missing.unresolved(problem, shown="?")), fallback="z")

    assert resolved == Resolved(
        value="z",
        source="CPA_MODEL",
        origin=Origin.ENVIRONMENT,
        problem=problem,
        candidates=(
            Candidate(source="--model", state=State.UNSET),
            Candidate(source="CPA_MODEL", state=State.UNRESOLVED, shown="?", note="CPA_MODEL names nothing."),
            Candidate(source="OpenClaw", state=State.NOT_ASKED),
        ),
    )


def test_a_thorough_search_asks_costly_sources_too() -> None:
    resolved = resolve(SOURCES, answering(Missing(), found("b"), found("c")), fallback="z", thorough=True)

    assert resolved.value == "b"
    assert resolved.candidates[2] == Candidate(source="OpenClaw", state=State.SHADOWED, shown="c")


def test_a_value_on_demand_is_fetched_when_it_is_the_one() -> None:
    resolved = resolve(SOURCES, answering(OnDemand(shown="$(pass)", get=lambda: found("k")), Missing()), fallback="z")

    assert resolved.value == "k"


def test_a_value_on_demand_is_never_fetched_when_shadowed() -> None:
    answers = answering(found("a"), OnDemand(shown="$(pass)", get=never), Missing())
    resolved = resolve(SOURCES, answers, fallback="z", thorough=True)

    assert resolved.candidates[1] == Candidate(
        source="CPA_MODEL", state=State.SHADOWED, shown="$(pass)", note="not run"
    )


def test_a_failure_on_demand_ends_the_search() -> None:
    problem = ConfigError("no key")
    answers = answering(OnDemand(shown="$(pass)", get=lambda: Missing.unresolved(problem)), found("b"))
    resolved = resolve(SOURCES, answers, fallback="z")

    assert (resolved.value, resolved.problem) == ("z", problem)
    assert [candidate.state for candidate in resolved.candidates] == [
        State.UNRESOLVED,
        State.SHADOWED,
        State.NOT_ASKED,
    ]
