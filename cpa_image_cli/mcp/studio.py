"""
What the tools need of the world: where pictures are made, looked up and looked at.

The server is thin. A job is begun in a process of its own and read from the ledger, so whatever becomes of this
process, the job and everybody's knowledge of it stay.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.job.order import Order

Shown = Mapping[str, object]
"""An object of one of our contracts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A job that is not over: seconds since it began, and that it takes in all, if somebody can tell."""

    job: str
    elapsed_s: float
    expected_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A job that is over, and the result object that ``generate --json`` would have printed."""

    result: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The *job* that makes what was ordered; *reused* says that it did so before it was ordered."""

    job: str
    reused: bool = False


class Studio(Protocol):
    """Where the tools work. Every method raises CpaImageError for what a person can act on."""

    def begin(self, order: Order) -> Begun:
        """Return the job that makes what *order* says: a new one, or the one that does so already."""

    def standing(self, job: str) -> Running | Ended:
        """Return how *job* stands, by the beginning of its id, or ``last``."""

    def picture(self, job: str) -> Path:
        """Return where the picture of *job* lies."""

    def earlier(self, *, limit: int, search: str | None) -> Shown:
        """Return the last runs, newest first, as ``history list --json`` prints them."""

    def settings(self) -> Shown:
        """Return what will be used, without any secret."""

    @property
    def roots(self) -> Sequence[Path]:
        """The folders below which files may be written and read; the first is where pictures go."""
