"""Ctrl-C and SIGTERM in every phase of a run: what is said, what is left, and how long it takes."""

import fcntl
import os
import signal
import struct
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import RunState
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import KEY, Home
from tests.faults.locks import locked
from tests.faults.processes import POLLING, READING, SLEEPING, Closed, Process
from tests.faults.servers import PATIENCE, RawServer, Visitor, chunk, full_backlog, head, recorded, sized
from tests.faults.sockets import has_read_all, visitors_of

HALF_A_SECOND = 0.5
TRIES = 3
"""A machine under load may need longer by itself: the best of so many tries counts."""

ENDS = {signal.SIGINT: (130, "interrupted"), signal.SIGTERM: (143, "terminated")}
UNSENT = "stopped; nothing had been sent"
SENT = "stopped; the request had been sent, so a picture may have been made and billed"
KEPT = "stopped; the picture was here by then, and nobody had read it"
REFUSED = "stopped; the request had been sent and refused, so no picture was made"

GENERATE = ("generate", "画一只松鼠", "-o", "squirrel.png")
PIPE = 65536
"""Bytes that a pipe holds."""

STREAM = recorded(stream=True, pad_to=200_000)
SSE = head("Content-Type: text/event-stream", "Transfer-Encoding: chunked")


def stream_until(sign: bytes) -> bytes:
    """Return the recorded stream up to the middle of the line in which *sign* comes first."""
    start = STREAM.index(sign)
    return STREAM[: (start + STREAM.index(b"\n", start)) // 2]


ANSWERS = {
    "waiting for the answer": (),
    "in the head of the answer": (SSE[:40],),
    "before the first event": (SSE,),
    "in the first event": (SSE, chunk(stream_until(b'"response.created"'))),
    "in a frame": (SSE, chunk(stream_until(b'"partial_image_b64"'))),
    "in the picture": (SSE, chunk(stream_until(b'"result":"'))),
    "in an answer that is not streamed": (
        head("Content-Type: application/json", "Content-Length: 99999999"),
        recorded(stream=False, pad_to=200_000)[:90_000],
    ),
    "in an error": (head("Content-Length: 1000", status="500 Oops"), b'{"error":'),
}

Stage = Callable[[Home], "Iterator[Process]"]


@contextmanager
def loading(home: Home) -> Iterator[Process]:
    """Yield a process that imports its modules, and says so on standard error."""
    process = Process(home, *GENERATE, base_url="http://127.0.0.1:9", environ={"PYTHONPROFILEIMPORTTIME": "1"})
    # The next module is loaded after it has begun to listen.
    process.wait_for(lambda: "import time:" in process.told().partition(" cpa_image_cli.process.signals\n")[2])
    yield process


@contextmanager
def asking_for_the_key(home: Home) -> Iterator[Process]:
    """Yield a process that waits for ``api_key_command``, which must not outlive it."""
    started = home.root / "started"
    home.directories.config.mkdir(parents=True)
    home.directories.config_file.write_text(f"api_key_command = \"sh -c 'echo $$ > {started}; exec sleep 600'\"\n")
    process = Process(home, *GENERATE, base_url="http://127.0.0.1:9", environ={"IMAGE_GEN_KEY": None})
    process.wait_for(lambda: started.exists() and started.read_text().endswith("\n") and process.is_in(POLLING))
    yield process
    assert not Path("/proc", started.read_text().strip()).exists()


@contextmanager
def reading_the_prompt(home: Home) -> Iterator[Process]:
    """Yield a process to which somebody still writes a prompt."""
    reads, writes = os.pipe()
    process = Process(home, "generate", "-o", "squirrel.png", base_url="http://127.0.0.1:9", stdin=reads)
    process.wait_for(lambda: process.is_in(READING))
    yield process
    os.close(reads)
    os.close(writes)


@contextmanager
def kept_out_of_the_history(home: Home) -> Iterator[Process]:
    """Yield a process that waits for a history from which another keeps everybody out, as long as it lives."""
    with locked(home):
        process = Process(home, *GENERATE, base_url="http://127.0.0.1:9")
        process.wait_for(lambda: process.is_in(SLEEPING))
        yield process


@contextmanager
def kept_from_writing_the_history(home: Home) -> Iterator[Process]:
    """Yield a process that waits to record its beginning, while another writes as long as it lives."""
    with locked(home, against="writers"):
        process = Process(home, *GENERATE, base_url="http://127.0.0.1:9")
        process.wait_for(lambda: process.is_in(SLEEPING))
        yield process


@contextmanager
def resolving(home: Home) -> Iterator[Process]:
    """Yield a process whose resolver does not answer."""
    process = Process(home, *GENERATE, base_url="https://gateway.test", held_at="socket:getaddrinfo")
    process.wait_for(process.is_held)
    yield process


@contextmanager
def connecting(home: Home) -> Iterator[Process]:
    """Yield a process whose connection is neither accepted nor refused."""
    with full_backlog() as base_url:
        port = int(base_url.rpartition(":")[2])
        before = visitors_of(port)
        process = Process(home, *GENERATE, base_url=base_url)
        process.wait_for(lambda: visitors_of(port) > before)
        yield process


@contextmanager
def shaking_hands(home: Home) -> Iterator[Process]:
    """Yield a process whose TLS greeting is not answered."""
    greeted: list[bytes] = []

    def script(visitor: Visitor) -> None:
        greeted.append(visitor.socket.recv(1))
        visitor.stay()

    with RawServer(script, unread=True) as server:
        process = Process(home, *GENERATE, base_url=f"https://127.0.0.1:{server.port}")
        process.wait_for(lambda: greeted)
        yield process


def answered(*pieces: bytes) -> Stage:
    """Return the stage in which the gateway has sent *pieces*, which were read, and nothing more."""

    @contextmanager
    def stage(home: Home) -> Iterator[Process]:
        sent: list[Visitor] = []

        def script(visitor: Visitor) -> None:
            visitor.send(*pieces)
            sent.append(visitor)
            visitor.stay()

        with RawServer(script) as server:
            process = Process(home, *GENERATE, "--stream", base_url=server.base_url)
            process.wait_for(lambda: "request sent" in process.told() and sent and has_read_all(sent[0].socket))
            yield process

    return stage  # type: ignore[return-value]


@contextmanager
def between_attempts(home: Home) -> Iterator[Process]:
    """Yield a process that was told to come back later."""
    with RawServer(lambda visitor: visitor.send(sized(b"{}", "Retry-After: 30", status="429 No"))) as server:
        process = Process(home, *GENERATE, base_url=server.base_url)
        process.wait_for(lambda: "attempt 2 of 5" in process.told())
        yield process


@contextmanager
def pouring_into_a_full_pipe(home: Home) -> Iterator[Process]:
    """Yield a process that writes a picture to standard output, from which nobody reads."""
    reads, writes = os.pipe()
    with Sandbox(key=KEY, auto_size="64x64", pad_to=4 * PIPE) as gateway:
        process = Process(home, "generate", "x", "-o", "-", base_url=gateway.base_url, stdout=writes)
        process.wait_for(lambda: waiting_in(reads) == PIPE)
        yield process
    os.close(reads)
    os.close(writes)


@contextmanager
def opening_a_fifo(home: Home) -> Iterator[Process]:
    """Yield a process that opens a FIFO from which nobody reads."""
    fifo = home.root / "fifo"
    os.mkfifo(fifo)
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        process = Process(home, "generate", "x", "-o", str(fifo), base_url=gateway.base_url)
        process.wait_for(lambda: has_picture_in_hand(home))
        yield process


def has_picture_in_hand(home: Home) -> bool:
    """Whether a run of *home* has its picture, whole and verified."""
    return JobState.IN_HAND in {run.job_state for run in home.runs()}


@contextmanager
def having_the_picture(home: Home) -> Iterator[Process]:
    """Yield a process that has its picture, of whose answer the end has not come."""

    def script(visitor: Visitor) -> None:
        visitor.send(SSE, chunk(STREAM[: STREAM.index(b"event: response.completed")]))
        visitor.stay()

    with RawServer(script) as server:
        process = Process(home, *GENERATE, "--stream", base_url=server.base_url)
        process.wait_for(lambda: has_picture_in_hand(home))
        yield process


@contextmanager
def verifying(home: Home) -> Iterator[Process]:
    """Yield a process that looks at a picture which has arrived whole."""
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        process = Process(
            home, *GENERATE, base_url=gateway.base_url, held_at="cpa_image_cli.adapters.pictures.verify:verify"
        )
        process.wait_for(process.is_held)
        yield process


STAGES: dict[str, tuple[Stage, str]] = {
    "loading": (loading, UNSENT),
    "asking for the key": (asking_for_the_key, UNSENT),
    "reading the prompt": (reading_the_prompt, UNSENT),
    "kept out of the history": (kept_out_of_the_history, UNSENT),
    "kept from writing the history": (kept_from_writing_the_history, UNSENT),
    "resolving the gateway's name": (resolving, UNSENT),
    "connecting": (connecting, UNSENT),
    "shaking hands": (shaking_hands, UNSENT),
    **{name: (answered(*pieces), SENT) for name, pieces in ANSWERS.items()},
    "between two attempts": (between_attempts, REFUSED),
    "verifying": (verifying, SENT),
    "pouring into a full pipe": (pouring_into_a_full_pipe, KEPT),
    "opening a FIFO": (opening_a_fifo, KEPT),
}  # type: ignore[assignment]


CONNECTING = {"resolving the gateway's name", "connecting", "shaking hands"}
"""Where a run is on record already, though nothing was sent."""


def waiting_in(pipe: int) -> int:
    """Return how many bytes wait in *pipe*."""
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0]


