"""What is shown of many jobs at once: values folded over events, and lines of any width."""

import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from cpa_image_cli.core.errors import Code, Failure, GatewayError
from cpa_image_cli.core.job.events import (
    AttemptStarted,
    Generating,
    JobEvent,
    JobStarted,
    OfJob,
    Receiving,
    RequestSent,
    RetryScheduled,
    of_job,
)
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.ui.console import composed, console_on
from cpa_image_cli.ui.run.many import Many, advance, concluded, draw, sum_words
from cpa_image_cli.ui.run.many_views import LiveMany, PlainMany, QuietMany, ending_words

CHINESE = "画一只可爱的松鼠，坐在秋天的树枝上，抱着一颗比自己还大的橡果，水彩风格"
USUAL = Estimate(median=40.0, p90=70.0, runs=12)
LIMIT = Failure(code=Code.RATE_LIMITED, message="slow down", status=429)
MADE = Outcome(
    model="m",
    requested={},
    attempts=1,
    elapsed_s=7.0,
    output=Path("/p/a.png"),
    picture=Picture(format="png", width=8, height=8, bytes=2000, sha256="0"),
)
FAILED = Outcome(
    model="m",
    requested={},
    attempts=1,
    elapsed_s=7.0,
    trouble=Trouble.of(GatewayError(Failure(code=Code.MODERATION, message="no such thing"))),
)


def started(job: int, prompt: str = CHINESE) -> JobEvent:
    event = JobStarted(
        prompt=prompt,
        model="m",
        model_source="",
        gateway="g",
        gateway_source="",
        stream=False,
        requested={},
        attempts_allowed=5,
    )
    return of_job(event, OfJob(job=job))


def several() -> Many:
    """Four of twelve under way at different points, three over."""
    many = Many(of=12, most=4, started_at=0.0)
    told = [
        *(started(job) for job in (4, 5, 6, 7)),
        AttemptStarted(attempt=1, of=5, job=4),
        RequestSent(bytes=200, job=4),
        Generating(job=5),
        RetryScheduled(attempt=1, of=5, reason="busy", failure=LIMIT, wait=12.0, resume_at=32.0, job=6),
    ]
    for event in told:
        many = advance(many, event, now=20.0)
    return replace(many, made=2, failed=1)


def lines(many: Many, *, width: int, rows: int = 24, estimate: Estimate | None = None) -> list[str]:
    console = console_on(io.StringIO(), {"TERM": "dumb"})
    shown = draw(many, now=25.0, width=width, rows=rows, estimate=estimate)
    return [line.rstrip() for line in composed(console, shown, width=width - 1).removesuffix("\n").split("\n")]


def test_each_running_job_has_a_line_and_all_of_them_a_sum_and_a_bar() -> None:
    assert lines(several(), width=80, estimate=USUAL) == [
        " 4  画一只可爱的松鼠，坐在秋天的树枝上，…   sent, waiting for the gateway  0:05",
        " 5  画一只可爱的松鼠，坐在秋天的树枝上，…   generating                     0:05",
        " 6  画一只可爱的松鼠，坐在秋天的树枝上，…   attempt 2 of 5 in 7 s          0:05",
        " 7  画一只可爱的松鼠，坐在秋天的树枝上，…   starting                       0:05",
        "2 of 12 made, 1 not made, about 1:56 left                                  0:25",
        "━━━━━━━━━━━━━━━━━━━━───────────────────────────────────────────────────────────",
    ]


def test_on_a_narrow_terminal_the_prompt_and_the_time_left_go_first() -> None:
    assert lines(several(), width=40, estimate=USUAL)[1:5] == [
        " 5  generating                     0:05",
        " 6  attempt 2 of 5 in 7 s          0:05",
        " 7  starting                       0:05",
        "2 of 12 made, 1 not made           0:25",
    ]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_reaches_the_last_column(width: int) -> None:
    assert all(cell_len(line) < width for line in lines(several(), width=width, estimate=USUAL))


def test_a_low_terminal_shows_as_many_as_fit_and_counts_the_others() -> None:
    assert lines(several(), width=80, rows=6)[2] == "… and 2 more"


def test_nothing_is_claimed_of_the_time_left_without_earlier_runs() -> None:
    assert "left" not in "".join(lines(several(), width=80))


