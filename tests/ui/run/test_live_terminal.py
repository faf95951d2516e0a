"""The live renderer in a real pseudo-terminal, read back through a terminal emulator. The clock is the test's."""

import fcntl
import os
import pty
import select
import struct
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyte
import pytest
from rich.console import RenderableType
from rich.text import Text

from cpa_image_cli.adapters.terminal.keyboard import size_of
from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.job.events import (
    AttemptStarted,
    FrameArrived,
    Generating,
    JobStarted,
    Receiving,
    RequestSent,
    RetryScheduled,
)
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.ui.console import console_on, is_animated
from cpa_image_cli.ui.run.live import LiveRenderer

# xterm does not re-wrap lines when it is resized, and neither does pyte.
XTERM = {"TERM": "xterm-256color", "XTERM_VERSION": "XTerm(390)"}
STARTED = JobStarted(
    prompt="画一只可爱的松鼠，坐在秋天的树枝上，抱着一颗比自己还大的橡果，水彩风格",
    model="gpt-5.4",
    model_source="default",
    gateway="https://gateway.example.net/v1",
    gateway_source="OTCBOT_BASE_URL",
    stream=True,
    requested={},
    attempts_allowed=5,
)
FAILURE = Failure(code=Code.RATE_LIMITED, message="Limit 5, Used 5", status=429)
PAUSE = RetryScheduled(attempt=1, of=5, reason="asked for a pause", failure=FAILURE, wait=12.0, resume_at=112.0)
OUTCOME = Outcome(
    model="gpt-5.4",
    requested={},
    attempts=1,
    elapsed_s=30.0,
    output=Path("/tmp/pictures/a-rather-long-folder-name/画一只可爱的松鼠.png"),
    picture=Picture(format="png", width=8, height=8, bytes=900, sha256="0" * 64),
)
FAILED = Outcome(
    model="gpt-5.4", requested={}, attempts=1, elapsed_s=3.0, trouble=Trouble(code=Code.OVERLOADED, message="busy")
)


class Terminal:
    """A pseudo-terminal with an emulator at its other end."""

    def __init__(self, columns: int, lines: int) -> None:
        self.now = 100.0
        self._master, slave = pty.openpty()
        self.stream = os.fdopen(slave, "w", encoding="utf-8")
        self._screen = pyte.HistoryScreen(columns, lines, history=100)
        self._parser = pyte.ByteStream(self._screen)
        self.resize(columns, lines)

    def clock(self) -> float:
        return self.now

    def size(self) -> os.terminal_size:
        return size_of(self.stream)

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.stream.fileno(), termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._screen.resize(lines, columns)

    def live(self, **wishes: object) -> LiveRenderer:
        console = console_on(self.stream, XTERM)
        return LiveRenderer(console, XTERM, clock=self.clock, size=self.size, **wishes)

    def rows(self) -> list[str]:
        """Return what the screen shows, without empty rows at its end."""
        while select.select([self._master], [], [], 0)[0]:
            self._parser.feed(os.read(self._master, 65536))
        # pyte puts nothing into the second cell of a wide character.
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip().split("\n")

    @property
    def cursor(self) -> tuple[int, int, bool]:
        self.rows()
        return self._screen.cursor.x, self._screen.cursor.y, not self._screen.cursor.hidden

    def close(self) -> None:
        self.stream.close()
        os.close(self._master)


@contextmanager
def terminal(columns: int = 80, lines: int = 24) -> Iterator[Terminal]:
    opened = Terminal(columns, lines)
    try:
        yield opened
    finally:
        opened.close()


def row_with(words: str, rows: list[str]) -> str:
    (found,) = [row for row in rows if words in row]
    return found


def test_progress_moves_with_the_clock_and_events() -> None:
    with terminal() as screen:
        live = screen.live(estimate=Estimate(median=40.0, p90=80.0, runs=5))
        live.handle(STARTED)
        live.handle(AttemptStarted(attempt=1, of=5))
        live.handle(RequestSent(bytes=100))
        before = screen.rows()
        screen.now += 20.0
        live.tick()
        after = screen.rows()

        assert row_with("sent", before).endswith("  0:00  about 0:41 left")
        assert row_with("sent", after).endswith("  0:20  about 0:21 left")
        assert (before[-1].count("━"), after[-1].count("━")) == (0, 19)
        assert before[:5] == after[:5]


def test_the_countdown_falls_and_names_its_keys() -> None:
    with terminal() as screen:
        live = screen.live(keys=True)
        live.handle(STARTED)
        live.handle(PAUSE)
        seen = []
        for moment in (100.0, 103.0, 111.5):
            screen.now = moment
            live.tick()
            rows = screen.rows()
            seen.append((row_with("attempt 2", rows).strip()[:24].strip(), rows[-2].count("━")))

        assert seen == [
            ("attempt 2 of 5 in 12 s", 75),
            ("attempt 2 of 5 in 9 s", 56),
            ("attempt 2 of 5 in 1 s", 3),
        ]
        assert rows[-1] == "  r retry now   q stop"


def test_the_card_takes_the_place_of_the_block_and_the_cursor_comes_back() -> None:
    with terminal(columns=40) as screen:
        screen.stream.write("$ cpa-image\r\n")
        live = screen.live()
        live.handle(STARTED)
        live.handle(Generating())
        hidden = screen.cursor
        live.conclude(OUTCOME)
        live.close()

        assert hidden[2] is False
        assert [row.replace(" ", "") for row in screen.rows()] == [
            "$cpa-image",
            # The terminal itself breaks the path, which it joins again when it is copied.
            "✓/tmp/pictures/a-rather-long-folder-nam",
            "e/画一只可爱的松鼠.png",
            "picturePNG8x8,900B",
            "time0:30",
            "tokensnotreported",
        ]
        assert screen.cursor == (0, 6, True)


