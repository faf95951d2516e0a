"""
The scenario table against the program: what the sandbox says a run ends in is what a run ends in.

Each row is played over a real socket, with streaming and without. Waits are asked of a clock that does not make anybody
wait, and jitter is drawn as 0, so that a wait is met to the dot.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cpa_image_cli.adapters.pictures.kinds import kind_of
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.ledger.run import RunState
from cpa_image_cli.core.pictures.formats import HEAD
from cpa_image_cli.sandbox.answers.composing import compose
from cpa_image_cli.sandbox.answers.response_events import Drawn, Story
from cpa_image_cli.sandbox.language.replies import Answer, Damage, Foreign, Shape
from cpa_image_cli.sandbox.language.request import read
from cpa_image_cli.sandbox.scenarios import SCENARIOS, Scenario
from cpa_image_cli.sandbox.serving.gateway import Request, Sandbox
from tests.faults.home import KEY, Home
from tests.faults.in_process import Clock, Ended, run_here
from tests.faults.terminals import run_on_terminal

SMALL = "128x128"
"""What is drawn where the request names no size: large enough that its base64 is lifted, and quickly drawn."""
FIRST_SESSION = "test-session"

BOTH_WAYS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
EVERY_SCENARIO = pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
ONE_OF_EACH_CAUSE = [
    *("rate-limited", "tools-empty", "text-with-tools", "image-failed"),
    *("server-error", "overloaded", "auth-unavailable", "server-error-event"),
]
"""Scenarios with more than one attempt, one for each rule that allows another."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """A run against a scenario: how it ended, and what the gateway saw of it."""

    ended: Ended
    posts: list[Request]

    def sessions(self, header: str) -> list[str | None]:
        """Return the session ids of the attempts, in order."""
        return [post.headers.get(header) for post in self.posts]


def play(home: Home, scenario: Scenario, *flags: str, stream: bool) -> Played:
    clock = Clock()
    named = "squirrel" if "--format" in scenario.options else "squirrel.png"
    wanted = ("generate", "画一只松鼠", "-o", named, "--json")
    options = [*scenario.options, *(["--stream"] if stream else []), *flags]
    if scenario.timeout is not None:
        options += ["--timeout", str(scenario.timeout)]
    with Sandbox(scenario, key=KEY, auto_size=SMALL, now=clock.now) as gateway:
        ended = run_here(home, *wanted, *options, base_url=gateway.base_url, clock=clock)
        return Played(ended=ended, posts=gateway.posts)


def picture_sent(scenario: Scenario, post: Request, *, stream: bool) -> bytes:
    """Return the finished picture that the last reply of *scenario* to *post* sends first, of those that are sound."""
    answer = scenario.script[-1]
    if isinstance(answer, Foreign):
        # In whatever language: it is the picture that any other gateway draws.
        answer = Answer()
    assert isinstance(answer, Answer)
    story = compose(answer, read(post.body, auto_size=SMALL), number=1, created_at=0)
    streamed = answer.shape is Shape.SSE or (stream and answer.shape is Shape.AS_ASKED)
    told = story.items if streamed and answer.item_damage is Damage.NONE else None
    return next(
        b"".join(item["result"].payload.pieces())
        for item in (told or story.output)
        if isinstance(item.get("result"), Drawn)
    )


@BOTH_WAYS
@EVERY_SCENARIO
def test_a_run_ends_as_the_table_says(scenario: Scenario, *, stream: bool, home: Home) -> None:
    expected = scenario.expects(stream=stream)

    played = play(home, scenario, stream=stream)

    ended, shown = played.ended, played.ended.object
    [row] = home.runs()
    further = [Path(path) for path in shown.get("further", ())]
    saved = [path for name in home.pictures() if (path := home.wanted / name) not in further]
    kept = home.kept()
    assert [path.read_bytes()[:4] for path in further] == [b"\x89PNG"] * expected.warnings.count("further_picture")
    assert shown.get("error", {}).get("saved_to") == (str(kept[0]) if kept else None)
    assert {
        "exit status": ended.status,
        "code": ended.code,
        "requests": len(played.posts),
        "session ids": (played.sessions("session_id"), played.sessions("session-id")),
        "waits": ended.waits,
        "warnings": tuple(warning["code"] for warning in shown["warnings"]),
        "pictures": [str(path) for path in saved],
        "kept": [path.name for path in kept],
        "in history": (row.state, row.error_code, row.attempts, row.output),
        "told": (shown["ok"], shown["attempts"], shown["output"]),
    } == {
        "exit status": expected.exit_status,
        "code": expected.word,
        "requests": expected.posts,
        "session ids": (sessions(expected.posts), sessions(expected.posts)),
        "waits": pytest.approx(expected.waits),
        "warnings": expected.warnings,
        "pictures": [shown["output"]] if expected.code is None else [],
        "kept": [f"squirrel{expected.kept}"] if expected.kept else [],
        "in history": (
            RunState.DONE if expected.code is None else RunState.FAILED,
            expected.word,
            expected.posts,
            next(iter(saved + kept), None),
        ),
        "told": (expected.code is None, expected.posts, str(saved[0]) if saved else None),
    }
    for path in saved + kept:
        assert path.read_bytes() == picture_sent(scenario, played.posts[-1], stream=stream)
    for path in saved:
        assert shown["format"] == row.picture.format == kind_of(path.read_bytes()[:HEAD]).name  # type: ignore[union-attr]
    assert KEY not in ended.stderr + ended.stdout.decode()
    assert home.holding(KEY) == []


@pytest.mark.parametrize("name", ["frames", "partials-only", "eof-after-frames"])
def test_a_preview_that_is_kept_and_drawn_is_not_the_picture(name: str, home: Home) -> None:
    """Above nobody looks at previews, so that they are not even decoded; on a terminal they lie in files like it."""
    scenario = SCENARIOS[name]
    with Sandbox(scenario, key=KEY, auto_size=SMALL) as gateway:
        words = ("generate", "画一只松鼠", "-o", "squirrel.png", "--stream", "--preview", "always")
        shown = run_on_terminal(home, *words, base_url=gateway.base_url)
        [post] = gateway.posts

    expected = scenario.expects(stream=True)
    assert shown.status == expected.exit_status
    assert "▀".encode() in shown.raw
    assert [home.wanted.joinpath(each).read_bytes() for each in home.pictures()] == (
        [picture_sent(scenario, post, stream=True)] if expected.code is None else []
    )


def sessions(attempts: int) -> list[str]:
    return [FIRST_SESSION, *(f"{FIRST_SESSION}-{number}" for number in range(2, attempts + 1))]


def test_a_frame_is_another_picture_than_the_one_that_counts() -> None:
    """Else a frame that was delivered would not be noticed above, nor a second picture."""
    body = b'{"model": "gpt-5.4", "input": "x", "tools": [{"type": "image_generation"}], "stream": true}'
    post = Request(method="POST", path="/v1/responses", headers={}, body=body)

    def story(name: str) -> Story:
        [answer] = SCENARIOS[name].script
        assert isinstance(answer, Answer)
        return compose(answer, read(body, auto_size=SMALL), number=1, created_at=0)

    frames = [b"".join(frame.payload.pieces()) for frame in story("frames").frames]
    pictures = [
        b"".join(item["result"].payload.pieces())  # type: ignore[attr-defined]
        for told in (story("two-images").output, story("another-at-the-end").items or ())
        for item in told
        if "result" in item
    ]

    assert len({*frames, *pictures}) == 3 + 2 + 1
    assert picture_sent(SCENARIOS["frames"], post, stream=True) == pictures[0]
    assert picture_sent(SCENARIOS["another-at-the-end"], post, stream=True) == pictures[2]


@BOTH_WAYS
@pytest.mark.parametrize("name", ONE_OF_EACH_CAUSE)
def test_a_session_id_that_the_user_set_stays_at_every_attempt(name: str, *, stream: bool, home: Home) -> None:
    scenario = SCENARIOS[name]

    played = play(home, scenario, "--session-id", "mine", stream=stream)

    assert len(played.posts) == scenario.expects(stream=stream).posts > 1
    assert played.sessions("session_id") == ["mine"] * len(played.posts)
    assert played.sessions("session-id") == played.sessions("session_id")


MAY_HAVE_COST = ["eof-before-image", "eof-inside-image", "reset", "html-524", "html-504", "damaged-png", "stall"]


@BOTH_WAYS
@pytest.mark.parametrize("name", MAY_HAVE_COST)
def test_what_may_have_cost_a_picture_is_repeated_only_if_the_user_allows_it(
    name: str, *, stream: bool, home: Home
) -> None:
    scenario = SCENARIOS[name] if name != "stall" else replace(SCENARIOS[name], timeout=0.2)
    code = scenario.expects(stream=stream).code
    assert code is not None

    careful = play(home, scenario, stream=stream)
    bold = play(home, scenario, "--retry-unknown", stream=stream)

    assert sorted(row.attempts for row in home.runs()) == [1, 5]
    assert [(each.ended.code, len(each.posts), each.ended.waits) for each in (careful, bold)] == [
        (code.word, 1, ()),
        (code.word, 5, (2.0, 4.0, 8.0, 16.0)),
    ]
    assert [each.ended.object["error"]["may_have_billed"] for each in (careful, bold)] == [True, True]
    assert "--retry-unknown" in careful.ended.object["error"]["hint"]
    assert bold.sessions("session_id") == sessions(5)
    assert home.pictures() == []


@BOTH_WAYS
@pytest.mark.parametrize("name", MAY_HAVE_COST)
def test_the_picture_of_such_a_repetition_counts(name: str, *, stream: bool, home: Home) -> None:
    [broken] = SCENARIOS[name].script
    scenario = Scenario(name="then-ok", summary="", script=(broken, Answer()), timeout=0.5 if name == "stall" else None)

    played = play(home, scenario, "--retry-unknown", stream=stream)

    assert (played.ended.status, len(played.posts), played.ended.waits) == (0, 2, (2.0,))
    assert home.picture.read_bytes() == picture_sent(scenario, played.posts[-1], stream=stream)


def test_previews_without_a_picture_may_have_cost_one(home: Home) -> None:
    played = play(home, SCENARIOS["partials-only"], "--retry-unknown", stream=True)

    assert (played.ended.code, played.ended.waits) == (Code.PARTIAL_ONLY.word, (2.0, 4.0, 8.0, 16.0))


def test_the_list_that_is_printed_is_this_table(home: Home) -> None:
    ended = run_here(home, "sandbox", "--list", "--json")

    listed = {
        row["name"]: (
            row["options"],
            [
                (end["exit_status"], end["code"], end["requests"], tuple(end["least_waits_s"]), tuple(end["warnings"]))
                for end in (row["expected"], row["expected_streaming"])
            ],
        )
        for row in json.loads(ended.stdout)["scenarios"]
    }

    assert listed == {
        name: (
            list(scenario.options),
            [
                (expected.exit_status, expected.word, expected.posts, expected.waits, expected.warnings)
                for expected in (scenario.expects(stream=False), scenario.expects(stream=True))
            ],
        )
        for name, scenario in SCENARIOS.items()
    }
