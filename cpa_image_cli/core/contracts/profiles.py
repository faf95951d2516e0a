"""What ``config profile list --json`` prints."""

from typing import Annotated, Literal, TypedDict


class ProfileObject(TypedDict):
    """A profile of the config file."""

    name: str
    is_default: Annotated[bool, "It is used where nothing names another."]
    base_url: Annotated[str | None, "As it would hold, be it from the top of the file; without any password."]
    model: str | None


class ProfilesObject(TypedDict):
    """The profiles there are."""

    schema: Literal["cpa-image/profiles/1"]
    config_file: str
    profiles: list[ProfileObject]
