"""What one picture cost, as far as anybody said: what the gateway names, and an estimate that is marked as one."""

from typing import TYPE_CHECKING

from cpa_image_cli.core.cost.prices import Prices, Range, estimate
from cpa_image_cli.core.cost.stated import PlanWindow
from cpa_image_cli.core.cost.tokens import Usage
from cpa_image_cli.core.dataclass import dataclass

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.result import CostObject

LEAST = 0.0001
"""USD, below which nobody cares."""

DEFAULT_IMAGE_MODEL = "gpt-image-2"
"""What is taken to have drawn where nobody said; all of its family have the same prices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """*stated* is what the gateway says, in USD; *estimate* what tokens come to at *prices*, named with their day."""

    stated: float | None = None
    estimate: Range | None = None
    prices: str | None = None

    @classmethod
    def of_json(cls, value: object) -> "Cost | None":
        """Return what *value*, as `as_json` wrote it, says; None if that is nothing."""
        if not isinstance(value, dict):
            return None
        stated, about, prices = (value.get(name) for name in ("stated_usd", "estimated_usd", "prices"))
        low_high = [float(one) for one in about if isinstance(one, int | float)] if isinstance(about, list) else []
        return cls(
            stated=float(stated) if isinstance(stated, int | float) else None,
            estimate=Range(low=low_high[0], high=low_high[-1]) if low_high else None,
            prices=prices if isinstance(prices, str) else None,
        )

    def as_json(self) -> "CostObject":
        """Return what programs are shown."""
        low_high = [self.estimate.low, self.estimate.high] if self.estimate else None
        return {"stated_usd": self.stated, "estimated_usd": low_high, "prices": self.prices}


def cost_of(
    usage: Usage | None,
    *,
    stated: float | None,
    plan: tuple[PlanWindow, ...],
    prices: Prices | None,
    image_model: str | None,
    text_model: str,
) -> Cost | None:
    """Return what is known of the cost; None if that is nothing. Nothing is estimated of what a plan pays for."""
    about = None
    if prices is not None and not plan:
        model = image_model or DEFAULT_IMAGE_MODEL
        about = estimate(usage, image_model=model, text_model=text_model, prices=prices)
    if stated is None and about is None:
        return None
    return Cost(stated=stated, estimate=about, prices=f"{prices.name} of {prices.dated}" if prices and about else None)


def dollars(amount: float) -> str:
    """Return *amount* in USD with two figures that mean something: ``$0.043``, ``$1.20``."""
    if amount < LEAST:
        return f"less than ${LEAST}"
    return f"${amount:.2f}" if amount >= 1 else f"${amount:.2g}"


def estimate_words(cost: Cost) -> str:
    """Return the estimate as ``about $0.05 at OpenAI's list prices of 2026-10-14``; empty without one."""
    if cost.estimate is None:
        return ""
    low, high = dollars(cost.estimate.low), dollars(cost.estimate.high)
    return f"about {low if low == high else f'{low} to {high}'} at {cost.prices}"
