import math
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpa_image_cli.core.failures import requested_wait

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
NAIVE = datetime(2026, 5, 4, 12, 0, 0)  # noqa: DTZ001 - a caller that forgot the zone

WORDS = {
    "Rate limit reached. Please try again in 12.5s. Visit https://example.org.": 12.5,
    "Please try again in 350ms.": 0.35,
    "Please try again in 15ms": 0.015,
    "Please try again in 12s.": 12.0,
    "Please try again in 1m5s.": 65.0,
    "Please try again in 1m2.639999999s.": 62.639999999,
    "Please try again in 6m0s.": 360.0,
    "Please try again in 7m12s.": 432.0,
    "Please try again in 2h3m.": 7380.0,
    "Please try again in 1d2h.": 93600.0,
    "Please try again in 1 minute and 5 seconds.": 65.0,
    "Please try again in 1 hour, 2 minutes, 3 seconds.": 3723.0,
    "Try again in 17 seconds": 17.0,
    "TRY AGAIN IN 17 SECONDS": 17.0,
    "Please  try\nagain in\t17 seconds": 17.0,
    "please slow down and try again after 51.84 seconds": 51.84,
    "Please retry in 34.9s.": 34.9,
    "Please retry in 34.900000000000006s.": 34.900000000000006,
    "retry after 0.0 seconds": 0.0,
    "retry after 500 milliseconds": 0.5,
    "请求过多 rate_limit: try again in 3s。": 3.0,
    "available again in 10 min": 600.0,
}

SILENT = [
    "",
    "Please try again later.",
    "try again in a moment",
    "try again in 5",
    "try again in 5 months",
    "try again in -5s",
    "try again in nan seconds",
    "try again in inf s",
    "try again in 1e400s",
    "try again in ５s",
    "try again in " + "9" * 5000 + "s",
    "try again in 99999999 days",
    "Limit 4000, Used 4000, Requested 1.",
    "we tried 3s ago",
]

HEADERS = [
    ({"retry-after-ms": "1500"}, 1.5),
    ({"retry-after-ms": "12.5", "retry-after": "9"}, 0.0125),
    ({"retry-after": "3"}, 3.0),
    ({"retry-after": " 2.5 "}, 2.5),
    ({"retry-after": "0"}, 0.0),
    ({"retry-after": "1m30s"}, 90.0),
    ({"retry-after": "Mon, 04 May 2026 12:00:42 GMT"}, 42.0),
    ({"retry-after": "Mon, 04 May 2026 14:00:42 +0200"}, 42.0),
    ({"retry-after": "Mon, 04 May 2026 12:00:42 -0000"}, 42.0),
    ({"retry-after": "Mon, 04 May 2026 11:00:00 GMT"}, 0.0),
    ({"x-ratelimit-reset-requests": "2m0s"}, 120.0),
    ({"x-ratelimit-reset-tokens": "3.5s"}, 3.5),
    ({"x-ratelimit-reset-tokens": "20ms"}, 0.02),
    ({"x-ratelimit-reset-requests": "20ms", "x-ratelimit-reset-tokens": "3.5s"}, 3.5),
    (
        {
            "x-ratelimit-reset-requests": "20ms",
            "x-ratelimit-remaining-requests": "0",
            "x-ratelimit-reset-tokens": "6m0s",
            "x-ratelimit-remaining-tokens": "3000",
        },
        0.02,
    ),
    ({"retry-after": "soon", "x-ratelimit-reset-tokens": "1s"}, 1.0),
]

FIELDS = [
    ({"resets_in_seconds": 13872, "resets_at": 1}, 13872.0),
    ({"resets_at": NOW.timestamp() + 90}, 90.0),
    ({"resets_at": str(int(NOW.timestamp()) + 90)}, 90.0),
    ({"resets_at": 1}, 0.0),
    ({"reset_time": "1m30s", "reset_seconds": 91}, 91.0),
    ({"reset_time": "1m30s"}, 90.0),
    ({"reset_seconds": "90"}, 90.0),
    ({"resets_in_seconds": None, "reset_seconds": 5}, 5.0),
]

HOSTILE = [
    math.nan,
    math.inf,
    -math.inf,
    -1,
    -0.5,
    10**400,
    1e300,
    True,
    False,
    None,
    "nan",
    "inf",
    "-1",
    "1e400",
    "1_000",
    "٣",
    "9" * 5000,
    [],
    {},
    ["5"],
    "5;5",
]


def evidence(
    *,
    headers: dict[str, str] | None = None,
    fields: dict[str, object] | None = None,
    message: str = "",
    limited: bool = True,
    now: datetime = NOW,
) -> requested_wait.Evidence:
    return requested_wait.Evidence(
        now=now, headers=headers or {}, fields=fields or {}, message=message, limited=limited
    )


@pytest.mark.parametrize(("message", "seconds"), WORDS.items())
def test_a_wait_is_read_from_the_words_of_a_message(message: str, seconds: float) -> None:
    assert requested_wait.named_wait(evidence(message=message)) == pytest.approx(seconds, abs=1e-12)


@pytest.mark.parametrize("message", SILENT)
def test_a_message_that_names_no_sensible_wait_names_none(message: str) -> None:
    assert requested_wait.named_wait(evidence(message=message)) is None


@pytest.mark.parametrize(("headers", "seconds"), HEADERS)
def test_a_wait_is_read_from_headers(headers: dict[str, str], seconds: float) -> None:
    assert requested_wait.named_wait(evidence(headers=headers)) == pytest.approx(seconds)


