"""What the commands of ``skill`` print with ``--json``."""

from typing import Annotated, Literal, NotRequired, TypedDict


class SkillPlaceObject(TypedDict):
    """One folder that agents read skills from."""

    path: str
    agents: Annotated[list[str], "Who reads it: claude, codex, openclaw, gemini, cursor."]
    state: Annotated[str, "What lay there: current, older, newer, changed, foreign, missing or link."]
    action: NotRequired[Annotated[str, "What was done: installed, updated, removed, none or refused."]]


class SkillObject(TypedDict):
    """The skill, in each place that was looked at."""

    schema: Literal["cpa-image/skill/1"]
    version: str
    ok: Annotated[bool, "Nothing was refused."]
    places: list[SkillPlaceObject]
