"""
The screen, pinned as text: every scene at three widths, with and without colour.

The pictures are in ``goldens/``; after a wanted change, write them anew and look at the difference::

    CPA_IMAGE_WRITE_GOLDENS=1 pytest tests/ui/run/test_view.py; git diff tests/ui/goldens
"""

import io
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console, RenderableType
from rich.text import Text

from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.job.events import (
    Accepted,
    AttemptStarted,
    Described,
    FrameArrived,
    Generating,
    ImageSaved,
    JobEvent,
    JobFailed,
    JobStarted,
    Receiving,
    ReplyStarted,
    RequestSent,
    RetryScheduled,
    Uploading,
    Verifying,
    Warned,
    WireNoted,
)
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.ui.console import composed
from cpa_image_cli.ui.run.card import card
from cpa_image_cli.ui.run.phases import phase_words, time_left
from cpa_image_cli.ui.run.screen import draw
from cpa_image_cli.ui.run.view import Phase, View, advance

GOLDENS = Path(__file__).parent / "goldens"
CHINESE = "画一只可爱的松鼠，坐在秋天的树枝上，抱着一颗比自己还大的橡果，水彩风格，柔和的晨光，背景是金色的森林"
ENGLISH = "A watercolour of a red squirrel holding an acorn larger than itself, in soft morning light, golden forest"
USUAL = Estimate(median=40.0, p90=70.0, runs=12)
LIMIT = Failure(
    code=Code.RATE_LIMITED,
    message="Rate limit reached for gpt-image-1: Limit 5, Used 5. Please try again in 12s.",
    status=429,
)
PAUSE = RetryScheduled(
    attempt=1, of=5, reason="the gateway asked for a pause", failure=LIMIT, wait=12.0, resume_at=42.0
)
PICTURE = Picture(format="png", width=1024, height=1024, bytes=2_134_000, sha256="0" * 64)

Timed = tuple[float, JobEvent]


def started(prompt: str = CHINESE) -> JobStarted:
    return JobStarted(
        prompt=prompt,
        model="gpt-5.4",
        model_source="default",
        gateway="https://gateway.example.net/v1",
        gateway_source="OTCBOT_BASE_URL",
        stream=True,
        requested={"size": "1024x1536", "quality": "high", "format": "png"},
        attempts_allowed=5,
    )


def generating(prompt: str = CHINESE) -> list[Timed]:
    return [
        (0.0, started(prompt)),
        (0.0, AttemptStarted(attempt=1, of=5)),
        (0.4, RequestSent(bytes=1200)),
        (0.9, ReplyStarted(status=200, trace_id="req_1")),
        (1.0, Accepted(response_id="resp_1", model="gpt-5.4", tools=("image_generation",))),
        (2.0, Generating()),
    ]


FRAME: list[Timed] = [
    (20.0, Described(size="1024x1536", quality="medium", format="png")),
    (21.0, FrameArrived(index=0, of=3, bytes=300_000)),
]
RECEIVING: list[Timed] = [
    (40.0, Receiving(bytes=10_000)),
    (40.5, Receiving(bytes=500_000)),
    (41.0, Receiving(bytes=1_200_000)),
]
AGAIN: list[Timed] = [
    (30.0, PAUSE),
    (42.0, AttemptStarted(attempt=2, of=5)),
    (43.0, RequestSent(bytes=1200)),
    (44.0, Warned(code="key_pairing", message="OPENAI_API_KEY is sent to a host named by OTCBOT_BASE_URL")),
]


def folded(*timed: Timed) -> View:
    view = View()
    for now, event in timed:
        view = advance(view, event, now=now)
    return view


def on_screen(renderable: RenderableType, *, width: int = 80, colour: bool = False) -> str:
    console = Console(
        file=io.StringIO(), width=width, color_system="standard" if colour else None, force_terminal=True, markup=False
    )
    text = composed(console, renderable)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


SAVED = Outcome(
    model="gpt-5.4",
    requested={"size": "1024x1536", "quality": "high", "format": "png"},
    attempts=2,
    elapsed_s=62.3,
    output=Path("/home/me/Pictures/cpa-image/画一只可爱的松鼠-坐在秋天的树枝上.png"),
    picture=PICTURE,
    delivered={"size": "1024x1024", "quality": "medium", "format": "png"},
    warnings=(Notice(code="size_differs", message="asked for 1024x1536, the gateway sent 1024x1024"),),
    usage={"tool_usage": {"image_gen": {"total_tokens": 1234, "input_tokens": 12, "output_tokens": 1222}}},
    revised_prompt="A cute red squirrel sits on an autumn branch, holding a large acorn.",
)
WORDS_ONLY = Outcome(
    model="gpt-5.4",
    requested={},
    attempts=5,
    elapsed_s=31.0,
    text="I can't create images in this conversation.\nBut here is one in words: 一只松鼠。",
    trace_id="req_0b1c2d3e",
    trouble=Trouble(
        code=Code.TOOL_UNAVAILABLE,
        message="I can't create images in this conversation. But here is one in words: 一只松鼠。",
        hint="use an account whose plan has the image tool",
    ),
)
NOT_SAVED = Outcome(
    model="gpt-5.4",
    requested={},
    attempts=1,
    elapsed_s=31.0,
    trouble=Trouble(
        code=Code.OUTPUT_UNWRITABLE,
        message="no space left on the device",
        hint="move the kept picture where you want it",
        saved_to=Path("/home/me/.local/share/cpa-image/kept/画一只可爱的松鼠.png"),
    ),
)


