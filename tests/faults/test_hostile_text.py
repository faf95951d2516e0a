"""
Text that a server sends to hurt: it reaches the terminal neutralised and short, whatever field it comes in.

The program runs on a pseudo-terminal; every byte it sends there is looked at, and an emulator says what a person sees.
"""

import json
from collections.abc import Callable

import pytest

from tests.faults.home import Home
from tests.faults.servers import RawServer, head, recorded, sized
from tests.faults.terminals import Seen, run_on_terminal
from tests.faults.weapons import HOSTILE, MARKUP, WEAPONS, weapons_in

LONG = "very long " * 1_000_000

Gateway = Callable[[str], bytes]


def as_json(**fields: object) -> bytes:
    # Lone surrogates and all, as JSON may spell them.
    return json.dumps(fields).encode()


def error(text: str) -> bytes:
    return sized(as_json(error={"message": text, "code": text, "type": text, "param": text}), status="400 Bad")


def detail(text: str) -> bytes:
    return sized(as_json(detail=text), status="422 Bad")


def page(text: str) -> bytes:
    body = f"<html><head><title>{text}</title></head><body>{text}</body></html>".encode("utf-8", "replace")
    return sized(body, status="502 Bad")


def plain(text: str) -> bytes:
    return sized(text.encode("utf-8", "replace"), status="500 Oops")


def words(text: str) -> bytes:
    message = {"type": "message", "content": [{"type": "output_text", "text": text}]}
    return sized(
        as_json(id=text, model=text, status="completed", tools=[{"type": "image_generation"}], output=[message])
    )


def refusal(text: str) -> bytes:
    message = {"type": "message", "content": [{"type": "refusal", "refusal": text}]}
    return sized(as_json(status="completed", output=[message]))


def events(text: str) -> bytes:
    name = text.encode("utf-8", "replace").replace(b"\r", b"").replace(b"\n", b"")
    created = as_json(type="response.created", response={"id": text, "model": text, "tools": [{"type": text}]})
    failed = as_json(type="response.failed", response={"error": {"message": text, "code": text}})
    strange = as_json(type=text)
    return head("Content-Type: text/event-stream") + b"".join(
        b"event: " + name + b"\ndata: " + data + b"\n\n" for data in (created, strange, failed)
    )


def headers(text: str) -> bytes:
    value = text.encode("utf-8", "replace").translate(None, bytes([*range(9), *range(10, 32), 127]))[:50_000]
    lines = [b"X-CPA-TRACE-ID: " + value, b"X-Request-Id: " + value, b"Location: " + value]
    return b"HTTP/1.1 302 " + b"\r\n".join([value[:100], *lines, b"Content-Length: 0", b"", b""])


def around_a_picture(text: str) -> bytes:
    body = json.loads(recorded(stream=False))
    for item in body["output"]:
        if item["type"] == "image_generation_call":
            item |= {"revised_prompt": text, "quality": text, "size": text, "output_format": text, "background": text}
    return sized(as_json(**{**body, "id": text, "model": text, "usage": {text: 3, "total_tokens": 3}}))


FAILING: tuple[Gateway, ...] = (error, detail, page, plain, words, refusal, events, headers)
GATEWAYS = (*FAILING, around_a_picture)
MODES = ((), ("--verbose",), ("--json",), ("--jsonl",))


def run_against(home: Home, answer: bytes, *flags: str) -> Seen:
    argv = ("generate", "a squirrel", "-o", "squirrel.png", "--preview", "never", "--retries", "0", *flags)
    with RawServer(lambda visitor: visitor.send(answer)) as server:
        return run_on_terminal(home, *argv, base_url=server.base_url)


@pytest.mark.parametrize("mode", MODES, ids=" ".join)
@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_terminal_is_not_at_the_mercy_of_a_gateway(gateway: Gateway, mode: tuple[str, ...], home: Home) -> None:
    seen = run_against(home, gateway(HOSTILE), *mode)

    assert weapons_in(seen.raw) == []
    assert seen.screen.title == ""
    assert (seen.status == 0) == (gateway is around_a_picture)
    assert b"Traceback" not in seen.raw
    assert b"internal_error" not in seen.raw


@pytest.mark.parametrize("gateway", [error, detail, plain, words])
def test_markup_is_shown_as_it_was_written(gateway: Gateway, home: Home) -> None:
    seen = run_against(home, gateway(HOSTILE))

    assert MARKUP in seen.text
    assert ":warning:" in seen.text


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_ten_megabytes_are_shown_short(gateway: Gateway, home: Home) -> None:
    seen = run_against(home, gateway(LONG), "--verbose")

    assert len(seen.raw) < 20_000
    assert b"Traceback" not in seen.raw


@pytest.mark.parametrize("weapon", WEAPONS)
def test_a_prompt_that_was_pasted_hurts_nobody(weapon: str, home: Home) -> None:
    prompt = f"a squirrel {WEAPONS[weapon]} {MARKUP}".encode("utf-8", "surrogatepass")
    (home.root / "prompt").write_bytes(prompt if weapon != "half a character" else "a half \ufffd".encode())
    with RawServer(lambda visitor: visitor.send(sized(recorded(stream=False)))) as server:
        for flag in ("--preview=never", "--dry-run"):
            argv = ("generate", "--prompt-file", str(home.root / "prompt"), flag)
            seen = run_on_terminal(home, *argv, base_url=server.base_url)

            assert (seen.status, weapons_in(seen.raw)) == (0, [])
            assert seen.screen.title == ""
