"""What was said about money is read back from history as it was written."""

import pytest

from cpa_image_cli.core.cost.cost import Cost
from cpa_image_cli.core.cost.prices import Range
from cpa_image_cli.core.cost.stated import PlanWindow, windows_of_json


@pytest.mark.parametrize(
    "cost",
    [
        Cost(stated=0.043),
        Cost(estimate=Range(low=0.02, high=0.05), prices="list of 2026-10-14"),
        Cost(stated=0.1, estimate=Range(low=0.1, high=0.1), prices="list of 2026-10-14"),
    ],
)
def test_a_cost_comes_back(cost: Cost) -> None:
    assert Cost.of_json(cost.as_json()) == cost


@pytest.mark.parametrize("value", [None, 7, []])
def test_what_is_no_cost_is_none(value: object) -> None:
    assert Cost.of_json(value) is None


def test_what_makes_no_sense_in_a_cost_is_left_out() -> None:
    assert Cost.of_json({"stated_usd": "free", "estimated_usd": ["x"], "prices": 7}) == Cost()


def test_windows_come_back() -> None:
    windows = (PlanWindow(used=9.0, minutes=300, resets_in=600.0), PlanWindow(used=40.0))

    assert windows_of_json([window.as_json() for window in windows]) == windows
    assert windows_of_json([{"used_percent": "much"}, 7]) == ()
    assert windows_of_json(None) == ()
