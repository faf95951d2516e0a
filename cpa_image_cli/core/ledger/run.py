"""
Decides what is remembered of a run, how it is called, and what counts as finding it.

A fact that is only shown and never searched for goes into `Run.details`; then nothing else changes, the database least
of all.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cpa_image_cli.core.cost.cost import Cost
from cpa_image_cli.core.cost.stated import PlanWindow, windows_of_json
from cpa_image_cli.core.cost.tokens import usage_object
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.pictures.inputs import Parent
from cpa_image_cli.core.pictures.picture import Picture

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.history import RunObject

SCHEMA: Final = "cpa-image/history/1"

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letters that are mistaken for digits; in ASCII order, so that ids sort as text."""

_EPOCH = 1_735_689_600
"""2025-01-01 UTC in Unix seconds. Six characters of base 32 reach to 2059."""

_STOPS = frozenset({Code.INTERRUPTED, Code.TERMINATED})

_TIME_CHARACTERS = 6
_DRAWN_CHARACTERS = 2


class RunState(StrEnum):
    """
    How a run went, in four words for people and programs; what exactly is known of it says `JobState`.

    A killed run is interrupted, as one that was stopped.
    """

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """
    What is known before anything is sent.

    *gateway* is the base URL as it may be shown. *parameters* are all that a rerun needs beside prompt and model.
    *destination* is the first name the picture may get, None if it goes to no file of its own; *if_exists* says what
    about a file that is there then. *group* and *row* name its place in a batch, *parents* what it was made from.
    *is_private* keeps its prompt, and whatever is made of it, out of the ledger; *hides_path* also the picture's path,
    whose name comes from the prompt.
    """

    prompt: str
    model: str
    gateway: str
    parameters: Mapping[str, object]
    started_at: datetime
    fingerprint: str = ""
    destination: Path | None = None
    if_exists: str = "error"
    group: str | None = None
    row: str | None = None
    parents: tuple[Parent, ...] = ()
    request_id: str | None = None
    profile: str | None = None
    is_private: bool = False
    hides_path: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A picture in hand: verified, in the temporary file *path*, and still without its name."""

    path: Path
    picture: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """
    One row of history.

    *output* is where the picture was saved or kept; the file may be gone since. *elapsed_s* and *timings* are in
    seconds. *details* hold what is only shown: warnings, revised prompt, text, ids, the error's hint and status.
    *posts* counts the requests that may have left this machine; *picture_sha256* is of the coded picture alone, which
    stays the same when a note is written into the file. The others are as in `NewRun` and `Held`.
    """

    id: str
    state: RunState
    job_state: JobState
    prompt: str
    model: str
    gateway: str
    parameters: Mapping[str, object]
    started_at: datetime
    finished_at: datetime | None = None
    elapsed_s: float | None = None
    output: Path | None = None
    picture: Picture | None = None
    attempts: int = 0
    usage: Mapping[str, object] | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    error_code: str | None = None
    error_message: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    fingerprint: str = ""
    destination: Path | None = None
    if_exists: str = "error"
    held: Path | None = None
    group: str | None = None
    row: str | None = None
    parents: tuple[Mapping[str, object], ...] = ()
    request_id: str | None = None
    profile: str | None = None
    is_private: bool = False
    posts: int = 0
    picture_sha256: str | None = None

    @property
    def cost(self) -> Cost | None:
        """Return what was said of the cost."""
        return Cost.of_json(self.details.get("cost"))

    @property
    def plan(self) -> tuple[PlanWindow, ...]:
        """Return the windows of a plan that the answer spoke of."""
        return windows_of_json(self.details.get("plan"))

    @property
    def origin(self) -> str | None:
        """Return the id of the run whose picture this one began with, if it began with one."""
        identity = self.parents[0].get("run") if self.parents else None
        return identity if isinstance(identity, str) else None

    def as_json(self, *, missing: bool) -> "RunObject":
        """Return what programs are shown; *missing* says that the picture's file is not there any more."""
        picture = self.picture
        return {
            "id": self.id,
            "state": self.state.value,
            "started_at": self.started_at.isoformat(timespec="milliseconds"),
            "finished_at": self.finished_at.isoformat(timespec="milliseconds") if self.finished_at else None,
            "prompt": self.prompt,
            "model": self.model,
            "gateway": self.gateway,
            "parameters": dict(self.parameters),
            "output": str(self.output) if self.output else None,
            "missing": missing,
            "format": picture.format if picture else None,
            "width": picture.width if picture else None,
            "height": picture.height if picture else None,
            "bytes": picture.bytes if picture else None,
            "sha256": picture.sha256 if picture else None,
            "attempts": self.attempts,
            "elapsed_s": self.elapsed_s,
            "timings": dict(self.timings),
            "usage": usage_object(self.usage),
            "error": {"code": self.error_code, "message": self.error_message} if self.error_code else None,
            "details": dict(self.details),
            "job_state": self.job_state.value,
            "fingerprint": self.fingerprint or None,
            "group": self.group,
            "row": self.row,
            "parents": [dict(parent) for parent in self.parents],
            "request_id": self.request_id,
            "profile": self.profile,
            "picture_sha256": self.picture_sha256,
        }


def run_id(at: datetime, *, draw: float, attempt: int) -> str:
    """
    Return a short id that sorts by the time *at*, to the second.

    *draw* is a random number in [0, 1). *attempt* (0-based) moves on by a second per retry of a taken id, so that
    there always is a free one.
    """
    seconds = max(0, int(at.timestamp()) - _EPOCH + attempt)
    base = len(_ALPHABET)
    number = seconds * base**_DRAWN_CHARACTERS + int(draw * base**_DRAWN_CHARACTERS)
    characters = []
    for _ in range(_TIME_CHARACTERS + _DRAWN_CHARACTERS):
        number, digit = divmod(number, base)
        characters.append(_ALPHABET[digit])
    return "".join(reversed(characters))


def job_state_after(outcome: Outcome) -> JobState:
    """Return the state of a job that ended in *outcome*."""
    trouble = outcome.trouble
    if trouble is None or trouble.saved_to is not None:
        # One that had to be kept elsewhere is there, too, and must not be bought again.
        return JobState.DONE
    if trouble.may_have_billed or outcome.picture is not None:
        return JobState.UNKNOWN
    return JobState.STOPPED if trouble.code in _STOPS else JobState.FAILED


def state_after(outcome: Outcome) -> RunState:
    """Return how a run that ended in *outcome* is remembered."""
    if outcome.trouble is None:
        return RunState.DONE
    return RunState.INTERRUPTED if outcome.trouble.code in _STOPS else RunState.FAILED


def folded(text: str) -> str:
    """Return *text* as it is searched: without case, and with full-width forms as their usual ones."""
    return unicodedata.normalize("NFKC", text).casefold()
