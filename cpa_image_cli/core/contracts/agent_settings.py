"""What the tool ``describe_settings`` answers: what an agent needs to know, and no secret."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypedDict

from cpa_image_cli.core.contracts.settings import ProblemObject


class AgentSettingsObject(TypedDict):
    """What will be used, whatever a tool is asked."""

    schema: Literal["cpa-image/agent-settings/1"]
    folders: Annotated[list[str], "Files are written and read below these; the first is where pictures go."]
    gateway: Annotated[str | None, "Where prompts and pictures are sent."]
    model: Annotated[str | None, "The text model that is asked."]
    defaults: Annotated[Mapping[str, str | None], "Parameters of a picture that hold without an argument."]
    known: Annotated[Mapping[str, list[str]], "Values that gateways are known to take."]
    expected_s: Annotated[float | None, "Seconds a picture takes, going by the user's own comparable runs."]
    problems: Annotated[list[ProblemObject], "What keeps pictures from being made."]
