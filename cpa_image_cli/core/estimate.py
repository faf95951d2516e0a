"""Decides what one's own earlier runs allow to be claimed about this one: nothing below `FEWEST_RUNS`."""

from dataclasses import dataclass

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

    @property
    def claims_something(self) -> bool:
        """Whether there were enough runs to say anything."""
        return self.runs >= FEWEST_RUNS
