"""
Decides how jobs go on side by side: how many send at once, which failure ends them all, and what they came to together.

A gateway's limit is shared by all of them, so it is answered together: half as many places, and one more again after
as many successes as there are places.
"""

from collections.abc import Iterable

from cpa_image_cli.core.errors import Code, ExitStatus

USUAL = 2
"""Jobs at a time unless somebody says otherwise."""

MOST = 32

MOST_OF_ONE = 100
"""Pictures that one order may ask for."""

SPACING = 0.5
"""Seconds between the starts of the first ones, so that a gateway does not meet them all at once."""

LIMITS = frozenset({Code.RATE_LIMITED, Code.COOLING_DOWN})
"""Failures that say there were too many at once."""

MEETS_ALL = frozenset(
    {
        Code.BASE_URL_MISSING,
        Code.BASE_URL_INVALID,
        Code.KEY_MISSING,
        Code.KEY_COMMAND_FAILED,
        Code.ENDPOINT_NOT_FOUND,
        Code.MODEL_NOT_FOUND,
        Code.MODEL_UNSUITABLE,
        Code.NO_CREDENTIAL,
        Code.KEY_REJECTED,
        Code.UPSTREAM_LOGIN,
        Code.PERMISSION_DENIED,
        Code.USAGE_LIMIT,
        Code.QUOTA,
        Code.REQUEST_LIMIT,
        Code.REDIRECTED,
        Code.CHALLENGE,
    }
)
"""Failures that every other job would meet as well: no more are begun after one of them."""


class Concurrency:
    """How many may send at once: at most *most*, and as many as the gateway bears. Moments are of one clock."""

    def __init__(self, most: int) -> None:
        self.now = most
        self._most = most
        self._successes = 0
        self._halved_at = float("-inf")

    def limited(self, *, began_at: float, at: float) -> None:
        """Note that an attempt which *began_at* met a limit *at* this moment; one limit that many met counts once."""
        if began_at <= self._halved_at:
            return
        self.now = max(1, self.now // 2)
        self._successes = 0
        self._halved_at = at

    def succeeded(self) -> None:
        """Note that an attempt brought a picture."""
        self._successes += 1
        if self._successes >= self.now and self.now < self._most:
            self.now += 1
            self._successes = 0


def status_of_all(statuses: Iterable[ExitStatus], *, unbegun: int = 0, stop: Code | None = None) -> ExitStatus:
    """
    Return how a command ends whose jobs ended with *statuses*, while *unbegun* others were not begun.

    *stop* is what a person or the system stopped it with.
    """
    seen = list(statuses)
    if stop is not None:
        return stop.exit_status
    failed = {status for status in seen if status is not ExitStatus.OK}
    if not failed and not unbegun:
        return ExitStatus.OK
    nothing_made = ExitStatus.OK not in seen
    return failed.pop() if nothing_made and len(failed) == 1 else ExitStatus.SOME
