"""
Decides what a piece of text or JSON means as a span of time: seconds, ``1m30s``, ``5 分钟``, a moment to wait for.

To learn another unit, add its spellings to `_UNITS`. Everything here comes from a server, so what is negative, not
finite or absurd counts as not said at all.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

LONGEST = 366 * 86400.0
"""Seconds beyond which a number is taken for nonsense; plan windows of a month have been seen."""

_UNITS: Mapping[str, float] = {
    spelling: seconds
    for seconds, spellings in (
        (0.001, "ms millisecond milliseconds 毫秒"),
        (1.0, "s sec secs second seconds 秒 秒钟 秒鐘"),
        (60.0, "m min mins minute minutes 分 分钟 分鐘"),
        (3600.0, "h hr hrs hour hours 小时 小時 个小时 個小時"),
        (86400.0, "d day days 天"),
        (604800.0, "w week weeks 周 週 星期"),
    )
    for spelling in spellings.split()
}

# Every repetition is bounded, so that no text can make matching slow.
NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,20})?"
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_PART = rf"{NUMBER}[ ]?(?:{_UNIT})(?![a-z])"
DURATION = rf"{_PART}(?:[ ]?(?:,|，|and|零)?[ ]?{_PART}){{0,4}}"
"""One or more numbers with units; a pattern without groups, for text in any case on one line."""

MOMENT = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?: ?(?:Z|UTC|GMT)(?![A-Z])| ?[+-][0-9]{2}:?[0-9]{2})"
)
"""A moment as RFC 3339 writes it, and as people do; never without its zone."""

_SPLIT = rf"({NUMBER})[ ]?({_UNIT})(?![a-z])"
_WHOLE_NUMBER = r"[0-9]{1,14}(?:\.[0-9]{1,20})?"
_WITHOUT_ZONE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}[0-9:.]{0,13}"
"""In a field that programs write it is UTC; in a sentence it might be anybody's."""
_HTTP_DATE = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? "
_FLAGS = re.IGNORECASE

_EARLIEST = 1e9
"""A number beyond is no wait of thirty years but a moment, in seconds since 1970 (this one is of 2001) …"""
_IN_MILLISECONDS = 1e11
"""… or from here on in milliseconds, as JavaScript counts."""


def span(value: object, now: datetime) -> float | None:
    """Read seconds, a duration (``6m0s``, ``{"seconds": 3, "nanos": 500000000}``), or the time until a moment."""
    if isinstance(value, Mapping):
        return _of_protobuf(value)
    seconds = number(value)
    if seconds is not None:
        return seconds if seconds < _EARLIEST else _since_1970(seconds, now)
    return _in_text(value, now) if isinstance(value, str) else None


def moment(value: object, now: datetime) -> float | None:
    """Read a moment, where any number is one; what has passed is no wait at all. Else as `span`."""
    since = number(value)
    return span(value, now) if since is None else _since_1970(since, now)


def milliseconds(value: object, now: datetime) -> float | None:
    """Read a number of milliseconds, or a duration that names its unit."""
    count = number(value)
    return span(value, now) if count is None else count / 1000


def number(value: object) -> float | None:
    """Read a JSON number or a string of digits that is finite and not negative."""
    if isinstance(value, str):
        value = float(value) if re.fullmatch(_WHOLE_NUMBER, value := value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:  # noqa: PLR2004 - absurd
        return None
    return float(value)


def total(duration: str) -> float:
    """Return the seconds of *duration*, which is a `DURATION`."""
    # fsum: the parts of 1m2.639999999s should not add noise of their own.
    return math.fsum(float(count) * _UNITS[unit.lower()] for count, unit in re.findall(_SPLIT, duration, _FLAGS))


def _of_protobuf(value: Mapping[object, object]) -> float | None:
    seconds, nanos = number(value.get("seconds", 0)), number(value.get("nanos", 0))
    is_one = "seconds" in value or "nanos" in value
    return seconds + nanos / 1e9 if is_one and seconds is not None and nanos is not None else None


def _since_1970(count: float, now: datetime) -> float:
    seconds = count if count < _IN_MILLISECONDS else count / 1000
    return max(0.0, seconds - _aware(now).timestamp())


def _in_text(text: str, now: datetime) -> float | None:
    text = text.strip()
    if re.fullmatch(DURATION, text, _FLAGS):
        return total(text)
    if re.fullmatch(MOMENT, text, _FLAGS) or re.fullmatch(_WITHOUT_ZONE, text, _FLAGS):
        return _until(text, now, read=_from_rfc_3339)
    if not re.match(_HTTP_DATE, text, _FLAGS):
        return None
    # Imported here: it costs more than this whole module and is needed for a rare header.
    from email.utils import parsedate_to_datetime

    return _until(text, now, read=parsedate_to_datetime)


def _from_rfc_3339(text: str) -> datetime:
    return datetime.fromisoformat(re.sub(r" ?(?:Z|UTC|GMT)$", "+00:00", text.upper()).replace(" +", "+"))


def _until(text: str, now: datetime, *, read: Callable[[str], datetime]) -> float | None:
    try:
        # A number beyond LONGEST is nonsense. A date is what it says: do not come back today.
        return min(max(0.0, (_aware(read(text)) - _aware(now)).total_seconds()), LONGEST)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)
