"""The command ``history stats``."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.commands.history.histories import NOW, Past, Said, Terminal, done

FIGURES = {
    "runs": 3,
    "done": 2,
    "failed": 1,
    "interrupted": 0,
    "success_rate": 0.6667,
    "median_s": 30.0,
    "p90_s": 38.0,
    "total_tokens": 2242,
    "image_tokens": 0,
    "requests_lost": 0,
    "tokens_lost": 0,
}


@pytest.fixture
def past(tmp_path: Path) -> Past:
    past = Past(tmp_path)
    past.ended("a", done(tmp_path / "a.png", seconds=20.0), ago=timedelta(days=40))
    past.ended("b", done(tmp_path / "b.png", seconds=40.0))
    past.failed("c")
    past.drew("d", gateway="sandbox", model="gpt-5.5")
    return past


def test_real_runs_are_summed_up_and_the_sandboxes_left_out(past: Past) -> None:
    shown = json.loads(past.says("stats", "--json").out)

    today, long_ago = ((NOW - timedelta(days=days)).astimezone().date().isoformat() for days in (0, 40))
    assert shown["schema"] == "cpa-image/history/1"
    assert shown["all"] == FIGURES
    assert shown["models"] == [{"model": "gpt-5.4", **FIGURES}]
    assert [(day["day"], day["runs"], day["median_s"]) for day in shown["days"]] == [
        (long_ago, 1, 20.0),
        (today, 2, 40.0),
    ]


def test_options_pick_what_is_summed_up(past: Past) -> None:
    counted = [
        json.loads(past.says("stats", "--json", *words).out)["all"]["runs"]
        for words in (["--since", "30d"], ["--model", "gpt-5.5"], ["--sandbox"], ["--sandbox", "--model", "gpt-5.4"])
    ]

    assert counted == [2, 0, 1, 0]


def test_without_a_terminal_there_are_fields_between_tabs(past: Past) -> None:
    said = past.says("stats")

    assert (said.status, said.err) == (0, "")
    assert said.out.splitlines()[:2] == [
        "all\t\t3\t2\t1\t0\t30.0\t38.0\t2242",
        "model\tgpt-5.4\t3\t2\t1\t0\t30.0\t38.0\t2242",
    ]


def test_on_a_terminal_there_are_plots(past: Past) -> None:
    lines = past.says("stats", stdout=Terminal()).out.splitlines()

    assert lines[:6] == [
        "3 runs, 2,242 tokens",
        "2 done, 1 failed",
        "median 0:30, 9 in 10 within 0:38",
        "",
        "Model              Runs  Done            Median  9 in 10  Tokens",
        "gpt-5.4  ━━━━━╌╌╌     3   67%  ━━━━━━──    0:30     0:38      2k",
    ]


def test_nothing_to_sum_up_is_said(tmp_path: Path) -> None:
    past = Past(tmp_path)

    assert past.says("stats") == Said(0, "", "no runs with a real gateway to sum up\n")
    assert past.says("stats", "--sandbox") == Said(0, "", "no runs with the sandbox to sum up\n")
    assert json.loads(past.says("stats", "--json").out)["all"]["success_rate"] is None


def test_figures_are_shown_by_what_is_asked_for(past: Past) -> None:
    lines = past.says("stats", "--by", "day", stdout=Terminal()).out.splitlines()

    assert any(line.startswith("Day ") for line in lines)
    assert not any(line.startswith("Model ") for line in lines)


def test_a_word_that_figures_are_not_shown_by_is_refused(past: Past) -> None:
    said = past.says("stats", "--by", "weather")

    assert (said.status, "expected one of day, model, profile, batch" in said.err) == (2, True)
