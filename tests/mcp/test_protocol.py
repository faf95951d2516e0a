"""What a server says in each era of the protocol, and to what is no message of it."""

import io
import json
import threading
from collections.abc import Callable

import pytest

from cpa_image_cli.mcp.messages import MODERN
from cpa_image_cli.mcp.wire import LONGEST_LINE
from tests.mcp.talking import META, Clock, Drawn, call, request, said_to, server_of


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_a_handshake_is_answered_in_the_version_that_was_asked_for(studio: Drawn, version: str) -> None:
    [answer] = said_to(studio, request("initialize", {"protocolVersion": version}))

    assert answer["result"]["protocolVersion"] == version
    assert answer["result"]["serverInfo"]["name"] == "cpa-image"
    assert answer["result"]["instructions"] == "Rules."
    assert "resultType" not in answer["result"]


@pytest.mark.parametrize("version", ["1999-01-01", MODERN, 3, None])
def test_a_handshake_in_an_unknown_version_is_answered_in_the_last_one_that_has_one(
    studio: Drawn, version: object
) -> None:
    [answer] = said_to(studio, request("initialize", {"protocolVersion": version}))

    assert answer["result"]["protocolVersion"] == "2025-11-25"


def test_the_new_era_needs_no_handshake(studio: Drawn) -> None:
    discovered, listed = said_to(
        studio, request("server/discover", modern=True), request("tools/list", id="two", modern=True)
    )

    assert MODERN in discovered["result"]["supportedVersions"]
    for answer in (discovered, listed):
        result = answer["result"]
        assert (result["resultType"], result["cacheScope"]) == ("complete", "public")
        assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "cpa-image"
    assert listed["id"] == "two"


def test_both_eras_are_answered_on_one_connection(studio: Drawn) -> None:
    answers = said_to(
        studio, request("tools/list", modern=True), request("initialize", {}, id=2), request("tools/list", id=3)
    )

    assert ["resultType" in answer["result"] for answer in answers] == [True, False, False]


def test_a_version_that_is_not_spoken_here_is_told_which_are(studio: Drawn) -> None:
    meta = {**META, "io.modelcontextprotocol/protocolVersion": "2031-01-01"}

    [answer] = said_to(studio, request("tools/list", {"_meta": meta}))

    assert answer["error"]["code"] == -32022
    assert answer["error"]["data"]["requested"] == "2031-01-01"
    assert MODERN in answer["error"]["data"]["supported"]


@pytest.mark.parametrize(
    ("line", "identity", "code"),
    [
        (b"{\n", None, -32700),
        (b"\xff\n", None, -32700),
        (b"[" * 100_000 + b"\n", None, -32700),
        ([], None, -32600),
        (7, None, -32600),
        ({"id": 1}, 1, -32600),
        ({"id": 1, "method": "ping", "params": []}, 1, -32600),
        ({"id": None, "method": "ping"}, None, -32600),
        ({"id": True, "method": "ping"}, None, -32600),
        ({"id": {}, "method": "ping"}, None, -32600),
        (request("resources/list"), 1, -32601),
        (request("tasks/get"), 1, -32601),
        (request("tools/call", {"name": "x"}), 1, -32602),
        (request("tools/call", {}), 1, -32602),
        (request("tools/call", {"name": "list_pictures", "arguments": []}), 1, -32602),
        (b"x" * (LONGEST_LINE + 10) + b"\n", None, -32600),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_answered_is_told_and_the_server_goes_on(
    studio: Drawn, line: object, identity: object, code: int
) -> None:
    wrong, after = said_to(studio, line, request("ping", id="after"))

    assert (wrong["id"], wrong["error"]["code"]) == (identity, code)
    assert after == {"jsonrpc": "2.0", "id": "after", "result": {}}


def test_a_line_without_end_is_given_up(studio: Drawn) -> None:
    [wrong] = said_to(studio, b"x" * LONGEST_LINE)

    assert wrong["error"]["code"] == -32600


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 99}},
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": {}}},
        {"jsonrpc": "2.0", "id": 5, "result": {}},
        {"jsonrpc": "2.0", "id": 5, "error": {"code": 1, "message": "no"}},
    ],
    ids=str,
)
def test_what_wants_no_answer_gets_none(studio: Drawn, line: object) -> None:
    assert said_to(studio, line) == []


