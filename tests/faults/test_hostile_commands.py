"""
Hostile text in every command that shows something: what a gateway sent long ago, names of files, values of the config.

As in ``test_hostile_text``, each runs on a pseudo-terminal, and every byte that it sends there is looked at.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cpa_image_cli.core.text import clean, json_text, one_line, veiled
from tests.faults.home import Home
from tests.faults.in_process import run_here
from tests.faults.servers import RawServer, Script, Visitor, head, recorded, sized
from tests.faults.terminals import run_on_terminal
from tests.faults.test_hostile_text import GATEWAYS, around_a_picture, as_json, error, headers, page, words
from tests.faults.weapons import BIDIRECTIONAL, HOSTILE, MARKUP, WEAPONS, weapons_in
from tests.session.terminal import CTRL_D, ENTER, ESCAPE, UP, Terminal

NAME = "a\x1b]0;OWNED\x07\x1b[2J\u202e\u2066\x9b31m.png"
"""What a picture may be called: a name of files holds anything but a slash and a NUL."""

PROMPT = HOSTILE.replace("\x00", "").replace("\ud800", "")


def streamed(text: str) -> bytes:
    """Return a stream of two frames and a picture, with *text* wherever there is room for one."""

    def spoiled(value: object) -> object:
        match value:
            case dict():
                return {key: spoiled(part) if key not in {"type", "status"} else part for key, part in value.items()}
            case list():
                return [spoiled(part) for part in value]
            case str():
                return value if len(value) > 1000 else f"{value} {text}"
            case _:
                return value

    lines = recorded(stream=True).split(b"\n")
    return head("Content-Type: text/event-stream") + b"\n".join(
        b"data: " + as_json(**spoiled(json.loads(line[6:]))) if line.startswith(b"data: {") else line for line in lines
    )


def examined(answer: bytes) -> Script:
    """Return the script of a gateway whose list, headers and refusals are hostile, and whose pictures are *answer*."""
    listed = as_json(object=HOSTILE, data=[{"id": HOSTILE, "owned_by": HOSTILE}, {"id": f"gpt-5.4{HOSTILE}"}])
    spoken = HOSTILE.encode("utf-8", "replace").translate(None, bytes([*range(9), *range(10, 32), 127]))
    lines = [b"Server: " + spoken, b"Date: " + spoken, b"X-CPA-TRACE-ID: " + spoken]

    def script(visitor: Visitor) -> None:
        is_list, is_try = visitor.request.startswith(b"GET /v1/models"), visitor.request.endswith(b"\r\n\r\n{")
        reply = sized(listed) if is_list else error(HOSTILE) if is_try else answer
        first, _, rest = reply.partition(b"\r\n")
        visitor.send(b"\r\n".join([first, *lines, rest]))

    return script


def remembered(home: Home, answer: bytes) -> None:
    """Give *home* a run whose prompt was pasted, whose picture is called `NAME`, and which got *answer*."""
    with RawServer(lambda visitor: visitor.send(answer)) as server:
        run_here(home, "generate", PROMPT, "-o", NAME, "--retries", "0", base_url=server.base_url)
    assert len(home.runs()) == 1


def test_each_of_the_characters_that_turn_text_is_neutralised() -> None:
    assert len(set(BIDIRECTIONAL)) == 12
    for character in BIDIRECTIONAL:
        assert [clean(character), one_line(f"a{character}b")] == ["\ufffd", "a\ufffdb"]
        assert json.loads(json_text(character)) == character
        assert character not in json_text(character)
        assert veiled(f"a{character}b") == "a\ufffdb"


# The doctor


@pytest.mark.parametrize("flags", [("--live",), ("--live", "--json")], ids=" ".join)
@pytest.mark.parametrize("gateway", [error, page, headers, words, around_a_picture, streamed])
def test_an_examination_of_a_hostile_gateway(
    gateway: Callable[[str], bytes], flags: tuple[str, ...], home: Home
) -> None:
    with RawServer(examined(gateway(HOSTILE))) as server:
        seen = run_on_terminal(home, "doctor", *flags, base_url=server.base_url)

    assert weapons_in(seen.raw) == []
    assert seen.screen.title == ""
    assert "internal_error" not in seen.text
    assert b"MARKUP" in seen.raw
    assert any(b"image_generation" in request for request in server.requests)


# History


@pytest.mark.parametrize("gateway", [error, words, around_a_picture])
def test_history_shows_it_no_better_than_it_came(gateway: Callable[[str], bytes], home: Home) -> None:
    remembered(home, gateway(HOSTILE))
    is_there = gateway is around_a_picture
    shown = [
        *("list", "list --json", "show last", "show last --json", "show last --preview always", "stats", "export"),
        *("rerun last --dry-run", "prune --older-than 0d --dry-run", "open last", "path last", "path last --json"),
        "forget last",
    ]

    for line in shown:
        seen = run_on_terminal(home, "history", *line.split(), base_url="http://127.0.0.1:1")

        assert (line, weapons_in(seen.raw), seen.screen.title) == (line, [], "")
        assert seen.status == 0 or "open" in line or ("path" in line and not is_there)
        assert "internal_error" not in seen.text


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_rerun_at_a_hostile_gateway(gateway: Callable[[str], bytes], home: Home) -> None:
    remembered(home, around_a_picture(HOSTILE))

    with RawServer(lambda visitor: visitor.send(gateway(HOSTILE))) as server:
        argv = ("history", "rerun", "last", "--retries", "0", "--preview", "never")
        seen = run_on_terminal(home, *argv, base_url=server.base_url)

    assert (weapons_in(seen.raw), seen.screen.title) == ([], "")
    assert (seen.status == 0) == (gateway is around_a_picture)


# Pictures that are drawn


@pytest.mark.parametrize("preview", ["always", "never"])
def test_a_live_view_with_frames_of_a_hostile_gateway(preview: str, home: Home) -> None:
    with RawServer(lambda visitor: visitor.send(streamed(HOSTILE))) as server:
        argv = ("generate", PROMPT, "-o", NAME, "--stream", "--partial-images", "2", "--preview", preview)
        seen = run_on_terminal(home, *argv, base_url=server.base_url)

    assert (seen.status, weapons_in(seen.raw), seen.screen.title) == (0, [], "")
    assert ("▀".encode() in seen.raw) == (preview == "always")
    assert MARKUP in seen.text


# Names of files


@pytest.mark.parametrize("flags", [(), ("--quiet",), ("--verbose",), ("--json",), ("--jsonl",)], ids=" ".join)
def test_the_name_of_a_picture_is_harmless_on_a_terminal_and_exact_for_a_program(
    flags: tuple[str, ...], home: Home
) -> None:
    with RawServer(lambda visitor: visitor.send(sized(recorded(stream=False)))) as server:
        argv = ("generate", "x", "-o", NAME, "--preview", "never", "--force", *flags)
        seen = run_on_terminal(home, *argv, base_url=server.base_url)
        ended = run_here(home, *argv, base_url=server.base_url)

    assert (seen.status, weapons_in(seen.raw), seen.screen.title) == (0, [], "")
    assert clean(NAME) in seen.text or "\\u202e" in seen.text
    assert (home.wanted / NAME).exists()
    if not any("json" in flag for flag in flags):
        assert ended.stdout.decode() == f"{home.wanted}/{NAME}\n"


def test_so_is_the_path_of_an_earlier_one(home: Home) -> None:
    remembered(home, sized(recorded(stream=False)))

    seen, ended = run_on_terminal(home, "history", "path", "last"), run_here(home, "history", "path", "last")

    assert (seen.status, weapons_in(seen.raw), seen.text) == (0, [], clean(f"{home.wanted}/{NAME}"))
    assert (ended.status, ended.stdout.decode()) == (0, f"{home.wanted}/{NAME}\n")


def test_and_the_path_of_the_config_file_in_a_folder_with_such_a_name(tmp_path: Path) -> None:
    home = Home.made_in(tmp_path / NAME)

    for argv in (("config", "path"), ("config", "set", "model", "gpt-5.4"), ("config", "get", "model")):
        seen = run_on_terminal(home, *argv)

        assert (argv, seen.status, weapons_in(seen.raw), seen.screen.title) == (argv, 0, [], "")


# The config file


def hostile_config() -> Iterator[str]:
    """Yield config files that are hostile: in values that are shown, in names, and in what is wrong with them."""
    for weapon in WEAPONS.values():
        text = json.dumps(f"before {MARKUP} {weapon}".replace("\x00", "").replace("\ud800", ""), ensure_ascii=True)
        text = text.replace("\\u007f", "\x7f")
        yield f"instructions = {text}\noutput_dir = {text}\nname_template = {text}\n"
        yield f"[headers]\nX-Team = {text}\n"
        yield f"{text} = 1\n"
        yield f"model = {text}\n"
        yield f"default_profile = {text}\n[profiles.{text}]\nbase_url = {text}\n"
        yield f"instructions = {text[:-1]}"


def test_config_show_of_a_hostile_file(home: Home) -> None:
    config = home.directories.config_file
    config.parent.mkdir(parents=True)
    config.write_text(f"instructions = {json.dumps(PROMPT)}\noutput_dir = {json.dumps(PROMPT)}\n", encoding="utf-8")
    config.write_text(config.read_text(encoding="utf-8").replace("\x7f", "\\u007f"), encoding="utf-8")

    for line in ("show", "show --all", "show --json", "get instructions", "get output_dir"):
        seen = run_on_terminal(home, "config", *line.split(), base_url="http://127.0.0.1:1")

        assert (line, seen.status, weapons_in(seen.raw), seen.screen.title) == (line, 0, [], "")
        assert b"MARKUP" in seen.raw


# Every seventh, so that each weapon and each of the six places has its turn.
@pytest.mark.parametrize("text", list(hostile_config())[::7])
def test_what_is_wrong_with_a_hostile_config_file(text: str, home: Home) -> None:
    config = home.directories.config_file
    config.parent.mkdir(parents=True)
    config.write_text(text, encoding="utf-8")

    seen = run_on_terminal(home, "config", "show")

    assert (weapons_in(seen.raw), seen.screen.title) == ([], "")
    assert "internal_error" not in seen.text


# The session


def test_a_session_at_a_hostile_gateway_with_a_hostile_past(home: Home) -> None:
    answers = iter([error(HOSTILE), around_a_picture(HOSTILE)])
    remembered(home, around_a_picture(HOSTILE))
    turned = f"turned around {' '.join(BIDIRECTIONAL)} \u2028 \x85 \ufeff"
    with RawServer(lambda visitor: visitor.send(sized(recorded(stream=False)))) as server:
        run_here(home, "generate", turned, base_url=server.base_url)
    with RawServer(lambda visitor: visitor.send(next(answers))) as server:
        environ = {**home.environ(server.base_url), "XDG_DATA_HOME": str(home.directories.data.parent)}
        with Terminal(home.root, **environ) as terminal:
            terminal.ends_with("›")
            # By itself, since of a long prompt only the lines about the cursor are shown.
            terminal.types(UP)
            terminal.shows("turned around")
            terminal.types(UP)
            terminal.shows("MARKUP")
            terminal.types(ENTER)
            terminal.shows("✗")
            terminal.becomes(lambda: terminal.last.endswith("q quit"), "the keys")
            terminal.types("h")
            terminal.shows("Esc back")
            terminal.types(ESCAPE)
            terminal.becomes(lambda: terminal.last.endswith("q quit"), "the keys again")
            terminal.types("a")
            terminal.shows("✓")
            terminal.becomes(lambda: terminal.last.endswith("q quit"), "the keys")
            terminal.types(CTRL_D)
            assert terminal.left() == 0

    # The line editor goes back by one column with it.
    assert [weapon for weapon in weapons_in(terminal.raw) if weapon != b"\b"] == []
    assert MARKUP.encode() in terminal.raw
