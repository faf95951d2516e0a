"""An address in place of a picture: told, never bought twice, and fetched only if allowed, from nowhere private."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpa_image_cli.adapters.gateway import fetching
from tests.faults.home import KEY, Home
from tests.faults.in_process import Ended, run_here
from tests.faults.servers import RawServer, head, sized

SQUIRREL = (Path(__file__).parents[1] / "data" / "streams" / "squirrel.png").read_bytes()
PUBLIC = "93.184.216.34"


def answering(address: str) -> bytes:
    call = {"type": "image_generation_call", "status": "completed", "result": address}
    return sized(json.dumps({"object": "response", "status": "completed", "output": [call]}).encode())


def generate(home: Home, address: str, *flags: str) -> tuple[Ended, list[bytes]]:
    with RawServer(lambda visitor: visitor.send(answering(address))) as gateway:
        ended = run_here(home, "generate", "x", "-o", "a.png", "--json", *flags, base_url=gateway.base_url)
    return ended, gateway.requests


@pytest.fixture
def pictures() -> Iterator[RawServer]:
    with RawServer(lambda visitor: visitor.send(sized(SQUIRREL, "Content-Type: image/png"))) as server:
        yield server


@pytest.fixture
def a_public_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name `gateway.test` is this machine's, and what it stands for counts as public."""
    private = fetching.is_private
    monkeypatch.setattr(fetching, "are_private", lambda host: False if host == "127.0.0.1" else _are_private(host))
    monkeypatch.setattr(fetching, "is_private", lambda address: address != PUBLIC and private(address))


_are_private = fetching.are_private


def test_an_address_is_told_everywhere_and_not_fetched(home: Home, pictures: RawServer) -> None:
    address = f"{pictures.base_url}/squirrel.png?sig=abc"

    ended, posts = generate(home, address)

    assert (ended.status, ended.code, home.pictures(), len(posts)) == (7, "image_by_url", [], 1)
    assert ended.object["error"]["url"] == address
    assert pictures.requests == []
    shown = run_here(home, "history", "show", "last", "--json")
    assert shown.object["run"]["details"]["url"] == address
    assert address in run_here(home, "history", "show", "last").stdout.decode().replace("\n", "")


def test_it_is_fetched_if_that_is_allowed_without_the_key_or_a_header_of_ours(home: Home, pictures: RawServer) -> None:
    ended, posts = generate(home, f"{pictures.base_url}/squirrel.png", "--fetch-url")

    assert (ended.status, home.pictures(), len(posts)) == (0, ["a.png"], 1)
    assert (home.wanted / "a.png").read_bytes() == SQUIRREL
    [request] = pictures.requests
    assert request.startswith(b"GET /squirrel.png HTTP/1.1\r\n")
    names = {line.partition(b":")[0].lower() for line in request.split(b"\r\n")[1:] if line}
    assert names <= {b"host", b"accept", b"accept-encoding"}
    assert KEY.encode() not in request


def test_the_config_file_may_allow_it(home: Home, pictures: RawServer) -> None:
    assert run_here(home, "config", "set", "fetch_url", "true").status == 0

    ended, _ = generate(home, f"{pictures.base_url}/squirrel.png")

    assert ended.status == 0


def test_a_redirect_is_followed(home: Home, pictures: RawServer) -> None:
    moved = head("Content-Length: 0", f"Location: {pictures.base_url}/there.png", status="302 Found")
    with RawServer(lambda visitor: visitor.send(moved)) as server:
        ended, _ = generate(home, f"{server.base_url}/here.png", "--fetch-url")

    assert (ended.status, home.pictures()) == (0, ["a.png"])


REFUSED = {
    "http://pictures.example/a.png": "it is not https",
    "https://user:secret@pictures.example/a.png": "it names a user",
    "https://:99999/a.png": "it is no address",
}


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_https_is_not_fetched(address: str, home: Home) -> None:
    ended, posts = generate(home, address, "--fetch-url")

    assert (ended.code, len(posts)) == ("image_by_url", 1)
    assert ended.object["error"]["message"].endswith(f"which was not fetched: {REFUSED[address]}")


@pytest.mark.parametrize(
    "host",
    ["10.0.0.1", "192.168.1.1", "169.254.169.254", "[::1]", "[fd00::1]", "[::ffff:10.0.0.1]", "0.0.0.0", "localhost"],
)
@pytest.mark.usefixtures("a_public_gateway")
def test_nothing_private_is_asked_for_a_public_gateway(host: str, home: Home) -> None:
    ended, _ = generate(home, f"https://{host}/a.png", "--fetch-url")

    assert ended.code == "image_by_url"
    assert "private network" in ended.object["error"]["message"]


@pytest.mark.usefixtures("a_public_gateway")
def test_a_redirect_leads_to_nothing_private_either(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = head("Content-Length: 0", "Location: https://169.254.169.254/latest/meta-data", status="302 Found")
    with RawServer(lambda visitor: visitor.send(moved)) as server:
        monkeypatch.setattr(fetching, "is_private", lambda address: address == "169.254.169.254")
        ended, _ = generate(home, f"{server.base_url}/here.png", "--fetch-url")

    assert "private network" in ended.object["error"]["message"]


@pytest.mark.usefixtures("a_public_gateway")
def test_a_name_whose_answer_changes_leads_nowhere_private(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer is public, as it is judged; the second, when the connection is made, is not."""
    answers = iter([PUBLIC, "127.0.0.1", "127.0.0.1"])
    ask = socket.getaddrinfo

    def rebinding(host: object, *rest: object, **more: object) -> object:
        if host == "rebinding.example":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 0))]
        return ask(host, *rest, **more)  # type: ignore[arg-type,call-overload]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    ended, _ = generate(home, "https://rebinding.example/a.png", "--fetch-url")

    assert "private network" in ended.object["error"]["message"]


def test_what_lies_there_is_verified_like_any_picture(home: Home) -> None:
    with RawServer(lambda visitor: visitor.send(sized(SQUIRREL[:-20]))) as server:
        ended, posts = generate(home, f"{server.base_url}/a.png", "--fetch-url")

    assert (ended.status, ended.code, home.pictures(), len(posts)) == (7, "image_damaged", [], 1)


def test_what_is_not_there_is_told(home: Home) -> None:
    with RawServer(lambda visitor: visitor.send(sized(b"gone", status="410 Gone"))) as server:
        ended, posts = generate(home, f"{server.base_url}/a.png", "--fetch-url")

    assert (ended.code, len(posts)) == ("image_by_url", 1)
    assert ended.object["error"]["message"].endswith("which was not fetched: it answers with HTTP 410")


def test_a_circle_of_redirects_is_left(home: Home) -> None:
    with RawServer(
        lambda visitor: visitor.send(head("Content-Length: 0", "Location: /again", status="302 Found"))
    ) as server:
        ended, _ = generate(home, f"{server.base_url}/a.png", "--fetch-url")

    assert "redirects without end" in ended.object["error"]["message"]
