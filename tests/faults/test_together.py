"""Many processes at once, and a history that somebody else holds locked."""

import signal
import threading
from typing import Literal

import pytest

from cpa_image_cli.core.ledger.run import RunState
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import KEY, Home
from tests.faults.locks import locked
from tests.faults.processes import Process, run_process
from tests.faults.servers import RawServer, Visitor

AT_ONCE = 20


def test_twenty_runs_at_once_lose_no_picture_and_no_row(home: Home) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        # The same prompt at the same time: they want the same name, and the same new history.
        running = [
            Process(home, "generate", "画一只松鼠", "-o", f"{home.wanted}/", base_url=gateway.base_url, number=number)
            for number in range(AT_ONCE)
        ]
        ended = [process.end() for process in running]
    told = sorted(run.stdout.decode().rstrip("\n") for run in ended)
    runs = home.runs()

    assert [run.status for run in ended] == [0] * AT_ONCE
    assert told == sorted(str(home.wanted / name) for name in home.pictures())
    assert sorted(str(run.output) for run in runs) == told
    assert len(set(told)) == len({run.id for run in runs}) == AT_ONCE
    assert {run.state for run in runs} == {RunState.DONE}
    assert not any("not recorded" in run.stderr for run in ended)


def test_a_history_that_is_locked_at_first_is_written_in_the_end(home: Home) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        run_process(home, "generate", "first", "-o", "first.png", base_url=gateway.base_url)
        with locked(home) as other:
            process = Process(home, "generate", "second", "-o", "second.png", base_url=gateway.base_url)
            process.wait_for(lambda: len(gateway.posts) == 2)
            other.execute("COMMIT")
            ended = process.end()

    assert (ended.status, home.pictures()) == (0, ["first.png", "second.png"])
    assert [(run.prompt, run.state) for run in home.runs()] == [("second", RunState.DONE), ("first", RunState.DONE)]


@pytest.mark.parametrize("against", ["everybody", "writers"])
def test_a_history_that_stays_locked_costs_the_record_and_nothing_else(
    against: Literal["everybody", "writers"], home: Home
) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway, locked(home, against=against):
        argv = ("generate", "画一只松鼠", "-o", "squirrel.png", "--json")
        ended = run_process(home, *argv, base_url=gateway.base_url)

    assert (ended.status, len(gateway.posts), home.pictures()) == (0, 1, ["squirrel.png"])
    assert [warning["code"] for warning in ended.object["warnings"]] == ["history_not_written"]
    assert (home.runs(), home.kept()) == ([], [])


def test_a_locked_history_does_not_hold_up_ctrl_c(home: Home) -> None:
    asked = threading.Event()

    def script(visitor: Visitor) -> None:
        asked.set()
        visitor.stay()

    with RawServer(script) as server:
        process = Process(home, "generate", "x", "-o", "squirrel.png", base_url=server.base_url)
        process.wait_for(lambda: asked.is_set() and "request sent" in process.told())
        with locked(home):
            process.send(signal.SIGINT)
            ended = process.end()

    assert (ended.status, home.pictures()) == (130, [])
    # Half a second by itself; the rest is for a machine that does other things.
    assert ended.seconds < 2
    assert [run.state for run in home.runs()] == [RunState.INTERRUPTED]