def scenes(width: int) -> dict[str, RenderableType]:
    def at(now: float, *timed: Timed, estimate: Estimate | None = None) -> RenderableType:
        return draw(folded(*timed), now=now, width=width, estimate=estimate, keys=True)

    return {
        "connecting": at(0.2, *generating()[:2]),
        "generating, nothing known of how long it takes": at(13.0, *generating(ENGLISH)),
        "a frame, and a difference": at(23.0, *generating(), *FRAME, estimate=USUAL),
        "receiving, later than the median": at(41.0, *generating(), *FRAME, *RECEIVING, estimate=USUAL),
        "waiting for the second attempt": at(34.0, *generating(), (30.0, PAUSE), estimate=USUAL),
        "the second attempt, slower than nearly all": at(142.0, *generating(ENGLISH), *AGAIN, estimate=USUAL),
        "the card": card(SAVED, prompt=CHINESE),
        "words instead of a picture": card(WORDS_ONLY, prompt=CHINESE),
        "a picture that could not be put in its place": card(NOT_SAVED, prompt=CHINESE),
    }


def gallery(width: int, *, colour: bool) -> str:
    """Return all scenes as one readable file: escapes as ``␛``, and links without the number Rich draws by lot."""
    parts = [f"### {name}\n{on_screen(scene, width=width, colour=colour)}" for name, scene in scenes(width).items()]
    return re.sub(r"id=\d+;", "id=0;", "\n".join(parts)).replace("\x1b", "␛")


@pytest.mark.parametrize("colour", [False, True], ids=["plain", "colour"])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_screens_look_as_they_did(width: int, *, colour: bool) -> None:
    golden = GOLDENS / f"screens-{width}{'-colour' if colour else ''}.txt"
    if os.environ.get("CPA_IMAGE_WRITE_GOLDENS"):
        golden.write_text(gallery(width, colour=colour), encoding="utf-8")

    assert gallery(width, colour=colour) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [12, 31, 40, 59, 60, 80, 120, 200])
def test_no_line_of_a_running_job_reaches_the_last_column(width: int) -> None:
    views = [folded(*generating(), *FRAME), folded(*generating(), (30.0, PAUSE)), folded(*generating(), *AGAIN)]

    shown = [on_screen(draw(view, now=34.0, width=width, estimate=USUAL, keys=True), width=width) for view in views]

    assert max(Text(line).cell_len for screen in shown for line in screen.splitlines()) < width


def test_the_path_on_the_card_is_never_wrapped() -> None:
    assert on_screen(card(SAVED, prompt=CHINESE), width=40).splitlines()[0] == f"✓ {SAVED.output}"
    assert f"  kept     {NOT_SAVED.trouble.saved_to}\n" in on_screen(card(NOT_SAVED, prompt=""), width=40)


def test_the_path_on_the_card_is_a_link() -> None:
    link = "\x1b]8;id=0;file:///home/me/Pictures/cpa-image/%E7%94%BB"

    assert link in re.sub(r"id=\d+;", "id=0;", on_screen(card(SAVED, prompt=CHINESE), colour=True))


def test_a_revised_prompt_that_is_the_prompt_is_not_shown() -> None:
    same = Outcome(
        model="m", requested={}, attempts=1, elapsed_s=7.0, output=Path("/a.png"), revised_prompt=" 一只  松鼠\n"
    )

    assert on_screen(card(same, prompt="一只 松鼠")) == "✓ /a.png\n  time     0:07\n  tokens   not reported\n"


def test_how_fast_a_request_leaves_is_told_and_forgotten_when_it_has_left() -> None:
    view = folded(*((number / 10, Uploading(bytes=number * 100_000, of=9_000_000)) for number in range(1, 11)))

    assert phase_words(view, now=1.0) == "sending 1.0 MB of 9.0 MB, 1.0 MB/s"
    assert advance(view, RequestSent(bytes=9_000_000), now=9.0).meter.bytes == 0


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (AttemptStarted(attempt=1, of=5), "connecting"),
        (Uploading(bytes=2_000_000, of=9_000_000), "sending 2.0 MB of 9.0 MB"),
        (RequestSent(bytes=1200), "sent, waiting for the gateway"),
        (Accepted(response_id=None, model=None, tools=None), "accepted"),
        (Accepted(response_id=None, model=None, tools=()), "accepted, without the image tool"),
        (Generating(), "generating"),
        (FrameArrived(index=0, of=3, bytes=1), "frame 1 of 3"),
        (FrameArrived(index=1, of=None, bytes=1), "frame 2"),
        (Receiving(bytes=31_999), "starting"),
        (Receiving(bytes=32_000), "receiving 32 kB"),
        (Verifying(bytes=2_134_000), "verifying 2.1 MB"),
        (WireNoted(type="response.created"), "starting"),
        (ImageSaved(path=None, picture=PICTURE), "saved"),
        (
            JobFailed(code="timeout", message="", hint=None, status=None, may_have_billed=True, text="", trace_id=None),
            "failed",
        ),
    ],
)
def test_each_phase_has_its_words(event: JobEvent, words: str) -> None:
    view = advance(folded((0.0, started())), event, now=0.0)

    assert phase_words(view, now=0.0) == words


