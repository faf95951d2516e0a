"""What ``--json`` prints, and the last line of ``--jsonl``, where several pictures were asked for."""

from typing import Annotated, Literal, NotRequired, TypedDict

from cpa_image_cli.core.contracts.result import ResultObject


class OneOfManyObject(ResultObject):
    """How one of several runs ended."""

    n: Annotated[int, "Which picture of its order it is, from 1."]
    row: NotRequired[Annotated[int, "In which row of a file it was asked for, from 1."]]
    key: NotRequired[Annotated[str, "What the file calls that row, if it does."]]


class ResultsObject(TypedDict):
    """How several runs ended."""

    schema: Literal["cpa-image/results/1"]
    ok: Annotated[bool, "Every picture that was asked for is in place."]
    made: Annotated[int, "Pictures that are in place now and were not before."]
    not_made: Annotated[int, "Pictures that were asked for and are not in place, those that were not begun included."]
    already_made: NotRequired[Annotated[int, "Pictures that were there from an earlier time."]]
    results: Annotated[list[OneOfManyObject], "Of those that were begun, in the order they were asked for."]
