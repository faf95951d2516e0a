"""
Decides what is remembered of a run, how it is called, and what counts as finding it.

A fact that is only shown and never searched for goes into `Run.details`; then nothing else changes, the database least
of all.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.pictures.picture import Picture

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.history import RunObject

SCHEMA: Final = "cpa-image/history/1"

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letters that are mistaken for digits; in ASCII order, so that ids sort as text."""

_EPOCH = 1_735_689_600
"""2025-01-01 UTC in Unix seconds. Six characters of base 32 reach to 2059."""

_TIME_CHARACTERS = 6
_DRAWN_CHARACTERS = 2


class RunState(StrEnum):
    """How far a run came. A killed run is interrupted, as one that was stopped."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """
    What is known before anything is sent.

    *gateway* is the base URL as it may be shown. *parameters* are all that a rerun needs beside prompt and model.
    """

    prompt: str
    model: str
    gateway: str
    parameters: Mapping[str, object]
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """
    One row of history.

    *output* is where the picture was saved or kept; the file may be gone since. *elapsed_s* and *timings* are in
    seconds. *details* hold what is only shown: warnings, revised prompt, text, ids, the error's hint and status.
    """

    id: str
    state: RunState
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
            "usage": self.usage,
            "error": {"code": self.error_code, "message": self.error_message} if self.error_code else None,
            "details": dict(self.details),
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


def state_after(outcome: Outcome) -> RunState:
    """Return how a run that ended in *outcome* is remembered."""
    if outcome.trouble is None:
        return RunState.DONE
    stopped = outcome.trouble.code in {Code.INTERRUPTED, Code.TERMINATED}
    return RunState.INTERRUPTED if stopped else RunState.FAILED


def folded(text: str) -> str:
    """Return *text* as it is searched: without case, and with full-width forms as their usual ones."""
    return unicodedata.normalize("NFKC", text).casefold()
