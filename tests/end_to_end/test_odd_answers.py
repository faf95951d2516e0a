"""Answers that a sandbox does not give, over real sockets: what a run makes of them."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpa_image_cli.adapters.gateway import Gateway
from cpa_image_cli.adapters.output import FileTarget, IfExists, reserve
from cpa_image_cli.adapters.pictures.verify import verify
from cpa_image_cli.core.job.events import FrameArrived, JobEvent
from cpa_image_cli.core.job.image_options import ImageOptions
from cpa_image_cli.core.job.job import Identity, Job
from cpa_image_cli.core.job.retry import RetryPolicy
from cpa_image_cli.engine.generation import AttemptLimits, Generation
from cpa_image_cli.engine.ports import Ports
from tests.faults.home import Home
from tests.faults.in_process import Clock, run_here
from tests.faults.servers import RawServer, recorded, sized

PROMPT = "画一只可爱的松鼠"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def test_every_way_in_which_the_picture_is_not_what_was_asked_for_is_warned_of(home: Home) -> None:
    with RawServer(lambda visitor: visitor.send(sized(recorded(stream=False)))) as server:
        words = ("--size", "256x256", "--quality", "high", "--format", "webp", "-o", "squirrel", "--json")
        ended = run_here(home, "generate", PROMPT, *words, base_url=server.base_url)

    assert (ended.status, home.pictures()) == (0, ["squirrel.png"])
    assert ended.object["warnings"] == [
        {"code": "format_differs", "message": "asked for WEBP, the gateway sent PNG"},
        {"code": "size_differs", "message": "asked for 256x256, the gateway sent 128x128"},
        {"code": "quality_differs", "message": "asked for quality high, the gateway used medium"},
    ]
    assert ended.object["delivered"] == {"size": "128x128", "format": "png", "quality": "medium"}


def test_what_a_failed_image_call_says_of_itself_is_why_there_is_no_picture(home: Home) -> None:
    refusal = {"code": "moderation_blocked", "message": "Your request was rejected by the safety system."}
    call = {"type": "image_generation_call", "status": "failed", "result": None, "error": refusal}
    body = {"object": "response", "status": "completed", "error": None, "output": [call]}
    with RawServer(lambda visitor: visitor.send(sized(json.dumps(body).encode()))) as server:
        ended = run_here(home, "generate", PROMPT, "-o", "a.png", "--json", base_url=server.base_url)

    assert (ended.status, ended.code, home.pictures(), len(server.requests)) == (5, "moderation_blocked", [], 1)
    assert ended.object["error"]["message"].endswith(refusal["message"])


def sse(*events: dict[str, object]) -> bytes:
    return b"".join(b"data: %b\n\n" % json.dumps(event).encode() for event in events)


def test_a_preview_that_is_damaged_is_left_out_and_the_picture_comes_all_the_same(tmp_path: Path) -> None:
    output = json.loads(recorded(stream=False))["output"]
    [picture] = [item["result"] for item in output if item["type"] == "image_generation_call"]
    frame = {"type": "response.image_generation_call.partial_image", "partial_image_b64": picture}
    call = {"type": "image_generation_call", "status": "completed", "result": picture}
    answer = sse(
        frame | {"partial_image_index": 0, "partial_image_b64": "A" * 5001 + "=A"},
        frame | {"partial_image_index": 1},
        {"type": "response.completed", "response": {"object": "response", "output": [call]}},
    )
    events: list[JobEvent] = []
    with RawServer(lambda visitor: visitor.send(sized(answer, "Content-Type: text/event-stream"))) as server:
        outcome = watched(server.base_url, tmp_path, events)

    assert (outcome, (tmp_path / "a.png").read_bytes()) == (None, base64.b64decode(picture))
    assert [(event.index, event.bytes) for event in events if isinstance(event, FrameArrived)] == [
        (1, len(base64.b64decode(picture)))
    ]


def watched(base_url: str, folder: Path, events: list[JobEvent]) -> object:
    """Run a job whose preview frames somebody looks at; return its trouble."""
    clock = Clock()
    job = Job(
        prompt=PROMPT,
        model="gpt-5.4",
        options=ImageOptions(partial_images="2"),
        url=f"{base_url}/v1/responses",
        gateway=base_url,
        identity=Identity(user_agent="test", version="", originator="test", session_id="test"),
        key=None,
        stream=True,
    )
    target, gateway = FileTarget(path=folder / "a.png"), Gateway({})
    with reserve(target, if_exists=IfExists.ERROR, kept=folder / "kept") as reservation:
        ports = Ports(
            gateway=gateway,
            reservation=reservation,
            verify=verify,
            clock=clock,
            now=lambda: datetime(2026, 5, 9, tzinfo=UTC),
            nonce=lambda: "of a test",
            keep_frames=True,
        )
        patience = AttemptLimits(policy=RetryPolicy(retries=0), timeout=60.0, wait=lambda _: None, draw=lambda: 0.0)
        outcome = Generation(job, ports, patience, emit=events.append).run()
    gateway.close()
    return outcome.trouble