def test_a_failure_takes_the_place_of_the_block() -> None:
    with terminal() as screen:
        live = screen.live()
        live.handle(STARTED)
        live.conclude(FAILED)

        assert screen.rows() == [
            "✗ the gateway or its upstream is at capacity",
            "  cause    busy",
            "  code     overloaded",
        ]


def test_closing_in_the_middle_leaves_the_terminal_as_it_was() -> None:
    with terminal() as screen:
        screen.stream.write("$ cpa-image\r\n")
        live = screen.live()
        live.handle(STARTED)
        live.handle(PAUSE)
        live.close()
        live.close()
        live.tick()

        assert screen.rows() == ["$ cpa-image"]
        assert screen.cursor == (0, 1, True)


@pytest.mark.parametrize("sizes", [(40, 80), (120, 30), (79, 81, 31, 200)], ids=str)
def test_resizing_does_not_smear(sizes: tuple[int, ...]) -> None:
    with terminal(lines=30) as screen:
        screen.stream.write("$ cpa-image\r\n")
        live = screen.live(keys=True)
        live.handle(STARTED)
        live.handle(PAUSE)
        for columns in sizes:
            screen.rows()
            screen.resize(columns, 30)
            live.tick()
        with terminal(columns=sizes[-1], lines=30) as fresh:
            fresh.stream.write("$ cpa-image\r\n")
            untouched = fresh.live(keys=True)
            untouched.handle(STARTED)
            untouched.handle(PAUSE)

            assert screen.rows() == fresh.rows()


def test_a_job_stopped_by_ctrl_z_goes_on_below_what_the_shell_wrote() -> None:
    with terminal() as screen:
        live = screen.live()
        live.handle(STARTED)
        live.suspend()
        stopped = (screen.rows(), screen.cursor)
        screen.stream.write("[1]+ Stopped\r\n")
        live.resume()

        assert stopped == ([""], (0, 0, True))
        assert screen.rows()[0] == "[1]+ Stopped"
        assert "starting" in row_with("0:00", screen.rows())


def test_a_hundred_events_a_second_are_drawn_twelve_times() -> None:
    with terminal() as screen:
        live = screen.live()
        live.handle(STARTED)
        drawn = set()
        for number in range(1, 101):
            screen.now = 100.0 + number / 100
            live.handle(Receiving(bytes=number * 1_000_000))
            drawn.add(tuple(screen.rows()))

        assert 10 <= len(drawn) <= 14


class TextPainter:
    """Paints words in place of pictures, and like Kitty has something to remove besides."""

    def paint(self, path: Path, *, columns: int, rows: int) -> RenderableType | None:
        return Text(f"<{path.stem} {columns}x{rows}>") if path.suffix == ".png" else None

    def forget(self) -> str:
        return "(forgotten)\r\n"


def frame(index: int, suffix: str = ".png") -> FrameArrived:
    return FrameArrived(index=index, of=2, bytes=100, path=Path(f"/tmp/frame-{index}{suffix}"))


def test_each_frame_is_drawn_in_place_of_the_last_and_at_the_end_the_picture() -> None:
    with terminal(lines=30) as screen:
        live = screen.live(painter=TextPainter())
        shown = []
        live.handle(STARTED)
        for event in (frame(0), frame(1)):
            live.handle(event)
            shown.append(screen.rows()[0])
        screen.resize(60, 24)
        live.tick()
        shown.append(screen.rows()[0])
        live.conclude(OUTCOME)

        assert shown == ["<frame-0 79x16>", "<frame-1 79x16>", "<frame-1 59x10>"]
        assert [row.replace(" ", "") for row in screen.rows()[:2]] == ["(forgotten)", "<画一只可爱的松鼠59x10>"]
        assert screen.rows()[2].startswith("✓ /tmp/pictures")


def test_a_frame_that_cannot_be_shown_or_has_no_room_is_left_out() -> None:
    with terminal(lines=30) as screen, terminal(lines=16) as low:
        for one, event in ((screen, frame(0, ".raw")), (low, frame(0))):
            live = one.live(painter=TextPainter())
            live.handle(STARTED)
            live.handle(event)

        assert screen.rows() == low.rows()
        assert "frame 1 of 2" in row_with("0:00", screen.rows())


def test_a_frame_goes_with_the_attempt_that_sent_it() -> None:
    with terminal(lines=30) as screen:
        live = screen.live(painter=TextPainter())
        live.handle(STARTED)
        live.handle(frame(0))
        live.handle(AttemptStarted(attempt=2, of=5))
        live.conclude(FAILED)

        assert screen.rows()[:2] == ["(forgotten)", "✗ the gateway or its upstream is at capacity"]


def test_only_a_terminal_that_can_move_the_cursor_is_animated(tmp_path: Path) -> None:
    with terminal() as screen, (tmp_path / "log").open("w", encoding="utf-8") as file:
        assert {
            "xterm": is_animated(screen.stream, XTERM),
            "dumb": is_animated(screen.stream, {"TERM": "dumb"}),
            "none": is_animated(screen.stream, {}),
            "file": is_animated(file, {**XTERM, "FORCE_COLOR": "1"}),
        } == {"xterm": True, "dumb": False, "none": False, "file": False}


def test_a_picture_that_cannot_be_shown_leaves_the_card_alone() -> None:
    with terminal(lines=30) as screen:
        live = screen.live(painter=TextPainter())
        live.handle(STARTED)
        live.conclude(replace(OUTCOME, output=Path("/tmp/squirrel.tiff")))

        assert screen.rows()[:2] == ["✓ /tmp/squirrel.tiff", "  picture  PNG 8x8, 900 B"]