def test_what_is_over_leaves_its_line_and_counts() -> None:
    many = concluded(concluded(several(), 4, MADE), 5, FAILED)

    assert (list(many.running), many.made, many.failed) == ([6, 7], 3, 2)
    assert sum_words(many, now=61.0) == "3 of 12 made, 2 not made, 5 not begun in 1:01"


def test_an_event_after_the_end_brings_no_line_back() -> None:
    many = concluded(several(), 4, MADE)

    assert advance(many, Receiving(bytes=1, job=4), now=30.0) == many


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (MADE, "7  ✓ /p/a.png (PNG 8x8, 2.0 kB, 0:07)"),
        (
            replace(MADE, output=None, warnings=(Notice(code="x", message="odd"),)),
            "7  ✓ written to standard output (PNG 8x8, 2.0 kB, 0:07); odd",
        ),
        (FAILED, "7  ✗ the safety system rejected the request or the picture: no such thing [moderation_blocked]"),
    ],
)
def test_an_end_is_one_line(outcome: Outcome, words: str) -> None:
    assert ending_words("7", outcome) == words


def test_what_may_have_cost_something_or_was_kept_is_said() -> None:
    trouble = replace(
        Trouble.of(GatewayError(Failure(code=Code.STREAM_BROKEN, message="cut"))), saved_to=Path("/kept/a.png")
    )

    assert ending_words("7", replace(FAILED, trouble=trouble)) == (
        "7  ✗ the answer ended before it was complete: cut; it may have been billed; kept as /kept/a.png "
        "[stream_broken]"
    )


class Clock:
    def __init__(self) -> None:
        self.moment = 0.0

    def __call__(self) -> float:
        return self.moment


def test_without_a_terminal_there_is_a_line_for_each_end_and_a_sign_of_life() -> None:
    stream, clock = io.StringIO(), Clock()
    plain = PlainMany(stream, Many(of=3, most=2, started_at=0.0), clock=clock)

    plain.handle(started(1))
    plain.handle(RetryScheduled(attempt=1, of=5, reason="busy", failure=LIMIT, wait=12.0, resume_at=32.0, job=1))
    clock.moment = 20.0
    plain.tick()
    plain.ended(1, "1", MADE)
    plain.ending("no more are begun")
    plain.close()

    assert stream.getvalue().splitlines() == [
        "0:00  1  busy (slow down); attempt 2 of 5 in 12 s",
        "0:20  still at 1; 0 of 3 made",
        "0:20  1  ✓ /p/a.png (PNG 8x8, 2.0 kB, 0:07)",
        "0:20  no more are begun",
    ]


def test_verbose_tells_every_event() -> None:
    stream = io.StringIO()
    plain = PlainMany(stream, Many(of=3, most=2, started_at=0.0), clock=Clock(), verbose=True)

    plain.handle(started(1))
    plain.handle(RequestSent(bytes=7, job=1))

    assert stream.getvalue().splitlines()[1] == "0:00  1  request sent: bytes 7"


def test_quiet_tells_failures_alone() -> None:
    stream = io.StringIO()
    quiet = QuietMany(stream)

    quiet.handle(started(1))
    quiet.tick()
    quiet.ended(1, "1", MADE)
    quiet.ended(2, "2", FAILED)
    quiet.close()

    assert stream.getvalue().count("\n") == 1


def test_the_block_is_redrawn_below_what_ended_and_leaves_a_sum() -> None:
    stream, clock = io.StringIO(), Clock()
    live = LiveMany(
        console_on(stream, {"TERM": "xterm"}),
        {"TERM": "xterm"},
        Many(of=2, most=2, started_at=0.0),
        clock=clock,
        size=lambda: os.terminal_size((60, 20)),
    )

    live.handle(started(1, "a cat"))
    live.handle(Receiving(bytes=1, job=1))
    live.tick()
    live.suspend()
    live.resume()
    live.ended(1, "1", MADE)
    live.ending("no more are begun")
    live.close()
    live.close()

    written = stream.getvalue()
    assert "1  ✓ /p/a.png (PNG 8x8, 2.0 kB, 0:07)\r\n" in written
    assert written.endswith("1 of 2 made, 1 not begun in 0:00\r\n\x1b[?25h")
