"""
Decides how a row of a batch stands: made already, to be made, or unknown, by what the ledger says of it.

A row is known by its key, or else by what it asks for: rows may be moved about in the file, and stay the same.
"""

from collections.abc import Callable, Iterable
from enum import Enum

from cpa_image_cli.core.ledger.job_state import RUNNING, JobState
from cpa_image_cli.core.ledger.run import Run

ALL = "all"
"""In the place of a row's key or number."""


class Standing(Enum):
    """How a row stands."""

    MADE = "made already"
    OPEN = "to be made"
    UNKNOWN = "unknown; it may have been billed"
    ELSEWHERE = "being made by another process"


def row_names(keys: Iterable[str | None], fingerprints: Iterable[str], numbers: Iterable[int]) -> list[str]:
    """
    Return what each picture is called in the ledger, of those with *keys*, *fingerprints* and *numbers* in their order.

    Pictures that ask for the same are told apart by their order.
    """
    seen: dict[str, int] = {}
    names = []
    for key, fingerprint, number in zip(keys, fingerprints, numbers, strict=True):
        name = f"key {key}" if key is not None else fingerprint
        name = f"{name} {number}" if number > 1 else name
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} again {seen[name]}")
    return names


def standing_of(run: Run | None, *, fingerprint: str, is_there: Callable[[Run], bool]) -> Standing:
    """
    Return how a picture with *fingerprint* stands whose last job is *run*.

    *is_there* says whether the file of a run is where it was put, with what it held.
    """
    if run is None or run.fingerprint != fingerprint:
        # A row that asks for something else now has never been made; what the other cost is that one's affair.
        return Standing.ELSEWHERE if run is not None and run.job_state in RUNNING else Standing.OPEN
    if run.job_state in RUNNING:
        return Standing.ELSEWHERE
    if run.job_state is JobState.UNKNOWN:
        return Standing.UNKNOWN
    return Standing.MADE if run.job_state is JobState.DONE and is_there(run) else Standing.OPEN
