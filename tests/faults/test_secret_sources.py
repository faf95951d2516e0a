"""
Secrets from every place they may come from: environment, a program, OpenClaw with a secret header, the URL itself.

Whatever a run prints, writes, or shows in the list of processes is searched for them.
"""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import KEY, Home
from tests.faults.in_process import Clock, Ended, run_here
from tests.faults.processes import Process
from tests.faults.servers import RawServer, Visitor, head, recorded, sized
from tests.faults.traces import arguments_of_everybody, shown_in

TOKEN = "token-71c2-that-is-not-said"
PASSWORD = "wörd/5d0e:is@hidden&lost"
SECRETS = (KEY, TOKEN, PASSWORD)


def found_in(home: Home, *ended: Ended, own: tuple[Path, ...] = ()) -> list[str]:
    """Return where a trace of a secret is: in what *ended* runs printed, and in files but for the user's *own*."""
    printed = b"".join(run.stderr.encode() + run.stdout for run in ended)
    said = [f"printed {secret}" for secret in shown_in(printed, *SECRETS)]
    kept = {place for secret in SECRETS for place in home.holding(secret)}
    return [*said, *sorted(kept - {str(path) for path in own})]


@dataclass(frozen=True, slots=True)
class Source:
    """One way in which a run learns its *secrets*: what to set, and which files are the user's own."""

    environ: dict[str, str | None]
    files: dict[str, str]
    header: bytes
    secrets: tuple[str, ...] = (KEY,)

    def lay_out(self, home: Home) -> tuple[Path, ...]:
        """Write the user's files, and return them."""
        for name, text in self.files.items():
            path = home.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("HOME", str(home.root)))
        return tuple(home.root / name for name in self.files)


def from_environment(base_url: str) -> Source:
    return Source({"IMAGE_GEN_BASE_URL": base_url}, {}, f"authorization: Bearer {KEY}".encode())


def from_a_program(base_url: str) -> Source:
    config = f'base_url = "{base_url}"\napi_key_command = "cat HOME/key"\n'
    files = {".config/cpa-image/config.toml": config, "key": KEY}
    return Source({"IMAGE_GEN_KEY": None}, files, f"authorization: Bearer {KEY}".encode())


def from_openclaw(base_url: str) -> Source:
    provider = {"baseUrl": base_url, "apiKey": KEY, "headers": {"X-Secret": TOKEN}}
    config = {"models": {"providers": {"otcbot": provider}}, "agents": {"defaults": {"model": "otcbot/gpt-5.4"}}}
    files = {".openclaw/openclaw.json": json.dumps(config)}
    return Source({"IMAGE_GEN_KEY": None}, files, f"x-secret: {TOKEN}".encode(), (KEY, TOKEN))


def from_the_url(base_url: str) -> Source:
    address = base_url.replace("http://", f"http://user:{quote(PASSWORD, safe='')}@")
    return Source(
        {"IMAGE_GEN_BASE_URL": address, "IMAGE_GEN_KEY": ""},
        {},
        b"authorization: Basic " + b64encode(f"user:{PASSWORD}".encode()),
        (PASSWORD,),
    )


def from_another_variable(base_url: str) -> Source:
    config = f'base_url = "{base_url}"\napi_key_env = "MY_KEY"\n'
    files = {".config/cpa-image/config.toml": config}
    return Source({"IMAGE_GEN_KEY": None, "MY_KEY": KEY}, files, f"authorization: Bearer {KEY}".encode())


SOURCES = (from_environment, from_another_variable, from_a_program, from_openclaw, from_the_url)

COMMANDS = (
    ("generate", "x", "-o", "squirrel.png"),
    ("generate", "x", "-o", "squirrel.png", "--verbose"),
    ("generate", "x", "-o", "squirrel.png", "--jsonl"),
    ("generate", "x", "-o", "squirrel.png", "--stream", "--json"),
    ("generate", "x", "--dry-run"),
    ("generate", "x", "--quiet", "-o", "/nowhere/\0/a.png"),
    ("generate", "x", "--model", "gpt-image-2"),
    ("config", "show"),
    ("config", "show", "--all"),
    ("config", "show", "--json", "--all"),
    ("doctor",),
    ("doctor", "--json"),
    ("history", "list"),
    ("history", "stats"),
    ("completion", "bash"),
    ("nonsense",),
)


