import math
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpa_image_cli.core.failures import requested_wait
from cpa_image_cli.core.failures.wait_sentences import SENTENCES, SENTENCES_SEEN, in_message

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
NAIVE = datetime(2026, 5, 4, 12, 0, 0)  # noqa: DTZ001 - a caller that forgot the zone

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
    "请稍后重试",
    "请求将在 30 秒后超时",
    "请在 30 秒内重试",
    "第 3 天",
    "try again in a few minutes",
    "resets at 2026-05-04T12:00:42",
    "the request of 2026-05-04T12:00:42Z failed",
    "resets at 2026-99-99T12:00:42Z",
    "Limit 5h, Used 5h.",
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
    {"seconds": -1},
    {"seconds": 1, "nanos": "many"},
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


EXAMPLES = [(grammar, *example) for grammar in requested_wait.GRAMMARS for example in grammar.examples]


@pytest.mark.parametrize(("grammar", "example", "seconds"), EXAMPLES, ids=[repr(row[1])[:90] for row in EXAMPLES])
def test_a_grammar_reads_its_own_example_and_no_other_goes_before_it(
    grammar: requested_wait.Grammar, example: dict[str, Any], seconds: float
) -> None:
    said = evidence(**example)

    assert grammar.find(said) == pytest.approx(seconds, abs=1e-6)
    assert requested_wait.named_wait(said) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize("pattern", SENTENCES)
def test_each_sentence_has_an_example(pattern: str) -> None:
    assert any(re.search(pattern, said, re.IGNORECASE) for said in SENTENCES_SEEN)


@pytest.mark.parametrize("message", SILENT)
def test_a_message_that_names_no_sensible_wait_names_none(message: str) -> None:
    assert requested_wait.named_wait(evidence(message=message)) is None


def test_an_empty_bucket_goes_before_a_fuller_one_that_takes_longer() -> None:
    headers = {
        "x-ratelimit-reset-requests": "20ms",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-tokens": "6m0s",
        "x-ratelimit-remaining-tokens": "3000",
    }

    assert requested_wait.named_wait(evidence(headers=headers)) == 0.02


def test_what_cannot_be_read_leaves_the_word_to_the_next() -> None:
    assert requested_wait.named_wait(evidence(headers={"retry-after": "soon", "x-ratelimit-reset-tokens": "1s"})) == 1.0
    assert requested_wait.named_wait(evidence(fields={"retry_after": "soon", "reset_time": "7s"})) == 7.0
    assert requested_wait.named_wait(evidence(fields={"resets_in_seconds": None, "reset_seconds": 5})) == 5.0


def test_a_field_near_the_top_goes_before_one_below_and_a_flood_of_them_ends_the_search() -> None:
    below = {"metadata": {"retry_after": 9}}

    assert requested_wait.named_wait(evidence(fields={**below, "retry_after": 3})) == 3.0
    assert requested_wait.named_wait(evidence(fields={"flood": list(range(1000)), "deeper": [below]})) is None
    assert requested_wait.named_wait(evidence(fields={"a": {"b": {"c": {"d": {"e": {"f": below}}}}}})) is None


def test_a_moment_in_a_sentence_needs_to_know_what_time_it_is() -> None:
    assert in_message("Your quota resets at 2026-05-04T12:00:42Z") is None


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


def test_windows_count_only_for_a_rate_limit_and_only_when_they_are_used_up() -> None:
    window = {"x-codex-primary-used-percent": "99", "x-codex-primary-reset-after-seconds": "600"}
    used = {**window, "x-codex-primary-used-percent": "100"}

    assert requested_wait.named_wait(evidence(headers=window)) is None
    assert requested_wait.named_wait(evidence(headers=used, limited=False)) is None
    assert requested_wait.named_wait(evidence(headers=used | {"x-codex-primary-reset-after-seconds": "?"})) is None


def test_buckets_count_only_for_a_rate_limit_since_they_come_with_every_answer() -> None:
    headers = {"x-ratelimit-reset-tokens": "6m0s"}

    assert requested_wait.named_wait(evidence(headers=headers, limited=False)) is None


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("field", ["resets_in_seconds", "retry_after_ms", "retry_delay", "reset_time", "resets_at"])
def test_a_hostile_number_in_the_body_counts_as_not_said(field: str, value: object) -> None:
    assert requested_wait.named_wait(evidence(fields={field: value})) is None


@pytest.mark.parametrize("value", [str(value) if not isinstance(value, int) else "-1" for value in HOSTILE])
@pytest.mark.parametrize("name", ["retry-after-ms", "retry-after", "x-ratelimit-reset-requests"])
def test_a_hostile_number_in_a_header_counts_as_not_said(name: str, value: str) -> None:
    assert requested_wait.named_wait(evidence(headers={name: value})) is None


@pytest.mark.parametrize(
    "date",
    [
        "2026-13-04T12:00:42Z",
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
        "重置" * 100_000,
        "1秒" * 100_000,
        "until " * 100_000 + "2026-05-04",
    ],
    ids=["phrase", "parts", "spaces", "ands", "dots", "Chinese", "Chinese parts", "moments"],
)
def test_no_message_keeps_its_reader_busy(message: str) -> None:
    # A grammar that went over such a message again and again would take hours, and this test with it.
    wait = in_message(message, now=NOW)

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
    fields = dict.fromkeys(("resets_in_seconds", "retry_after_ms", "retry_delay", "reset_time", "resets_at"), value)
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
