"""
Decides how long a gateway asks us to wait, in whatever grammar it says so.

To learn a new grammar, add its row to `GRAMMARS`, with what was seen as its example: that is its test. The first row
that finds a wait wins. The sentences of messages are in ``core.failures.wait_sentences``; what a number, a duration or
a moment means is decided in ``core.failures.spans``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.failures.spans import LONGEST, milliseconds, moment, number, span
from cpa_image_cli.core.failures.wait_sentences import SENTENCES_SEEN, in_message

_MOST_FIELDS = 500
"""Fields of an error that are looked at; the largest seen has about forty."""

_DEPTH = 6
"""Google nests its own five deep: error, details, entry, metadata, value."""


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


Example = Mapping[str, object]
"""The headers, fields or message of an `Evidence`, under that name."""

Finder = Callable[[Evidence], float | None]
_Reading = Callable[[object, datetime], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """
    One way to name a wait: *find* looks for it.

    *examples* are what it was made for, each with the seconds that are meant by it at noon of 4 May 2026, UTC.
    """

    find: Finder
    examples: tuple[tuple[Example, float], ...]


def named_wait(evidence: Evidence) -> float | None:
    """Return the wait that the gateway asked for, in seconds, or None if it named none."""
    for grammar in GRAMMARS:
        wait = grammar.find(evidence)
        if wait is not None and 0 <= wait <= LONGEST:
            return wait
    return None


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


def _header(name: str, read: _Reading, examples: Mapping[str, float]) -> Grammar:
    """Return the grammar of the header *name*, whose value *read* understands."""
    return Grammar(
        find=lambda evidence: read(evidence.headers.get(name), evidence.now),
        examples=tuple(({"headers": {name: value}}, seconds) for value, seconds in examples.items()),
    )


def _field(names: str, read: _Reading, *examples: tuple[Mapping[str, object], float]) -> Grammar:
    """Return the grammar of a field with one of *names*, in any spelling and depth, which *read* understands."""
    spelled = [_letters(name) for name in names.split()]

    def find(evidence: Evidence) -> float | None:
        fields = list(_all_fields(evidence.fields))
        values = (value for wanted in spelled for name, value in fields if name == wanted)
        waits = (read(value, evidence.now) for value in values)
        return next((wait for wait in waits if wait is not None), None)

    return Grammar(find=find, examples=tuple(({"fields": fields}, seconds) for fields, seconds in examples))


def empty_bucket(evidence: Evidence) -> float | None:
    """
    Read ``x-ratelimit-reset-requests`` and the like: of the buckets that are empty, the last to fill.

    A bucket counts as empty when its ``…-remaining`` says 0, and when nothing says which one is.
    """
    if not evidence.limited:
        return None
    resets = {remaining: wait for remaining, wait in _buckets(evidence) if wait is not None}
    empty = [wait for remaining, wait in resets.items() if number(evidence.headers.get(remaining)) == 0]
    return max(empty or resets.values(), default=None)


def used_window(evidence: Evidence) -> float | None:
    """Read ``x-codex-primary-reset-after-seconds``, and secondary, of the windows that are used up."""
    if not evidence.limited:
        return None
    waits = [
        wait
        for window in ("primary", "secondary")
        if (number(evidence.headers.get(f"x-codex-{window}-used-percent")) or 0) >= 100  # noqa: PLR2004 - per cent
        and (wait := number(evidence.headers.get(f"x-codex-{window}-reset-after-seconds"))) is not None
    ]
    return max(waits, default=None)


def _all_fields(value: object, depth: int = _DEPTH) -> Iterator[tuple[str, object]]:
    """Yield the name, in letters alone, and the value of each field in *value*, those at the top first."""
    layer, seen = [value], 0
    for _ in range(depth):
        below: list[object] = []
        for it in layer:
            if isinstance(it, Mapping):
                yield from ((_letters(str(name)), inner) for name, inner in it.items())
                below += it.values()
            elif isinstance(it, Sequence) and not isinstance(it, str):
                below += it
        seen += len(below)
        layer = below if seen <= _MOST_FIELDS else []


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name[:80].lower())


GRAMMARS: tuple[Grammar, ...] = (
    # The official SDK asks for this one first.
    _header("retry-after-ms", milliseconds, {"1500": 1.5, "12.5": 0.0125}),
    # Seconds or an HTTP date (RFC 9110); against it, but seen: a duration, a moment.
    _header(
        "retry-after",
        span,
        {
            "3": 3.0,
            " 2.5 ": 2.5,
            "1m30s": 90.0,
            "Mon, 04 May 2026 12:00:42 GMT": 42.0,
            "1777896042": 42.0,
            "2026-05-04T12:00:42Z": 42.0,
        },
    ),
    _field(
        # Of the Codex usage limit, and of CLIProxyAPI's model_cooldown.
        "resets_in_seconds reset_in_seconds reset_seconds reset_after_seconds retry_after_seconds wait_seconds",
        span,
        ({"resets_in_seconds": 13872}, 13872.0),
        ({"reset_seconds": "90"}, 90.0),
        ({"retryAfterSeconds": 12}, 12.0),
    ),
    _field(
        "retry_after_ms retry_after_milliseconds retry_in_ms reset_after_ms wait_ms",
        milliseconds,
        ({"retry_after_ms": 1500}, 1.5),
        ({"retryAfterMs": "250"}, 0.25),
    ),
    _field(
        "retry_after retry_delay retry_in quota_reset_delay reset_after reset_in cooldown wait_time",
        span,
        ({"retry_after": 30}, 30.0),
        ({"retryAfter": "30s"}, 30.0),
        ({"retry_delay": {"seconds": 34, "nanos": 500_000_000}}, 34.5),
        # Google's google.rpc.RetryInfo and ErrorInfo.
        ({"details": [{"@type": "type.example/google.rpc.RetryInfo", "retryDelay": "34.07s"}]}, 34.07),
        ({"details": [{"reason": "X"}, {"metadata": {"quotaResetDelay": "8639.5s"}}]}, 8639.5),
        ({"metadata": {"quotaResetDelay": "2h23m59.5s"}}, 8639.5),
    ),
    _field(
        # A duration in Go's spelling, or a moment.
        "reset_time",
        span,
        ({"reset_time": "1m30s"}, 90.0),
        ({"resetTime": "2026-05-04T12:00:42Z"}, 42.0),
    ),
    _field(
        "resets_at reset_at quota_reset_time_stamp quota_reset_timestamp reset_timestamp retry_at available_at"
        " unlock_at next_reset_time rate_limit_reset",
        moment,
        ({"resets_at": 1777896090}, 90.0),
        ({"resets_at": "1777896090"}, 90.0),
        ({"resetsAt": 1777896090000}, 90.0),
        ({"resets_at": 1}, 0.0),
        ({"reset_at": "2026-05-04T14:00:42+02:00"}, 42.0),
        ({"reset_at": "2026-05-04 12:00:42"}, 42.0),
        ({"metadata": {"quotaResetTimeStamp": "2026-05-04T12:00:42.123456789Z"}}, 42.123456),
    ),
    Grammar(
        find=lambda evidence: in_message(evidence.message, now=evidence.now),
        examples=tuple(({"message": message}, seconds) for message, seconds in SENTENCES_SEEN.items()),
    ),
    Grammar(
        find=empty_bucket,
        examples=(
            ({"headers": {"x-ratelimit-reset-requests": "2m0s"}}, 120.0),
            ({"headers": {"x-ratelimit-reset-requests": "20ms", "x-ratelimit-reset-tokens": "3.5s"}}, 3.5),
            ({"headers": {"x-ratelimit-reset": "1777896042"}}, 42.0),
            ({"headers": {"x-ratelimit-reset-after": "7"}}, 7.0),
            ({"headers": {"ratelimit-reset": "7"}}, 7.0),
            ({"headers": {"anthropic-ratelimit-tokens-reset": "2026-05-04T12:00:42Z"}}, 42.0),
        ),
    ),
    Grammar(
        find=used_window,
        examples=(
            (
                {
                    "headers": {
                        "x-codex-primary-used-percent": "100",
                        "x-codex-primary-reset-after-seconds": "600",
                        "x-codex-secondary-used-percent": "12",
                        "x-codex-secondary-reset-after-seconds": "90000",
                    }
                },
                600.0,
            ),
        ),
    ),
)
"""Every way to name a wait that is understood: headers, then fields of the body, then its words, then buckets."""


def _buckets(evidence: Evidence) -> Iterator[tuple[str, float | None]]:
    """Yield, for each bucket, the header that tells how much is left in it, and the seconds until it is full again."""
    for bucket in ("-requests", "-tokens", "-images", "", "-after"):
        wait = span(evidence.headers.get(f"x-ratelimit-reset{bucket}"), evidence.now)
        yield f"x-ratelimit-remaining{bucket.removesuffix('-after')}", wait
    yield "ratelimit-remaining", span(evidence.headers.get("ratelimit-reset"), evidence.now)
    for bucket in ("requests", "tokens", "input-tokens", "output-tokens"):
        name = f"anthropic-ratelimit-{bucket}"
        yield f"{name}-remaining", span(evidence.headers.get(f"{name}-reset"), evidence.now)
