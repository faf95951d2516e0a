"""Asking a terminal how it draws, over a pseudo-terminal whose other end plays the terminal."""

import io
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from fcntl import ioctl
from typing import TextIO

import pytest

from cpa_image_cli.adapters.terminal.graphics_query import (
    OTHER_QUESTIONS,
    QUESTIONS,
    Detection,
    detect,
    give_back,
    late_replies,
    width_of,
)
from cpa_image_cli.core.terminal.graphics import Graphics, Protocol, through_tmux

XTERM = {"TERM": "xterm-256color"}
LONG = 20.0
"""Seconds that no test waits: an answer ends the asking."""

SHORT = 0.02
"""Seconds; for the terminals that never answer."""

SIXEL_ANSWERS = b"\x1bP>|XTerm(379)\x1b\\\x1b[6;20;10t\x1b[?1;0;64S\x1b[?63;4c"
KITTY_ANSWERS = b"\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.35.2)\x1b\\\x1b[6;18;9t\x1b[?62c"
SIXEL = Graphics(protocol=Protocol.SIXEL, colours=64)


class Terminal:
    """The other end: hands out streams, sees what is written, says what a test wants."""

    def __init__(self) -> None:
        self.master, self._slave = pty.openpty()
        self.reads: TextIO = os.fdopen(os.dup(self._slave), "r")
        self.writes: TextIO = os.fdopen(os.dup(self._slave), "w")
        self._threads: list[threading.Thread] = []

    def says(self, data: bytes) -> None:
        os.write(self.master, data)

    def when_asked(self, answer: Callable[[], None], *, question: str = QUESTIONS) -> None:
        def play() -> None:
            heard = b""
            while question.encode() not in heard:
                heard += os.read(self.master, 4096)
            answer()

        thread = threading.Thread(target=play, daemon=True)
        thread.start()
        self._threads.append(thread)

    def answers(self, data: bytes) -> None:
        self.when_asked(lambda: self.says(data))

    def heard(self) -> bytes:
        """Everything that was written and not yet read."""
        heard = b""
        while select.select([self.master], [], [], 0)[0]:
            heard += os.read(self.master, 4096)
        return heard

    def mode(self) -> object:
        return termios.tcgetattr(self._slave)

    def waiting(self) -> bytes:
        """What a program that reads the terminal next would find."""
        found = b""
        while select.select([self._slave], [], [], 0)[0]:
            found += os.read(self._slave, 4096)
        return found

    def unread(self) -> int:
        """How many bytes wait for a program that reads them."""
        return int.from_bytes(ioctl(self._slave, termios.FIONREAD, bytes(4)), sys.byteorder)

    def has_window(self, rows: int, columns: int, width: int, height: int) -> None:
        ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, width, height))

    def detect(self, environ: dict[str, str] = XTERM, *, timeout: float | None = LONG) -> Detection:
        detection = detect(environ, reads=self.reads, writes=self.writes, timeout=timeout)
        for thread in self._threads:
            thread.join(timeout=LONG)
        return detection

    def hang_up(self) -> None:
        """Be gone, as a window that is closed."""
        os.close(self.master)
        # Another descriptor, so that `close` has one.
        self.master = os.open(os.devnull, os.O_RDWR)

    def close(self) -> None:
        self.reads.close()
        self.writes.close()
        os.close(self._slave)
        os.close(self.master)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    played = Terminal()
    yield played
    played.close()


def test_a_terminal_that_answers_is_believed(terminal: Terminal) -> None:
    terminal.answers(SIXEL_ANSWERS)

    assert terminal.detect() == Detection(graphics=SIXEL)


def test_answers_may_come_in_any_pieces(terminal: Terminal) -> None:
    terminal.when_asked(lambda: [terminal.says(bytes([byte])) for byte in SIXEL_ANSWERS] and None)

    assert terminal.detect() == Detection(graphics=SIXEL)


def test_a_terminal_that_answers_only_the_last_question_is_not_waited_for(terminal: Terminal) -> None:
    terminal.answers(b"\x1b[?6c")

    assert terminal.detect(timeout=LONG) == Detection(graphics=Graphics(protocol=Protocol.HALF_BLOCKS))


def test_keys_typed_while_we_ask_come_back_in_order(terminal: Terminal) -> None:
    version, rest = SIXEL_ANSWERS[:16], SIXEL_ANSWERS[16:]
    terminal.answers(b"r" + version + b"\x1b[A\xe4\xbd\xa0" + rest)

    assert terminal.detect() == Detection(graphics=SIXEL, typed=b"r\x1b[A\xe4\xbd\xa0")


def test_keys_typed_right_after_the_last_answer_are_not_lost(terminal: Terminal) -> None:
    terminal.answers(SIXEL_ANSWERS + b"ls\n")

    detection = terminal.detect()

    assert (detection.graphics, detection.typed + terminal.waiting()) == (SIXEL, b"ls\n")


