"""
Decides whether the user's own limits of requests let one more go, and if not, when they will.

They are limits of money: every request counts that may have left, from any process, retries and unknown ones included.
"""

from datetime import datetime, timedelta

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, CpaImageError

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How many requests the user allows in any 60 minutes and in any 24 hours; None is no limit."""

    per_hour: int | None = None
    per_day: int | None = None

    @property
    def windows(self) -> tuple[tuple[int, float], ...]:
        """Return each limit with the seconds it looks back."""
        limits = ((self.per_hour, HOUR), (self.per_day, DAY))
        return tuple((most, span.total_seconds()) for most, span in limits if most is not None)

    def __bool__(self) -> bool:
        return bool(self.windows)


UNLIMITED = Allowance()


def reached(*, opens_at: datetime, now: datetime) -> CpaImageError:
    """Return the error for a request that has to wait until *opens_at*; both are local times."""
    shown = f"{opens_at:%H:%M}" if opens_at.date() == now.date() else f"{opens_at:%Y-%m-%d %H:%M}"
    error = CpaImageError(
        f"your own limit of requests is reached; the next one may go at {shown}",
        code=Code.REQUEST_LIMIT,
        hint="`requests_per_hour` and `requests_per_day` in the configuration set it.",
    )
    error.retry_after_s = max(0.0, (opens_at - now).total_seconds())
    return error


def used_up(most: int) -> CpaImageError:
    """Return the error for a request beyond the *most* that ``--max-requests`` allows one command."""
    requests = "the one request is" if most == 1 else f"the {most:,} requests are"
    return CpaImageError(f"{requests} used up that --max-requests allows", code=Code.REQUEST_LIMIT)
