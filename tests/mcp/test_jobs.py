"""Whatever becomes of a server, the job it began goes on, is paid for once, and is known to the next one."""

import base64
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cpa_image_cli.sandbox.scenarios import find
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import Home
from tests.faults.processes import Process
from tests.mcp.processes import PATIENCE, RealServer
from tests.mcp.talking import call, request

PACE = 1.5
"""Seconds that the gateway draws, in which a server can be killed."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


@pytest.fixture
def gateway(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(find("ok"), pace=getattr(request, "param", 0.0)) as sandbox:
        yield sandbox


@pytest.fixture
def start(home: Home, gateway: Sandbox) -> Iterator[Callable[..., RealServer]]:
    """Return what starts a server whose pictures come from *gateway*."""
    servers: list[RealServer] = []

    def started(*options: str) -> RealServer:
        server = RealServer(home, gateway.base_url, *options, IMAGE_GEN_KEY=gateway.key)
        servers.append(server)
        return server

    yield started
    for server in servers:
        server.__exit__()


slow = pytest.mark.parametrize("gateway", [PACE], indirect=True)


def waited(server: RealServer, job: str) -> dict[str, Any]:
    """Return the result of *job* when it is over."""
    told = server.use("picture_result", job=job, wait_seconds=PATIENCE)
    assert told.get("ok") is True, told
    return told


def test_a_picture_is_made_and_told_by_its_path(home: Home, start: Callable[..., RealServer], gateway: Sandbox) -> None:
    told = start().use("generate_image", prompt="画一只可爱的松鼠", name="松鼠", size="64x64", format="webp")

    path = home.directories.pictures / "松鼠.webp"
    assert (told["ok"], told["output"], told["prompt"]) == (True, str(path), "画一只可爱的松鼠")
    assert path.read_bytes().startswith(b"RIFF")
    assert len(gateway.posts) == 1
    assert [run.id for run in home.runs()] == [told["id"]]


@slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, None], ids=str)
def test_a_job_outlives_its_server(
    home: Home, start: Callable[..., RealServer], gateway: Sandbox, end: signal.Signals | None
) -> None:
    first = start()
    told = first.use("generate_image", prompt="x", name="squirrel", size="64x64", wait_seconds=0)
    assert told["status"] == "running"

    if end is None:
        assert first.end() == 0
    else:
        first.kill(end)
        first.popen.wait(PATIENCE)

    result = waited(start(), told["job"])
    assert result["output"] == str(home.directories.pictures / "squirrel.png")
    assert Path(result["output"]).read_bytes().startswith(b"\x89PNG")
    assert len(gateway.posts) == 1


@slow
def test_a_cancelled_call_stops_the_waiting_and_not_the_job(start: Callable[..., RealServer], gateway: Sandbox) -> None:
    server = start()
    told = server.use("generate_image", prompt="x", size="64x64", wait_seconds=0)
    server.say(call("picture_result", id=9, job=told["job"], wait_seconds=60))
    server.say({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 9}})

    assert server.ask(request("ping", id=10))["id"] == 10
    waited(server, told["job"])
    assert len(gateway.posts) == 1


@slow
def test_several_wait_for_one_job(home: Home, start: Callable[..., RealServer], gateway: Sandbox) -> None:
    servers = (start(), start())
    told = servers[0].use("generate_image", prompt="x", name="squirrel", size="64x64", wait_seconds=0)
    with ThreadPoolExecutor() as pool:
        heard = list(pool.map(lambda server: waited(server, told["job"]), servers))

    assert [each["output"] for each in heard] == [str(home.directories.pictures / "squirrel.png")] * 2
    assert len(gateway.posts) == 1


@slow
def test_the_same_request_while_it_runs_is_the_same_job(start: Callable[..., RealServer], gateway: Sandbox) -> None:
    first, second = start(), start()
    given = {"prompt": "x", "size": "64x64"}
    one = first.use("generate_image", **given, wait_seconds=0)
    two = second.use("generate_image", **given, wait_seconds=0)
    other = second.use("generate_image", prompt="y", size="64x64", wait_seconds=0)

    assert two["job"] == one["job"] != other["job"]
    waited(second, one["job"])
    waited(second, other["job"])
    assert len(gateway.posts) == 2


def test_a_request_id_is_paid_for_once(start: Callable[..., RealServer], gateway: Sandbox) -> None:
    given = {"prompt": "x", "size": "64x64", "request_id": "card-7"}
    first, again = (start().use("generate_image", **given) for _ in range(2))
    refused = start().use("generate_image", **given | {"prompt": "y"})

    assert (again["id"], again["output"], again["reused"]) == (first["id"], first["output"], True)
    assert refused["error"]["code"] == "usage"
    assert len(gateway.posts) == 1


def test_a_picture_is_edited(home: Home, start: Callable[..., RealServer], gateway: Sandbox) -> None:
    server = start()
    first = server.use("generate_image", prompt="a cat", name="cat", size="64x64")
    second = server.use("edit_image", prompt="give it a scarf", images=["cat.png"], name="cat-scarf")
    third = server.use("edit_image", prompt="now at night", images=[first["id"]], mask=None, name="cat-night")

    assert [each["ok"] for each in (second, third)] == [True, True]
    assert [b"input_image" in post.body for post in gateway.posts] == [False, True, True]
    assert sorted(path.name for path in home.directories.pictures.iterdir()) == [
        "cat-night.png",
        "cat-scarf.png",
        "cat.png",
    ]


def test_a_picture_that_was_made_is_seen_and_listed(start: Callable[..., RealServer]) -> None:
    server = start()
    told = server.use("generate_image", prompt="a cat", name="cat", size="64x64")

    preview = server.ask(call("preview_picture", job="last"))["result"]["content"]
    listed = server.use("list_pictures", search="cat")

    assert base64.b64decode(preview[0]["data"]).startswith(b"\xff\xd8")
    assert preview[1]["text"] == told["output"]
    assert [run["id"] for run in listed["runs"]] == [told["id"]]


@pytest.mark.parametrize("gateway", [0.0], indirect=True)
def test_settings_are_described_without_the_key(home: Home, start: Callable[..., RealServer], gateway: Sandbox) -> None:
    answer = start("--allow", ".").ask(call("describe_settings"))
    told = answer["result"]["structuredContent"]

    assert told["folders"] == [str(home.directories.pictures), str(home.wanted)]
    assert (told["gateway"], told["model"], told["problems"]) == (gateway.base_url, "gpt-5.4", [])
    assert gateway.key not in str(answer)


def test_what_is_not_configured_is_told_with_the_way_to_do_it(home: Home) -> None:
    with RealServer(home, "", IMAGE_GEN_KEY="") as server:
        error = server.use("generate_image", prompt="x")["error"]
        problems = server.use("describe_settings")["problems"]

    assert error["code"] == "base_url_missing"
    assert "cpa-image mcp --help" in error["hint"]
    assert [problem["code"] for problem in problems] == ["base_url_missing"]


def test_a_picture_goes_into_a_folder_that_was_allowed_and_nowhere_else(
    home: Home, start: Callable[..., RealServer]
) -> None:
    server = start("--allow", ".")

    inside = server.use("generate_image", prompt="x", name=str(home.wanted / "a/b"), size="64x64")
    (home.wanted / "link").symlink_to(home.root)
    through = server.use("generate_image", prompt="x", name=str(home.wanted / "link/b"), size="64x64")
    outside = server.use("generate_image", prompt="x", name=str(home.root / "b"), size="64x64")

    assert inside["output"] == str(home.wanted / "a/b.png")
    assert (through["ok"], outside["ok"]) == (False, False)
    assert through["error"]["code"] == "output_unwritable"


def test_an_existing_file_is_not_overwritten_whatever_the_configuration_says(
    home: Home, start: Callable[..., RealServer], gateway: Sandbox
) -> None:
    home.directories.config.mkdir(parents=True)
    home.directories.config_file.write_text('if_exists = "overwrite"\n')
    home.directories.pictures.mkdir(parents=True)
    (home.directories.pictures / "cat.png").write_text("mine")

    told = start().use("generate_image", prompt="x", name="cat.png", size="64x64")

    assert told["error"]["code"] == "output_exists"
    assert (home.directories.pictures / "cat.png").read_text() == "mine"
    assert len(gateway.posts) == 0


@pytest.mark.parametrize("folder", ["absent", "/", "~"])
def test_a_folder_that_is_everything_or_nothing_is_not_allowed(home: Home, folder: str) -> None:
    ended = Process(home, "mcp", "--allow", folder).end()

    assert ended.status == 2


def test_nothing_but_the_protocol_is_on_standard_output(start: Callable[..., RealServer]) -> None:
    server = start()
    server.greet()
    server.use("generate_image", prompt="x", size="64x64")

    assert server.end() == 0
    assert server.popen.stdout is not None
    assert server.popen.stdout.read() == b""
