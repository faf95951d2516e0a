import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import Run, RunState
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.ui.console import composed
from cpa_image_cli.ui.history.details import facts
from cpa_image_cli.ui.labelled import drawn, plain_lines

AT = datetime(2026, 5, 9, 14, 30, 5, tzinfo=UTC)
PATH = "/home/you/Pictures/cpa-image/画一只可爱的松鼠-20260509-143005.png"


def run(**changes: object) -> Run:
    known: dict[str, object] = {
        "id": "1rx2brfa",
        "state": RunState.DONE,
        "job_state": JobState.DONE,
        "prompt": "画一只可爱的松鼠",
        "model": "gpt-5.4",
        "gateway": "https://gateway.example/v1",
        "parameters": {"output_format": "png", "size": "1024x1536", "stream": True},
        "started_at": AT,
        "finished_at": AT,
        "elapsed_s": 97.4,
        "output": Path(PATH),
        "picture": Picture(format="png", width=1024, height=1024, bytes=1_834_022, sha256="ab" * 32),
        "attempts": 2,
        "usage": {"total_tokens": 1121, "input_tokens": 41, "output_tokens": 1080},
        "timings": {"request_sent": 0.1, "reply_started": 1.25, "image_saved": 40.0, "attempt": 40.1},
        "details": {
            "requested": {"size": "1024x1536", "format": "png"},
            "delivered": {"size": "1024x1024", "format": "png"},
            "revised_prompt": "一只红色的松鼠，坐在树上",
            "trace_id": "20260509-1",
            "response_id": "resp_1",
        },
    }
    return Run(**(known | changes))  # type: ignore[arg-type]


BARE: dict[str, object] = {
    "output": None,
    "picture": None,
    "usage": None,
    "elapsed_s": None,
    "timings": {},
    "details": {},
    "attempts": 0,
    "parameters": {},
}


def told(one: Run, *, missing: bool = False) -> list[str]:
    return list(plain_lines(list(facts(one, when=AT, missing=missing))))


def test_everything_is_told_that_is_known() -> None:
    assert told(run()) == [
        "id\t1rx2brfa",
        "state\tdone",
        "when\t2026-05-09 14:30:05",
        "prompt\t画一只可爱的松鼠",
        f"path\t{PATH}",
        "picture\tPNG 1024x1024, 1.8 MB",
        "time\t1:37, 2 attempts (sent 0.1 s, reply 1.2 s, saved 40.0 s in the last)",
        "model\tgpt-5.4",
        "gateway\thttps://gateway.example/v1",
        "asked\tformat png, size 1024x1536, stream",
        "warning\tsize is 1024x1024, not 1024x1536",
        "revised\t一只红色的松鼠，坐在树上",
        "tokens\tpicture not reported, text model 41 in + 1,080 out",
        "trace\t20260509-1",
        "response\tresp_1",
        f"sha256\t{'ab' * 32}",
    ]


def test_a_failure_is_told_with_its_cause_and_what_to_do() -> None:
    details = {
        "status": 429,
        "hint": "wait a little",
        "may_have_billed": True,
        "text": "I cannot\ndraw that",
        "warnings": [{"code": "x", "message": "that was odd"}],
    }
    failed = run(
        **BARE | {"details": details}, state=RunState.FAILED, error_code="rate_limited", error_message="too\nmany"
    )

    assert told(failed)[6:] == [
        "error\tHTTP 429: too many [rate_limited]",
        "note\ta picture may have been made, and billed, all the same",
        "next\twait a little",
        "warning\tthat was odd",
        "said\tI cannot",
        "\tdraw that",
    ]


def test_a_status_that_the_message_begins_with_is_told_once() -> None:
    failed = BARE | {"details": {"status": 500}}

    lines = told(
        run(**failed, state=RunState.FAILED, error_code="server_error", error_message="HTTP 500 with an empty body")
    )

    assert "error\tHTTP 500 with an empty body [server_error]" in lines


def test_a_killed_run_says_what_nobody_knows() -> None:
    assert told(run(**BARE, state=RunState.INTERRUPTED, job_state=JobState.UNKNOWN)) == [
        "id\t1rx2brfa",
        "state\tinterrupted",
        "when\t2026-05-09 14:30:05",
        "prompt\t画一只可爱的松鼠",
        "model\tgpt-5.4",
        "gateway\thttps://gateway.example/v1",
        "error\tthe program was killed meanwhile",
        "note\ta picture may have been made, and billed, all the same",
    ]


def test_a_killed_run_that_had_not_been_sent_says_so() -> None:
    lines = told(run(**BARE, state=RunState.INTERRUPTED, job_state=JobState.STOPPED))

    assert lines[-2:] == ["error\tthe program was killed meanwhile", "note\tno picture can have been billed"]


def test_a_running_job_says_how_far_it_is() -> None:
    lines = told(run(**BARE, state=RunState.RUNNING, job_state=JobState.SENT))

    assert lines[1:3] == ["state\trunning", f"now\t{JobState.SENT.meaning}"]


def test_a_missing_picture_is_marked() -> None:
    assert told(run(), missing=True)[1] == "state\tmissing"


def test_instructions_have_a_line_of_their_own() -> None:
    shown = told(run(parameters={"instructions": "你是一个\n画家", "quality": "high"}))

    assert shown[9:12] == ["asked\tquality high", "instruct\t你是一个", "\t画家"]


def test_nothing_of_others_reaches_the_terminal_as_it_is() -> None:
    hostile = "\x1b]0;title\x07 [red]\x1b[31m\u202e"
    details = {"text": hostile, "trace_id": hostile, "revised_prompt": f"{hostile}!", "hint": hostile}
    shown = run(prompt=hostile, model=hostile, error_code="x", error_message=hostile, details=details)

    lines = "\n".join(told(shown))

    assert ("\x1b" in lines, "\u202e" in lines, lines.count("[red]")) == (False, False, 7)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_on_a_terminal_only_the_path_is_longer_than_a_line(width: int) -> None:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    lines = composed(console, drawn(list(facts(run(prompt="松鼠" * 200), when=AT, missing=False)))).splitlines()

    assert [line for line in lines if PATH in line] == [f"path      {PATH}"]
    assert max(cell_len(line) for line in lines if PATH not in line) <= width


def test_the_path_can_be_clicked_while_it_is_there() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system="standard", _environ={})
    there, gone = (composed(console, drawn(list(facts(run(), when=AT, missing=missing)))) for missing in (False, True))

    assert ("file:///home/you/Pictures/cpa-image/%E7" in there, "file://" in gone) == (True, False)