def ends_of(stage: Stage, number: signal.Signals, folder: Path) -> Iterator[tuple[Home, Closed]]:
    """Yield how runs end that were stopped with *number* at *stage*, until one was quick enough."""
    for attempt in range(TRIES):
        home = Home.made_in(folder / str(attempt))
        with stage(home) as process:  # type: ignore[attr-defined]
            process.send(number)
            ended = process.end()
        yield home, ended
        if ended.seconds < HALF_A_SECOND:
            return
    pytest.fail(f"not one of {TRIES} runs ended within half a second of the signal")


@pytest.mark.parametrize("number", ENDS)
@pytest.mark.parametrize("name", STAGES)
def test_a_stopped_run_says_so_on_one_line_and_leaves_nothing(
    name: str, number: signal.Signals, tmp_path: Path
) -> None:
    stage, said = STAGES[name]
    status, word = ENDS[number]

    for home, ended in ends_of(stage, number, tmp_path):
        lines = [line for line in ended.stderr.splitlines() if not line.startswith(("import time:", "0:0"))]

        assert (ended.status, lines[0]) == (status, f"cpa-image: {said} [{word}]")
        assert home.pictures() == []
        # What came and was paid for is not thrown away.
        assert lines[1:] == [f"  kept: {path}" for path in home.kept()]
        assert len(home.kept()) == (said == KEPT)
        assert {run.state for run in home.runs()} <= {RunState.INTERRUPTED}
        assert len(home.runs()) == (said != UNSENT or name in CONNECTING)


