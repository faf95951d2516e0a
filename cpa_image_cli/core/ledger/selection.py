"""Decides by what runs are picked from history. To add a criterion, add a field, and its condition in `selecting`."""

from datetime import datetime

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.ledger.job_state import JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """
    Which runs are meant; all of them when nothing is said. Every criterion must hold.

    *containing*: each of its words is in the prompt, in any script, whatever the case. *without_picture*: it failed
    or was interrupted. *model*: by name, in which ``*`` stands for anything. *since* and *before*: when it began,
    aware times. *sandboxed*: whether the sandbox made it. *job_states*: it is in one of these; otherwise what was to be
    kept private is left out. *file_sha256* and *picture_sha256*: of its picture, the file or the coded picture alone.
    """

    containing: str = ""
    without_picture: bool = False
    model: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    sandboxed: bool | None = None
    job_states: frozenset[JobState] = frozenset()
    file_sha256: str | None = None
    picture_sha256: str | None = None


EVERYTHING = Selection()
