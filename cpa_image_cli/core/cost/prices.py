"""
Estimates what reported tokens cost at list prices. An estimate is a range, and is never shown without its date.

Prices are USD for a million tokens, by the beginning of the picture model's name, the longest that fits; a model
without a row has no price. A subscription has none either: nothing here turns a plan into dollars. The formula and the
table are OpenAI's, see ``prices/openai.toml``.
"""

from collections.abc import Mapping

from cpa_image_cli.core.cost.tokens import Usage, detail, image_usage, text_usage, tokens
from cpa_image_cli.core.dataclass import dataclass

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """USD for a million tokens of each kind; cached ones are tokens that the gateway had seen before."""

    text_in: float = 0.0
    text_cached: float = 0.0
    image_in: float = 0.0
    image_cached: float = 0.0
    image_out: float = 0.0
    text_out: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """A table of prices: whose they are, of which day (``2026-10-14``), and by model."""

    name: str
    dated: str
    models: Mapping[str, Price]

    def of(self, model: str) -> Price | None:
        """Return the prices of *model*; None if the table has none."""
        fitting = [name for name in self.models if model == name or model.startswith(f"{name}-")]
        return self.models[max(fitting, key=len)] if fitting else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """From *low* to *high*, in USD; equal where everything was reported that decides it."""

    low: float
    high: float

    def __add__(self, other: "Range") -> "Range":
        return Range(low=self.low + other.low, high=self.high + other.high)


def estimate(usage: Usage | None, *, image_model: str, text_model: str, prices: Prices) -> Range | None:
    """
    Return what *usage* costs at *prices*; None if the picture's tokens were not reported or have no price.

    The text model is added where its tokens were reported and it has a price.
    """
    reported, price = image_usage(usage), prices.of(image_model)
    if reported is None or price is None:
        return None
    text, text_price = text_usage(usage), prices.of(text_model)
    drawn = _picture(reported, price)
    return drawn + _text(text, text_price) if text is not None and text_price is not None else drawn


def _picture(part: Usage, price: Price) -> Range:
    out = tokens(part, "output_tokens") or 0
    # Without details all output is taken for the picture, which is the dearer kind.
    drawn = detail(part, "output_tokens_details", "image_tokens")
    output = (out if drawn is None else drawn) * price.image_out + (
        out - (out if drawn is None else drawn)
    ) * price.text_out
    low, high = _input(part, price)
    return Range(low=(low + output) / MILLION, high=(high + output) / MILLION)


def _input(part: Usage, price: Price) -> tuple[float, float]:
    """Return the least and the most that the input may have cost."""
    whole = tokens(part, "input_tokens") or 0
    image, text = (detail(part, "input_tokens_details", f"{kind}_tokens") for kind in ("image", "text"))
    if image is None and text is None:
        return whole * min(price.text_in, price.image_in), whole * max(price.text_in, price.image_in)
    cached_image = detail(part, "cached_tokens_details", "cached_image_tokens") or 0
    cached_text = detail(part, "cached_tokens_details", "cached_text_tokens") or 0
    cost = (image or 0) * price.image_in - cached_image * (price.image_in - price.image_cached)
    cost += (text or 0) * price.text_in - cached_text * (price.text_in - price.text_cached)
    return cost, cost


def _text(part: Usage, price: Price) -> Range:
    cached = detail(part, "input_tokens_details", "cached_tokens") or 0
    cost = (tokens(part, "input_tokens") or 0) * price.text_in - cached * (price.text_in - price.text_cached)
    cost += (tokens(part, "output_tokens") or 0) * price.text_out
    return Range(low=cost / MILLION, high=cost / MILLION)
