"""
Reads what a gateway says in its headers about money: what a picture cost, and how much of a plan is used.

LiteLLM names its own accounting in ``x-litellm-response-cost`` (docs.litellm.ai, "Response Headers"). Codex backends
name windows of a plan in percent, ``x-codex-primary-…`` and ``x-codex-secondary-…``; which is the longer one is told by
its minutes and not by its name. Pictures have a quota of their own, which nobody states.
"""

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cpa_image_cli.core.dataclass import dataclass

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.result import PlanWindowObject

COST = "x-litellm-response-cost"
SLOTS = ("primary", "secondary")
MOST_DOLLARS = 10_000.0
MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWindow:
    """A window of a plan: *used* is in percent, *minutes* how long it is and *resets_in* in seconds, if told."""

    used: float
    minutes: int | None = None
    resets_in: float | None = None

    def as_json(self) -> "PlanWindowObject":
        """Return what programs are shown."""
        return {"used_percent": self.used, "window_minutes": self.minutes, "resets_in_s": self.resets_in}


def windows_of_json(value: object) -> tuple[PlanWindow, ...]:
    """Return the windows that *value*, a list of what `PlanWindow.as_json` wrote, holds."""
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    return tuple(
        PlanWindow(used=float(row["used_percent"]), minutes=row.get("window_minutes"), resets_in=row.get("resets_in_s"))
        for row in rows
        if isinstance(row.get("used_percent"), int | float)
    )


def stated_cost(headers: Mapping[str, str]) -> float | None:
    """Return the USD that the gateway says it was, None if it says nothing; *headers* are in lower case."""
    cost = _number(headers.get(COST))
    return cost if cost is not None and 0 < cost < MOST_DOLLARS else None


def plan_windows(headers: Mapping[str, str]) -> tuple[PlanWindow, ...]:
    """Return the windows of a plan that *headers* speak of, the shortest first."""
    return tuple(sorted(_windows(headers), key=lambda window: window.minutes or math.inf))


def _windows(headers: Mapping[str, str]) -> Iterator[PlanWindow]:
    for slot in SLOTS:
        used = _number(headers.get(f"x-codex-{slot}-used-percent"))
        minutes = _number(headers.get(f"x-codex-{slot}-window-minutes"))
        if used is not None:
            resets = _number(headers.get(f"x-codex-{slot}-reset-after-seconds"))
            yield PlanWindow(used=used, minutes=int(minutes) if minutes else None, resets_in=resets)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def window_words(window: PlanWindow) -> str:
    """Return *window* as ``5 h window 9 % used, resets in 10 min``."""
    length = f"{_span(window.minutes * MINUTE)} window" if window.minutes else "window"
    resets = f", resets in {_span(window.resets_in)}" if window.resets_in is not None else ""
    return f"{length} {window.used:g} % used{resets}"


def _span(seconds: float) -> str:
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.0f} s"
