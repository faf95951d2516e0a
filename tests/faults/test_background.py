"""Jobs in the background: they outlive whoever called, hold nothing of theirs, and are waited for and ended by id."""

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import Run
from tests.faults.home import Home
from tests.faults.in_process import Ended, run_here
from tests.faults.processes import run_process
from tests.faults.servers import RawServer, Visitor, recorded, sized

PATIENCE = 30.0
DETACH = ("generate", "画一只松鼠", "-o", "squirrel.png", "--detach")


class Gateway:
    """Answers when it is let, and counts what it was asked."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.asked = 0

    def __call__(self, visitor: Visitor) -> None:
        self.asked += 1
        self.answers.wait(PATIENCE)
        visitor.send(sized(recorded(stream=False)))


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def base_url(gateway: Gateway) -> Iterator[str]:
    with RawServer(gateway) as server:
        yield server.base_url
        gateway.answers.set()


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def job(home: Home) -> Run:
    [run] = History(home.directories.history_file).recent(1)
    return run


def is_sent(home: Home) -> bool:
    return job(home).job_state is JobState.SENT


def waited(home: Home, *argv: str) -> Ended:
    return run_process(home, "wait", *argv)


def pid_of(home: Home) -> int:
    owner = History(home.directories.history_file).owner(job(home).id)
    assert owner is not None
    return owner[0]


def test_the_id_comes_at_once_and_the_picture_later(home: Home, gateway: Gateway, base_url: str) -> None:
    begun = run_process(home, *DETACH, base_url=base_url)
    identity = begun.stdout.decode().strip()
    until(lambda: is_sent(home))
    early = waited(home, identity, "--timeout", "0", "--json")
    gateway.answers.set()
    done = waited(home, identity)
    again = waited(home, "last", "--json")

    assert (begun.status, identity) == (0, job(home).id)
    assert f"it will be {home.picture}" in begun.stderr
    assert (early.status, json.loads(early.stdout)["status"]) == (11, "running")
    assert (done.status, done.stdout.decode()) == (0, f"{home.picture}\n")
    assert (again.status, again.object["output"], gateway.asked) == (0, str(home.picture), 1)


def test_programs_are_told_where_it_will_be_and_how_to_wait(home: Home, gateway: Gateway, base_url: str) -> None:
    begun = run_process(home, "generate", "a fox", "--detach", "--json", base_url=base_url)
    gateway.answers.set()
    told = begun.object
    done = waited(home, told["job"], "--json")

    assert told["next"] == f"cpa-image wait {told['job']}"
    assert done.object["output"] == told["output"]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_it_has_a_session_of_its_own_and_holds_no_terminal_and_no_pipe(
    home: Home, gateway: Gateway, base_url: str
) -> None:
    run_process(home, *DETACH, base_url=base_url)
    until(lambda: is_sent(home))
    pid = pid_of(home)
    held = [str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()]
    session = os.getsid(pid)
    gateway.answers.set()
    waited(home, "last")

    assert session == pid != os.getsid(0)
    assert held.count("/dev/null") >= 3
    assert [name for name in held if name.startswith(("pipe:", "/dev/pts", "/dev/tty"))] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_to_the_group_of_the_caller_does_not_reach_it(
    home: Home, gateway: Gateway, base_url: str, number: signal.Signals
) -> None:
    # The caller lives on, as a shell does, so that there is a group.
    command = [sys.executable, "-m", "cpa_image_cli", *DETACH]
    script = (
        "import subprocess, sys, time; subprocess.run(sys.argv[1:], check=True); print('x', flush=True); time.sleep(99)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, *command],
        cwd=home.wanted,
        env=home.environ(base_url),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as caller:
        assert caller.stdout is not None
        caller.stdout.readline()
        caller.stdout.readline()
        os.killpg(caller.pid, number)
        caller.wait(PATIENCE)
    gateway.answers.set()

    assert waited(home, "last").status == 0
    assert home.pictures() == ["squirrel.png"]


def test_it_outlives_the_terminal_that_it_was_started_on(home: Home, gateway: Gateway, base_url: str) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(home.wanted)
        os.execve(sys.executable, [sys.executable, "-m", "cpa_image_cli", *DETACH], home.environ(base_url))
    said = b""
    with contextlib.suppress(OSError):
        while b"cpa-image wait" not in said:
            said += os.read(terminal, 4096)
    os.close(terminal)
    os.waitpid(pid, 0)
    gateway.answers.set()
    until(home.directories.history_file.exists)

    assert waited(home, "last").status == 0
    assert home.pictures() == ["squirrel.png"]


def test_without_history_no_word_of_it_is_kept_and_it_is_made_all_the_same(
    home: Home, gateway: Gateway, base_url: str
) -> None:
    begun = run_process(home, *DETACH, "--no-history", base_url=base_url)
    gateway.answers.set()
    done = waited(home, begun.stdout.decode().strip())

    assert (done.status, home.pictures()) == (0, ["squirrel.png"])
    assert "画一只松鼠".encode() not in b"".join(
        path.read_bytes() for path in home.directories.data.iterdir() if path.is_file()
    )


def test_two_may_wait_for_it_at_once(home: Home, gateway: Gateway, base_url: str) -> None:
    run_process(home, *DETACH, base_url=base_url)
    until(lambda: is_sent(home))
    ends: list[Ended] = []
    waiters = [threading.Thread(target=lambda: ends.append(run_process(home, "wait", "last"))) for _ in range(2)]
    for waiter in waiters:
        waiter.start()
    gateway.answers.set()
    for waiter in waiters:
        waiter.join()

    assert [(end.status, end.stdout.decode()) for end in ends] == [(0, f"{home.picture}\n")] * 2


def test_a_job_can_be_ended_and_then_nobody_knows_what_it_cost(home: Home, base_url: str) -> None:
    begun = run_process(home, *DETACH, base_url=base_url)
    until(lambda: is_sent(home))
    ended = run_process(home, "stop", begun.stdout.decode().strip())
    after = waited(home, "last", "--json")

    assert (ended.status, job(home).job_state) == (0, JobState.UNKNOWN)
    assert (after.status, after.object["error"]["code"]) == (8, "outcome_unknown")
    assert after.object["error"]["may_have_billed"] is True


def test_a_request_id_is_asked_once_in_the_background_too(home: Home, gateway: Gateway, base_url: str) -> None:
    begun = [run_process(home, *DETACH, "--request-id", "order-1", base_url=base_url) for _ in range(2)]
    gateway.answers.set()
    waited(home, "last")
    late = run_process(home, *DETACH, "--request-id", "order-1", base_url=base_url)
    other = run_process(home, "generate", "x", "--detach", "--request-id", "order-1", base_url=base_url)

    assert len({each.stdout for each in (*begun, late)}) == 1
    assert ([each.status for each in (*begun, late)], other.status, gateway.asked) == ([0, 0, 0], 2, 1)


def test_what_cannot_be_is_refused_before_anything_is_started(home: Home, gateway: Gateway, base_url: str) -> None:
    home.picture.write_bytes(b"")

    refused = run_here(home, *DETACH, base_url=base_url)
    unknown = run_here(home, "wait", "00000000")
    pipe = run_here(home, "generate", "x", "--detach", "-o", "-", base_url=base_url)

    assert (refused.status, unknown.status, pipe.status, gateway.asked) == (9, 2, 2, 0)
    assert home.runs() == []


def test_without_a_ledger_nothing_is_sent_to_the_background(home: Home, gateway: Gateway, base_url: str) -> None:
    home.directories.history_file.mkdir(parents=True)

    refused = run_here(home, *DETACH, base_url=base_url)

    assert (refused.status, gateway.asked, home.pictures()) == (3, 0, [])
