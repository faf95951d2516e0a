"""What the commands of ``history`` print with ``--json``; a line of ``history export`` is a `RunObject`."""

from collections.abc import Mapping
from typing import Annotated, Literal, NotRequired, TypedDict

Schema = Literal["cpa-image/history/1"]


class RunErrorObject(TypedDict):
    """Why a run made no picture; more of it stands in `details`."""

    code: str
    message: str | None


class RunObject(TypedDict):
    """One earlier run."""

    id: str
    state: Annotated[str, "running, done, failed or interrupted; other words may come."]
    started_at: Annotated[str, "ISO 8601, with its offset."]
    finished_at: str | None
    prompt: str
    model: str
    gateway: Annotated[str, "Base URL without credentials, or `sandbox`."]
    parameters: Mapping[str, object]
    output: Annotated[str | None, "Absolute path where the picture was saved."]
    missing: Annotated[bool, "The file is not there any more."]
    format: str | None
    width: int | None
    height: int | None
    bytes: int | None
    sha256: str | None
    attempts: int
    elapsed_s: float | None
    timings: Annotated[Mapping[str, float], "Seconds since the start of the last attempt."]
    usage: Mapping[str, object] | None
    error: RunErrorObject | None
    details: Mapping[str, object]
    job_state: Annotated[str, "planned, sending, sent, in_hand, done, failed, unknown or stopped."]
    fingerprint: Annotated[str | None, "SHA-256 over all that decides the picture."]
    group: Annotated[str | None, "The batch it belongs to."]
    row: Annotated[str | None, "Its row there."]
    parents: Annotated[list[Mapping[str, object]], "What was sent along: name, origin, sha256, role, path, run."]
    request_id: Annotated[str | None, "What `--request-id` said."]
    profile: Annotated[str | None, "The profile of the configuration that held."]
    picture_sha256: Annotated[str | None, "SHA-256 of the coded picture alone."]


class RunsObject(TypedDict):
    """`history list`: the newest first."""

    schema: Schema
    runs: list[RunObject]


class OneRunObject(TypedDict):
    """`history show`."""

    schema: Schema
    run: RunObject


class PlaceObject(TypedDict):
    """`history path` and `history open`."""

    schema: Schema
    id: str
    output: str
    missing: NotRequired[bool]


class ForgottenObject(TypedDict):
    """`history forget` and `history prune`: ids."""

    schema: Schema
    found: NotRequired[Annotated[list[str], "What was to be pruned."]]
    forgotten: list[str]


class FiguresObject(TypedDict):
    """What some runs amount to. Times are of runs that made a picture."""

    runs: int
    done: int
    failed: int
    interrupted: int
    success_rate: float | None
    median_s: float | None
    p90_s: float | None
    total_tokens: int
    image_tokens: Annotated[int, "Of the picture model, as far as they were reported."]
    requests_lost: Annotated[int, "Requests that may have cost something and brought no picture."]
    tokens_lost: Annotated[int, "Tokens of runs without a picture, as far as they were reported."]


class ModelFiguresObject(FiguresObject):
    """The figures of one model."""

    model: str


class DayFiguresObject(FiguresObject):
    """The figures of one day."""

    day: Annotated[str, "ISO 8601."]


class BatchFiguresObject(FiguresObject):
    """The figures of one batch."""

    batch: str


class ProfileFiguresObject(FiguresObject):
    """The figures of one profile of the configuration."""

    profile: str


class SumsObject(TypedDict):
    """The figures of all runs, of each model, each day, each batch and each profile."""

    all: FiguresObject
    models: list[ModelFiguresObject]
    days: list[DayFiguresObject]
    batches: list[BatchFiguresObject]
    profiles: list[ProfileFiguresObject]


class StatisticsObject(SumsObject):
    """`history stats`."""

    schema: Schema


HistoryObject = RunsObject | OneRunObject | PlaceObject | ForgottenObject | StatisticsObject
