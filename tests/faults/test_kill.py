"""SIGKILL, which no program can answer, at moments spread over a whole run."""

import base64
import hashlib
import json
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from cpa_image_cli.adapters.output.temporary import PREFIX
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import RunState
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import KEY, Home
from tests.faults.in_process import Ended, run_here
from tests.faults.processes import Process, run_process
from tests.faults.servers import RawServer, Visitor, head, pieces_of, recorded

PIECES = 20
SIZE = 400_000
"""Bytes of the picture and of each frame: a piece of the answer is larger than what any buffer of ours holds back."""

BY_GATEWAY = ("connected", "asked", "answering", *(f"piece {number}" for number in range(1, PIECES + 1)))
BY_FILES = ("spawned", "data folder", "history", "temporary file", "picture", "told")
MOMENTS = (*BY_FILES[:4], *BY_GATEWAY, "answered", *BY_FILES[4:])
WITH_TEMPORARY_FILE = ("temporary file", "connected", "asked", "piece 1", "piece 10")
SOME = (*WITH_TEMPORARY_FILE, "piece 20", "answered", "told")
"""Moments for other ways to answer, and to save; the first are those at which a picture is on its way."""


@dataclass
class Killer:
    """Kills *process* when the moment called *wanted* is reached, in whichever thread notices."""

    wanted: str
    stream: bool = True
    started: threading.Event = field(default_factory=threading.Event)
    process: Process | None = None

    def reached(self, moment: str) -> None:
        if moment == self.wanted:
            self.started.wait()
            assert self.process is not None
            self.process.send(signal.SIGKILL)
            raise ConnectionAbortedError

    def gateway(self, visitor: Visitor) -> None:
        self.reached("connected")
        visitor.read_request()
        self.reached("asked")
        kind = "text/event-stream" if self.stream else "application/json"
        visitor.send(head(f"Content-Type: {kind}", "Connection: close"))
        self.reached("answering")
        for number, piece in enumerate(pieces_of(recorded(stream=self.stream, pad_to=SIZE), PIECES), start=1):
            visitor.send(piece)
            self.reached(f"piece {number}")
        visitor.socket.shutdown(1)
        self.reached("answered")
        visitor.wait_until_gone()


def happenings(home: Home, process: Process) -> dict[str, Callable[[], object]]:
    """Return what can be seen of a run from outside, by the name of its moment."""
    return {
        "spawned": lambda: True,
        "data folder": home.directories.data.exists,
        "history": home.directories.history_file.exists,
        "temporary file": lambda: home.pictures() or any(home.temporary.glob(f"{PREFIX}*")),
        "picture": home.picture.exists,
        "told": lambda: process.stdout.stat().st_size,
    }


def killed(home: Home, moment: str, *argv: str, stream: bool) -> Ended:
    """Return how a run ends that is killed at *moment*."""
    killer = Killer(moment, stream)
    with RawServer(killer.gateway, unread=True) as server:
        process = killer.process = Process(home, *argv, base_url=server.base_url)
        killer.started.set()
        if moment in BY_FILES:
            process.wait_for(happenings(home, process)[moment])
            process.send(signal.SIGKILL)
        return process.end()


@pytest.mark.parametrize(
    ("moment", "flag"), [*((moment, "--stream") for moment in MOMENTS), *((moment, "--no-stream") for moment in SOME)]
)
def test_a_killed_run_leaves_no_half_picture_and_the_next_one_there_clears_up(
    moment: str, flag: str, home: Home
) -> None:
    ended = killed(home, moment, "generate", "画一只松鼠", flag, "-o", "squirrel.png", stream=flag == "--stream")
    left = [name for name in home.pictures() if not name.startswith(PREFIX)]
    whole = home.picture.exists() and hashlib.sha256(home.picture.read_bytes()).hexdigest()
    states = {run.state for run in home.runs()}
    in_hand = JobState.IN_HAND in {run.job_state for run in home.runs()}

    # Once the gateway has the request, nothing says that no picture can have been billed.
    if moment in BY_GATEWAY[1:] or moment == "answered":
        assert {run.job_state for run in home.runs()} <= {JobState.UNKNOWN, JobState.IN_HAND, JobState.DONE}
    # Near the end it may have been quicker than we were.
    assert ended.status == -signal.SIGKILL or (ended.status == 0 and states == {RunState.DONE})
    assert left in ([], ["squirrel.png"])
    assert whole in (False, picture_digest())
    assert states in (set(), {RunState.INTERRUPTED}) or (whole and states == {RunState.DONE})

    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        again = run_here(home, "generate", "again", "-o", "again.png", base_url=gateway.base_url)

    assert again.status == 0
    # Whoever comes next gives a picture its name that the killed run had in hand.
    assert home.pictures() == sorted(["again.png", *(["squirrel.png"] if in_hand else left)])
    assert not in_hand or hashlib.sha256(home.picture.read_bytes()).hexdigest() == picture_digest()
    assert [run.state for run in home.runs()] == [RunState.DONE, *({RunState.DONE} if in_hand else states)]


@pytest.mark.parametrize("moment", SOME)
def test_a_run_that_is_killed_on_its_way_to_standard_output_leaves_nothing_after_the_next(
    moment: str, home: Home
) -> None:
    ended = killed(home, moment, "generate", "画一只松鼠", "--stream", "-o", "-", stream=True)
    states = {run.state for run in home.runs()}
    in_hand = JobState.IN_HAND in {run.job_state for run in home.runs()}
    left = {path.name[: len(PREFIX)] for path in home.temporary.iterdir()}

    assert ended.status == -signal.SIGKILL or (ended.status == 0 and states == {RunState.DONE})
    assert states in (set(), {RunState.INTERRUPTED}, {RunState.DONE})
    assert left <= {PREFIX}
    assert (left == {PREFIX}) or moment not in WITH_TEMPORARY_FILE

    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        again = run_process(home, "generate", "again", "-o", "-", base_url=gateway.base_url)

    assert (again.status, again.stdout[:4]) == (0, b"\x89PNG")
    assert (list(home.temporary.iterdir()), home.pictures()) == ([], [])
    # What was in hand is kept, unless it had been poured out whole.
    kept = len(home.kept())
    assert kept <= in_hand
    assert [run.state for run in home.runs()] == [RunState.DONE, *({RunState.DONE} if kept else states)]


def picture_digest() -> str:
    """Return the digest of the picture in the recorded answer."""
    lines = recorded(stream=True, pad_to=SIZE).split(b"\n")
    events = [json.loads(line.removeprefix(b"data: ")) for line in lines if line.startswith(b"data: ")]
    [item] = [
        event["item"]
        for event in events
        if event["type"] == "response.output_item.done" and event["item"]["type"] == "image_generation_call"
    ]
    return hashlib.sha256(base64.b64decode(item["result"])).hexdigest()
