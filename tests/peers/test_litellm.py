"""
Our client against the LiteLLM proxy, whose upstream is the sandbox.

LiteLLM takes answers apart and writes them anew: no ``event:`` lines, ``[DONE]`` at the end, error bodies of its own
with the upstream's words inside.
"""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import Home
from tests.faults.in_process import Ended, run_here
from tests.peers.litellm_proxy import KEY, UPSTREAM_KEY, Proxy, installed, proxy

pytestmark = pytest.mark.slow

PROMPT = "画一只可爱的松鼠"
MODES = ("--no-stream", "--stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    What must come of *scenario*: a code word, None for a picture, and how many requests reach the upstream.

    *further* are the names of the pictures that one answer holds besides the first.
    """

    scenario: str
    code: str | None = None
    status: int = 0
    posts: int = 1
    further: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    modes: tuple[str, ...] = MODES


ROWS = (
    Row(scenario="ok"),
    Row(scenario="frames"),
    Row(scenario="ok-item-only"),
    Row(scenario="data-url"),
    Row(scenario="two-images", further=("squirrel-2.png",), warnings=("further_picture",)),
    Row(scenario="unknown-events"),
    Row(scenario="tools-null"),
    Row(scenario="rate-limited-then-ok", posts=2),
    Row(scenario="rate-limited", code="rate_limited", status=6, posts=5),
    Row(scenario="rate-limit-in-stream-then-ok", posts=2, modes=("--stream",)),
    Row(scenario="usage-limit", code="usage_limit", status=6),
    Row(scenario="quota", code="quota_exhausted", status=6),
    Row(scenario="tools-empty", code="tool_unavailable", status=7, posts=5),
    Row(scenario="tools-empty-then-ok", posts=2),
    Row(scenario="text-with-tools", code="text_instead_of_image", status=7, posts=2),
    Row(scenario="refusal", code="refused", status=5),
    Row(scenario="moderation", code="moderation_blocked", status=5),
    Row(scenario="bad-key", code="key_rejected", status=4),
    Row(scenario="server-error-then-ok", posts=2),
    Row(scenario="close-after-all", code="stream_broken", status=8),
    Row(scenario="no-answer", code="stream_broken", status=8),
    Row(scenario="eof-after-frames", code="stream_broken", status=8, modes=("--stream",)),
)

CASES = [(row, mode) for row in ROWS for mode in row.modes]


def model_of(row: Row, mode: str) -> str:
    """A sandbox counts its answers, so each case has its own, and thereby its own model."""
    return f"{row.scenario}{mode}"


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[dict[str, Sandbox]]:
    with ExitStack() as stack:
        yield {model_of(row, mode): stack.enter_context(Sandbox(row.scenario, key=UPSTREAM_KEY)) for row, mode in CASES}


@pytest.fixture(scope="module")
def litellm(
    request: pytest.FixtureRequest, sandboxes: dict[str, Sandbox], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    cache = request.config.cache
    folder = cache.mkdir("peers") if cache else tmp_path_factory.mktemp("peers")
    upstreams = {model: sandbox.base_url for model, sandbox in sandboxes.items()}
    with proxy(installed(folder), upstreams, tmp_path_factory.mktemp("litellm")) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def generate(home: Home, litellm: Proxy, *words: str, model: str, key: str = KEY) -> Ended:
    command = ("generate", PROMPT, "--model", model, "-o", str(home.picture), "--json", *words)
    return run_here(home, *command, base_url=litellm.base_url, IMAGE_GEN_KEY=key)


@pytest.mark.parametrize(("row", "mode"), CASES, ids=lambda part: getattr(part, "scenario", part))
def test_what_the_gateway_behind_litellm_does_is_told_as_if_it_were_alone(
    home: Home, litellm: Proxy, sandboxes: dict[str, Sandbox], row: Row, mode: str
) -> None:
    model = model_of(row, mode)

    ended = generate(home, litellm, mode, model=model)

    assert (ended.status, ended.code, len(sandboxes[model].posts)) == (row.status, row.code, row.posts)
    assert home.pictures() == ([*row.further, home.picture.name] if row.code is None else [])
    assert tuple(warning["code"] for warning in ended.object["warnings"]) == row.warnings


@pytest.mark.parametrize("mode", MODES)
def test_a_key_that_litellm_does_not_know_is_a_refused_key(home: Home, litellm: Proxy, mode: str) -> None:
    ended = generate(home, litellm, mode, model="ok--stream", key="sk-somebody-else")

    assert (ended.status, ended.code, ended.waits) == (4, "key_rejected", ())


@pytest.mark.parametrize("mode", MODES)
def test_a_model_that_litellm_does_not_have_is_an_unknown_model(home: Home, litellm: Proxy, mode: str) -> None:
    ended = generate(home, litellm, mode, model="gpt-nowhere")

    assert (ended.status, ended.code, ended.waits) == (3, "model_not_found", ())


def test_preview_frames_pass_through(home: Home, litellm: Proxy) -> None:
    command = ("generate", PROMPT, "--model", "frames--stream", "-o", str(home.picture), "--jsonl", "--stream")

    ended = run_here(home, *command, base_url=litellm.base_url, IMAGE_GEN_KEY=KEY)

    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [event["index"] for event in events if event.get("event") == "frame_arrived"] == [0, 1, 2]
    assert events[-1]["ok"] is True


def test_litellm_is_the_peer_it_is_taken_for(litellm: Proxy) -> None:
    """If it starts to send event names, or to end its streams like the others, these tests show less than they say."""
    body = {"model": "ok--stream", "input": PROMPT, "stream": True, "tools": [{"type": "image_generation"}]}
    request = urllib.request.Request(
        f"{litellm.base_url}/v1/responses",
        data=json.dumps(body).encode(),
        headers={"authorization": f"Bearer {KEY}", "content-type": "application/json"},
    )

    with urllib.request.urlopen(request, timeout=60) as answer:
        lines = [line for line in answer.read().split(b"\n") if line.strip()]

    assert [line for line in lines if not line.startswith(b"data: ")] == []
    assert lines[-1] == b"data: [DONE]"
