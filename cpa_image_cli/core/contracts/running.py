"""What ``wait --json`` prints, and a tool answers, of a job that is not over yet."""

from typing import Annotated, Literal, NotRequired, TypedDict


class RunningObject(TypedDict):
    """A job that is under way. Do not start it again: wait for it."""

    schema: Literal["cpa-image/running/1"]
    status: Literal["running"]
    job: Annotated[str, "The id of the run, as `cpa-image history show` knows it."]
    elapsed_s: Annotated[float, "Seconds since it began."]
    expected_s: Annotated[float | None, "Seconds it takes in all, going by the user's own comparable runs."]
    next: Annotated[str, "How to wait for it."]
    output: NotRequired[Annotated[str, "Where the picture will be; told when it was sent to the background."]]
