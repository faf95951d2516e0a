import threading

import pytest

from cpa_image_cli.core.errors import Code, CpaImageError, Failure
from cpa_image_cli.engine.many.turns import Turn, Turns


def began(turn: Turn) -> threading.Thread:
    thread = threading.Thread(target=turn.take, daemon=True)
    thread.start()
    return thread


def test_who_finds_no_place_waits_until_somebody_leaves_one() -> None:
    turns = Turns(1, clock=lambda: 0.0)
    first, second = turns.turn(), turns.turn()
    first.take()

    waiting = began(second)
    first.give_back(None)
    waiting.join(10)

    assert (waiting.is_alive(), turns.taken) == (False, 1)


def test_who_was_withdrawn_gets_no_place_even_if_there_is_one() -> None:
    turn = Turns(1, clock=lambda: 0.0).turn()
    turn.withdraw()

    with pytest.raises(CpaImageError) as stopped:
        turn.take()

    assert stopped.value.code is Code.INTERRUPTED


def test_a_rate_limit_takes_half_of_the_places_away() -> None:
    moments = iter([1.0, 2.0])
    turns = Turns(4, clock=lambda: next(moments))
    turn = turns.turn()

    turn.take()
    turn.give_back(Failure(code=Code.RATE_LIMITED, message="slow down"))

    assert turns.places == 2


def test_another_failure_takes_none_away() -> None:
    turns = Turns(4, clock=lambda: 1.0)
    turn = turns.turn()

    turn.take()
    turn.give_back(Failure(code=Code.MODERATION, message="no"))

    assert turns.places == 4
