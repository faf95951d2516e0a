"""What ``models --json`` prints."""

from typing import Annotated, Literal, TypedDict


class ModelObject(TypedDict):
    """A model that the gateway lists."""

    id: str
    in_use: Annotated[bool, "It is the text model that would be asked now."]
    is_text_model: Annotated[bool, "It can be named with --model."]
    note: Annotated[str | None, "Why it cannot, and what it is for."]


class ModelsObject(TypedDict):
    """What the gateway lists, in its order. A listed model is no promise that its account has the image tool."""

    schema: Literal["cpa-image/models/1"]
    gateway: str
    model: Annotated[str, "The text model that would be asked now, whether it is listed or not."]
    models: list[ModelObject]
