"""
Text that a server sends to hurt: it reaches the terminal neutralised and short, whatever field it comes in.

The program runs on a pseudo-terminal; every byte it sends there is looked at, and an emulator says what a person sees.
"""

import json
from collections.abc import Callable

import pytest

from tests.faults.home import Home
from tests.faults.in_process import run_here
from tests.faults.servers import RawServer, head, recorded, sized
from tests.faults.terminals import Seen, run_on_terminal

MARKUP = "[bold red]MARKUP[/bold red]"
WEAPONS = {
    "a new title": "\x1b]0;OWNED\x07",
    "a clipboard": "\x1b]52;c;T1dORUQ=\x07",
    "a link": "\x1b]8;;http://evil.example\x07here\x1b]8;;\x07",
    "an empty screen": "\x1b[2J\x1b[H",
    "colours": "\x1b[31;41m",
    "eight-bit controls": "\x9b31m\x9d0;OWNED\x9c",
    "a device query": "\x1bP+q544e\x1b\\",
    "a picture": "\x1b_Gf=100,a=T;OWNED\x1b\\",
    "a reset": "\x1bc",
    "another screen": "\x1b[?1049h",
    "a question that the terminal answers": "\x1b[6n",
    "overwriting": "\roverwritten\b\b\b",
    "nothing, bell, delete": "\x00\x07\x7f",
    "turned-around text": "\u202egnp.exe\u2066\u2069\u200f\u200e\u061c",
    "other line ends": "\u2028\u2029\x85\x0b\x0c",
    "half a character": "\ud800",
    "an unfinished sequence": "\x1b]0;OWNED",
}
NEVER = (
    b"\x1b]0;OWNED",
    b"\x1b]52;",
    b"\x1b]8;;http://evil",
    b"\x1b[2J",
    b"\x1b[31;41m",
    "\x9b".encode(),
    "\x9d".encode(),
    b"\x1bP+q",
    b"\x1b_Gf=100,a=T",
    b"\x1bc",
    b"\x1b[?1049h",
    b"\x1b[6n",
    b"\roverwritten",
    b"\b",
    b"\x00",
    b"\x07",
    b"\x7f",
    *(mark.encode() for mark in "\u202e\u2066\u2069\u200f\u200e\u061c\u2028\u2029\x85"),
    b"\x0b",
    b"\x0c",
)
"""What must not reach a terminal."""

HOSTILE = f"before {MARKUP} :warning: " + " ".join(WEAPONS.values()) + " after"
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


def weapons_in(seen: Seen) -> list[bytes]:
    return [weapon for weapon in NEVER if weapon in seen.raw]


@pytest.mark.parametrize("mode", MODES, ids=" ".join)
@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_terminal_is_not_at_the_mercy_of_a_gateway(gateway: Gateway, mode: tuple[str, ...], home: Home) -> None:
    seen = run_against(home, gateway(HOSTILE), *mode)

    assert weapons_in(seen) == []
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


@pytest.mark.parametrize("gateway", [error, words, around_a_picture])
def test_history_shows_it_no_better_than_it_came(gateway: Gateway, home: Home) -> None:
    with RawServer(lambda visitor: visitor.send(gateway(HOSTILE))) as server:
        argv = ("generate", HOSTILE.replace("\x00", "").replace("\ud800", ""), "-o", "squirrel.png", "--retries", "0")
        run_here(home, *argv, base_url=server.base_url)

    for argv in (("history", "list"), ("history", "show", "last"), ("history", "show", "last", "--json")):
        seen = run_on_terminal(home, *argv)

        assert (seen.status, weapons_in(seen)) == (0, [])
        assert seen.screen.title == ""


@pytest.mark.parametrize("weapon", WEAPONS)
def test_a_prompt_that_was_pasted_hurts_nobody(weapon: str, home: Home) -> None:
    prompt = f"a squirrel {WEAPONS[weapon]} {MARKUP}".encode("utf-8", "surrogatepass")
    (home.root / "prompt").write_bytes(prompt if weapon != "half a character" else "a half \ufffd".encode())
    with RawServer(lambda visitor: visitor.send(sized(recorded(stream=False)))) as server:
        for flag in ("--preview=never", "--dry-run"):
            argv = ("generate", "--prompt-file", str(home.root / "prompt"), flag)
            seen = run_on_terminal(home, *argv, base_url=server.base_url)

            assert (seen.status, weapons_in(seen)) == (0, [])
            assert seen.screen.title == ""
