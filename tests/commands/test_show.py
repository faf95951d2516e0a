"""The command ``show``, in process and in a pseudo-terminal."""

import io
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path

import pytest
from PIL import Image

from cpa_image_cli.app import run
from cpa_image_cli.commands.show import show_file
from cpa_image_cli.core.errors import ExitStatus, UsageError
from cpa_image_cli.core.terminal.graphics import Protocol
from cpa_image_cli.process.surroundings import Directories, Surroundings
from tests.session.terminal import Terminal

QUESTION_END = b"\x1b[c"
KITTY_ANSWERS = b"\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.26.5)\x1b\\\x1b[6;20;10t\x1b[?62c"


def surroundings(folder: Path, *, environ: Mapping[str, str] | None = None) -> Surroundings:
    directories = Directories(config=folder, data=folder, cache=folder, pictures=folder)
    return Surroundings(
        environ=environ or {},
        stdin=io.StringIO(),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        home=folder,
        working_directory=folder,
        directories=lambda: directories,
        draw=lambda: 0.5,
    )


def red_square(folder: Path) -> Path:
    path = folder / "a.png"
    Image.new("RGB", (4, 4), "red").save(path)
    return path


def test_a_file_is_no_place_for_a_picture_unless_one_insists(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="standard output is not a terminal") as raised:
        show_file(red_square(tmp_path), surroundings(tmp_path))

    assert (raised.value.exit_status, "--protocol" in (raised.value.hint or "")) == (ExitStatus.USAGE, True)


def test_a_protocol_that_was_named_is_used_even_into_a_file(tmp_path: Path) -> None:
    around = surroundings(tmp_path)

    show_file(red_square(tmp_path), around, protocol=Protocol.HALF_BLOCKS)

    line = "\x1b[38;2;255;0;0;48;2;255;0;0m▀▀▀▀\x1b[0m\n"
    assert isinstance(around.stdout, io.StringIO)
    assert around.stdout.getvalue() == line * 2


def test_a_picture_keeps_to_the_columns_and_rows_it_is_given(tmp_path: Path) -> None:
    path, around = tmp_path / "a.png", surroundings(tmp_path)
    Image.new("RGB", (100, 100), "red").save(path)

    show_file(path, around, protocol=Protocol.HALF_BLOCKS, columns=10, rows=3)

    assert isinstance(around.stdout, io.StringIO)
    assert around.stdout.getvalue().count("▀") == 6 * 3


def test_what_is_no_picture_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")

    with pytest.raises(UsageError) as raised:
        show_file(tmp_path / "a.txt", surroundings(tmp_path), protocol=Protocol.SIXEL)

    assert raised.value.exit_status == ExitStatus.USAGE


def test_none_is_no_way_to_draw(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither pictures nor colours"):
        show_file(red_square(tmp_path), surroundings(tmp_path), protocol=Protocol.NONE)


SCRIPT = """
import sys
from pathlib import Path
from cpa_image_cli.commands.show import show_file
from cpa_image_cli.process.surroundings import Surroundings
show_file(Path(sys.argv[1]), Surroundings.of_process())
"""


@contextmanager
def showing(path: Path, environ: Mapping[str, str]) -> Iterator[int]:
    """The master side of a terminal of 80 x 24 cells on which *path* is being shown."""
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(path)], stdin=slave, stdout=slave, stderr=slave, env=environ
    )
    os.close(slave)
    try:
        yield master
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()
        os.close(master)


def read_until(master: int, end: bytes, *, wait: float = 20.0) -> bytes:
    heard = b""
    while end not in heard and select.select([master], [], [], wait)[0]:
        try:
            heard += os.read(master, 65536)
        except OSError:
            break
    return heard


def test_on_a_terminal_that_answers_the_picture_is_drawn_as_it_asked_for(tmp_path: Path) -> None:
    with showing(red_square(tmp_path), {"TERM": "xterm-256color"}) as master:
        read_until(master, QUESTION_END)
        os.write(master, KITTY_ANSWERS)
        shown = read_until(master, b"\x1b8\x1b[1C\r\n").decode()

    found = re.search(r"\x1b_Ga=T,f=100,i=\d+,p=1,c=1,r=1,C=1,q=2,m=0;([^\x1b]*)\x1b\\", shown)
    assert found is not None
    sent = Image.open(io.BytesIO(b64decode(found[1])))
    assert sent.crop((0, 0, 4, 4)).getcolors() == [(16, (255, 0, 0, 255))]


