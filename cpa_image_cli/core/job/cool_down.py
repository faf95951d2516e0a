"""
Decides whom a limit holds back, until when, and in which order they leave when it opens.

A limit that the gateway names, or a back-off of ours, holds every job for that host and key, in all processes of this
user: it was met by one, and the others would only meet it again. Times are Unix seconds, spans seconds.
"""

import hashlib
from datetime import datetime
from urllib.parse import urlsplit

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.job.job import Job
from cpa_image_cli.core.job.retry import GiveUp, Retry
from cpa_image_cli.core.text import one_line

LEAVE_EVERY = 0.5
"""Seconds between two jobs that leave when a limit opens: the first of them shows whether it did."""

_DAY = 86_400.0

LONGEST = 31 * _DAY
"""No hold lasts longer than the longest window there is: a wrong clock must not stop anybody for good."""

HARDLY = 0.05
"""Seconds for which nobody is held back: two clocks may differ by as much."""

_SHARED = frozenset({Code.RATE_LIMITED, Code.USAGE_LIMIT, Code.QUOTA, Code.COOLING_DOWN, Code.OVERLOADED})
"""Failures that say something about the gateway and the key, and not about one request."""

_LONGEST_MESSAGE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Nobody asks before *until*, because of a failure with *code* and *message*."""

    until: float
    code: Code
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A job may leave at *at*, with *others* waiting beside it, since *hold* is on or they are still leaving."""

    at: float
    others: int
    hold: Hold

    @property
    def reason(self) -> str:
        """Return what a person is told while it waits."""
        company = f"; waiting with {self.others} {'other' if self.others == 1 else 'others'}" if self.others else ""
        return f"{self.hold.code.meaning}, as another request was told{company}"


def scope_of(job: Job) -> str:
    """Return what the jobs have in common that one limit holds: a hash of host and key, which tells neither."""
    host = urlsplit(job.url).netloc.rpartition("@")[2].lower()
    return job.key.digest(host) if job.key is not None else hashlib.sha256(host.encode()).hexdigest()


def hold_after(failure: Failure, verdict: Retry | GiveUp, *, now: float) -> Hold | None:
    """Return the hold that *failure* puts on everybody, of which *verdict* was reached; None if it puts none."""
    if failure.code not in _SHARED:
        return None
    wait = failure.delay if failure.delay is not None else verdict.wait if isinstance(verdict, Retry) else None
    if wait is None or wait <= HARDLY:
        return None
    message = one_line(failure.message, limit=_LONGEST_MESSAGE)
    return Hold(until=now + min(wait, LONGEST), code=failure.code, message=message)


def next_turn(hold: Hold, *, last: float | None, now: float) -> float | None:
    """Return when one more may leave whose predecessor leaves at *last*; None if nothing holds it back any more."""
    after = hold.until if last is None or last < hold.until - HARDLY else last + LEAVE_EVERY
    is_over = hold.until <= now + HARDLY and (last is None or last <= now)
    return None if is_over else max(after, now)


def too_long(turn: Turn, *, now: float, opens_at: datetime) -> Failure:
    """Return the failure of a job that would have to wait too long for *turn*; *opens_at* is in local time."""
    shown = f"{opens_at:%H:%M:%S}" if turn.hold.until - now < _DAY else f"{opens_at:%Y-%m-%d %H:%M}"
    return Failure(
        code=turn.hold.code,
        message=f"{turn.hold.message}; another request was told so, and it opens at {shown}",
        delay=max(0.0, turn.hold.until - now),
        hint="Nothing was sent. --max-wait waits longer; --ask-anyway asks all the same.",
        sent=False,
    )
