"""What ``generate --dry-run --json`` prints."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypedDict


class DryRunObject(TypedDict):
    """The request that would be sent, and nothing was."""

    schema: Literal["cpa-image/dry-run/1"]
    url: str
    request: Annotated[object, "The body, as JSON."]
    headers: Annotated[Mapping[str, str], "With the name of the variable that holds the key in its place."]
    curl: Annotated[str, "A command for a shell that sends the same."]
