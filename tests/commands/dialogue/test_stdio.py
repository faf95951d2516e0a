"""Results reach standard output whatever it is: a closed one, a broken pipe, or one of another encoding."""

import io
import os
from dataclasses import replace
from pathlib import Path

import pytest

from cpa_image_cli.commands.dialogue.stdio import as_internal_error, write_line
from cpa_image_cli.core.errors import Code, ExitStatus, OutputError
from cpa_image_cli.process.surroundings import Surroundings
from tests.faults.home import Home


def test_a_path_is_written_as_the_file_system_spells_it_whatever_the_encoding() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", errors="strict")

    write_line(stream, "/tmp/松鼠.png")
    write_line(stream, os.fsdecode(b"/tmp/\xff.png"))

    assert raw.getvalue() == "/tmp/松鼠.png\n".encode() + b"/tmp/\xff.png\n"


def test_a_closed_stream_is_no_error() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    stream.close()

    write_line(stream, "a path")

    assert stream.closed


def test_a_reader_that_went_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        write_line(stream, "a path")
        write_line(stream, "another")

        assert stream.writable()


def test_a_stream_that_cannot_be_written_is_an_output_problem() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no full device here")
    with full.open("w", encoding="utf-8") as stream:
        with pytest.raises(OutputError) as caught:
            write_line(stream, "a path")
        write_line(stream, "another, after it was silenced")

    assert (caught.value.exit_status, caught.value.message) == (
        ExitStatus.OUTPUT,
        "the result cannot be written: No space left on device",
    )


def test_a_bug_is_told_even_where_its_details_cannot_be_written(tmp_path: Path) -> None:
    home = Home.made_in(tmp_path)
    home.directories.data.parent.mkdir(parents=True)
    home.directories.data.write_text("in the way")
    around = replace(Surroundings.of_process(), directories=lambda: home.directories)

    told = as_internal_error(ZeroDivisionError("secret"), around)

    assert (told.code, told.message) == (Code.INTERNAL, "a bug in this program: ZeroDivisionError")
    assert "crash.txt" not in (told.hint or "")
    assert home.directories.data.read_text() == "in the way"
