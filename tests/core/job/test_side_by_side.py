from itertools import count

import pytest

from cpa_image_cli.core.errors import Code, ExitStatus
from cpa_image_cli.core.job.side_by_side import Concurrency, status_of_all

OK, POLICY, LIMIT, SOME = ExitStatus.OK, ExitStatus.POLICY, ExitStatus.LIMIT, ExitStatus.SOME


def test_a_limit_halves_the_places_down_to_one() -> None:
    concurrency, clock, seen = Concurrency(8), count(1), []

    for _ in range(4):
        at = float(next(clock))
        concurrency.limited(began_at=at, at=at)
        seen.append(concurrency.now)

    assert seen == [4, 2, 1, 1]


def test_a_limit_that_many_met_at_once_counts_once() -> None:
    concurrency = Concurrency(8)

    for at in (5.0, 5.1, 5.2):
        concurrency.limited(began_at=1.0, at=at)

    assert concurrency.now == 4


def test_one_place_more_for_as_many_successes_as_there_are_places() -> None:
    concurrency, seen = Concurrency(4), []
    concurrency.limited(began_at=1.0, at=2.0)

    for _ in range(8):
        concurrency.succeeded()
        seen.append(concurrency.now)

    assert seen == [2, 3, 3, 3, 4, 4, 4, 4]


@pytest.mark.parametrize(
    ("statuses", "unbegun", "stop", "status"),
    [
        ([OK, OK], 0, None, OK),
        ([], 0, None, OK),
        ([OK, POLICY], 0, None, SOME),
        ([OK], 3, None, SOME),
        ([POLICY, POLICY], 0, None, POLICY),
        ([LIMIT], 9, None, LIMIT),
        ([POLICY, LIMIT], 0, None, SOME),
        ([OK, OK], 2, Code.INTERRUPTED, ExitStatus.INTERRUPTED),
        ([OK, OK], 0, Code.TERMINATED, ExitStatus.TERMINATED),
    ],
)
def test_many_end_as_one(statuses: list[ExitStatus], unbegun: int, stop: Code | None, status: ExitStatus) -> None:
    assert status_of_all(statuses, unbegun=unbegun, stop=stop) is status
