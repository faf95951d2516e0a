import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.failures import hints
from cpa_image_cli.core.job import retry
from cpa_image_cli.core.job.retry import GiveUp, Retry, RetryPolicy

DEFAULT = RetryPolicy()
BRAVE = RetryPolicy(retry_unknown=True)


def failure(
    code: Code,
    *,
    status: int | None = None,
    delay: float | None = None,
    sent: bool = True,
    upstream_code: str | None = None,
    message: str = "the gateway's words",
) -> Failure:
    return Failure(
        code=code,
        message=message,
        status=status,
        delay=delay,
        sent=sent,
        upstream_code=upstream_code,
        hint=hints.next_step(code, delay=delay, sent=sent),
    )


def decide(
    it: Failure, *, policy: RetryPolicy = DEFAULT, earlier: tuple[Failure, ...] = (), random: float = 0.0
) -> Retry | GiveUp:
    return policy.decide(it, attempt=len(earlier) + 1, earlier=earlier, random=random)


def test_a_limit_of_a_day_is_given_up_with_what_to_do() -> None:
    verdict = decide(failure(Code.RATE_LIMITED, message="Rate limit reached: 50 requests per day."))

    assert isinstance(verdict, GiveUp)
    assert "day" in verdict.reason
    assert "day" in (verdict.hint or "")


def course(it: Failure, *, policy: RetryPolicy = DEFAULT) -> list[float]:
    """Let the same failure come again and again; return the waits before the policy gives up."""
    waits: list[float] = []
    while isinstance(verdict := decide(it, policy=policy, earlier=(it,) * len(waits)), Retry):
        waits.append(verdict.wait)
        assert len(waits) < 100
    return waits


