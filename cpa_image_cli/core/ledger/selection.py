"""Decides by what runs are picked from history. To add a criterion, add a field, and its condition in `selecting`."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """
    Which runs are meant; all of them when nothing is said. Every criterion must hold.

    *containing*: each of its words is in the prompt, in any script, whatever the case. *without_picture*: it failed
    or was interrupted. *model*: by name, in which ``*`` stands for anything. *since* and *before*: when it began,
    aware times. *sandboxed*: whether the sandbox made it.
    """

    containing: str = ""
    without_picture: bool = False
    model: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    sandboxed: bool | None = None


EVERYTHING = Selection()