@pytest.mark.parametrize(("fields", "seconds"), FIELDS)
def test_a_wait_is_read_from_fields_of_the_body(fields: dict[str, object], seconds: float) -> None:
    assert requested_wait.named_wait(evidence(fields=fields)) == pytest.approx(seconds)


def test_what_a_header_says_comes_before_the_body_and_that_before_the_message_and_the_buckets() -> None:
    everything = {
        "headers": {"retry-after": "1", "x-ratelimit-reset-tokens": "4s"},
        "fields": {"reset_seconds": 2},
        "message": "try again in 3s",
    }

    assert requested_wait.named_wait(evidence(**everything)) == 1.0  # type: ignore[arg-type]
    assert requested_wait.named_wait(evidence(**{**everything, "headers": {"x-ratelimit-reset-tokens": "4s"}})) == 2.0  # type: ignore[arg-type]
    assert (
        requested_wait.named_wait(evidence(message="try again in 3s", headers={"x-ratelimit-reset-tokens": "4s"}))
        == 3.0
    )


def test_buckets_count_only_for_a_rate_limit_since_they_come_with_every_answer() -> None:
    headers = {"x-ratelimit-reset-tokens": "6m0s"}

    assert requested_wait.named_wait(evidence(headers=headers, limited=False)) is None


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("field", ["resets_in_seconds", "reset_seconds", "reset_time", "resets_at"])
def test_a_hostile_number_in_the_body_counts_as_not_said(field: str, value: object) -> None:
    assert requested_wait.named_wait(evidence(fields={field: value})) is None


@pytest.mark.parametrize("value", [str(value) if not isinstance(value, int) else "-1" for value in HOSTILE])
@pytest.mark.parametrize("name", ["retry-after-ms", "retry-after", "x-ratelimit-reset-requests"])
def test_a_hostile_number_in_a_header_counts_as_not_said(name: str, value: str) -> None:
    assert requested_wait.named_wait(evidence(headers={name: value})) is None


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 04 May 99999 12:00:42 GMT",
        "Mon, 99 May 2026 12:00:42 GMT",
        "Mon, 04 May 2026 12:00:42 +9999999999999",
        "GMT",
    ],
)
def test_an_impossible_date_counts_as_not_said(date: str) -> None:
    assert requested_wait.named_wait(evidence(headers={"retry-after": date})) is None


def test_a_date_beyond_all_reason_is_still_a_wait() -> None:
    never = {"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}

    assert requested_wait.named_wait(evidence(headers=never)) == requested_wait.LONGEST


def test_a_naive_clock_is_taken_for_utc() -> None:
    soon = {"retry-after": "Mon, 04 May 2026 12:00:42 GMT"}

    assert requested_wait.named_wait(evidence(headers=soon, now=NAIVE)) == 42.0
    assert requested_wait.named_wait(evidence(fields={"resets_at": NOW.timestamp() + 7}, now=NAIVE)) == 7.0


@pytest.mark.parametrize(
    "message",
    [
        "try again in " * 100_000,
        "try again in " + "1m" * 100_000,
        "try again in 1" + " " * 100_000 + "s",
        "try again in " + "1 m and " * 50_000,
        "retry after " + "0." * 100_000,
    ],
    ids=["phrase", "parts", "spaces", "ands", "dots"],
)
def test_no_message_keeps_its_reader_busy(message: str) -> None:
    # A grammar that went over such a message again and again would take hours, and this test with it.
    wait = requested_wait.in_message(message)

    assert wait is None or 0 <= wait < float("inf")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 s"),
        (0.015, "15 ms"),
        (0.9996, "1 s"),
        (2.4, "2.4 s"),
        (9.96, "10 s"),
        (12, "12 s"),
        (59.7, "1 min"),
        (65, "1 min 5 s"),
        (432, "7 min 12 s"),
        (3600, "1 h"),
        (13872, "3 h 51 min"),
        (529498, "6 d 3 h"),
    ],
)
def test_a_span_is_said_as_a_person_says_it(seconds: float, words: str) -> None:
    assert requested_wait.in_words(seconds) == words


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(derandomize=True, deadline=None)
@given(
    value=anything,
    text=st.text() | st.from_regex(r"(try again|retry) (in|after) [0-9.]{1,30} ?[a-z]{0,9}[0-9.]{0,9}[a-z]{0,3}"),
    header=st.text() | st.from_regex(r"[0-9.+-]{1,12}[a-z]{0,2}"),
)
def test_whatever_a_server_says_the_wait_is_a_sensible_number_or_none(value: object, text: str, header: str) -> None:
    fields = dict.fromkeys(("resets_in_seconds", "reset_seconds", "reset_time", "resets_at"), value)
    headers = dict.fromkeys(("retry-after-ms", "retry-after", "x-ratelimit-reset-tokens"), header)

    found = [
        requested_wait.named_wait(evidence(fields=fields)),
        requested_wait.named_wait(evidence(message=text)),
        requested_wait.named_wait(evidence(headers=headers)),
    ]

    for wait in found:
        assert wait is None or 0 <= wait <= requested_wait.LONGEST
        assert wait is None or re.fullmatch(
            r"[0-9.]+ (ms|s|min|h|d)( [0-9]+ (s|min|h))?", requested_wait.in_words(wait)
        )