COURSES = [
    ("a named wait is kept", failure(Code.RATE_LIMITED, delay=12.0), DEFAULT, [12.0] * 4),
    ("a short named wait has a floor", failure(Code.RATE_LIMITED, delay=0.015), DEFAULT, [1.0] * 4),
    ("the longest named wait that is allowed", failure(Code.RATE_LIMITED, delay=60.0), DEFAULT, [60.0] * 4),
    ("a named wait above --max-wait", failure(Code.RATE_LIMITED, delay=60.1), DEFAULT, []),
    ("a limit without a wait", failure(Code.RATE_LIMITED), DEFAULT, [2.0, 4.0, 8.0, 16.0]),
    ("backing off is bounded", failure(Code.RATE_LIMITED), RetryPolicy(max_wait=5), [2.0, 4.0, 5.0, 5.0]),
    ("no wait allowed at all", failure(Code.RATE_LIMITED, delay=0.015), RetryPolicy(max_wait=0), []),
    ("a day's limit without a wait", failure(Code.RATE_LIMITED, message="on requests per day: Limit 50"), BRAVE, []),
    ("the same, abbreviated", failure(Code.RATE_LIMITED, message="Limit reached (TPD)"), DEFAULT, []),
    ("a day's limit with a wait", failure(Code.RATE_LIMITED, delay=8.64, message="per day"), DEFAULT, [8.64] * 4),
    (
        "a word that has it inside",
        failure(Code.RATE_LIMITED, message="on RPDX, per days"),
        DEFAULT,
        [2.0, 4.0, 8.0, 16.0],
    ),
    ("no retries allowed", failure(Code.RATE_LIMITED, delay=1.0), RetryPolicy(retries=0), []),
    ("a plan that is used up", failure(Code.USAGE_LIMIT, delay=3.0), BRAVE, []),
    ("quota", failure(Code.QUOTA), BRAVE, []),
    ("no tool", failure(Code.TOOL_UNAVAILABLE), DEFAULT, [1.0, 2.0, 4.0, 8.0]),
    ("no tool, two retries", failure(Code.TOOL_UNAVAILABLE), RetryPolicy(retries=2), [1.0, 2.0]),
    ("words with a live tool", failure(Code.TEXT_INSTEAD), DEFAULT, [1.0]),
    ("a failed call", failure(Code.IMAGE_CALL_FAILED), DEFAULT, [1.0]),
    ("nothing at all", failure(Code.NO_IMAGE), DEFAULT, [1.0]),
    ("a refusal", failure(Code.REFUSED), BRAVE, []),
    ("moderation", failure(Code.MODERATION, status=500), BRAVE, []),
    ("out of tokens", failure(Code.OUT_OF_TOKENS), BRAVE, []),
    ("no connection", failure(Code.CONNECTION_FAILED, sent=False), DEFAULT, [0.5, 1.0, 2.0, 4.0]),
    ("time ran out before it was sent", failure(Code.TIMEOUT, sent=False), DEFAULT, [0.5, 1.0, 2.0, 4.0]),
    ("the connection broke while sending", failure(Code.CONNECTION_LOST, sent=False), DEFAULT, [0.5, 1.0, 2.0, 4.0]),
    *(
        (f"HTTP {status}", failure(Code.SERVER_ERROR, status=status), DEFAULT, [2.0, 4.0])
        for status in (500, 502, 503, 520, 522)
    ),
    ("HTTP 529", failure(Code.OVERLOADED, status=529), DEFAULT, [2.0, 4.0]),
    ("overloaded in a stream", failure(Code.OVERLOADED), DEFAULT, [2.0, 4.0]),
    ("at capacity as 429", failure(Code.OVERLOADED, status=429), DEFAULT, [2.0, 4.0]),
    ("server_error in a stream", failure(Code.SERVER_ERROR, upstream_code="server_error"), DEFAULT, [2.0, 4.0]),
    (
        "server_error in a 400",
        failure(Code.SERVER_ERROR, status=400, upstream_code="server_error"),
        DEFAULT,
        [2.0, 4.0],
    ),
    ("a server that names a wait", failure(Code.SERVER_ERROR, status=503, delay=7.0), DEFAULT, [7.0, 7.0]),
    ("a server that names a long wait", failure(Code.SERVER_ERROR, status=503, delay=600.0), DEFAULT, []),
    ("one retry allowed", failure(Code.SERVER_ERROR, status=500), RetryPolicy(retries=1), [2.0]),
    ("HTTP 501", failure(Code.SERVER_ERROR, status=501), BRAVE, []),
    ("resting accounts", failure(Code.COOLING_DOWN, status=503), DEFAULT, [60.0]),
    ("resting accounts with a short hint", failure(Code.COOLING_DOWN, delay=5.0), DEFAULT, [60.0]),
    ("resting accounts, longer", failure(Code.COOLING_DOWN, delay=90.0), RetryPolicy(max_wait=100), [90.0]),
    ("resting accounts, no time", failure(Code.COOLING_DOWN), RetryPolicy(max_wait=59), []),
    *(
        (f"{code.word} that may have been billed", failure(code), policy, waits)
        for code in (
            Code.CONNECTION_LOST,
            Code.STREAM_BROKEN,
            Code.TIMEOUT,
            Code.GATEWAY_TIMEOUT,
            Code.IMAGE_DAMAGED,
            Code.PARTIAL_ONLY,
        )
        for policy, waits in ((DEFAULT, []), (BRAVE, [2.0, 4.0, 8.0, 16.0]))
    ),
    *(
        (f"{code.word} is final", failure(code), BRAVE, [])
        for code in (
            Code.BAD_REQUEST,
            Code.KEY_REJECTED,
            Code.UPSTREAM_LOGIN,
            Code.PERMISSION_DENIED,
            Code.ENDPOINT_NOT_FOUND,
            Code.MODEL_NOT_FOUND,
            Code.MODEL_UNSUITABLE,
            Code.NO_CREDENTIAL,
            Code.CHALLENGE,
            Code.REDIRECTED,
            Code.UNEXPECTED_ANSWER,
            Code.ANSWER_TOO_LARGE,
            Code.IMAGE_BY_URL,
        )
    ),
]


@pytest.mark.parametrize(("it", "policy", "waits"), [row[1:] for row in COURSES], ids=[row[0] for row in COURSES])
def test_each_failure_is_repeated_as_often_as_it_may_be(it: Failure, policy: RetryPolicy, waits: list[float]) -> None:
    assert course(it, policy=policy) == waits


def test_jitter_grows_with_the_attempts() -> None:
    it = failure(Code.RATE_LIMITED, delay=12.0)

    waits = [DEFAULT.decide(it, attempt=n, earlier=(it,) * (n - 1), random=0.5) for n in (1, 2, 3, 4)]

    reason = "rate limited; the gateway asked for 12 s"
    assert waits == [Retry(reason=reason, wait=wait, of=5) for wait in (12.25, 12.5, 12.75, 13.0)]


