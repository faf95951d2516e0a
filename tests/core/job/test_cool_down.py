from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.job.cool_down import (
    LEAVE_EVERY,
    LONGEST,
    Hold,
    Turn,
    hold_after,
    next_turn,
    scope_of,
    too_long,
)
from cpa_image_cli.core.job.image_options import ImageOptions
from cpa_image_cli.core.job.job import Identity, Job
from cpa_image_cli.core.job.retry import GiveUp, Retry
from cpa_image_cli.core.secret import Secret

NOW = 1_790_000_000.0
HOLD = Hold(until=NOW + 10, code=Code.RATE_LIMITED, message="too many requests")
JOB = Job(
    prompt="p",
    model="m",
    options=ImageOptions(),
    url="https://user:word@Gate.example:8443/v1/responses",
    gateway="g",
    identity=Identity(user_agent="a", version="1", originator="o", session_id="s"),
    key=Secret("sk-one"),
)
AGAIN = Retry(reason="r", wait=4.0)


@pytest.mark.parametrize(
    ("failure", "verdict", "seconds"),
    [
        (Failure(code=Code.RATE_LIMITED, message="m", delay=30.0), AGAIN, 30.0),
        (Failure(code=Code.RATE_LIMITED, message="m"), AGAIN, 4.0),
        (Failure(code=Code.USAGE_LIMIT, message="m", delay=7200.0), GiveUp(reason="r"), 7200.0),
        (Failure(code=Code.QUOTA, message="m"), GiveUp(reason="r"), None),
        (Failure(code=Code.RATE_LIMITED, message="m", delay=0.01), AGAIN, None),
        (Failure(code=Code.RATE_LIMITED, message="m", delay=1e9), AGAIN, LONGEST),
        (Failure(code=Code.MODERATION, message="m", delay=30.0), AGAIN, None),
        (Failure(code=Code.CONNECTION_FAILED, message="m"), AGAIN, None),
    ],
)
def test_what_says_something_about_the_gateway_holds_everybody(
    failure: Failure, verdict: Retry | GiveUp, seconds: float | None
) -> None:
    hold = hold_after(failure, verdict, now=NOW)

    assert (hold and hold.until - NOW) == (seconds and pytest.approx(seconds))


def test_one_leaves_when_it_opens_and_the_others_one_by_one() -> None:
    first = next_turn(HOLD, last=None, now=NOW)
    second = next_turn(HOLD, last=first, now=NOW)
    third = next_turn(HOLD, last=second, now=NOW + 10.2)

    assert (first, second, third) == (NOW + 10, NOW + 10 + LEAVE_EVERY, NOW + 10 + 2 * LEAVE_EVERY)


def test_nobody_is_held_once_the_last_has_left() -> None:
    assert next_turn(HOLD, last=None, now=NOW + 10) is None
    assert next_turn(HOLD, last=NOW + 11, now=NOW + 11) is None
    assert next_turn(HOLD, last=NOW + 11, now=NOW + 10.9) == NOW + 11 + LEAVE_EVERY
    # What was left of an earlier limit says nothing about this one.
    assert next_turn(HOLD, last=NOW - 50, now=NOW) == NOW + 10


def test_the_scope_is_host_and_key_and_tells_neither() -> None:
    scope = scope_of(JOB)

    assert len(scope) == 64
    assert scope == scope_of(replace(JOB, url="https://gate.example:8443/other", prompt="q", model="n"))
    others = {scope_of(replace(JOB, key=key)) for key in (Secret("sk-two"), None)}
    assert len({scope, *others, scope_of(replace(JOB, url="https://else.example/v1/responses"))}) == 4


def test_whoever_waits_is_told_why_and_with_whom() -> None:
    alone, two, three = (Turn(at=NOW, others=others, hold=HOLD).reason for others in (0, 1, 2))

    assert alone == "too many requests for now, as another request was told"
    assert two == f"{alone}; waiting with 1 other"
    assert three == f"{alone}; waiting with 2 others"


def test_a_wait_that_is_too_long_says_when_it_opens() -> None:
    at = datetime(2026, 5, 9, 14, 30, 5, tzinfo=UTC)

    soon = too_long(Turn(at=NOW + 10, others=0, hold=HOLD), now=NOW, opens_at=at)
    later = too_long(
        Turn(at=NOW, others=0, hold=replace(HOLD, until=NOW + 200_000)), now=NOW, opens_at=at.replace(day=11)
    )

    assert soon.message == "too many requests; another request was told so, and it opens at 14:30:05"
    assert (soon.code, soon.sent, soon.delay) == (Code.RATE_LIMITED, False, 10.0)
    assert later.message.endswith("it opens at 2026-05-11 14:30")
