import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.job.events import (
    Accepted,
    FrameArrived,
    ImageSaved,
    JobEvent,
    OfJob,
    ReplyStarted,
    RequestSent,
    RetryScheduled,
    Warned,
    of_job,
)
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.ui.run.jsonl import JsonLinesRenderer, as_line, event_as_json

NOW = datetime(2026, 5, 9, 12, 0, tzinfo=UTC)
WHOSE = {"job": 1, "n": 1, "row": None}
PICTURE = Picture(format="png", width=2, height=3, bytes=70, sha256="ab")


class GonePipe(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError(len(text))


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (RequestSent(bytes=12), {"event": "request_sent", "bytes": 12}),
        (
            FrameArrived(index=0, of=2, bytes=7, path=Path("/tmp/帧.png")),
            {"event": "frame_arrived", "index": 0, "of": 2, "bytes": 7, "path": "/tmp/帧.png"},
        ),
        (
            Accepted(response_id="r", model=None, tools=("image_generation",)),
            {"event": "accepted", "response_id": "r", "model": None, "tools": ["image_generation"]},
        ),
        (
            ImageSaved(path=None, picture=PICTURE),
            {
                "event": "image_saved",
                "path": None,
                "picture": {"format": "png", "width": 2, "height": 3, "bytes": 70, "sha256": "ab"},
            },
        ),
        (
            ReplyStarted(status=200, headers={"Set-Cookie": "__cf_bm=secret", "X-Request-Id": "req_1"}),
            {
                "event": "reply_started",
                "status": 200,
                "trace_id": None,
                "headers": {"Set-Cookie": "…", "X-Request-Id": "req_1"},
            },
        ),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_an_event_is_an_object_of_its_fields(event: JobEvent, shown: dict[str, object]) -> None:
    assert event_as_json(event) == shown | WHOSE


def test_a_retry_tells_its_wait_and_its_failure_but_no_reading_of_our_clock() -> None:
    failure = Failure(code=Code.TIMEOUT, message="too slow", status=504, delay=2.0)
    event = RetryScheduled(attempt=1, of=5, reason="slow", failure=failure, wait=2.5, resume_at=1234.5)

    assert event_as_json(event) == WHOSE | {
        "event": "retry_scheduled",
        "attempt": 1,
        "of": 5,
        "reason": "slow",
        "wait": 2.5,
        "failure": {
            "code": "timeout",
            "message": "too slow",
            "status": 504,
            "upstream_code": None,
            "upstream_type": None,
            "param": None,
            "delay": 2.0,
            "hint": None,
            "sent": True,
            "text": "",
            "trace_id": None,
            "saved_to": None,
            "url": None,
            "may_have_billed": True,
        },
    }


def test_the_lines_are_the_events_in_order_and_last_the_result() -> None:
    stream = io.StringIO()
    outcome = Outcome(model="m", requested={}, attempts=1, elapsed_s=1.0)
    renderer = JsonLinesRenderer(stream, now=lambda: NOW)

    renderer.handle(RequestSent(bytes=1))
    renderer.tick()
    renderer.handle(Warned(code="x", message="松鼠"))
    renderer.conclude(outcome)
    renderer.close()

    assert [json.loads(line) for line in stream.getvalue().splitlines()] == [
        WHOSE | {"event": "request_sent", "bytes": 1, "at": "2026-05-09T12:00:00.000+00:00"},
        WHOSE | {"event": "warning", "code": "x", "message": "松鼠", "at": "2026-05-09T12:00:00.000+00:00"},
        outcome.as_json(),
    ]
    assert "松鼠" in stream.getvalue()


def test_no_character_ends_a_line_early_or_reaches_a_terminal_as_a_command() -> None:
    hostile = "a\nb\u2028c\x85d\x9b31m\x1b[2J\ud800"

    line = as_line({"text": hostile})

    assert line == '{"text": "a\\nb\\u2028c\\u0085d\\u009b31m\\u001b[2J\\ud800"}\n'
    assert json.loads(line) == {"text": hostile}


def test_a_reader_that_went_away_does_not_end_the_run() -> None:
    renderer = JsonLinesRenderer(GonePipe(), now=lambda: NOW)

    renderer.handle(RequestSent(bytes=1))

    assert renderer.handle(RequestSent(bytes=2)) is None


def test_an_event_tells_of_which_of_several_jobs_it_is() -> None:
    event = of_job(RequestSent(bytes=1), OfJob(job=7, n=2, row=4))

    assert event_as_json(event) == {"event": "request_sent", "job": 7, "n": 2, "row": 4, "bytes": 1}
