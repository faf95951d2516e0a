"""What programs are told of a run: whose it was, whether to try again, and what to do."""

from datetime import UTC, datetime, timedelta

import pytest

from cpa_image_cli.core.errors import Code, Failure, GatewayError, UsageError
from cpa_image_cli.core.failures.next_step import next_step
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.ledger.allowance import reached

STARTED = datetime(2026, 5, 9, 12, 0, tzinfo=UTC)


def ended(failure: Failure, *, run: str | None = "1sbp1z0q") -> Outcome:
    trouble = Trouble.of(GatewayError(failure))
    return Outcome(
        model="m", requested={}, attempts=1, elapsed_s=2.5, trouble=trouble, id=run, prompt="松鼠", started_at=STARTED
    )


def test_a_run_says_whose_it_was() -> None:
    told = ended(Failure(code=Code.REFUSED, message="no")).as_json()

    assert (told["id"], told["prompt"], told["started_at"]) == ("1sbp1z0q", "松鼠", "2026-05-09T12:00:00.000+00:00")


def test_a_run_that_could_not_begin_says_that_too() -> None:
    nothing = Outcome(model="", requested={}, attempts=0, elapsed_s=0.0, trouble=Trouble.of(UsageError("no")))

    told = nothing.as_json()

    assert (told["id"], told["prompt"], told["started_at"]) == (None, None, None)
    assert (told["error"]["retryable"], told["error"]["retry_after_s"], told["error"]["resets_at"]) == (
        False,
        None,
        None,
    )


def test_a_limit_says_when_it_opens() -> None:
    told = ended(Failure(code=Code.RATE_LIMITED, message="slow down", delay=90.0, status=429)).as_json()["error"]

    assert (told["retryable"], told["retry_after_s"]) == (True, 90.0)
    assert told["resets_at"] == "2026-05-09T12:01:32.500+00:00"
    assert told["next"] == "cpa-image history rerun 1sbp1z0q --json"


def test_a_limit_of_the_users_own_says_when_it_opens_too() -> None:
    error = reached(opens_at=STARTED + timedelta(minutes=20), now=STARTED)
    outcome = Outcome(
        model="m", requested={}, attempts=1, elapsed_s=0.0, trouble=Trouble.of(error), id=None, started_at=STARTED
    )

    told = outcome.as_json()["error"]

    assert (told["retryable"], told["retry_after_s"]) == (True, 1200.0)
    assert told["resets_at"] == "2026-05-09T12:20:00.000+00:00"


@pytest.mark.parametrize(
    ("failure", "retryable"),
    [
        (Failure(code=Code.OVERLOADED, message="busy", status=503), True),
        (Failure(code=Code.CONNECTION_FAILED, message="refused", sent=False), True),
        (Failure(code=Code.RATE_LIMITED, message="1000 images per day"), False),
        (Failure(code=Code.STREAM_BROKEN, message="cut"), False),
        (Failure(code=Code.MODERATION, message="no"), False),
        (Failure(code=Code.KEY_REJECTED, message="no", status=401), False),
    ],
    ids=lambda value: value.code.word if isinstance(value, Failure) else "",
)
def test_what_is_worth_trying_again_is_what_the_policy_would_repeat(failure: Failure, *, retryable: bool) -> None:
    assert ended(failure).as_json()["error"]["retryable"] is retryable


WORTH_IT, PAID = {"retryable": True, "may_have_billed": False}, {"retryable": False, "may_have_billed": True}
NEITHER = {"retryable": False, "may_have_billed": False}


@pytest.mark.parametrize(
    ("code", "run", "known", "told"),
    [
        (Code.STREAM_BROKEN, "1sbp1z0q", PAID, "cpa-image history show 1sbp1z0q --json"),
        (Code.STREAM_BROKEN, None, PAID, None),
        (Code.KEY_MISSING, None, NEITHER, "cpa-image doctor --json"),
        (Code.USAGE, None, NEITHER, "cpa-image generate --help"),
        (Code.OVERLOADED, "1sbp1z0q", WORTH_IT, "cpa-image history rerun 1sbp1z0q --json"),
        (Code.OVERLOADED, None, WORTH_IT, None),
        (Code.MODERATION, "1sbp1z0q", NEITHER, None),
    ],
)
def test_the_next_command_looks_first_where_it_may_have_cost_something(
    code: Code, run: str | None, known: dict[str, bool], told: str | None
) -> None:
    assert next_step(code, run=run, **known) == told