def test_the_minute_of_resting_accounts_has_no_jitter_since_it_is_the_longest_wait_allowed() -> None:
    verdict = decide(failure(Code.COOLING_DOWN, status=503), random=0.9)

    assert verdict == Retry(reason="the gateway rests its accounts for 1 min", wait=60.0, of=2)


@pytest.mark.parametrize(
    ("it", "earlier", "policy", "of"),
    [
        (failure(Code.TEXT_INSTEAD), 0, DEFAULT, 2),
        (failure(Code.SERVER_ERROR, status=502), 0, DEFAULT, 3),
        (failure(Code.SERVER_ERROR, status=502), 1, DEFAULT, 3),
        (failure(Code.SERVER_ERROR, status=502), 0, RetryPolicy(retries=1), 2),
        (failure(Code.RATE_LIMITED), 2, DEFAULT, 5),
        (failure(Code.TIMEOUT), 0, BRAVE, 5),
    ],
)
def test_it_is_known_how_many_attempts_there_are_at_most(
    it: Failure, earlier: int, policy: RetryPolicy, of: int
) -> None:
    verdict = decide(it, policy=policy, earlier=(it,) * earlier)

    assert isinstance(verdict, Retry)
    assert verdict.of == of


def test_a_way_that_is_wrong_in_itself_is_not_tried_again() -> None:
    wrong = replace(failure(Code.CONNECTION_FAILED, sent=False), is_permanent=True)

    assert course(wrong) == []
    assert course(failure(Code.PROXY_REFUSED, status=407), policy=BRAVE) == []


def test_kinds_are_counted_apart_and_their_sum_is_bounded_by_the_retries() -> None:
    limited = failure(Code.RATE_LIMITED, delay=1.0)
    server = failure(Code.SERVER_ERROR, status=502)
    overloaded = failure(Code.OVERLOADED, status=529)
    toolless = failure(Code.TOOL_UNAVAILABLE)

    assert isinstance(decide(server, earlier=(limited, toolless, limited)), Retry)
    assert isinstance(decide(server, earlier=(overloaded, limited)), Retry)
    assert isinstance(decide(server, earlier=(overloaded, server)), GiveUp)
    assert isinstance(decide(server, earlier=(limited, toolless, limited, limited)), GiveUp)


def test_a_model_that_first_talks_and_then_fails_has_had_its_second_chance() -> None:
    it = decide(failure(Code.IMAGE_CALL_FAILED), earlier=(failure(Code.TEXT_INSTEAD),))

    assert isinstance(it, GiveUp)