class Client:
    """What a client that is still there says: *lines*, each once *before* lets it, and no more until it is *done*."""

    def __init__(self, *lines: object) -> None:
        self._lines = [json.dumps(line).encode() + b"\n" for line in lines]
        self.done = threading.Event()
        self.before = threading.Event()
        self.before.set()

    def readline(self, limit: int) -> bytes:
        del limit
        if not self._lines:
            self.done.wait(20)
            return b""
        line = self._lines.pop(0)
        if b"cancelled" in line:
            self.before.wait(20)
        return line


def answers_of(writes: io.BytesIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in writes.getvalue().splitlines()]


def served(
    studio: Drawn, client: Client, writes: io.BytesIO, clock: Callable[[], float] = lambda: 0.0
) -> threading.Thread:
    """Serve *client* in a thread; unless told otherwise, with a clock that stands still."""
    thread = threading.Thread(target=server_of(studio, client, writes, clock).serve)
    thread.start()
    return thread


def test_a_cancelled_call_stops_waiting_and_is_not_answered(studio: Drawn) -> None:
    cancelled = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}
    client = Client(call("picture_result", id=7, job="1sbp1z0q", wait_seconds=500), cancelled)
    client.before.clear()
    client.done.set()
    studio.looks, studio.at_look = 10_000, client.before.set
    writes = io.BytesIO()

    served(studio, client, writes).join(20)

    assert answers_of(writes) == []
    assert studio.looks > 0


def test_when_the_client_goes_a_waiting_call_says_that_the_job_is_running(studio: Drawn) -> None:
    client, writes = Client(call("picture_result", job="1sbp1z0q", wait_seconds=500)), io.BytesIO()
    studio.looks, studio.at_look = 10_000, client.done.set

    served(studio, client, writes).join(20)

    [answer] = answers_of(writes)
    assert answer["result"]["structuredContent"]["status"] == "running"  # type: ignore[index]


@pytest.mark.parametrize("token", [5, "five", None])
def test_progress_is_told_to_whoever_gave_a_token(studio: Drawn, token: object) -> None:
    given = {"name": "picture_result", "arguments": {"job": "last"}, "_meta": {"progressToken": token}}
    client, writes = Client(request("tools/call", given)), io.BytesIO()
    studio.looks, studio.at_look = 1, lambda: studio.looks or client.done.set()

    served(studio, client, writes, Clock(step=3)).join(20)

    *told, answer = answers_of(writes)
    assert told == [
        {
            "jsonrpc": "2.0",
            "method": "notifications/progress",
            "params": {
                "progressToken": token,
                "progress": 12.3,
                "total": 40.0,
                "message": "drawing for 12 s of about 40 s",
            },
        }
        for _ in range(token is not None)
    ]
    assert answer["result"]["structuredContent"]["ok"] is True  # type: ignore[index]


def test_an_id_that_is_in_use_is_not_given_to_another_call(studio: Drawn) -> None:
    waiting = call("picture_result", job="1sbp1z0q", wait_seconds=500)
    client, writes = Client(waiting, waiting), io.BytesIO()
    studio.looks, studio.at_look = 10_000, client.done.set

    served(studio, client, writes).join(20)

    refused = [answer for answer in answers_of(writes) if "error" in answer]
    assert [answer["error"]["message"] for answer in refused] == ["this id is in use"]  # type: ignore[index]


def test_more_calls_than_anybody_can_mean_are_refused(studio: Drawn) -> None:
    calls = (call("picture_result", id=n, job="1sbp1z0q", wait_seconds=500) for n in range(66))
    client, writes = Client(*calls), io.BytesIO()
    studio.looks = 1_000_000
    client.done.set()

    served(studio, client, writes).join(20)

    refused = {answer["id"]: answer["error"]["message"] for answer in answers_of(writes) if "error" in answer}  # type: ignore[index]
    assert refused == {64: "too many calls at once", 65: "too many calls at once"}


def test_a_client_that_reads_no_more_ends_the_writing_and_not_the_server(studio: Drawn) -> None:
    class Gone(io.BytesIO):
        def write(self, data: object) -> int:
            raise BrokenPipeError(data)

    lines = json.dumps(request("ping")).encode() + b"\n"

    server_of(studio, io.BytesIO(lines * 3), Gone(), lambda: 0.0).serve()