@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("source", SOURCES)
def test_no_command_shows_or_writes_a_secret(
    source: Callable[[str], Source], argv: tuple[str, ...], home: Home
) -> None:
    with Sandbox(key="", auto_size="64x64") as gateway:
        given = source(gateway.base_url)
        own = given.lay_out(home)
        ended = run_here(home, *argv, **given.environ)

    assert found_in(home, ended, own=own) == []
    assert [path for path in home.readable_by_others() if Path(path) not in own] == []


@pytest.mark.parametrize("source", SOURCES)
def test_the_secret_is_in_the_request_all_the_same(source: Callable[[str], Source], home: Home) -> None:
    with RawServer(lambda visitor: visitor.send(sized(recorded(stream=False)))) as server:
        given = source(server.base_url)
        given.lay_out(home)
        ended = run_here(home, "generate", "x", "-o", "squirrel.png", **given.environ)
    [request] = server.requests

    assert ended.status == 0
    assert given.header in request.replace(b"Authorization", b"authorization").replace(b"X-Secret", b"x-secret")
    assert sum(request.count(secret.encode()) for secret in (KEY, TOKEN)) == sum(
        request.count(b": " + form) for form in (b"Bearer " + KEY.encode(), TOKEN.encode())
    )


# While it runs


@pytest.mark.parametrize("source", SOURCES)
def test_a_run_under_way_shows_nothing_to_others(source: Callable[[str], Source], home: Home) -> None:
    sent: list[Visitor] = []

    def script(visitor: Visitor) -> None:
        visitor.send(head("Content-Length: 99999"), recorded(stream=False)[:5000])
        sent.append(visitor)
        visitor.stay()

    with RawServer(script) as server:
        given = source(server.base_url)
        own = given.lay_out(home)
        process = Process(home, "generate", "x", "-o", "squirrel.png", environ=given.environ)
        process.wait_for(lambda: sent)
        arguments = arguments_of_everybody()
        open_to_others = [path for path in home.readable_by_others() if Path(path) not in own]
        places = found_in(home, own=own)
        process.popen.kill()
        process.end()

    assert home.picture.name.encode() in arguments
    assert shown_in(arguments, *SECRETS) == []
    assert (open_to_others, places) == ([], [])


@pytest.mark.parametrize("source", SOURCES)
def test_a_bug_is_written_down_without_any_secret(source: Callable[[str], Source], home: Home) -> None:
    def break_down(_: float) -> None:
        raise RuntimeError(f"while waiting with {given.secrets}, that is {quote(given.secrets[0], safe='')}")

    with Sandbox("rate-limited", key="") as gateway:
        given = source(gateway.base_url)
        own = given.lay_out(home)
        ended = run_here(home, "generate", "x", "--json", clock=Clock(on_wait=break_down), **given.environ)
    report = (home.directories.data / "crash.txt").read_text()

    assert (ended.status, ended.code) == (1, "internal_error")
    assert "while waiting with" in report
    assert quote(given.secrets[0], safe="") not in report
    assert found_in(home, ended, own=own) == []


def test_a_program_for_the_key_is_started_without_it(home: Home) -> None:
    script = home.root / "key.sh"
    script.write_text(f'tr "\\0" "\\n" < /proc/$PPID/cmdline > ../arguments; echo {KEY}\n')
    home.directories.config.mkdir(parents=True)
    home.directories.config_file.write_text('api_key_command = "sh ../key.sh"\n')
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        environ = {"IMAGE_GEN_KEY": None}
        ended = Process(home, "generate", "x", "-o", "squirrel.png", base_url=gateway.base_url, environ=environ).end()

    assert ended.status == 0
    assert "squirrel.png" in (home.root / "arguments").read_text()
    assert found_in(home, ended, own=(script,)) == []
