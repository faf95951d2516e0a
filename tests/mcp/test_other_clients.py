"""What others made to speak the protocol understands our server: the official client, and the inspector."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from cpa_image_cli.sandbox.scenarios import find
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import Home
from tests.required import lacking

SLOW = 7.0
"""Seconds that the gateway draws, so that progress is told."""

INSPECTOR = "CPA_IMAGE_INSPECTOR"
"""The variable that names the folder in which npm has installed the inspector, and a Node for it."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


@pytest.fixture
def gateway(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(find("ok"), pace=getattr(request, "param", 0.0)) as sandbox:
        yield sandbox


@pytest.fixture(params=["auto", "legacy"])
def era(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def variables(home: Home, gateway: Sandbox) -> dict[str, str]:
    return home.environ(gateway.base_url, IMAGE_GEN_KEY=gateway.key)


def official(home: Home, gateway: Sandbox, era: str) -> Client:
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "cpa_image_cli", "mcp"], env=variables(home, gateway), cwd=str(home.wanted)
    )
    return Client(command, mode=era)


def test_the_official_client_lists_and_calls(home: Home, gateway: Sandbox, era: str) -> None:
    async def used() -> Any:  # noqa: ANN401 - the client's own types
        async with official(home, gateway, era) as client:
            listed = await client.list_tools()
            made = await client.call_tool("generate_image", {"prompt": "松鼠", "name": "squirrel", "size": "64x64"})
            wrong = await client.call_tool("generate_image", {"prompt": "x", "name": "../x"})
            seen = await client.call_tool("preview_picture", {"job": "last"})
            return listed, made, wrong, seen

    listed, made, wrong, seen = asyncio.run(used())

    assert len(listed.tools) == 6
    assert made.is_error is False
    assert made.structured_content["output"] == str(home.directories.pictures / "squirrel.png")
    assert wrong.is_error is True
    assert [item.type for item in seen.content] == ["image", "text"]


@pytest.mark.parametrize("gateway", [SLOW], indirect=True)
def test_the_official_client_is_told_of_progress(home: Home, gateway: Sandbox, era: str) -> None:
    told: list[str | None] = []

    async def hear(done: float, total: float | None, message: str | None) -> None:
        del done, total
        told.append(message)

    async def used() -> Any:  # noqa: ANN401 - as above
        async with official(home, gateway, era) as client:
            return await client.call_tool("generate_image", {"prompt": "x", "size": "64x64"}, progress_callback=hear)

    made = asyncio.run(used())

    assert made.structured_content["ok"] is True
    assert told
    assert all(message and message.startswith("drawing for ") for message in told)


@pytest.mark.parametrize("gateway", [SLOW], indirect=True)
def test_an_official_client_that_loses_patience_does_not_stop_the_job(home: Home, gateway: Sandbox, era: str) -> None:
    async def used() -> Any:  # noqa: ANN401 - as above
        async with official(home, gateway, era) as client:
            with pytest.raises(Exception, match=r"(?i)timed? ?out"):
                await client.call_tool("generate_image", {"prompt": "x", "size": "64x64"}, read_timeout_seconds=2)
            return await client.call_tool("picture_result", {"job": "last", "wait_seconds": 40})

    made = asyncio.run(used())

    assert made.structured_content["ok"] is True
    assert len(gateway.posts) == 1


def inspected(home: Home, gateway: Sandbox, *words: str) -> subprocess.CompletedProcess[str]:
    folder = os.environ.get(INSPECTOR)
    if folder is None:
        lacking(f"{INSPECTOR} names no folder with npm's @modelcontextprotocol/inspector")
    programs = Path(str(folder)) / "node_modules" / ".bin"
    server = (sys.executable, "-m", "cpa_image_cli", "mcp")
    # Like most clients it hands on few variables; HOME is one, so the config file is found.
    home.directories.config.mkdir(parents=True, exist_ok=True)
    home.directories.config_file.write_text(
        f'base_url = "{gateway.base_url}"\napi_key_command = "printf {gateway.key}"\n'
    )
    environ = variables(home, gateway)
    return subprocess.run(
        [programs / "mcp-inspector", "--cli", *server, "--format", "json", *words],
        cwd=home.wanted,
        env={**environ, "PATH": f"{programs}:{environ.get('PATH', '')}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_the_inspector_finds_nothing_to_complain_of(home: Home, gateway: Sandbox, era: str) -> None:
    listed = inspected(home, gateway, "--protocol-era", era, "--method", "tools/list", "--strict")
    given = json.dumps({"prompt": "松鼠", "name": "squirrel", "size": "64x64"})
    tool = ("--method", "tools/call", "--tool-name", "generate_image")
    made = inspected(home, gateway, "--protocol-era", era, *tool, "--tool-args-json", given)

    assert listed.returncode == 0, listed.stderr
    assert made.returncode == 0, made.stderr
    assert str(home.directories.pictures / "squirrel.png") in made.stdout
