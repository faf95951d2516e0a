"""
Decides how a person names a moment in the past: ``2d``, ``1h30m``, ``2026-05-01``, ``yesterday``.

To add a unit, add a row to `UNITS`; to add a word, one to `WORDS`.
"""

import re
from datetime import datetime, timedelta

from cpa_image_cli.core.errors import UsageError

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
"""Letters of a span, and their seconds."""

WORDS = {"today": 0, "yesterday": 1}
"""Days that have a name, and how many midnights ago they began, the last one not counted."""

EARLIEST = 1970
"""Operating systems know no time zones before the end of this year."""

_SPAN = re.compile(r"(?:\d{1,9}[smhdw])+")
_PART = re.compile(r"(\d+)([smhdw])")


def moment(text: str, *, option: str, now: datetime) -> datetime:
    """
    Return the moment that *text* names: so long before *now*, or the beginning of a day.

    *now* is in local time. Without a time zone the answer is local time too; call ``astimezone()`` on it.
    Raises: UsageError, which names *option*.
    """
    word = text.strip().lower()
    try:
        if word in WORDS:
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
            return midnight - timedelta(days=WORDS[word])
        if _SPAN.fullmatch(word):
            return now - timedelta(seconds=sum(int(count) * UNITS[unit] for count, unit in _PART.findall(word)))
        return _not_before_unix(datetime.fromisoformat(word.upper()))
    except (ValueError, OverflowError):
        raise UsageError(
            f"{option} {text!r} is no time",
            hint="Name a span such as 2d, 3h or 1w, or a day such as 2026-05-01 or yesterday.",
        ) from None


def _not_before_unix(found: datetime) -> datetime:
    if found.year <= EARLIEST:
        raise ValueError(found)
    return found
