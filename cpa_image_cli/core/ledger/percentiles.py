"""Decides what "half of them" and "nine in ten" mean: between two neighbours, the share of the way."""

from collections.abc import Sequence

MEDIAN = 0.5
P90 = 0.9


def percentile(values: Sequence[float], share: float) -> float:
    """
    Return the value that *share* (0 to 1) of *values* do not exceed, interpolated as spreadsheets do.

    *values* need not be sorted, and must not be empty.
    """
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