@pytest.mark.parametrize("number", ENDS)
def test_a_signal_that_comes_when_the_picture_is_in_place_changes_nothing(number: signal.Signals, home: Home) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        process = Process(home, *GENERATE, base_url=gateway.base_url)
        process.wait_for(home.picture.exists)
        process.send(number)
        ended = process.end()

    assert (ended.status, ended.stdout.decode()) == (0, f"{home.picture}\n")
    assert [(run.state, run.output) for run in home.runs()] == [(RunState.DONE, home.picture)]


@pytest.mark.parametrize("number", ENDS)
def test_a_picture_in_hand_is_saved_when_its_run_is_stopped(number: signal.Signals, tmp_path: Path) -> None:
    for home, ended in ends_of(having_the_picture, number, tmp_path):
        assert (ended.status, ended.stdout.decode()) == (0, f"{home.picture}\n")
        assert "warning: stopped; the picture was here by then, and is saved" in ended.stderr
        assert "late" not in ended.stderr
        assert (home.pictures(), home.kept()) == (["squirrel.png"], [])
        assert [(run.state, run.job_state, run.output) for run in home.runs()] == [
            (RunState.DONE, JobState.DONE, home.picture)
        ]


def test_a_run_whose_window_closes_goes_on_to_its_end(home: Home) -> None:
    closed = threading.Event()

    def script(visitor: Visitor) -> None:
        closed.wait(PATIENCE)
        visitor.send(sized(recorded(stream=False)))

    with RawServer(script) as server:
        process = Process(home, *GENERATE, base_url=server.base_url)
        process.wait_for(lambda: "request sent" in process.told())
        process.send(signal.SIGHUP)
        closed.set()
        ended = process.end()

    assert (ended.status, home.pictures()) == (0, ["squirrel.png"])
    assert [run.job_state for run in home.runs()] == [JobState.DONE]


