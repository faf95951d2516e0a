"""Many plans side by side: how many at once, what ends them, and what is left when somebody stops it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.errors import Code, OutputError, UsageError
from cpa_image_cli.core.job.events import AttemptStarted, JobEvent
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.engine.batch import Batch, Made
from cpa_image_cli.engine.making import Nobody
from cpa_image_cli.engine.many.several import plans_of, refused
from cpa_image_cli.engine.plan import Claim, Plan
from cpa_image_cli.engine.workshop import Workshop
from cpa_image_cli.process.signals import SIGNALS
from tests.engine.conftest import Home

FOUR = Order(prompt="一只松鼠", scenario="ok", destination="squirrel.png", overrides={"size": "64x64"}, count=4)


class Onlooker(Nobody):
    """Remembers what it is told, and how many were under way at most; *on* does something at an event."""

    def __init__(self, on: Callable[[JobEvent], None] = lambda _: None) -> None:
        self.outcomes: list[tuple[int, Outcome]] = []
        self.endings: list[tuple[Code, int]] = []
        self.most = 0
        self.begun: list[int] = []
        self._on = on

    def handle(self, event: JobEvent) -> None:
        if isinstance(event, AttemptStarted):
            self.begun.append(event.job)
            self.most = max(self.most, len(self.begun) - len(self.outcomes))
        self._on(event)

    def ended(self, plan: Plan, outcome: Outcome) -> None:
        self.outcomes.append((plan.whose.n, outcome))

    def ending(self, code: Code, *, under_way: int) -> None:
        self.endings.append((code, under_way))


def made(plans: tuple[Plan, ...], workshop: Workshop, onlooker: Onlooker, *, most: int = 2) -> Made:
    return Batch(plans, workshop.around, most=most, view=onlooker, spacing=0.0).run()


def test_each_picture_of_an_order_is_a_request_with_a_session_and_a_name_of_its_own(workshop: Workshop) -> None:
    plans = plans_of(FOUR, workshop)

    assert [plan.job.identity.session_id for plan in plans] == [f"test-session-p{n}" for n in (1, 2, 3, 4)]
    assert [plan.target.path.name for plan in plans] == [f"squirrel-{n}.png" for n in (1, 2, 3, 4)]  # type: ignore[union-attr]
    assert [(plan.whose.job, plan.whose.n, plan.whose.row) for plan in plans] == [(n, n, None) for n in (1, 2, 3, 4)]


def test_a_session_that_the_user_set_is_that_of_all(workshop: Workshop) -> None:
    order = replace(FOUR, overrides={"session_id": "mine"})

    assert {plan.job.identity.session_id for plan in plans_of(order, workshop)} == {"mine"}


def test_a_number_goes_where_the_destination_says(workshop: Workshop) -> None:
    plans = plans_of(replace(FOUR, count=2, destination="album/{n:02}.png"), workshop)

    assert [str(plan.target.path)[-12:] for plan in plans] == ["album/01.png", "album/02.png"]  # type: ignore[union-attr]


def test_generated_names_are_numbered_too(workshop: Workshop) -> None:
    plans = plans_of(replace(FOUR, count=2, destination="album/"), workshop)

    stems = [plan.target.name.stem(1) for plan in plans]  # type: ignore[union-attr]
    assert [stem.rpartition("-")[2] for stem in stems] == ["1", "2"]
    assert stems[0].rpartition("-")[0] == stems[1].rpartition("-")[0]


@pytest.mark.parametrize("count", [0, 101])
def test_a_count_that_is_none_is_refused(workshop: Workshop, count: int) -> None:
    with pytest.raises(UsageError, match="from 1 to 100"):
        plans_of(replace(FOUR, count=count), workshop)


def test_one_stream_takes_one_picture(home: Home) -> None:
    around = replace(home.around(), stdout=open("/dev/null", "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    with around.stdout, Workshop(around) as workshop, pytest.raises(UsageError, match="takes one picture"):
        plans_of(replace(FOUR, destination="-"), workshop)


def test_what_is_taken_and_what_is_wanted_twice_is_known_before_anything_is_sent(
    home: Home, workshop: Workshop
) -> None:
    plans = plans_of(FOUR, workshop)
    (home.folder / "work" / "squirrel-2.png").write_bytes(b"")

    found = list(refused([*plans, plans[0]]))

    assert [(plan.whose.n, type(error)) for plan, error in found] == [(2, OutputError), (1, UsageError)]


def test_all_are_made_and_no_more_at_a_time_than_allowed(home: Home, workshop: Workshop) -> None:
    onlooker = Onlooker()

    result = made(plans_of(FOUR, workshop), workshop, onlooker)

    assert {number: outcome.ok for number, outcome in result.outcomes.items()} == dict.fromkeys((1, 2, 3, 4), True)
    assert sorted(path.name for path in (home.folder / "work").iterdir()) == [f"squirrel-{n}.png" for n in (1, 2, 3, 4)]
    assert onlooker.most == 2
    assert len(History(home.directories.history_file).recent(9)) == 4


def test_one_failure_is_that_pictures_alone(workshop: Workshop) -> None:
    good, bad = plans_of(replace(FOUR, count=2), workshop), workshop.plan(replace(FOUR, scenario="moderation"))
    plans = (good[0], replace(bad, whose=replace(bad.whose, job=9)), good[1])

    result = made(plans, workshop, Onlooker())

    assert {number: outcome.ok for number, outcome in result.outcomes.items()} == {1: True, 9: False, 2: True}
    assert result.met is None


def test_a_failure_that_all_would_meet_begins_no_more(workshop: Workshop) -> None:
    onlooker = Onlooker()

    result = made(plans_of(replace(FOUR, scenario="bad-key"), workshop), workshop, onlooker, most=1)

    assert [number for number, _ in onlooker.outcomes] == [1]
    assert result.met is not None
    assert onlooker.endings == [(Code.KEY_REJECTED, 0)]


def test_a_place_that_cannot_be_had_is_that_pictures_trouble(home: Home, workshop: Workshop) -> None:
    plans = plans_of(replace(FOUR, count=2), workshop)
    (home.folder / "work" / "squirrel-1.png").write_bytes(b"")

    result = made(plans, workshop, Onlooker())

    trouble = result.outcomes[1].trouble
    assert trouble is not None
    assert (trouble.code, result.outcomes[2].ok) == (Code.OUTPUT_EXISTS, True)


def test_at_the_first_ctrl_c_what_is_under_way_is_finished_and_no_more_is_begun(workshop: Workshop) -> None:
    def press(event: JobEvent) -> None:
        if isinstance(event, AttemptStarted):
            SIGNALS.note(Code.INTERRUPTED)

    onlooker = Onlooker(press)

    result = made(plans_of(FOUR, workshop), workshop, onlooker, most=1)

    assert (result.stop, [outcome.ok for outcome in result.outcomes.values()]) == (Code.INTERRUPTED, [True])
    assert onlooker.endings == [(Code.INTERRUPTED, 1)]


def test_at_the_second_ctrl_c_everything_is_broken_off(workshop: Workshop) -> None:
    def press(event: JobEvent) -> None:
        if isinstance(event, AttemptStarted) and event.job == 2:
            SIGNALS.note(Code.INTERRUPTED)
            SIGNALS.note(Code.INTERRUPTED)

    orders = plans_of(replace(FOUR, scenario="stall"), workshop)

    result = made(orders, workshop, Onlooker(press))

    troubles = [outcome.trouble for outcome in result.outcomes.values()]
    assert [trouble.code for trouble in troubles if trouble] == [Code.INTERRUPTED] * 2


def test_a_row_that_another_process_makes_is_left_to_it(home: Home, workshop: Workshop) -> None:
    [plan] = plans_of(replace(FOUR, count=1), workshop)
    claimed = replace(plan, claim=Claim(group="cards", row="1"))
    made((claimed,), workshop, Onlooker())

    again = made((claimed,), workshop, Onlooker())

    assert (again.outcomes, again.elsewhere) == ({}, [claimed])
    [run] = History(home.directories.history_file).recent(9)
    assert (run.group, run.row) == ("cards", "1")
