"""
Decides what is said of a mask: how much of the picture it opens, and how well it was obeyed.

Shares are fractions from 0 to 1, and count half-transparent pixels by their alpha. How a mask is read, sent, measured
and blended is decided in ``adapters/pictures/inputs``.
"""

from typing import TYPE_CHECKING

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.wire.body import Source

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.result import MaskObject

IGNORED_FROM = 0.05
"""Share of the pixels outside a mask that, if more of them changed, say that nobody heeded it."""

MARKED_IN_RED = (
    "Image {number} is Image 1 with the area to change marked in red. Change nothing outside that area; keep position,"
    " scale and framing exactly; do not reproduce the red."
)
"""What goes with a marked copy, for a gateway that takes no mask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputMask:
    """A mask that may be sent: *content* is a PNG, its alpha 0 where the picture may change, a share of *opened*."""

    shown: str
    content: Source
    opened: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Obedience:
    """What became of a mask: the share *opened*, and the share of the rest that changed; None if it is not known."""

    opened: float
    changed_outside: float | None = None

    def as_json(self) -> "MaskObject":
        """Return what programs get."""
        changed = self.changed_outside
        return {
            "opened": round(self.opened, 4),
            "changed_outside": None if changed is None else round(changed, 4),
        }


def percent(share: float) -> str:
    """Return *share* for a person, never rounded to nothing or to all that is not."""
    if 0 < share < 0.01:  # noqa: PLR2004 - one percent
        return "less than 1 %"
    if 0.99 < share < 1:  # noqa: PLR2004
        return "more than 99 %"
    return f"{share * 100:.0f} %"


def opening(mask: InputMask) -> Notice:
    """Say how much of the picture *mask* opens."""
    if mask.opened >= 1:
        words = f"the mask opens all of the picture; {mask.shown} keeps nothing"
        return Notice(code="mask_opens_all", message=words)
    return Notice(code="mask_opens", message=f"the mask opens {percent(mask.opened)} of the picture")


def obeyed(result: Obedience) -> Notice | None:
    """Say whether the mask was heeded, if that was measured."""
    changed = result.changed_outside
    if changed is None:
        return None
    if changed > IGNORED_FROM:
        words = f"{percent(changed)} changed outside your mask: the gateway ignored it"
        return Notice(code="mask_ignored", message=words)
    words = f"{percent(changed)} changed outside your mask"
    return Notice(code="mask_obeyed", message=words)
