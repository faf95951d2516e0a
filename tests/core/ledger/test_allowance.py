from datetime import UTC, datetime

from cpa_image_cli.core.errors import ExitStatus
from cpa_image_cli.core.ledger.allowance import UNLIMITED, Allowance, reached, used_up

NOW = datetime(2026, 5, 9, 14, 30, tzinfo=UTC)


def test_limits_look_back_an_hour_and_a_day() -> None:
    assert Allowance(per_hour=20, per_day=100).windows == ((20, 3600.0), (100, 86400.0))
    assert Allowance(per_day=0).windows == ((0, 86400.0),)
    assert (bool(UNLIMITED), bool(Allowance(per_hour=1))) == (False, True)


def test_a_limit_that_is_reached_says_when_it_opens() -> None:
    error = reached(opens_at=NOW.replace(hour=15), now=NOW)

    assert error.message == "your own limit of requests is reached; the next one may go at 15:30"
    assert error.exit_status is ExitStatus.LIMIT
    assert reached(opens_at=NOW.replace(day=10), now=NOW).message.endswith("at 2026-05-10 14:30")


def test_a_limit_of_one_command_says_how_many_it_were() -> None:
    assert used_up(1).message == "the one request is used up that --max-requests allows"
    assert used_up(1200).message == "the 1,200 requests are used up that --max-requests allows"