def test_a_terminal_that_never_answers_costs_the_timeout_and_no_key(terminal: Terminal) -> None:
    terminal.answers(b"typed\x1b[")

    detection = terminal.detect({**XTERM, "KITTY_WINDOW_ID": "3"}, timeout=0.2)

    assert detection == Detection(graphics=Graphics(protocol=Protocol.KITTY), typed=b"typed\x1b[", unanswered=True)


def test_answers_that_come_too_late_are_swallowed_and_keys_among_them_are_not(terminal: Terminal) -> None:
    detection = terminal.detect(timeout=SHORT)
    terminal.says(b"l" + SIXEL_ANSWERS[:-1])
    terminal.says(b"c")

    assert detection == Detection(graphics=Graphics(protocol=Protocol.HALF_BLOCKS), unanswered=True)
    assert late_replies(detection, reads=terminal.reads, timeout=SHORT) == b"l"
    assert terminal.waiting() == b""


def test_late_answers_may_come_in_pieces_too(terminal: Terminal) -> None:
    detection = Detection(graphics=SIXEL, unanswered=True)
    terminal.says(b"l" + SIXEL_ANSWERS[:-1])

    before = terminal.mode()

    def say_the_rest() -> None:
        while terminal.mode() == before or terminal.unread():
            threading.Event().wait(0.001)
        terminal.says(b"c")

    speaker = threading.Thread(target=say_the_rest)
    speaker.start()
    typed = late_replies(detection, reads=terminal.reads, timeout=LONG)
    speaker.join()

    assert (typed, terminal.waiting()) == (b"l", b"")


def test_a_terminal_that_is_closed_while_it_is_asked_is_not_waited_for(terminal: Terminal) -> None:
    terminal.when_asked(terminal.hang_up)

    assert terminal.detect() == Detection(graphics=Graphics(protocol=Protocol.HALF_BLOCKS))


def test_after_an_answer_nothing_is_waited_for(terminal: Terminal) -> None:
    detection = Detection(graphics=SIXEL)
    terminal.says(b"next command\n")

    assert late_replies(detection, reads=terminal.reads, timeout=LONG) == b""
    assert terminal.waiting() == b"next command\n"


def test_what_was_typed_ahead_stays_where_it_is_and_nothing_is_asked(terminal: Terminal) -> None:
    terminal.says(b"ls\n")
    terminal.heard()

    assert terminal.detect() == Detection(graphics=Graphics(protocol=Protocol.HALF_BLOCKS))
    assert (terminal.heard().replace(b"ls\r\n", b""), terminal.waiting()) == (b"", b"ls\n")


def test_answers_are_not_echoed_and_the_mode_is_as_before(terminal: Terminal) -> None:
    before = terminal.mode()
    terminal.answers(SIXEL_ANSWERS)

    terminal.detect()

    assert (terminal.heard(), terminal.mode()) == (b"", before)


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"TERM": "linux"}, {**XTERM, "TERM_PROGRAM": "Apple_Terminal"}])
def test_terminals_that_would_print_the_questions_are_not_asked(terminal: Terminal, environ: dict[str, str]) -> None:
    terminal.detect(environ)

    assert terminal.heard() == b""


def test_with_input_from_a_pipe_only_the_environment_is_asked(terminal: Terminal) -> None:
    detection = detect({"TERM": "xterm-kitty"}, reads=io.StringIO(), writes=terminal.writes, timeout=LONG)

    assert detection == Detection(graphics=Graphics(protocol=Protocol.KITTY))
    assert terminal.heard() == b""


def test_with_output_into_a_pipe_there_is_nothing_to_draw_on(terminal: Terminal) -> None:
    written = io.StringIO()

    detection = detect({"TERM": "xterm-kitty"}, reads=terminal.reads, writes=written, timeout=LONG)

    assert (detection, written.getvalue()) == (Detection(graphics=Graphics(protocol=Protocol.NONE)), "")


@pytest.mark.parametrize(
    ("window", "area", "expected"),
    [
        ((24, 80, 720, 432), b"", (9, 18)),
        ((24, 80, 0, 0), b"\x1b[4;480;640t", (8, 20)),
        ((24, 80, 720, 432), b"\x1b[6;40;20t\x1b[4;480;640t", (20, 40)),
        ((24, 80, 0, 0), b"", (10, 20)),
        ((0, 0, 0, 0), b"\x1b[4;480;640t", (10, 20)),
        ((24, 80, 3, 3), b"\x1b[4;1;1t", (10, 20)),
    ],
)
def test_the_cell_size_comes_from_the_best_source(
    terminal: Terminal, window: tuple[int, int, int, int], area: bytes, expected: tuple[int, int]
) -> None:
    terminal.has_window(*window)
    terminal.answers(area + b"\x1b[?6c")

    graphics = terminal.detect().graphics

    assert (graphics.cell_width, graphics.cell_height) == expected


