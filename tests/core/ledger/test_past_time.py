from datetime import datetime, timedelta, timezone

import pytest

from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.ledger.past_time import moment

HERE = timezone(timedelta(hours=8))
NOW = datetime(2026, 5, 9, 14, 30, 5, tzinfo=HERE)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("90s", "2026-05-09T14:28:35+08:00"),
        ("3h", "2026-05-09T11:30:05+08:00"),
        ("2d", "2026-05-07T14:30:05+08:00"),
        ("1w", "2026-05-02T14:30:05+08:00"),
        ("1d12h30m", "2026-05-08T02:00:05+08:00"),
        (" 2D ", "2026-05-07T14:30:05+08:00"),
        ("0d", "2026-05-09T14:30:05+08:00"),
        ("today", "2026-05-09T00:00:00"),
        ("yesterday", "2026-05-08T00:00:00"),
        ("2026-05-01", "2026-05-01T00:00:00"),
        ("2026-05-01T06:30", "2026-05-01T06:30:00"),
        ("2026-05-01 06:30", "2026-05-01T06:30:00"),
        ("2026-05-01T06:30z", "2026-05-01T06:30:00+00:00"),
    ],
)
def test_a_moment_is_a_span_before_now_or_a_date_where_one_is(text: str, named: str) -> None:
    assert moment(text, option="--since", now=NOW).isoformat() == named


@pytest.mark.parametrize(
    "text", ["", "2", "d", "-2d", "2 d", "2y", "2d ago", "2026-13-01", "1969-01-01", "0001-01-01", "999999999w", "两天"]
)
def test_what_is_no_moment_is_said_with_what_would_be_one(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        moment(text, option="--since", now=NOW)

    assert raised.value.message == f"--since {text!r} is no time"
    assert raised.value.hint == "Name a span such as 2d, 3h or 1w, or a day such as 2026-05-01 or yesterday."
