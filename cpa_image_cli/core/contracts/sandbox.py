"""What ``sandbox --list --json`` prints."""

from typing import Annotated, Literal, TypedDict


class ExpectedObject(TypedDict):
    """How a run against a scenario ends."""

    exit_status: int
    code: Annotated[str | None, "The code word of its failure."]
    requests: int
    least_waits_s: list[float]
    warnings: list[str]


class ScenarioObject(TypedDict):
    """Something that gateways were seen to do."""

    name: str
    summary: str
    options: list[str]
    expected: ExpectedObject
    expected_streaming: ExpectedObject


class ScenariosObject(TypedDict):
    """Everything the sandbox can play."""

    schema: Literal["cpa-image/scenarios/1"]
    scenarios: list[ScenarioObject]
