"""
What a gateway does while it answers, as plain steps: send, rest, break off.

Whoever builds an `Exchange` touches neither a socket nor a clock; ``connection`` carries the steps out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.sandbox.language.payload import Text
from cpa_image_cli.sandbox.language.replies import How, Trickle


@dataclass(frozen=True, slots=True)
class Send:
    """These bytes leave."""

    text: Text


@dataclass(frozen=True, slots=True)
class Rest:
    """Time passes: *share* of the whole generation, and *seconds* on top."""

    share: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Break:
    """It is over, in this way."""

    how: How


Step = Send | Rest | Break


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What one request is answered. *length* is the promised length in bytes; None means chunks."""

    status: int
    steps: Iterable[Step]
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    trickle: Trickle | None = None


def joined(segments: list[Text]) -> Text:
    """Return the pieces of all *segments*."""
    return [piece for segment in segments for piece in segment]


def cut_inside(picture: Text) -> Text:
    """Return the first half of *picture*."""
    whole = b"".join(picture)
    return [whole[: len(whole) // 2]]


ENDLESS_PAUSE = 0.005
"""Seconds between two signs of life of an answer that never ends."""


def endless(sign: bytes) -> Iterator[Step]:
    """Yield *sign* again and again."""
    while True:
        yield Send([sign])
        yield Rest(seconds=ENDLESS_PAUSE)
