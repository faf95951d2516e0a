import io

import pytest

from cpa_image_cli.core.errors import Code, ConfigError, CpaImageError, Failure, GatewayError, OutputError, UsageError
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.ui.failure.problem import Problem, as_lines
from cpa_image_cli.ui.failure.telling import tell

LIMIT = Failure(
    code=Code.RATE_LIMITED,
    message="Rate limit reached for gpt-image-1",
    status=429,
    hint="wait until 14:05",
    trace_id="req_1",
)


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (
            GatewayError(LIMIT),
            (
                "cpa-image: too many requests for now [rate_limited]",
                "  cause: HTTP 429: Rate limit reached for gpt-image-1",
                "  next: wait until 14:05",
                "  trace: req_1",
            ),
        ),
        (
            GatewayError(Failure(code=Code.GATEWAY_TIMEOUT, message="", status=504, hint="try --stream")),
            (
                "cpa-image: a proxy on the way gave up waiting [gateway_timeout]",
                "  cause: HTTP 504",
                "  note: a picture may have been made, and billed, all the same",
                "  next: try --stream",
            ),
        ),
        (
            GatewayError(
                Failure(
                    code=Code.GATEWAY_TIMEOUT,
                    message="HTTP 504, a web page titled “Time-out”",
                    status=504,
                    hint="Try `--stream`.",
                )
            ),
            (
                "cpa-image: a proxy on the way gave up waiting [gateway_timeout]",
                "  cause: HTTP 504, a web page titled “Time-out”",
                "  note: a picture may have been made, and billed, all the same",
                "  next: Try `--stream`.",
            ),
        ),
        (
            UsageError("--size '10x': expected WIDTHxHEIGHT", hint="see `cpa-image generate --help`"),
            (
                "cpa-image: --size '10x': expected WIDTHxHEIGHT [usage]",
                "  next: see `cpa-image generate --help`",
            ),
        ),
        (
            OutputError("no space left", code=Code.OUTPUT_UNWRITABLE, saved_to="/kept/松鼠.png"),
            ("cpa-image: no space left [output_unwritable]", "  kept: /kept/松鼠.png"),
        ),
        (
            GatewayError(
                Failure(code=Code.STREAM_BROKEN, message="the answer ended before it was complete (JSON)", sent=False)
            ),
            ("cpa-image: the answer ended before it was complete (JSON) [stream_broken]",),
        ),
        (
            ConfigError("the history /h cannot be used: it cannot be written", code=Code.HISTORY_UNREADABLE),
            ("cpa-image: the history /h cannot be used: it cannot be written [history_unreadable]",),
        ),
        (
            GatewayError(Failure(code=Code.INTERRUPTED, message="stopped; a picture may have been made and billed")),
            ("cpa-image: stopped; a picture may have been made and billed [interrupted]",),
        ),
    ],
    ids=lambda value: value.code.word if isinstance(value, CpaImageError) else "",
)
def test_a_failure_is_one_sentence_its_cause_what_to_do_and_what_to_quote(
    error: CpaImageError, lines: tuple[str, ...]
) -> None:
    assert as_lines(Problem.of(error)) == lines


def test_an_outcome_tells_the_same_as_its_error() -> None:
    error = GatewayError(LIMIT)
    outcome = Outcome(model="m", requested={}, attempts=1, elapsed_s=1.0, trace_id="req_1", trouble=Trouble.of(error))

    assert Problem.of_outcome(outcome) == Problem.of(error)


def test_an_outcome_with_a_picture_is_no_problem() -> None:
    assert Problem.of_outcome(Outcome(model="m", requested={}, attempts=1, elapsed_s=1.0)) is None


def test_the_models_text_is_shown_whole_and_once() -> None:
    text = "我不能画图。\n" + "word " * 300 + "\nthe end"
    failure = Failure(code=Code.TEXT_INSTEAD, message=text[:500], text=text)

    lines = as_lines(Problem.of(GatewayError(failure)))

    assert lines == (
        "cpa-image: the model answered in words only [text_instead_of_image]",
        "  the model said:",
        "  | 我不能画图。",
        "  | " + "word " * 300,
        "  | the end",
    )


def test_words_from_outside_cannot_steer_the_terminal() -> None:
    hostile = "\x1b]0;title\x07\x1b[2J[bold]x\nsecond line"
    failure = Failure(code=Code.SERVER_ERROR, message=hostile, hint=hostile, trace_id=hostile)

    assert as_lines(Problem.of(GatewayError(failure)))[1:] == (
        "  cause: [bold]x second line",
        "  next: [bold]x second line",
        "  trace: [bold]x second line",
    )


def test_away_from_a_terminal_a_failure_is_plain_even_where_colour_is_forced() -> None:
    stream = io.StringIO()

    tell(Problem.of(GatewayError(LIMIT)), stream=stream, environ={"FORCE_COLOR": "1"})

    assert stream.getvalue().splitlines() == list(as_lines(Problem.of(GatewayError(LIMIT))))


@pytest.mark.parametrize("text", ["word " * 200_000, "\n".join("x" * 300_000), "很长" * 300_000])
def test_a_flood_of_words_is_shown_short(text: str) -> None:
    trouble = Trouble(code=Code.TEXT_INSTEAD, message="the model answered in words only")
    outcome = Outcome(model="m", requested={}, attempts=1, elapsed_s=0.0, text=text, trouble=trouble)

    lines = as_lines(Problem.of_outcome(outcome))  # type: ignore[arg-type]

    assert sum(map(len, lines)) < 5000
    assert len(lines) < 70
    assert any("characters in all; --json prints them" in line for line in lines)