def test_a_window_that_closes_before_anything_is_under_way_ends_the_program(home: Home) -> None:
    reads, writes = os.pipe()
    process = Process(home, "generate", "-o", "squirrel.png", base_url="http://127.0.0.1:9", stdin=reads)
    process.wait_for(lambda: process.is_in(READING))
    process.send(signal.SIGHUP)
    ended = process.end()
    os.close(reads)
    os.close(writes)

    assert (ended.status, home.pictures()) == (-signal.SIGHUP, [])


@pytest.mark.parametrize("number", ENDS)
def test_a_signal_that_whoever_started_us_wants_ignored_is_ignored(number: signal.Signals, home: Home) -> None:
    signalled = threading.Event()

    def script(visitor: Visitor) -> None:
        signalled.wait(PATIENCE)
        visitor.send(sized(recorded(stream=False)))

    # As `nohup` and `&` do.
    through = ("sh", "-c", 'trap "" INT TERM; exec "$@"', "sh")
    with RawServer(script) as server:
        process = Process(home, *GENERATE, base_url=server.base_url, through=through)
        process.wait_for(lambda: "request sent" in process.told())
        process.send(number)
        signalled.set()
        ended = process.end()

    assert (ended.status, home.pictures()) == (0, ["squirrel.png"])


@pytest.mark.parametrize("number", ENDS)
def test_a_signal_that_comes_while_the_picture_is_put_in_place_changes_nothing(
    number: signal.Signals, home: Home
) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        process = Process(home, *GENERATE, base_url=gateway.base_url, held_at="os:link")
        process.wait_for(process.is_held)
        before = home.pictures()
        process.send(number)
        process.release()
        ended = process.end()

    assert "squirrel.png" not in before
    assert (ended.status, ended.stdout.decode(), home.pictures()) == (0, f"{home.picture}\n", ["squirrel.png"])
    assert [(run.state, run.output) for run in home.runs()] == [(RunState.DONE, home.picture)]


@pytest.mark.parametrize("number", ENDS)
def test_an_examination_whose_resolver_does_not_answer_can_be_stopped(number: signal.Signals, home: Home) -> None:
    process = Process(home, "doctor", base_url="https://gateway.test", held_at="socket:getaddrinfo")
    process.wait_for(process.is_held)
    process.send(number)
    ended = process.end()

    assert process.is_held()
    assert ended.status == ENDS[number][0]
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("number", ENDS)
def test_a_new_configuration_that_is_being_tried_can_be_stopped_and_is_not_written(
    number: signal.Signals, home: Home
) -> None:
    with RawServer(lambda visitor: visitor.stay()) as server:
        argv = ("config", "init", "--base-url", server.base_url, "--api-key-env", "IMAGE_GEN_KEY", "--yes")
        process = Process(home, *argv)
        process.wait_for(lambda: server.requests)
        process.send(number)
        ended = process.end()

    assert server.requests
    assert ended.status == ENDS[number][0]
    assert "Traceback" not in ended.stderr
    assert not home.directories.config_file.exists()
    assert list(home.temporary.iterdir()) == []


@pytest.mark.parametrize("numbers", [(signal.SIGINT, signal.SIGINT), (signal.SIGINT, signal.SIGTERM)])
@pytest.mark.parametrize("apart", [0.0, 0.002, 0.004, 0.008, 0.016])
def test_a_second_signal_does_not_disturb_the_ending(
    numbers: tuple[signal.Signals, signal.Signals], apart: float, home: Home
) -> None:
    with answered()(home) as process:  # type: ignore[attr-defined]
        process.send(numbers[0])
        process.wait_at_most(apart)
        process.send(numbers[1])
        ended = process.end()
    lines = [line for line in ended.stderr.splitlines() if not line.startswith("0:0")]

    assert ended.status in {130, 143}
    assert len(lines) == 1
    assert lines[0].startswith(f"cpa-image: {SENT}")
    assert [run.state for run in home.runs()] == [RunState.INTERRUPTED]
    assert home.pictures() == []


def test_whoever_insists_gets_out_even_if_nobody_reads_what_is_said(home: Home) -> None:
    reads, writes = os.pipe()
    os.write(writes, b"x" * PIPE)
    with RawServer(lambda visitor: visitor.stay()) as server:
        process = Process(home, *GENERATE, base_url=server.base_url, stderr=writes)
        process.wait_for(home.runs)
        process.insist(signal.SIGINT)
        ended = process.end()
    os.close(reads)
    os.close(writes)

    assert ended.status == 130
    assert home.pictures() == []
