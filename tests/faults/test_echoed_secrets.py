"""
Gateways that say the key back, in every place where there is room for a text: it is not repeated, nor written down.

Error messages like to quote the key that they refuse.
"""

import json
from urllib.parse import quote

import pytest

from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import KEY, Home
from tests.faults.in_process import Clock, Ended, run_here
from tests.faults.servers import RawServer, Visitor, chunk, head, recorded, sized
from tests.faults.terminals import run_on_terminal
from tests.faults.traces import shown_in

PASSWORD = "pa55/w0rd:is@marked&hidden"


def found_in(home: Home, *ended: Ended, secret: str = KEY) -> list[str]:
    """Return where a trace of *secret* is: in what *ended* runs printed, and in files."""
    printed = shown_in(b"".join(run.stderr.encode() + run.stdout for run in ended), secret)
    return [*(f"printed {each}" for each in printed), *home.holding(secret)]


def event(**fields: object) -> bytes:
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


def error(message: object, *, status: str = "401 Unauthorized", **fields: object) -> bytes:
    return sized(json.dumps({"error": {"message": message, **fields}}).encode(), status=status)


def around_a_picture() -> bytes:
    """Return a good answer that has the key wherever there is room for a text."""
    body = json.loads(recorded(stream=False))
    for item in body["output"]:
        if item["type"] == "image_generation_call":
            item |= {"revised_prompt": f"a squirrel with {KEY}", "quality": KEY, "size": KEY, "output_format": KEY}
    words = {"type": "message", "content": [{"type": "output_text", "text": f"the key is {KEY}"}]}
    return json.dumps(
        {
            **body,
            "id": KEY,
            "model": KEY,
            "tools": [{"type": KEY}],
            "output": [*body["output"], words],
            "usage": {KEY: 1, "total_tokens": 3},
        }
    ).encode()


SSE = head("Content-Type: text/event-stream")
ECHOES = {
    "an error's message": error(f"Incorrect API key provided: {KEY}."),
    "an error's code": error("no", code=KEY, type=KEY, param=KEY),
    "a long error": error(f"{'x' * 590}{KEY}{'y' * 1000}", status="500 Oops"),
    "an error that is a text": sized(json.dumps({"error": f"Invalid API key {KEY}"}).encode(), status="401 No"),
    "plain text": sized(f"bad key {KEY}".encode(), status="400 Bad"),
    "a page": sized(f"<html><title>{KEY}</title><body>{KEY}</body></html>".encode(), status="502 Bad"),
    "headers": sized(b"{}", f"X-CPA-TRACE-ID: {KEY}", f"X-Request-Id: {KEY}", f"X-You-Sent: {KEY}", status="500 Oops"),
    "the name of a header": sized(b"{}", f"X-{KEY}: 1", f"{KEY}: {KEY}", status="500 Oops"),
    "the reason": sized(b"{}", status=f"500 {KEY}"),
    "a redirect": sized(b"", f"Location: http://127.0.0.1:9/?key={KEY}", status="302 Found"),
    "an error event": SSE + event(type="error", code="bad", message=f"Invalid key {KEY}"),
    "the name of an event": SSE + f"event: {KEY}\n".encode() + event(type=KEY),
    "the model's words": SSE
    + event(
        type="response.completed",
        response={
            "status": "completed",
            "id": KEY,
            "tools": [{"type": "image_generation"}],
            "output": [{"type": "message", "content": [{"type": "output_text", "text": f"I know {KEY}"}]}],
        },
    ),
    "an address in place of a picture": sized(
        json.dumps(
            {"output": [{"type": "image_generation_call", "result": f"https://pictures.example/?key={KEY}"}]}
        ).encode()
    ),
    "everything around a picture": sized(around_a_picture()),
    "what is no answer": sized(f"your key is {KEY}".encode()),
    "what is no HTTP": f"HTTP/1.1 {KEY}\r\n\r\n".encode(),
    "a header that is none": head(KEY),
    "the size of a chunk": head("Transfer-Encoding: chunked") + f"{KEY}\r\n".encode(),
    "the end, which comes too soon": head("Content-Length: 9999", status="401 No") + f"bad key {KEY[:-1]}".encode(),
    "the end, cut by the gateway": sized(f"bad key {KEY[:-1]}".encode(), status="401 No"),
    "the beginning": error(f"Incorrect API key provided: {KEY[:20]}***{KEY[-4:]}."),
    "the beginning in a header": sized(b"{}", f"X-Key: {KEY[:13]}", status="500 Oops"),
    "bytes one by one": head("Transfer-Encoding: chunked", status="401 No")
    + b"".join(chunk(bytes([byte])) for byte in f"bad key {KEY}".encode())
    + b"0\r\n\r\n",
}

