"""The checks that one real generation allows, at sandboxes that misbehave."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.findings import Status, Verdict, passed, skipped
from cpa_image_cli.core.job.events import (
    Accepted,
    JobEvent,
    JobFailed,
    JobStarted,
    Receiving,
    RequestSent,
    Verifying,
    WireNoted,
)
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.ledger.run import RunState
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.doctor.checks import LIVE_CHECKS
from cpa_image_cli.doctor.live_generation import PROMPT, Witnessed
from cpa_image_cli.doctor.running import verdict_of
from cpa_image_cli.doctor.steps import Step
from cpa_image_cli.sandbox.language.replies import Answer
from cpa_image_cli.sandbox.language.scenario import Scenario
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.doctor.world import KEY, World, using
from tests.faults.disks import mounted

LIVE = {"picture", "image_tool", "silence", "timing", "delivered"}


@pytest.fixture(autouse=True)
def temporary(world: World) -> Iterator[Path]:
    """Keep temporary files where they can be counted."""
    folder = world.home / "temporary"
    folder.mkdir()
    world.more["temporary"] = folder
    yield folder
    assert list(folder.iterdir()) == []


def test_a_picture_is_made_looked_at_recorded_and_thrown_away(world: World) -> None:
    with Sandbox(key=KEY) as sandbox:
        findings = using(world, sandbox.base_url).findings(is_live=True)
        bodies = [request.json for request in sandbox.posts if request.json]

    assert {findings[name].verdict.status for name in LIVE} == {Status.PASS}
    assert findings["image_tool"].verdict == passed("the model has it")
    assert findings["delivered"].verdict == passed("size 1024x1024, quality low, format png: delivered")
    assert len(bodies) == 1
    assert isinstance(bodies[0], dict)
    assert bodies[0]["stream"] is True
    [run] = History(world.directories.history_file).recent(5)
    assert (run.prompt, run.state, run.output, run.parameters["quality"]) == (PROMPT, RunState.DONE, None, "low")


def test_nothing_is_generated_unless_asked_for(world: World) -> None:
    with Sandbox(key=KEY) as sandbox:
        findings = using(world, sandbox.base_url).findings()
        bodies = [request.body for request in sandbox.posts]

    assert (LIVE & findings.keys(), bodies) == (set(), [b"{"])


def test_nothing_is_generated_when_what_comes_before_fails(world: World) -> None:
    with Sandbox(key="sk-another-0123456789") as sandbox:
        findings = using(world, sandbox.base_url).findings(is_live=True)
        bodies = [request.body for request in sandbox.posts]

    assert {findings[name].verdict for name in LIVE} == {skipped("needs “/v1/models” to be right")}
    assert bodies == [b"{"]


def test_an_image_model_is_not_even_tried(world: World) -> None:
    with Sandbox(key=KEY) as sandbox:
        using(world, sandbox.base_url).environ["IMAGE_GEN_MODEL"] = "gpt-image-2"
        findings = world.findings(is_live=True)

    assert findings["picture"].verdict == skipped("needs “model” to be right")


def test_a_tool_that_was_taken_away_is_told(world: World) -> None:
    with Sandbox("tools-empty", key=KEY) as sandbox:
        findings = using(world, sandbox.base_url).findings(is_live=True)

    tool = findings["image_tool"].verdict
    assert (tool.status, tool.code, "disable-image-generation" in tool.advice) == (
        Status.FAIL,
        Code.TOOL_UNAVAILABLE,
        True,
    )
    assert (findings["picture"].verdict.status, findings["picture"].verdict.code) == (
        Status.FAIL,
        Code.TOOL_UNAVAILABLE,
    )
    assert findings["delivered"].verdict == skipped("there is no picture")


def one(answer: Answer) -> Scenario:
    return Scenario(name="one", summary="one", script=(answer,))


PICTURE = Picture(format="png", width=1024, height=1024, bytes=1_000_000, sha256="0" * 64)
MADE = Outcome(model="gpt-5.4", requested={}, attempts=1, elapsed_s=1.0, picture=PICTURE)
BROKEN = Trouble(code=Code.STREAM_BROKEN, message="the connection broke", may_have_billed=True)


def judged(world: World, check: str, outcome: Outcome, *events: tuple[float, JobEvent]) -> Verdict:
    """Return what *check* says of a generation that went so; readings of the clock are real nowhere else."""
    with world.case() as case:
        case.generation = Step(lambda: Witnessed(outcome=outcome, events=events))
        look = next(found for found in LIVE_CHECKS if found.label.id == check)
        return verdict_of(look, case)


SENT = RequestSent(bytes=100)
JOB_STARTED = JobStarted(
    prompt="p",
    model="m",
    model_source="default",
    gateway="g",
    gateway_source="--base-url",
    stream=True,
    requested={},
    attempts_allowed=1,
)
JOB_FAILED = JobFailed(
    code="stream_broken",
    message="m",
    hint=None,
    status=None,
    may_have_billed=True,
    text="",
    trace_id=None,
)


@pytest.mark.parametrize(
    ("seconds", "status", "told"),
    [
        (59.9, Status.PASS, "59.9 s without a byte, at the longest"),
        (60.1, Status.WARN, "nginx and most load balancers give up after 60 s of silence"),
        (110.0, Status.WARN, "Cloudflare gives up after 100 s of silence"),
        (150.0, Status.WARN, "many gateways give up after 120 s of silence"),
    ],
)
def test_a_silence_longer_than_a_proxys_limit_is_warned_of(
    world: World, seconds: float, status: Status, told: str
) -> None:
    verdict = judged(
        world, "silence", MADE, (7.0, SENT), (9.0, Receiving(bytes=1)), (9.0 + seconds, Receiving(bytes=2))
    )

    assert (verdict.status, told in verdict.found) == (status, True)


def test_what_happens_before_the_request_is_no_silence_of_the_gateways(world: World) -> None:
    verdict = judged(world, "silence", MADE, (0.0, JOB_STARTED), (90.0, SENT), (91.5, Receiving(bytes=1)))

    assert verdict == passed("1.5 s without a byte, at the longest")


def test_a_stream_that_breaks_at_a_proxys_limit_is_told_by_the_limit(world: World) -> None:
    outcome = replace(MADE, picture=None, trouble=BROKEN)

    verdict = judged(world, "silence", outcome, (0.0, SENT), (2.0, Receiving(bytes=1)), (102.3, JOB_FAILED))

    assert (verdict.status, verdict.code, verdict.found) == (
        Status.FAIL,
        Code.STREAM_BROKEN,
        "the stream broke after 100 s of silence: Cloudflare gives up after 100 s of silence",
    )


def test_a_stream_that_breaks_at_another_time_is_not_blamed_on_silence(world: World) -> None:
    outcome = replace(MADE, picture=None, trouble=BROKEN)
    events = ((0.0, SENT), (20.0, WireNoted(type="response.created")), (21.0, JOB_FAILED))

    assert judged(world, "silence", outcome, *events) == skipped(
        "20.0 s without a byte, at the longest, until the answer broke off"
    )
    assert judged(world, "timing", outcome, *events) == passed("first event after 20.0 s, no picture")
    assert "it may have been billed" in judged(world, "picture", outcome, *events).found


def test_the_times_are_told(world: World) -> None:
    events = ((1.0, SENT), (1.4, WireNoted(type="response.created")), (31.0, Verifying(bytes=1_000_000)))

    assert judged(world, "timing", MADE, *events) == passed("first event after 0.4 s, picture after 30.0 s")


def test_when_nothing_was_sent_there_is_nothing_to_time(world: World) -> None:
    outcome = replace(MADE, picture=None, trouble=Trouble(code=Code.CONNECTION_FAILED, message="refused"))

    assert judged(world, "silence", outcome, (0.0, JOB_STARTED)) == skipped("nothing was sent")
    assert judged(world, "timing", outcome, (0.0, JOB_STARTED)) == skipped("no event came")


def test_a_tool_the_gateway_does_not_name_may_work_all_the_same(world: World) -> None:
    accepted = Accepted(response_id="r", model="m", tools=())

    assert judged(world, "image_tool", MADE, (0.0, accepted)) == passed("not named by the gateway, but it worked")


def test_a_stream_that_ends_in_nothing_is_a_failed_picture(world: World) -> None:
    with Sandbox("eof-before-image", key=KEY) as sandbox:
        verdict = using(world, sandbox.base_url).verdict("picture")

    assert (verdict.status, verdict.code) == (Status.FAIL, Code.STREAM_BROKEN)


def test_another_size_than_was_asked_for_is_warned_of(world: World) -> None:
    with Sandbox(one(Answer(size="1248x1248", format="jpeg")), key=KEY) as sandbox:
        verdict = using(world, sandbox.base_url).verdict("delivered")

    assert verdict.status is Status.WARN
    assert "asked for 1024x1024, the gateway sent 1248x1248" in verdict.found


def test_a_late_error_is_told_and_the_picture_counts(world: World) -> None:
    with Sandbox("late-error-after-image", key=KEY) as sandbox:
        verdict = using(world, sandbox.base_url).verdict("picture")

    assert (verdict.status, "the picture is complete, but then" in verdict.found) == (Status.WARN, True)


def test_a_refusal_costs_one_attempt(world: World) -> None:
    with Sandbox("rate-limited", key=KEY) as sandbox:
        verdict = using(world, sandbox.base_url).verdict("picture")
        bodies = [request.body for request in sandbox.posts if request.body != b"{"]

    assert (verdict.status, verdict.code, len(bodies)) == (Status.FAIL, Code.RATE_LIMITED, 1)


def test_a_gateway_that_names_no_tools_is_believed_nothing(world: World) -> None:
    with Sandbox("tools-null", key=KEY) as sandbox:
        verdict = using(world, sandbox.base_url).verdict("image_tool")

    assert verdict == skipped("the gateway does not say which tools the model has")


def test_without_a_place_for_temporary_files_nothing_is_sent(world: World, temporary: Path) -> None:
    temporary.rmdir()
    try:
        with Sandbox(key=KEY) as sandbox:
            verdict = using(world, sandbox.base_url).verdict("picture")
            bodies = [request.body for request in sandbox.posts]
    finally:
        temporary.mkdir()

    assert (verdict.status, verdict.code, bodies) == (Status.FAIL, Code.OUTPUT_UNWRITABLE, [b"{"])


def test_a_temporary_folder_without_room_for_a_file_is_told_before_anything_is_sent(
    world: World, tmp_path: Path
) -> None:
    # The folder itself and the one that is made in it.
    with mounted(tmp_path / "full", "nr_inodes=2") as full, Sandbox(key=KEY) as sandbox:
        world.more["temporary"] = full
        verdict = using(world, sandbox.base_url).verdict("picture")
        bodies = [request.body for request in sandbox.posts]

    assert (verdict.status, verdict.code, bodies) == (Status.FAIL, Code.OUTPUT_UNWRITABLE, [b"{"])
    assert verdict.found.endswith("the disk is full")