@pytest.mark.parametrize(
    ("now", "words"), [(30.0, "12 s"), (30.1, "12 s"), (41.0, "1 s"), (41.9, "1 s"), (42.0, "0 s"), (50.0, "0 s")]
)
def test_the_countdown_falls_to_its_deadline_and_not_below(now: float, words: str) -> None:
    assert phase_words(folded((30.0, PAUSE)), now=now) == f"attempt 2 of 5 in {words}"


@pytest.mark.parametrize(
    ("elapsed", "words"),
    [
        (0.0, "about 0:41 left"),
        (39.5, "about 0:01 left"),
        (40.0, "usually within 0:31"),
        (70.0, "usually within 0:01"),
        (70.1, "slower than 9 in 10 of your runs"),
    ],
)
def test_time_left_is_claimed_from_earlier_runs(elapsed: float, words: str) -> None:
    assert time_left(USUAL, elapsed) == words


@pytest.mark.parametrize("estimate", [None, Estimate(median=40.0, p90=70.0, runs=2)])
def test_nothing_is_claimed_under_three_runs_and_the_bar_moves_to_say_so(estimate: Estimate | None) -> None:
    view = folded(*generating())

    early, later = (on_screen(draw(view, now=now, width=80, estimate=estimate)).splitlines() for now in (12.0, 12.5))

    assert time_left(estimate, 1.0) is None
    assert early[-2] == later[-2]
    assert early[-1] != later[-1]


def test_a_new_attempt_forgets_the_last_one_but_not_its_warnings() -> None:
    view = folded(*generating(), *FRAME, *RECEIVING, *AGAIN)

    assert (view.phase, view.frame, view.described, view.pause) == (Phase.SENT, None, {}, None)
    assert (view.attempt, view.attempt_at, view.started_at, view.meter.bytes) == (2, 42.0, 0.0, 0)
    assert [warning.code for warning in view.warnings] == ["key_pairing"]


def test_the_rate_is_that_of_the_last_seconds() -> None:
    view = folded((0.0, started()), *((number / 10, Receiving(bytes=number * 100_000)) for number in range(1, 101)))

    assert phase_words(view, now=10.0) == "receiving 10 MB, 1.0 MB/s"
    assert phase_words(view, now=20.0) == "receiving 10 MB"


def test_a_difference_that_a_warning_speaks_of_is_said_once() -> None:
    warned = Warned(code="quality_differs", message="asked for quality high, the gateway used medium")

    assert folded(*generating(), *FRAME).differences == ("quality is medium, not high",)
    assert folded(*generating(), *FRAME, (22.0, warned)).differences == ()


def test_jpg_is_no_other_format_than_jpeg_and_auto_asks_for_nothing() -> None:
    asked = JobStarted(
        prompt="",
        model="",
        model_source="",
        gateway="",
        gateway_source="",
        stream=False,
        requested={"size": "auto", "format": "jpg"},
        attempts_allowed=1,
    )

    assert folded((0.0, asked), (1.0, Described(size="1x1", format="jpeg"))).differences == ()


def test_what_comes_from_outside_is_neither_markup_nor_an_escape_sequence() -> None:
    hostile = "\x1b[2J[red]x[/red]\x9b31m\u202e"
    failure = Failure(code=Code.OVERLOADED, message=hostile)
    paused = RetryScheduled(attempt=1, of=2, reason=hostile, failure=failure, wait=1.0, resume_at=1.0)
    events = (started(hostile), Warned(code="x", message=hostile), paused)
    outcome = Outcome(model="m", requested={}, attempts=1, elapsed_s=1.0, output=Path("/a.png"), revised_prompt=hostile)

    shown = on_screen(draw(folded(*((0.0, event) for event in events)), now=0.0, width=80))
    shown += on_screen(card(outcome, prompt=""))

    assert shown.count("[red]x[/red]") == 4
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", shown) == []


def test_the_card_of_bytes_that_went_to_standard_output_names_no_path() -> None:
    lines = on_screen(card(replace(SAVED, output=None), prompt=CHINESE), width=80).splitlines()

    assert lines[0] == "✓ written to standard output"