@pytest.mark.parametrize(
    ("it", "earlier", "policy", "expected"),
    [
        (
            failure(Code.RATE_LIMITED, delay=432.0),
            (),
            DEFAULT,
            GiveUp(
                reason="rate limited; the gateway asked for 7 min 12 s, longer than --max-wait allows (1 min)",
                hint="Try again in 7 min 12 s, or allow the wait with `--max-wait 432`.",
            ),
        ),
        (
            failure(Code.USAGE_LIMIT, delay=13872.0),
            (),
            DEFAULT,
            GiveUp(
                reason="another try would end the same way",
                hint="Wait until it resets in 3 h 51 min, or use another account.",
            ),
        ),
        (
            failure(Code.RATE_LIMITED),
            (failure(Code.RATE_LIMITED),) * 4,
            DEFAULT,
            GiveUp(
                reason="rate limited; the gateway named no wait; gave up after 5 attempts",
                hint="Try again later.",
            ),
        ),
        (
            failure(Code.RATE_LIMITED, delay=1.5),
            (failure(Code.RATE_LIMITED, delay=1.5),) * 4,
            DEFAULT,
            GiveUp(
                reason="rate limited; the gateway asked for 1.5 s; gave up after 5 attempts",
                hint="Try again in a few minutes, allow more than 5 attempts with `--retries`, or use another account.",
            ),
        ),
        (
            failure(Code.RATE_LIMITED),
            (),
            RetryPolicy(retries=0),
            GiveUp(reason="rate limited; the gateway named no wait; no retry was allowed", hint="Try again later."),
        ),
        (
            failure(Code.STREAM_BROKEN),
            (),
            DEFAULT,
            GiveUp(
                reason="not repeated, since it may have been billed",
                hint=(
                    "Look at the gateway's usage before you ask again."
                    " `--retry-unknown` repeats such a request all the same."
                ),
            ),
        ),
        (
            failure(Code.COOLING_DOWN),
            (),
            RetryPolicy(max_wait=30),
            GiveUp(
                reason="the gateway rests its accounts for 1 min, longer than --max-wait allows (30 s)",
                hint="Try again in 1 min, or allow the wait with `--max-wait 60`.",
            ),
        ),
        (
            failure(Code.SERVER_ERROR, status=502),
            (failure(Code.SERVER_ERROR, status=502),) * 2,
            DEFAULT,
            GiveUp(
                reason="HTTP 502 from the gateway; 2 retries are enough",
                hint="Try again in a few minutes; if it stays, give the trace id to the gateway's operator.",
            ),
        ),
        (
            failure(Code.TEXT_INSTEAD),
            (failure(Code.TEXT_INSTEAD),),
            DEFAULT,
            GiveUp(
                reason="the gateway's words; one retry is enough",
                hint="Read the model's words; say in the prompt that a picture is wanted, or try another model.",
            ),
        ),
    ],
)
def test_giving_up_says_why_and_what_to_do(
    it: Failure, earlier: tuple[Failure, ...], policy: RetryPolicy, expected: GiveUp
) -> None:
    assert decide(it, policy=policy, earlier=earlier) == expected


@pytest.mark.parametrize(
    ("it", "reason"),
    [
        (failure(Code.TOOL_UNAVAILABLE), "the image tool was missing; another of the gateway's accounts may have it"),
        (failure(Code.CONNECTION_FAILED), "the gateway's words"),
        (failure(Code.SERVER_ERROR, status=502), "HTTP 502 from the gateway"),
        (failure(Code.SERVER_ERROR, status=502, message="HTTP 502, a web page"), "HTTP 502, a web page"),
        (failure(Code.SERVER_ERROR), "the upstream reported an error of its own"),
        (failure(Code.OVERLOADED, status=529), "the gateway or its upstream is at capacity"),
        (failure(Code.TIMEOUT), "repeated as --retry-unknown allows, though it may have been billed"),
        (failure(Code.RATE_LIMITED, delay=0.015), "rate limited; the gateway asked for 15 ms"),
    ],
)
def test_a_retry_says_why_in_a_person_s_words(it: Failure, reason: str) -> None:
    verdict = decide(it, policy=BRAVE)

    assert isinstance(verdict, Retry)
    assert verdict.reason == reason


def test_the_last_rule_has_an_answer_to_everything() -> None:
    silent = [code for code in Code if not isinstance(decide(failure(code)), Retry | GiveUp)]

    assert silent == []
    assert len(retry.RULES) == len(set(retry.RULES))


failed = st.builds(
    failure,
    st.sampled_from(Code),
    status=st.none() | st.integers(400, 599),
    delay=st.none() | st.floats(0, 1e6),
    sent=st.booleans(),
)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(
    it=failed,
    earlier=st.lists(failed, max_size=6).map(tuple) | failed.map(lambda one: (one,) * 5000),
    retries=st.integers(-1, 10_000),
    max_wait=st.floats(0, 1e6),
    retry_unknown=st.booleans(),
    random=st.floats(0, 1, exclude_max=True),
)
def test_every_verdict_keeps_what_the_user_allows(
    *,
    it: Failure,
    earlier: tuple[Failure, ...],
    retries: int,
    max_wait: float,
    retry_unknown: bool,
    random: float,
) -> None:
    policy = RetryPolicy(retries=retries, max_wait=max_wait, retry_unknown=retry_unknown)

    verdict = decide(it, policy=policy, earlier=earlier, random=random)

    if isinstance(verdict, Retry):
        assert len(earlier) < retries
        assert math.isfinite(verdict.wait)
        assert 0 < verdict.wait <= max(max_wait, 1.0) + (len(earlier) + 1) / 2
        assert retry_unknown or not it.may_have_billed
        assert it.delay is None or verdict.wait >= it.delay
    assert verdict.reason
