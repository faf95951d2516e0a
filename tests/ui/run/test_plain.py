import io
from dataclasses import replace
from pathlib import Path

import pytest

from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.job.events import (
    Accepted,
    AttemptStarted,
    Described,
    FrameArrived,
    Generating,
    ImageSaved,
    JobEvent,
    JobStarted,
    Receiving,
    ReplyStarted,
    RequestSent,
    RetryScheduled,
    Verifying,
    Warned,
    WireNoted,
)
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.ui.run.plain import PlainRenderer, QuietRenderer

PROMPT = "画一只可爱的松鼠"
STARTED = JobStarted(
    prompt=PROMPT,
    model="gpt-5.4",
    model_source="default",
    gateway="https://gateway.example.net/v1",
    gateway_source="OTCBOT_BASE_URL",
    stream=True,
    requested={"quality": "high"},
    attempts_allowed=5,
)
PICTURE = Picture(format="png", width=1024, height=1024, bytes=2_134_000, sha256="0" * 64)
LIMIT = Failure(code=Code.RATE_LIMITED, message="Limit 5, Used 5", status=429)
PAUSE = RetryScheduled(
    attempt=1, of=5, reason="the gateway asked for a pause", failure=LIMIT, wait=50.0, resume_at=60.0
)
FINE = Outcome(
    model="gpt-5.4",
    requested={},
    attempts=2,
    elapsed_s=90.0,
    output=Path("/p/松鼠.png"),
    usage={"tool_usage": {"image_gen": {"total_tokens": 1234}}},
    revised_prompt="A squirrel",
)
FAILED = Outcome(
    model="gpt-5.4", requested={}, attempts=1, elapsed_s=1.0, trouble=Trouble(code=Code.TIMEOUT, message="600 s")
)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def played(
    *timed: tuple[float, JobEvent | None],
    verbose: bool = False,
    environ: dict[str, str] | None = None,
    estimate: Estimate | None = None,
) -> str:
    """Return what is written; None in place of an event is a tick."""
    stream, clock = io.StringIO(), Clock()
    renderer = PlainRenderer(stream, environ or {}, clock=clock, verbose=verbose, estimate=estimate)
    for now, event in timed:
        clock.now = now
        if event is None:
            renderer.tick()
        else:
            renderer.handle(event)
    renderer.close()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("reason", "code", "message", "told"),
    [
        ("HTTP 500 from the gateway", Code.SERVER_ERROR, "Sorry.", "HTTP 500 from the gateway (Sorry.)"),
        ("HTTP 520, a web page", Code.SERVER_ERROR, "HTTP 520, a web page", "HTTP 520, a web page"),
        ("the tool was missing", Code.TOOL_UNAVAILABLE, Code.TOOL_UNAVAILABLE.meaning, "the tool was missing"),
        ("rate limited", Code.RATE_LIMITED, "", "rate limited"),
    ],
)
def test_the_reason_for_another_attempt_is_said_once(reason: str, code: Code, message: str, told: str) -> None:
    pause = replace(PAUSE, reason=reason, failure=Failure(code=code, message=message))

    assert played((0.0, STARTED), (10.0, pause)).splitlines()[-1] == f"0:10  {told}; attempt 2 of 5 in 50 s"


def test_a_run_is_one_line_per_event_worth_telling() -> None:
    assert played(
        (0.0, STARTED),
        (0.0, AttemptStarted(attempt=1, of=5)),
        (0.5, RequestSent(bytes=1200)),
        (0.9, ReplyStarted(status=429, headers={"retry-after": "50"})),
        (10.0, PAUSE),
        (60.0, AttemptStarted(attempt=2, of=5)),
        (60.5, RequestSent(bytes=1200)),
        (61.0, Accepted(response_id="r", model=None, tools=None)),
        (62.0, Generating()),
        (63.0, WireNoted(type="response.in_progress")),
        (70.0, Described(quality="medium")),
        (70.0, Described(size="1024x1024")),
        (71.0, FrameArrived(index=0, of=2, bytes=300_000)),
        (72.0, Receiving(bytes=500_000)),
        (80.0, Warned(code="late_error", message="the answer ended\nearly")),
        (81.0, Verifying(bytes=2_134_000)),
        (90.0, ImageSaved(path=Path("/p/松鼠.png"), picture=PICTURE)),
    ).splitlines() == [
        f"0:00  gpt-5.4 (default) at https://gateway.example.net/v1 (OTCBOT_BASE_URL): {PROMPT}",
        "0:00  request sent, 1.2 kB",
        "0:10  the gateway asked for a pause (Limit 5, Used 5); attempt 2 of 5 in 50 s",
        "1:00  attempt 2 of 5",
        "1:00  request sent, 1.2 kB",
        "1:01  accepted",
        "1:02  generating",
        "1:10  quality is medium, not high",
        "1:11  frame 1 of 2, 300 kB",
        "1:20  warning: the answer ended early",
        "1:21  verifying 2.1 MB",
        "1:30  saved /p/松鼠.png (PNG 1024x1024, 2.1 MB)",
    ]