def test_inside_tmux_the_terminal_around_it_is_asked_too(terminal: Terminal) -> None:
    def answer_for_tmux() -> None:
        terminal.when_asked(lambda: terminal.says(KITTY_ANSWERS), question=through_tmux(QUESTIONS))
        terminal.says(b"\x1bP>|tmux 3.4\x1b\\\x1b[?1;2c")

    terminal.when_asked(answer_for_tmux, question=OTHER_QUESTIONS)

    expected = Graphics(protocol=Protocol.KITTY, passthrough=True, placeholders=True, cell_width=9, cell_height=18)
    assert terminal.detect({**XTERM, "TMUX": "x"}) == Detection(graphics=expected)


def test_a_tmux_that_lets_nothing_through_ends_in_half_blocks(terminal: Terminal) -> None:
    terminal.when_asked(lambda: terminal.says(b"\x1bP>|tmux 3.4\x1b\\\x1b[?1;2c"), question=OTHER_QUESTIONS)

    detection = terminal.detect({**XTERM, "TMUX": "x", "KITTY_WINDOW_ID": "1"}, timeout=0.2)

    assert detection == Detection(graphics=Graphics(protocol=Protocol.HALF_BLOCKS), unanswered=True)


@pytest.mark.parametrize("environ", [{"TERM": "xterm", "TMUX": "x"}, {"TERM": "screen.xterm"}, {"TERM": "tmux"}])
def test_a_multiplexer_is_not_asked_what_it_takes_for_a_title(terminal: Terminal, environ: dict[str, str]) -> None:
    terminal.detect(environ, timeout=SHORT)

    assert terminal.heard() == OTHER_QUESTIONS.encode()


def test_the_questions_end_with_the_one_that_everybody_answers() -> None:
    assert QUESTIONS.endswith("\x1b[c")


def test_a_background_job_asks_nothing_and_is_not_stopped() -> None:
    """Changing the terminal's mode from the background would be answered by SIGTTOU, which stops the process."""
    script = """
import os, pty, sys
from cpa_image_cli.adapters.terminal.graphics_query import detect

leader, master = pty.fork()
if leader == 0:
    background = os.fork()
    if background == 0:
        os.setpgid(0, 0)
        found = detect({"TERM": "xterm"}, reads=sys.stdin, writes=sys.stdout, timeout=20)
        os._exit(0 if found.graphics.protocol == "half-blocks" and not found.unanswered else 4)
    _, status = os.waitpid(background, os.WUNTRACED)
    os._exit(3 if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status))
_, status = os.waitpid(leader, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"""

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_importing_asks_nothing() -> None:
    master, slave = pty.openpty()
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import cpa_image_cli.adapters.terminal.graphics_query, cpa_image_cli.ui.pictures.preview",
        ],
        stdin=slave,
        stdout=slave,
        check=True,
    )
    heard = select.select([master], [], [], 0)[0]
    os.close(slave)
    os.close(master)

    assert heard == []


def test_what_the_system_does_not_take_back_is_told(terminal: Terminal) -> None:
    """Pushing bytes back is allowed on the controlling terminal alone, and not at all where it is switched off."""
    refused = give_back(terminal.reads, b"typed\n")

    assert terminal.waiting() + refused == b"typed\n"


def test_where_there_is_no_terminal_nothing_is_given_back() -> None:
    with open(os.devnull, encoding="utf-8") as nowhere:  # noqa: PTH123 - no path of anybody's
        assert give_back(nowhere, b"typed\n") == b"typed\n"


QUESTION_OF_WIDTH = "画\x1b[6n\x1b[c"


@pytest.mark.parametrize(("column", "width"), [(b"3", 2), (b"2", 1)])
def test_a_terminal_tells_how_wide_a_chinese_character_is(terminal: Terminal, column: bytes, width: int) -> None:
    terminal.when_asked(lambda: terminal.says(b"k\x1b[7;" + column + b"R\x1b[?6c"), question=QUESTION_OF_WIDTH)

    measured = width_of("画", XTERM, reads=terminal.reads, writes=terminal.writes)

    assert (measured, terminal.heard()) == ((width, b"k"), b"\r\x1b[K")


def test_a_terminal_that_does_not_tell_a_width_is_believed_nothing(terminal: Terminal) -> None:
    terminal.when_asked(lambda: terminal.says(b"\x1b[?6c"), question=QUESTION_OF_WIDTH)

    assert width_of("画", XTERM, reads=terminal.reads, writes=terminal.writes) == (None, b"")


def test_a_width_is_not_asked_for_where_the_question_would_be_seen(terminal: Terminal) -> None:
    pipe = io.StringIO()

    assert width_of("画", XTERM, reads=terminal.reads, writes=pipe) == (None, b"")
    assert width_of("画", {"TERM": "dumb"}, reads=terminal.reads, writes=terminal.writes) == (None, b"")
    assert (pipe.getvalue(), terminal.heard()) == ("", b"")


def test_a_width_is_not_asked_for_when_somebody_has_typed_ahead(terminal: Terminal) -> None:
    terminal.says(b"ls\n")
    terminal.heard()

    assert width_of("画", XTERM, reads=terminal.reads, writes=terminal.writes) == (None, b"")
    assert (terminal.heard().replace(b"ls\r\n", b""), terminal.waiting()) == (b"", b"ls\n")
