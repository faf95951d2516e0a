"""One limit holds all jobs for a host and key, in every process; where nothing can be kept, it holds nobody."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpa_image_cli.adapters.ledger.holds import CoolDown
from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.job.cool_down import LEAVE_EVERY, LONGEST
from cpa_image_cli.core.job.retry import Retry

LIMITED = Failure(code=Code.RATE_LIMITED, message="too many", delay=30.0)
AGAIN = Retry(reason="r", wait=30.0)


@dataclass
class Clock:
    """The wall clock of everybody."""

    seconds: float = 1_790_000_000.0

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def job(path: Path, clock: Clock, scope: str = "s", *, asks_anyway: bool = False) -> CoolDown:
    return CoolDown(path, scope, now=clock, asks_anyway=asks_anyway)


def test_what_one_job_met_holds_the_others_and_they_leave_one_by_one(path: Path, clock: Clock) -> None:
    job(path, clock).met(LIMITED, AGAIN)

    turns = [job(path, clock).turn() for _ in range(3)]

    assert [turn and (turn.at - clock.seconds, turn.others) for turn in turns] == [
        (30.0, 0),
        (30.0 + LEAVE_EVERY, 1),
        (30.0 + 2 * LEAVE_EVERY, 2),
    ]
    assert job(path, clock, "another key").turn() is None
    assert job(path, clock, asks_anyway=True).turn() is None


def test_whose_turn_it_is_leaves_unless_the_limit_was_met_anew(path: Path, clock: Clock) -> None:
    job(path, clock).met(LIMITED, AGAIN)
    mine, other = job(path, clock), job(path, clock)
    first, second = mine.turn(), other.turn()
    assert first is not None
    assert second is not None

    clock.seconds = first.at
    assert mine.turn(first) is None
    mine.met(LIMITED, AGAIN)
    clock.seconds = second.at
    anew = other.turn(second)

    assert anew is not None
    assert anew.at == pytest.approx(first.at + 30.0)


def test_a_limit_that_is_over_holds_nobody(path: Path, clock: Clock) -> None:
    job(path, clock).met(LIMITED, AGAIN)
    clock.seconds += 30

    assert job(path, clock).turn() is None
    assert job(path, clock).turn() is None


def test_a_shorter_limit_does_not_shorten_a_longer_one(path: Path, clock: Clock) -> None:
    job(path, clock).met(LIMITED, AGAIN)
    job(path, clock).met(Failure(code=Code.OVERLOADED, message="busy"), Retry(reason="r", wait=2.0))

    turn = job(path, clock).turn()

    assert turn is not None
    assert turn.at == clock.seconds + 30


def test_a_limit_of_a_wrong_clock_holds_nobody(path: Path, clock: Clock) -> None:
    clock.seconds += 2 * LONGEST
    job(path, clock).met(LIMITED, AGAIN)
    clock.seconds -= 2 * LONGEST

    assert job(path, clock).turn() is None


def test_what_says_nothing_about_the_others_holds_nobody(path: Path, clock: Clock) -> None:
    job(path, clock).met(Failure(code=Code.MODERATION, message="m"), AGAIN)

    assert job(path, clock).turn() is None
    assert not path.exists()


def test_where_nothing_can_be_kept_nobody_is_held_and_nothing_fails(path: Path, clock: Clock) -> None:
    path.write_bytes(b"no database" * 1000)
    job(path, clock).met(LIMITED, AGAIN)

    assert job(path, clock).turn() is None
