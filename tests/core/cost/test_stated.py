import pytest

from cpa_image_cli.core.cost.stated import PlanWindow, plan_windows, stated_cost, window_words


@pytest.mark.parametrize(
    ("said", "cost"),
    [("0.043", 0.043), ("1e-3", 0.001), ("0", None), ("-1", None), ("nan", None), ("inf", None), ("free", None)],
)
def test_a_cost_is_what_the_gateway_says_and_nothing_else(said: str, cost: float | None) -> None:
    assert stated_cost({"x-litellm-response-cost": said}) == cost
    assert stated_cost({}) is None


def test_windows_of_a_plan_are_told_apart_by_their_length() -> None:
    headers = {
        "x-codex-primary-used-percent": "9",
        "x-codex-primary-window-minutes": "10080",
        "x-codex-primary-reset-after-seconds": "600",
        "x-codex-secondary-used-percent": "40.5",
        "x-codex-secondary-window-minutes": "300",
    }

    windows = plan_windows(headers)

    assert windows == (
        PlanWindow(used=40.5, minutes=300),
        PlanWindow(used=9.0, minutes=10080, resets_in=600.0),
    )
    assert [window_words(window) for window in windows] == [
        "5 h window 40.5 % used",
        "7 d window 9 % used, resets in 10 min",
    ]
    assert windows[1].as_json() == {"used_percent": 9.0, "window_minutes": 10080, "resets_in_s": 600.0}


def test_a_window_that_says_little_is_told_with_little() -> None:
    (window,) = plan_windows({"x-codex-primary-used-percent": "91", "x-codex-primary-reset-after-seconds": "45"})

    assert window_words(window) == "window 91 % used, resets in 45 s"


def test_headers_without_a_plan_say_nothing() -> None:
    assert plan_windows({"x-codex-primary-used-percent": "a lot"}) == ()
