"""
Decides how long a gateway asks us to wait, in whatever grammar it says so.

To learn a new grammar, add a function and its row in `GRAMMARS`; the first row that finds a wait wins. Everything here
comes from a server, so a number that is negative, not finite or absurd counts as not said at all.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

LONGEST = 366 * 86400.0
"""Seconds beyond which a number is taken for nonsense; plan windows of a week have been seen."""

_READ = 4096
"""Characters of a message that are searched."""

_UNITS: Mapping[str, float] = {
    "ms": 0.001,
    "millisecond": 0.001,
    "milliseconds": 0.001,
    "s": 1.0,
    "sec": 1.0,
    "secs": 1.0,
    "second": 1.0,
    "seconds": 1.0,
    "m": 60.0,
    "min": 60.0,
    "mins": 60.0,
    "minute": 60.0,
    "minutes": 60.0,
    "h": 3600.0,
    "hr": 3600.0,
    "hrs": 3600.0,
    "hour": 3600.0,
    "hours": 3600.0,
    "d": 86400.0,
    "day": 86400.0,
    "days": 86400.0,
}

# Every repetition is bounded, so that no text can make matching slow.
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,20})?"
_PART = rf"({_NUMBER})[ ]?({'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![a-z])"
_DURATION = rf"(?:{_PART})(?:[ ]?(?:,|and)?[ ]?(?:{_PART})){{0,4}}"
_IN_WORDS = re.compile(
    rf"(?:try|retry|available)(?: again)? (?:in|after) (?:about )?({_DURATION})", re.IGNORECASE | re.ASCII
)
_WHOLE_DURATION = re.compile(_DURATION, re.IGNORECASE | re.ASCII)
_PARTS = re.compile(_PART, re.IGNORECASE | re.ASCII)
_WHOLE_NUMBER = re.compile(r"[0-9]{1,11}(?:\.[0-9]{1,20})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """
    Everything in which a wait may be named.

    *headers* have lower-case names. *fields* are those of the error object and of what it is wrapped in.
    *limited* says whether the error is a rate limit: the ``x-ratelimit-*`` headers come with any answer.
    """

    now: datetime
    headers: Mapping[str, str]
    fields: Mapping[str, object]
    message: str
    limited: bool


def named_wait(evidence: Evidence) -> float | None:
    """Return the wait that the gateway asked for, in seconds, or None if it named none."""
    for grammar in GRAMMARS:
        wait = grammar(evidence)
        if wait is not None and 0 <= wait <= LONGEST:
            return wait
    return None


def retry_after_ms(evidence: Evidence) -> float | None:
    """Read ``retry-after-ms: 1500``, which the official SDK asks first."""
    milliseconds = _number(evidence.headers.get("retry-after-ms"))
    return None if milliseconds is None else milliseconds / 1000


def retry_after(evidence: Evidence) -> float | None:
    """Read ``Retry-After``: seconds, an HTTP date, or (against RFC 9110, but seen) a duration."""
    value = evidence.headers.get("retry-after")
    seconds = _seconds(value)
    return _until_http_date(value, evidence.now) if seconds is None else seconds


def resets_in_seconds(evidence: Evidence) -> float | None:
    """Read ``resets_in_seconds: 13872`` of the Codex usage limit."""
    return _seconds(evidence.fields.get("resets_in_seconds"))


def reset_seconds(evidence: Evidence) -> float | None:
    """Read ``reset_seconds: 90`` of CLIProxyAPI's ``model_cooldown``."""
    return _seconds(evidence.fields.get("reset_seconds"))


def reset_time(evidence: Evidence) -> float | None:
    """Read ``reset_time: "1m30s"``, the same in Go's spelling."""
    return _seconds(evidence.fields.get("reset_time"))


def resets_at(evidence: Evidence) -> float | None:
    """Read ``resets_at: 1777936568``, seconds since 1970; a moment in the past is no wait at all."""
    moment = _number(evidence.fields.get("resets_at"), longest=1e11)
    return None if moment is None else max(0.0, moment - _aware(evidence.now).timestamp())


def in_words_of_the_message(evidence: Evidence) -> float | None:
    """Read ``Please try again in 1m5s``, ``try again after 51.84 seconds``, ``retry in 34.9s``."""
    return in_message(evidence.message)


def empty_bucket(evidence: Evidence) -> float | None:
    """
    Read ``x-ratelimit-reset-requests`` and ``-tokens``: of the buckets that are empty, the last to fill.

    A bucket counts as empty when ``x-ratelimit-remaining-…`` says 0, and when nothing says which one is.
    """
    if not evidence.limited:
        return None
    resets = {bucket: wait for bucket, wait in _buckets(evidence.headers) if wait is not None}
    empty = [wait for bucket, wait in resets.items() if _is_empty(bucket, evidence.headers)]
    return max(empty or resets.values(), default=None)


GRAMMARS: tuple[Callable[[Evidence], float | None], ...] = (
    retry_after_ms,
    retry_after,
    resets_in_seconds,
    reset_seconds,
    reset_time,
    resets_at,
    in_words_of_the_message,
    empty_bucket,
)


def in_message(message: str) -> float | None:
    """Return the wait that the sentence *message* names, in seconds."""
    found = _IN_WORDS.search(" ".join(message[:_READ].split()))
    return _sum(found.group(1)) if found else None


def in_words(seconds: float) -> str:
    """Return *seconds* as a person says it: ``15 ms``, ``2.4 s``, ``1 min 5 s``, ``3 h 51 min``, ``6 d 3 h``."""
    if round(seconds, 3) < 1:
        return f"{seconds * 1000:.0f} ms" if seconds else "0 s"
    if round(seconds, 1) < 10:  # noqa: PLR2004 - below ten seconds a tenth is worth saying
        return f"{round(seconds, 1):g} s"
    whole = round(seconds)
    for unit, name, part, part_name in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= unit:
            rest = whole % unit // part
            return f"{whole // unit} {name} {rest} {part_name}" if rest else f"{whole // unit} {name}"
    return f"{whole} s"


def _buckets(headers: Mapping[str, str]) -> Iterator[tuple[str, float | None]]:
    for bucket in ("requests", "tokens"):
        yield bucket, _seconds(headers.get(f"x-ratelimit-reset-{bucket}"))


def _is_empty(bucket: str, headers: Mapping[str, str]) -> bool:
    return _number(headers.get(f"x-ratelimit-remaining-{bucket}")) == 0


def _seconds(value: object) -> float | None:
    """Read a number of seconds or a duration such as ``6m0s``."""
    seconds = _number(value)
    if seconds is None and isinstance(value, str) and _WHOLE_DURATION.fullmatch(value.strip()):
        return _sum(value)
    return seconds


def _number(value: object, *, longest: float = LONGEST * 1000) -> float | None:
    """Read a JSON number or a string of digits that is finite and not negative."""
    if isinstance(value, str):
        value = float(value) if _WHOLE_NUMBER.fullmatch(value := value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= longest:
        return None
    return float(value)


def _sum(duration: str) -> float:
    # fsum: the parts of 1m2.639999999s should not add noise of their own.
    return math.fsum(float(number) * _UNITS[unit.lower()] for number, unit in _PARTS.findall(duration))


def _until_http_date(value: str | None, now: datetime) -> float | None:
    # Imported here: it costs more than this whole module and is needed for a rare header.
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(value or "")
        # A number beyond LONGEST may be a Unix time by mistake. A date is what it says: do not come back today.
        return min(max(0.0, (_aware(moment) - _aware(now)).total_seconds()), LONGEST)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
