"""The program as a whole at its edges: its version, help that nobody reads, an error that nobody can be told."""

import os
from pathlib import Path

import pytest

from cpa_image_cli import __version__
from tests.faults.home import Home
from tests.faults.processes import Closed, Process


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def unread(home: Home, *words: str) -> Closed:
    """Run the program with a standard output whose reader has gone away."""
    reads, writes = os.pipe()
    os.close(reads)
    ended = Process(home, *words, stdout=writes).end()
    os.close(writes)
    return ended


@pytest.mark.parametrize("words", [("--version",), ("--sandbox", "--version"), ("--version", "generate")], ids=" ".join)
def test_the_version_is_told_wherever_it_is_asked_for(home: Home, words: tuple[str, ...]) -> None:
    ended = Process(home, *words).end()

    assert (ended.status, ended.stdout.decode(), ended.stderr) == (0, f"cpa-image {__version__}\n", "")


@pytest.mark.parametrize("words", [("--help",), ("generate", "--help"), ("history", "--help")], ids=" ".join)
def test_help_that_nobody_reads_to_its_end_is_no_failure(home: Home, words: tuple[str, ...]) -> None:
    ended = unread(home, *words)

    assert (ended.status, ended.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize("form", ["--json", "--jsonl"])
def test_an_error_that_a_full_disk_does_not_take_is_told_to_the_person(home: Home, form: str) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = Process(home, "generate", form, "--if-exists", "maybe", "x", stdout=full.fileno()).end()

    assert ended.status == 2
    assert ended.stderr == "cpa-image: the result cannot be written: No space left on device [output_unwritable]\n"
