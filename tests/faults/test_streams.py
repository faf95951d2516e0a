"""Standard streams that are closed, broken or full: no picture is lost over them, and nobody sees a traceback."""

import os

import pytest

from cpa_image_cli.core.ledger.run import RunState
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import KEY, Home
from tests.faults.processes import Closed, Process

GENERATE = ("generate", "画一只松鼠", "-o", "squirrel.png")

CLOSED = (">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-", "2>/dev/full")
"""What may be taken away without anybody's loss."""

FULL = (">/dev/full", ">/dev/full 2>/dev/full", ">/dev/full 2>&-")
"""What somebody waits for in vain."""

MODES = ((), ("--json",), ("--jsonl",), ("--verbose",), ("--quiet",))


def through(redirection: str) -> tuple[str, ...]:
    """Return what starts a program with *redirection*, as a shell has it."""
    return ("sh", "-c", f'exec "$@" {redirection}', "sh")


def run_redirected(home: Home, redirection: str, *argv: str) -> tuple[Closed, int]:
    """Run a command line that was redirected; return how it ended, and how many requests it made."""
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        ended = Process(home, *argv, base_url=gateway.base_url, through=through(redirection)).end()
        return ended, len(gateway.posts)


@pytest.mark.parametrize("mode", MODES, ids=" ".join)
@pytest.mark.parametrize("redirection", CLOSED)
def test_a_run_does_without_the_streams_that_it_was_not_given(
    redirection: str, mode: tuple[str, ...], home: Home
) -> None:
    ended, requests = run_redirected(home, redirection, *GENERATE, *mode)

    assert (ended.status, requests, home.pictures()) == (0, 1, ["squirrel.png"])
    assert [(run.state, run.output) for run in home.runs()] == [(RunState.DONE, home.picture)]
    assert ("squirrel.png" in ended.stdout.decode()) == (">&-" not in redirection.replace("2>&-", ""))
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("mode", MODES, ids=" ".join)
@pytest.mark.parametrize("redirection", FULL)
def test_a_result_that_cannot_be_written_is_a_failure_and_the_picture_stays(
    redirection: str, mode: tuple[str, ...], home: Home
) -> None:
    ended, requests = run_redirected(home, redirection, *GENERATE, *mode)
    told = [line for line in ended.stderr.splitlines() if line.startswith("cpa-image:")]

    assert (ended.status, requests, home.pictures()) == (9, 1, ["squirrel.png"])
    assert [(run.state, run.output) for run in home.runs()] == [(RunState.DONE, home.picture)]
    assert len(told) == ("2>" not in redirection)
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("mode", MODES, ids=" ".join)
def test_a_reader_that_went_away_is_no_failure(mode: tuple[str, ...], home: Home) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        process = Process(home, *GENERATE, *mode, base_url=gateway.base_url, stdout=writes, stderr=writes)
        ended = process.end()
    os.close(writes)

    assert (ended.status, home.pictures()) == (0, ["squirrel.png"])
    assert [run.state for run in home.runs()] == [RunState.DONE]


def test_nothing_is_sent_for_a_standard_output_that_is_closed(home: Home) -> None:
    ended, requests = run_redirected(home, ">&-", "generate", "x", "-o", "-")

    assert (ended.status, requests, home.kept()) == (9, 0, [])


def test_a_picture_that_standard_output_does_not_take_is_kept(home: Home) -> None:
    ended, requests = run_redirected(home, ">/dev/full", "generate", "x", "-o", "-")
    [kept] = home.kept()

    assert (ended.status, requests) == (9, 1)
    assert f"kept: {kept}" in ended.stderr


def test_a_picture_that_nobody_reads_is_kept(home: Home) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        ended = Process(home, "generate", "x", "-o", "-", base_url=gateway.base_url, stdout=writes).end()
    os.close(writes)
    [kept] = home.kept()

    assert ended.status == 9
    assert f"kept: {kept}" in ended.stderr


OTHERS = (
    ("--help",),
    ("generate", "--help"),
    ("generate", "x", "--dry-run"),
    ("config", "show"),
    ("config", "path"),
    ("sandbox", "--list"),
)


@pytest.mark.parametrize("argv", OTHERS, ids=" ".join)
@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">/dev/full"])
def test_other_commands_end_in_order_too(argv: tuple[str, ...], redirection: str, home: Home) -> None:
    ended = Process(home, *argv, base_url="http://127.0.0.1:9", through=through(redirection)).end()

    assert ended.status == (9 if redirection == ">/dev/full" else 0)
    assert "Traceback" not in ended.stderr
    assert "internal_error" not in ended.stderr
    assert "Exception ignored" not in ended.stderr
