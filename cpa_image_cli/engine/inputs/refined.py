"""What may be made of a picture between its verification and its name; who makes it is handed in."""

from collections.abc import Callable

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.mask import Obedience
from cpa_image_cli.engine.answer_intake import VerifiedPicture


@dataclass(frozen=True, slots=True, kw_only=True)
class Refined:
    """What was found out about a picture, and the *blended* one that goes in its place, if there is one."""

    obedience: Obedience | None = None
    blended: VerifiedPicture | None = None
    notices: tuple[Notice, ...] = ()


Refine = Callable[[VerifiedPicture], Refined]


def as_it_came(held: VerifiedPicture) -> Refined:
    """Return that nothing is to be done with *held*."""
    del held
    return Refined()
