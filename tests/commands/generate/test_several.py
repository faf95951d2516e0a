"""``generate -n``: several pictures of one prompt, what is printed of them, and how it ends."""

import json
import os
import signal
from pathlib import Path

import pytest

from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import KEY, Home
from tests.faults.in_process import Ended, run_here
from tests.faults.processes import Process
from tests.faults.servers import RawServer, Visitor
from tests.faults.terminals import run_on_terminal

FOUR = ("generate", "松鼠", "-n", "4", "--size", "64x64", "-o", "s.png")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def several(home: Home, *words: str, scenario: str = "ok") -> Ended:
    return run_here(home, *FOUR, "--scenario", scenario, *words)


def test_each_is_numbered_and_its_path_is_a_line(home: Home) -> None:
    ended = several(home)

    assert ended.status == 0
    assert home.pictures() == ["s-1.png", "s-2.png", "s-3.png", "s-4.png"]
    assert sorted(ended.stdout.decode().splitlines()) == [str(home.wanted / f"s-{n}.png") for n in (1, 2, 3, 4)]
    assert [run.output.name for run in home.runs() if run.output] != []


def test_each_is_a_request_with_a_session_of_its_own(home: Home) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        run_here(home, *FOUR, "-j", "1", base_url=gateway.base_url)
        sessions = [request.headers["session_id"] for request in gateway.posts]

    assert sessions == [f"test-session-p{n}" for n in (1, 2, 3, 4)]


def test_json_is_one_object_of_all_results(home: Home) -> None:
    shown = several(home, "--json", "--quiet").object

    assert {name: shown[name] for name in ("schema", "ok", "made", "not_made")} == {
        "schema": "cpa-image/results/1",
        "ok": True,
        "made": 4,
        "not_made": 0,
    }
    assert [(one["schema"], one["n"], one["ok"]) for one in shown["results"]] == [
        ("cpa-image/result/1", n, True) for n in (1, 2, 3, 4)
    ]


def test_jsonl_tells_each_event_with_its_job_and_last_the_object(home: Home) -> None:
    *events, last = [json.loads(line) for line in several(home, "--jsonl").stdout.splitlines()]

    assert {event["job"] for event in events} == {1, 2, 3, 4}
    assert [event["n"] for event in events if event["event"] == "image_saved"] != []
    assert (last["schema"], last["made"]) == ("cpa-image/results/1", 4)


@pytest.mark.parametrize(
    ("scenario", "status", "begun"), [("moderation", 5, 4), ("bad-key", 4, 1)], ids=["one by one", "met by all"]
)
def test_if_all_fail_alike_it_ends_like_one_and_what_all_would_meet_is_asked_once(
    home: Home, scenario: str, status: int, begun: int
) -> None:
    ended = several(home, "--json", "--quiet", "-j", "1", scenario=scenario)

    assert (ended.status, ended.object["not_made"], len(ended.object["results"])) == (status, 4, begun)


def test_a_name_that_is_taken_is_refused_before_anything_is_sent(home: Home) -> None:
    (home.wanted / "s-3.png").write_bytes(b"mine")

    ended = several(home)

    assert (ended.status, home.pictures(), home.runs()) == (9, ["s-3.png"], [])
    assert ended.stderr.startswith(f"cpa-image: {home.wanted / 's-3.png'} exists already [output_exists]\n")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("-n", "0"), "-n 0: expected a whole number from 1 to 100"),
        (("-n", "101"), "-n 101: expected a whole number from 1 to 100"),
        (("-j", "33"), "-j 33: expected a whole number from 1 to 32"),
        (("-o", "-"), "-o - takes one picture, and -n asks for several"),
    ],
)
def test_what_makes_no_sense_is_refused(home: Home, words: tuple[str, ...], problem: str) -> None:
    ended = several(home, *words)

    assert (ended.status, ended.stderr.splitlines()[0]) == (2, f"cpa-image: {problem} [usage]")


def test_a_rerun_makes_several_too(home: Home) -> None:
    run_here(home, "generate", "松鼠", "--sandbox", "--size", "64x64", "-o", "first.png")

    ended = run_here(home, "history", "rerun", "last", "-n", "2", "-o", "again.png")

    assert (ended.status, home.pictures()) == (0, ["again-1.png", "again-2.png", "first.png"])


def test_a_rate_limit_leaves_fewer_places_and_all_are_made_in_the_end(home: Home) -> None:
    ended = several(home, "-j", "4", scenario="rate-limited-then-ok")

    assert (ended.status, len(home.pictures())) == (0, 4)


@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_ctrl_c_finishes_what_is_under_way_and_a_second_one_breaks_it_off(home: Home) -> None:
    waiting: list[Visitor] = []

    def script(visitor: Visitor) -> None:
        waiting.append(visitor)
        visitor.stay()

    with RawServer(script) as server:
        process = Process(home, *FOUR, "--json", base_url=server.base_url)
        process.wait_for(lambda: len(waiting) == 2)
        process.send(signal.SIGINT)
        process.wait_for(lambda: "no more are begun" in process.told())
        process.send(signal.SIGINT)
        ended = process.end()

    assert ended.status == 130
    assert [one["error"]["code"] for one in ended.object["results"]] == ["interrupted", "interrupted"]
    assert [one["error"]["may_have_billed"] for one in ended.object["results"]] == [True, True]
    assert ended.object["not_made"] == 4


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_on_a_terminal_of_any_width_each_end_and_a_sum_stay(home: Home, columns: int) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        words = ("generate", "一只松鼠", "-n", "3", "-o", "s.png", "--preview", "never")
        seen = run_on_terminal(home, *words, base_url=gateway.base_url, columns=columns)

    assert (seen.status, home.pictures()) == (0, ["s-1.png", "s-2.png", "s-3.png"])
    assert [seen.text.count(f"{n}  ✓ ") for n in (1, 2, 3)] == [1, 1, 1]
    assert "3 of 3 made in 0:0" in seen.text
    assert "━" not in seen.text
