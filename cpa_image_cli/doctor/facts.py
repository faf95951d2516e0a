"""What an examination finds on its way: each step's result as a value."""

import itertools
from datetime import datetime

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.gateway.calls import Answer
from cpa_image_cli.core.gateway.way import Way
from cpa_image_cli.core.job.events import JobEvent, RequestSent
from cpa_image_cli.core.job.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where connections go: the gateway, or the proxy before it."""

    host: str
    port: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer to what was asked on *way*, how many *seconds* it took, and when, by our clock, it was on its way."""

    way: Way
    answer: Answer
    seconds: float
    at: datetime

    @property
    def is_page(self) -> bool:
        """Whether a web page came."""
        return self.answer.body[:512].lstrip().lower().startswith((b"<!doctype html", b"<html"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A connection that came about in *seconds*; *dead* are addresses that every connection tries before it."""

    address: str
    seconds: float
    dead: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """How a generation went: its outcome, and every event with the reading of the clock at which it came."""

    outcome: Outcome
    events: tuple[tuple[float, JobEvent], ...]

    @property
    def sent_at(self) -> float | None:
        """Return when the request had left; None if it never did."""
        return next((at for at, event in self.events if isinstance(event, RequestSent)), None)

    def since_sent(self, *kinds: type[JobEvent]) -> float | None:
        """Return the seconds from the request to the first event of *kinds*."""
        sent_at = self.sent_at
        came_at = next((at for at, event in self.events if isinstance(event, kinds)), None)
        return None if sent_at is None or came_at is None else came_at - sent_at

    @property
    def longest_silence(self) -> float:
        """Return the longest time in seconds, from the request on, in which nothing came."""
        sent_at = self.sent_at
        times = [at for at, _ in self.events if sent_at is not None and at >= sent_at]
        return max((later - earlier for earlier, later in itertools.pairwise(times)), default=0.0)
