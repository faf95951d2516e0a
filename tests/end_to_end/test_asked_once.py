"""A request id is asked once, and a limit of money is kept: by the gateway's own count of requests."""

import json
from pathlib import Path

import pytest

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.sandbox.scenarios import find
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import KEY, Home
from tests.faults.in_process import Ended, run_here
from tests.faults.processes import Process


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def asked(home: Home, gateway: Sandbox, *argv: str) -> Ended:
    return run_here(home, "generate", *argv, "--json", base_url=gateway.base_url)


def configured(home: Home, text: str) -> None:
    home.directories.config.mkdir(parents=True)
    home.directories.config_file.write_text(text)


def test_the_same_id_again_brings_the_first_picture_and_no_second_request(home: Home) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        first = asked(home, gateway, "a fox", "--request-id", "order-1", "-o", "a.png")
        again = asked(home, gateway, "a fox", "--request-id", "order-1", "-o", "a.png")
        posts = len(gateway.requests)

    assert (first.status, again.status, posts) == (0, 0, 1)
    assert again.object["reused"] is True
    assert {**again.object, "reused": None} == {**first.object, "reused": None}


def test_a_failure_too_is_the_result_of_its_id(home: Home) -> None:
    with Sandbox(find("moderation"), key=KEY) as gateway:
        first = asked(home, gateway, "a fox", "--request-id", "order-1")
        again = asked(home, gateway, "a fox", "--request-id", "order-1")
        posts = len(gateway.requests)

    assert (first.status, again.status, posts) == (5, 5, 1)
    assert again.object["error"]["code"] == first.object["error"]["code"]


def test_an_id_that_was_used_for_something_else_is_refused(home: Home) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        asked(home, gateway, "a fox", "--request-id", "order-1")
        other = asked(home, gateway, "a cat", "--request-id", "order-1")
        posts = len(gateway.requests)

    assert (other.status, other.object["error"]["code"], posts) == (2, "usage", 1)


def test_two_at_once_with_one_id_send_one_request_and_both_get_the_picture(home: Home) -> None:
    argv = ("generate", "a fox", "--request-id", "order-1", "--json", "--quiet")
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        processes = [Process(home, *argv, base_url=gateway.base_url, number=number) for number in (1, 2, 3)]
        ended = [process.end() for process in processes]
        posts = len(gateway.requests)

    results = [json.loads(each.stdout) for each in ended]
    assert ([each.status for each in ended], posts) == ([0, 0, 0], 1)
    assert len({result["output"] for result in results}) == 1
    assert sorted("reused" in result for result in results) == [False, True, True]


def test_without_a_ledger_a_request_id_sends_nothing(home: Home) -> None:
    home.directories.history_file.mkdir(parents=True)
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        ended = asked(home, gateway, "a fox", "--request-id", "order-1")
        posts = len(gateway.requests)

    assert (ended.status, ended.object["error"]["code"], posts) == (3, "history_unreadable", 0)


def test_a_limit_of_requests_counts_retries_and_all_processes(home: Home) -> None:
    configured(home, "requests_per_hour = 2\n")
    with Sandbox(find("server-error-then-ok"), key=KEY, auto_size="64x64") as gateway:
        first = asked(home, gateway, "a fox", "-o", "a.png")
        second = asked(home, gateway, "a fox", "-o", "b.png")
        posts = len(gateway.requests)

    assert (first.status, first.object["attempts"], posts) == (0, 2, 2)
    assert (second.status, second.object["error"]["code"]) == (6, "request_limit")
    assert "the next one may go at" in second.object["error"]["message"]


def test_one_command_sends_no_more_than_it_may(home: Home) -> None:
    with Sandbox(find("server-error-then-ok"), key=KEY) as gateway:
        ended = asked(home, gateway, "a fox", "--max-requests", "1")
        posts = len(gateway.requests)

    assert (ended.status, ended.object["error"]["code"], posts) == (6, "request_limit", 1)


def test_a_limit_that_cannot_be_kept_lets_nothing_go(home: Home) -> None:
    configured(home, "requests_per_day = 5\n")
    home.directories.history_file.mkdir(parents=True)
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        ended = asked(home, gateway, "a fox")
        posts = len(gateway.requests)

    assert (ended.status, ended.object["error"]["code"], posts) == (3, "history_unreadable", 0)


@pytest.mark.parametrize("how", ["flag", "variable", "configuration", "profile"])
def test_the_ledger_lies_where_it_was_said(home: Home, how: str) -> None:
    place = home.wanted / "project" / "ledger.sqlite3"
    flag = ["--ledger", "project/ledger.sqlite3"] if how == "flag" else []
    environ = {"CPA_IMAGE_LEDGER": "project/ledger.sqlite3"} if how == "variable" else {}
    if how == "configuration":
        configured(home, 'ledger = "project/ledger.sqlite3"\n')
    if how == "profile":
        configured(home, 'default_profile = "here"\n[profiles.here]\nledger = "project/ledger.sqlite3"\n')

    run_here(home, "generate", "a fox", "--sandbox", "--size", "64x64", *flag, **environ)
    listed = run_here(home, "history", "list", *flag, **environ)

    assert "a fox" in listed.stdout.decode()
    assert [run.prompt for run in History(place).recent(5)] == ["a fox"]
    assert not home.directories.history_file.exists()
