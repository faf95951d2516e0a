"""
The real Codex CLI, Claude Code and OpenClaw with our skill and our server, against models that do what they are told.

They are large, so this is run by hand: ``python -m tests.agents.run`` installs them, runs this, and writes the table in
README.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpa_image_cli.sandbox.scenarios import find
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.agents.hosts import HOSTS, INSTALLED, Host
from tests.agents.models import Model, Request, Step, Use, always

pytestmark = [
    pytest.mark.agents,
    pytest.mark.skipif(INSTALLED not in os.environ, reason="the agents are installed by python -m tests.agents.run"),
]

COMMAND = "cpa-image generate '画一只可爱的松鼠' -o squirrel.png --json --quiet"
SLOW = 6.0
"""Seconds that the gateway draws: long enough that nobody who does not wait has the picture."""

_JOB = re.compile(r'\bjob\\*": ?\\*"([0-9a-z]{8})')


@pytest.fixture(params=HOSTS, ids=lambda host: host.name)
def kind(request: pytest.FixtureRequest) -> type[Host]:
    return request.param


@pytest.fixture
def gateway(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(find("ok"), pace=getattr(request, "param", 0.0)) as sandbox:
        yield sandbox


@pytest.fixture
def host(kind: type[Host], gateway: Sandbox, tmp_path: Path) -> Host:
    return kind(tmp_path / "home", base_url=gateway.base_url, key=gateway.key)


def asked(host: Host, *plan: Step) -> Model:
    """Ask *host*, whose model follows *plan*; return that model afterwards."""
    with Model(plan) as model:
        ran = host.asked(model)
    assert ran.status == 0, ran.told[-2000:]
    assert len([each for each in model.requests if each.get("tools")]) > len(plan), ran.told[-2000:]
    return model


def steps(*uses: Use) -> list[Step]:
    return [always(use) for use in uses]


def paths_in(text: str) -> set[str]:
    """Return the pictures that are named in *text*, whatever JSON it is in."""
    return {path for path in re.findall(r'output\\*": ?\\*"([^"\\]+)', text) if path.startswith("/")}


def test_skill_found(host: Host) -> None:
    """The description of the skill, in English and Chinese, is in what the agent shows its model."""
    host.with_skill()

    told = asked(host).told

    assert "cpa-image" in told
    assert "画图" in told or "\\u753b\\u56fe" in told


def test_command_run(host: Host, gateway: Sandbox) -> None:
    """A model that follows the skill has its picture, and is told where it is."""
    host.with_skill()

    model = asked(host, *steps(host.shell(COMMAND)))

    assert (host.work / "squirrel.png").read_bytes().startswith(b"\x89PNG")
    assert str(host.work / "squirrel.png") in paths_in(model.told)
    assert len(gateway.posts) == 1


def test_mcp_tool_run(host: Host, gateway: Sandbox) -> None:
    """A model that uses the server has its picture, and is told where it is."""
    model = asked(host, *steps(*host.tool("generate_image", prompt="画一只可爱的松鼠", name="squirrel")))

    [path] = paths_in(model.told)
    assert Path(path).read_bytes().startswith(b"\x89PNG")
    assert len(gateway.posts) == 1


@pytest.mark.parametrize("gateway", [SLOW], indirect=True)
def test_slow_job_fetched_later(host: Host, gateway: Sandbox) -> None:
    """A model that is told that its picture is not finished fetches it later, and nothing is paid for twice."""
    begin = steps(*host.tool("generate_image", prompt="a slow squirrel", wait_seconds=0))

    def fetch(request: Request) -> Use:
        [*_, job] = _JOB.findall(json.dumps(request))
        return host.tool("picture_result", job=job, wait_seconds=40)[-1]

    before = steps(*host.tool("picture_result", job="x", wait_seconds=0)[:-1])
    model = asked(host, *begin, *before, fetch)

    assert "running" in model.told
    [path] = paths_in(model.told)
    assert Path(path).read_bytes().startswith(b"\x89PNG")
    assert len(gateway.posts) == 1