def test_a_line_comes_after_every_fifteen_silent_seconds() -> None:
    ticks = [(second / 10, None) for second in range(25, 400)]

    assert played((0.0, STARTED), (2.0, Generating()), *ticks).splitlines()[1:] == [
        "0:02  generating",
        "0:17  still generating",
        "0:32  still generating",
    ]


def test_a_sign_of_life_says_how_long_it_may_take_or_when_it_goes_on() -> None:
    estimate = Estimate(median=40.0, p90=70.0, runs=3)
    events = ((0.0, STARTED), (0.0, AttemptStarted(attempt=1, of=5)), (10.0, Generating()), (25.0, None))

    assert played(*events, estimate=estimate).splitlines()[-1] == "0:25  still generating; about 0:16 left"
    assert played(*events, (26.0, PAUSE), (41.0, None), estimate=estimate).splitlines()[-1] == (
        "0:41  still waiting: attempt 2 of 5 in 19 s"
    )


def test_nothing_is_said_after_the_end() -> None:
    saved = (1.0, ImageSaved(path=None, picture=PICTURE))

    assert played((0.0, STARTED), saved, (100.0, None)).splitlines()[1:] == [
        "0:01  saved to standard output (PNG 1024x1024, 2.1 MB)"
    ]


def test_verbose_tells_every_event_and_all_headers_but_no_secret_in_them() -> None:
    headers = {"x-request-id": "req_1", "set-cookie": "__cf_bm=hush", "X-Session-Token": "hush", "date": "\x1b[2Jnow"}

    told = played(
        (0.0, AttemptStarted(attempt=1, of=5)),
        (1.0, ReplyStarted(status=200, trace_id="req_1", headers=headers)),
        (2.0, WireNoted(type="response.created")),
        (3.0, Receiving(bytes=10)),
        (3.5, Receiving(bytes=20)),
        (4.0, Receiving(bytes=30)),
        verbose=True,
    )

    assert told.splitlines() == [
        "0:00  attempt started: attempt 1, of 5",
        "0:01  reply started: status 200, trace_id req_1",
        "0:01    x-request-id: req_1",
        "0:01    set-cookie: …",
        "0:01    X-Session-Token: …",
        "0:01    date: now",
        "0:02  wire: type response.created",
        "0:03  receiving: bytes 10",
        "0:04  receiving: bytes 30",
    ]


def test_lines_are_never_wrapped_or_coloured_unless_forced() -> None:
    warned = (0.0, Warned(code="x", message="松鼠 " * 100))

    plain, forced = played(warned), played(warned, environ={"FORCE_COLOR": "1", "TERM": "xterm-256color"})

    assert (plain.count("\n"), plain.count("\x1b")) == (1, 0)
    assert (forced.count("\n"), "\x1b[38;5;130mwarning: " in forced) == (1, True)
    assert "\x1b[38;5;130m" not in played(warned, environ={"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm"})


@pytest.mark.parametrize("value", ["0", "false", "No", "off", ""])
def test_colours_that_are_forced_off_are_off(value: str) -> None:
    warned = (0.0, Warned(code="x", message="松鼠"))

    assert "\x1b" not in played(warned, environ={"FORCE_COLOR": value, "TERM": "xterm"})


def test_the_end_is_told_from_the_outcome() -> None:
    fine, failed = io.StringIO(), io.StringIO()

    PlainRenderer(fine, {}, clock=Clock()).conclude(FINE)
    PlainRenderer(failed, {}, clock=Clock()).conclude(FAILED)

    assert (
        fine.getvalue() == "0:00  done in 1:30, 2 attempts, tokens: picture 1,234\n0:00  revised prompt: A squirrel\n"
    )
    assert failed.getvalue() == "cpa-image: `--timeout` ran out [timeout]\n  cause: 600 s\n"


def test_quiet_speaks_of_failure_only() -> None:
    stream = io.StringIO()
    renderer = QuietRenderer(stream, {})

    for event in (STARTED, PAUSE, Warned(code="x", message="y")):
        renderer.handle(event)
    renderer.tick()
    renderer.conclude(FINE)
    silent = stream.getvalue()
    renderer.conclude(FAILED)

    assert silent == ""
    assert stream.getvalue().startswith("cpa-image: `--timeout` ran out")


def test_a_reader_that_went_away_does_not_end_the_run() -> None:
    class GonePipe(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(len(text))

    renderer = PlainRenderer(GonePipe(), {}, clock=Clock())

    assert renderer.handle(STARTED) is None
