"""Decides what one's own earlier runs allow to be claimed about this one: nothing below `FEWEST_RUNS`."""

from collections.abc import Sequence

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.ledger.percentiles import MEDIAN, P90, percentile

FEWEST_RUNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """
    How long comparable runs took: *median* and *p90* (the 90th percentile) of *runs* of them.

    Both in seconds from the start of the attempt that made the picture, so that waiting for a retry counts for nothing.
    """

    median: float
    p90: float
    runs: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Estimate | None":
        """Return what runs that took so many *seconds* allow to be said; None if there are none."""
        if not seconds:
            return None
        return cls(median=percentile(seconds, MEDIAN), p90=percentile(seconds, P90), runs=len(seconds))

    @property
    def claims_something(self) -> bool:
        """Whether there were enough runs to say anything."""
        return self.runs >= FEWEST_RUNS