MODES = ((), ("--verbose",), ("--json",), ("--jsonl",), ("--quiet",), ("--stream", "--verbose"))


@pytest.mark.parametrize("mode", MODES, ids=" ".join)
@pytest.mark.parametrize("echo", ECHOES)
def test_a_key_that_the_gateway_says_is_not_repeated(echo: str, mode: tuple[str, ...], home: Home) -> None:
    with RawServer(lambda visitor: visitor.send(ECHOES[echo])) as server:
        ended = run_here(home, "generate", "x", "-o", "squirrel.png", "--retries", "1", *mode, base_url=server.base_url)
        shown = run_here(home, "history", "show", "last", "--json")

    assert KEY.encode() in server.requests[0]
    assert found_in(home, ended, shown) == []
    assert bool(home.pictures()) == (echo == "everything around a picture")


@pytest.mark.parametrize("echo", ["an error's message", "everything around a picture", "the model's words"])
def test_a_key_that_the_gateway_says_is_not_shown_to_a_person(echo: str, home: Home) -> None:
    with RawServer(lambda visitor: visitor.send(ECHOES[echo])) as server:
        argv = ("generate", "x", "-o", "squirrel.png", "--preview", "never", "--retries", "0")
        seen = run_on_terminal(home, *argv, base_url=server.base_url)

    assert shown_in(seen.raw, KEY) == shown_in(seen.text, KEY) == home.holding(KEY) == []
    assert "***" in seen.text


@pytest.mark.parametrize("flags", [(), ("--json",), ("--live",), ("--live", "--json")], ids=" ".join)
@pytest.mark.parametrize("echo", ["a list of models", *ECHOES])
def test_nor_does_an_examination_repeat_it(echo: str, flags: tuple[str, ...], home: Home) -> None:
    def script(visitor: Visitor) -> None:
        if KEY.encode() not in visitor.request:
            visitor.send(sized(b"{}"))
        elif echo in ECHOES:
            visitor.send(ECHOES[echo])
        elif visitor.request.startswith(b"GET /v1/models"):
            visitor.send(sized(json.dumps({"data": [{"id": KEY}, {"id": f"gpt-5.4-{KEY}"}], "object": KEY}).encode()))
        else:
            visitor.send(error(f"no: {KEY}", status="400 Bad"))

    with RawServer(script) as server:
        ended = run_here(home, "doctor", *flags, base_url=server.base_url)

    assert KEY.encode() in b"".join(server.requests)
    assert found_in(home, ended) == []


@pytest.mark.parametrize("mode", MODES, ids=" ".join)
def test_a_password_that_is_sent_in_base64_is_not_repeated_either(mode: tuple[str, ...], home: Home) -> None:
    def script(visitor: Visitor) -> None:
        [sent] = [line for line in visitor.request.split(b"\r\n") if line.lower().startswith(b"authorization:")]
        visitor.send(error(f"bad header {sent.decode()}, that is {PASSWORD}", status="401 No"))

    with RawServer(script) as server:
        address = server.base_url.replace("http://", f"http://user:{quote(PASSWORD, safe='')}@")
        ended = run_here(home, "generate", "x", "--retries", "0", *mode, base_url=address, IMAGE_GEN_KEY="")

    assert b"Basic " in server.requests[0]
    assert found_in(home, ended, secret=PASSWORD) == []


# When we fail ourselves


def test_a_bug_is_written_down_without_the_key_and_for_its_owner_alone(home: Home) -> None:
    def break_down(_: float) -> None:
        raise RuntimeError(f"while waiting with {KEY}")

    with Sandbox("rate-limited", key=KEY) as gateway:
        ended = run_here(home, "generate", "x", "--json", base_url=gateway.base_url, clock=Clock(on_wait=break_down))
    report = home.directories.data / "crash.txt"

    assert (ended.status, ended.code) == (1, "internal_error")
    assert "while waiting with" in report.read_text()
    assert report.stat().st_mode & 0o777 == 0o600
    assert found_in(home, ended) == []


def test_a_picture_that_was_kept_lies_where_only_its_owner_looks(home: Home) -> None:
    answer = sized(recorded(stream=False))

    def script(visitor: Visitor) -> None:
        home.picture.write_text("theirs")
        visitor.send(answer)

    with RawServer(script) as server:
        run_here(home, "generate", "x", "-o", "squirrel.png", base_url=server.base_url)
    [kept] = home.kept()

    assert (kept.parent.stat().st_mode & 0o777, kept.stat().st_mode & 0o777) == (0o700, 0o600)