def test_on_a_terminal_of_mere_characters_half_blocks_are_drawn(tmp_path: Path) -> None:
    with showing(red_square(tmp_path), {"TERM": "xterm-256color", "COLORTERM": "truecolor"}) as master:
        read_until(master, QUESTION_END)
        os.write(master, b"\x1b[?6c")
        shown = read_until(master, b"\n" * 2, wait=1.0).decode()

    assert shown == "\x1b[38;2;255;0;0;48;2;255;0;0m▀▀▀▀\x1b[0m\r\n" * 2


def test_what_was_typed_ahead_is_there_for_the_shell(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    os.write(master, b"ls\n")
    command = [sys.executable, "-c", SCRIPT, str(red_square(tmp_path))]

    subprocess.run(command, stdin=slave, stdout=slave, stderr=slave, env={"TERM": "xterm"}, check=True)

    assert select.select([slave], [], [], 0)[0]
    assert os.read(slave, 100) == b"ls\n"
    os.close(slave)
    os.close(master)


def test_the_command_takes_a_file_from_where_it_is_called(tmp_path: Path) -> None:
    red_square(tmp_path)
    around = surroundings(tmp_path)

    status = run(["show", "a.png", "--protocol", "half-blocks", "--width", "2"], around)

    assert isinstance(around.stdout, io.StringIO)
    assert (status, around.stdout.getvalue().count("▀")) == (0, 2)


def test_several_make_one_numbered_sheet_even_into_a_pipe(tmp_path: Path) -> None:
    for name in ("fox.png", "owl.png"):
        red_square(tmp_path).rename(tmp_path / name)
    around = surroundings(tmp_path)

    status = run(["show", "fox.png", "owl.png", "--protocol", "half-blocks", "--width", "40", "--height", "5"], around)

    assert isinstance(around.stdout, io.StringIO)
    rows = re.sub(r"\x1b\[[0-9;]*m", "", around.stdout.getvalue()).splitlines()
    assert (status, len(rows), rows[1].split(), rows[-1].split()) == (0, 5, ["▀▀▀▀"] * 2, ["1", "fox", "2", "owl"])


def test_a_sheet_shows_what_it_can_and_ends_with_what_it_cannot(tmp_path: Path) -> None:
    red_square(tmp_path)
    around = surroundings(tmp_path)

    status = run(["show", "a.png", "gone.png", "--protocol", "half-blocks"], around)

    assert isinstance(around.stdout, io.StringIO)
    assert isinstance(around.stderr, io.StringIO)
    assert (status, "▀▀▀▀" in around.stdout.getvalue()) == (ExitStatus.USAGE, True)
    assert around.stderr.getvalue().startswith(f"cpa-image: {tmp_path / 'gone.png'} does not exist [usage]")


def test_no_sheet_is_drawn_if_nothing_of_it_can_be_shown(tmp_path: Path) -> None:
    around = surroundings(tmp_path)

    status = run(["show", "a.png", "b.png", "--protocol", "half-blocks"], around)

    assert isinstance(around.stdout, io.StringIO)
    assert (status, around.stdout.getvalue()) == (ExitStatus.USAGE, "")


def test_on_a_terminal_a_sheet_of_nine_stays_in_sight(tmp_path: Path) -> None:
    names = [f"s-{number}.png" for number in range(1, 10)]
    for name in names:
        Image.new("RGB", (64, 64), "red").save(tmp_path / name)

    with Terminal(tmp_path, "show", *names, lines=30, COLORTERM="truecolor") as terminal:
        status = terminal.left()

        assert (status, terminal.modes == terminal.modes_before) == (0, True)
        labels = [row.split() for row in terminal.rows if row.strip() and "▀" not in row]
        assert labels == [["1", "2", "3", "4"], ["5", "6", "7", "8"], ["9"]]


def test_what_is_typed_while_the_terminal_is_asked_is_there_for_the_shell(tmp_path: Path) -> None:
    with Terminal(tmp_path, "show", str(red_square(tmp_path))) as terminal:
        terminal.becomes(lambda: terminal.modes != terminal.modes_before, "the question")
        terminal.types("ls", "\x1b[?6c", "\n")
        status = terminal.left()

        assert (status, terminal.modes == terminal.modes_before) == (0, True)
        # Where the system forbids to give it back, it was at least not taken for an answer.
        assert "▀" in terminal.text
