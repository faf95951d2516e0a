"""
The key is in one header and nowhere else: not in any output, file, database or process argument.

Every command of the program is run with marked secrets; one that nobody listed here makes a test fail. So is every
scenario of the sandbox, in each way of telling. What else holds secrets is in ``test_secret_sources``, what gateways
say back in ``test_echoed_secrets``.
"""

import json
import os
import shlex
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from cpa_image_cli.completion.tree import Command
from cpa_image_cli.sandbox.scenarios import SCENARIOS, Scenario
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.documentation import tree
from tests.faults.home import KEY, Home
from tests.faults.in_process import Clock, Ended, run_here
from tests.faults.processes import Process
from tests.faults.traces import arguments_of_everybody, shown_in
from tests.session.terminal import CTRL_D, CTRL_U, ENTER, ESCAPE, Terminal

PASSWORD = "pa55/w0rd:is@marked&hidden"
HEADER = "hdr-0123-tenant-is-secret"
SECRETS = (KEY, PASSWORD, HEADER)

COMMANDS: dict[str, tuple[str, ...]] = {
    "": ("", "--version", "--no-such-option", "nonsense"),
    "generate": (
        "画一只松鼠 -o b.png",
        "画一只松鼠 -o b.png --stream --partial-images 2",
        "画一只松鼠 -o b.png --profile tenant",
        "画一只松鼠 -o - --no-history",
        "画一只松鼠 --dry-run",
        "画一只松鼠 --dry-run --base-url URL",
        "画一只松鼠 --base-url URL:no-port",
        "画一只松鼠 --no-such-option",
        "画一只松鼠 --size 10x",
        "画一只松鼠 --model gpt-image-2",
        "画一只松鼠 -o no/such\0folder",
        "画一只松鼠 --scenario auth-unavailable --retries 0",
    ),
    "edit": (
        "a.png 戴上红围巾 -o b.png",
        "last 戴上红围巾 -o b.png --stream --with-history",
        "a.png 戴上红围巾 -o b.png --mask a.png --keep-outside",
        "a.png 戴上红围巾 --dry-run --base-url URL",
        "../key 戴上红围巾 -o b.png",
        "nobody.png 戴上红围巾 -o b.png",
    ),
    "batch": (
        "rows.jsonl -o rows/",
        "rows.jsonl -o rows/ --profile tenant --stream",
        "rows.jsonl -o rows/ --dry-run",
        "rows.jsonl -o rows/ --scenario auth-unavailable --retries 0",
        "config.toml -o rows/",
    ),
    "show": ("a.png --protocol half-blocks", "config.toml --protocol sixel", "a.png"),
    "history list": ("", "--search 松鼠", "--failed"),
    "wait": ("last", "last --json", "last last~1 --timeout 0", "nobody"),
    "stop": ("last", "nobody"),
    "history show": ("last", "last --preview always", "last~1", "nobody"),
    "history open": ("last", "last~1"),
    "history path": ("last", "last~1"),
    "history rerun": ("last -o c.png", "last~1 --dry-run", "nobody"),
    "history stats": ("", "--sandbox"),
    "history export": ("",),
    "history forget": ("last", "nobody"),
    "history prune": ("--older-than 0d --yes", "--older-than 0d --dry-run", "--missing --yes", ""),
    "config show": ("", "--all", "--profile tenant --all", "--profile nobody"),
    "config path": ("",),
    "config init": (
        "--yes --base-url URL --api-key-env IMAGE_GEN_KEY --profile new",
        "--yes --base-url URL --no-key --profile new",
        "--yes --base-url URL --api-key-command 'cat ../key' --profile new",
        "--yes --base-url URL --api-key-env KEY --no-test",
        "--yes --base-url http://127.0.0.1:1 --profile tenant",
        "",
    ),
    "config edit": ("",),
    "config get": ("base_url --profile tenant", "headers", "headers.X-Tenant-Secret", "api_key", "model"),
    "config set": (
        "base_url URL",
        "base_url URL:no-port",
        "headers.X-Tenant-Secret HEADER --profile tenant",
        "headers.Authorization KEY",
        "api_key KEY",
        "api_key_env KEY",
        "retries KEY",
        "model gpt-5.4",
    ),
    "config unset": ("headers.X-Tenant-Secret", "base_url --profile tenant", "model"),
    "doctor": ("", "--live", "--profile tenant", "--base-url http://127.0.0.1:1"),
    "completion": ("bash", "zsh --install", "zsh --uninstall", "fish --export scripts", "nonsense"),
    "sandbox": ("--list", "--scenario nobody"),
    "inspect": ("a.png", "config.toml", "nobody.png"),
    "compare": ("a.png a.png", "a.png a.png --html both.html", "a.png config.toml"),
    "strip": ("a.png -o clean.png", "config.toml -o clean.png"),
    "gallery": ("-o page", "--search 松鼠 -o page", "-o a.png"),
    "skill show": ("",),
    "skill install": ("--agent all", "--agent claude --scope project", "--dry-run"),
    "skill status": ("",),
    "skill uninstall": ("", "--agent all"),
    "mcp": ("", "--allow .", "--allow no/such"),
    "schema": ("", "result", "nothing"),
    "models": ("", "--profile tenant"),
    "help": ("", "generate", "environment", "nobody"),
    "config profile list": ("",),
    "config profile use": ("tenant", "nobody"),
    "config profile remove": ("tenant --yes", "nobody"),
}
"""What each command is run with. URL has a user and a password in it; KEY and HEADER are what they say."""

TOLD = ("--json", "--jsonl", "--verbose", "--quiet")

CONFIG = f"""
retries = 0

[headers]
X-Tenant-Secret = "{HEADER}"

[profiles.tenant]
base_url = "URL"
api_key_env = "IMAGE_GEN_KEY"
"""

ROWS = """\
"画一只松鼠"
{"prompt": "戴上红围巾", "image": "a.png"}
"""

PROGRAM = """#!/bin/sh
tr '\\0' '\\n' < /proc/$PPID/cmdline > "$HOME/started"; echo "$0" "$@" >> "$HOME/started"
"""
"""Stands for an editor and a viewer: writes down what anybody may read of itself and of who started it."""


def leaks(ended: Ended, home: Home, *secrets: str, own: tuple[Path, ...] = ()) -> list[str]:
    """Return where a trace of *secrets* shows: an output, or a file below *home* but for the user's *own*."""
    outputs = {"stdout": ended.stdout, "stderr": ended.stderr.encode()}
    found = [f"{name}: {secret}" for name, text in outputs.items() for secret in shown_in(text, *secrets)]
    kept = {path for secret in secrets for path in home.holding(secret)}
    return [*found, *sorted(kept - {str(path) for path in own})]


def ends(root: Command) -> Iterator[Command]:
    """Yield every command that does something; the program itself, without one, holds a session."""
    return (each for each in root.walk() if not each.path or not each.commands)


def rows() -> Iterator[object]:
    """Yield each command line, plain and with every way of telling that its command has."""
    for command in ends(tree()):
        names = {name for option in command.options for name in option.names}
        ways = ["", *(way for way in TOLD if way in names)]
        for words in COMMANDS.get(command.path, ()):
            yield from (pytest.param(" ".join(filter(None, (command.path, words, way)))) for way in ways)


def url_of(gateway: Sandbox) -> str:
    return gateway.base_url.replace("http://", f"http://somebody:{quote(PASSWORD, safe='')}@")


def lived_in(home: Home, gateway: Sandbox) -> tuple[Path, ...]:
    """Give *home* a config file, programs, a picture and a failure in history; return the files with secrets in."""
    config, key = home.directories.config_file, home.root / "key"
    (home.wanted / "rows.jsonl").write_text(ROWS, encoding="utf-8")
    config.parent.mkdir(parents=True, mode=0o700)
    config.write_text(CONFIG.replace("URL", url_of(gateway)), encoding="utf-8")
    config.chmod(0o600)
    key.write_text(KEY, encoding="utf-8")
    for name in ("editor", "xdg-open"):
        program = home.root / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(PROGRAM, encoding="utf-8")
        program.chmod(0o755)
    run_here(home, "generate", "画一只松鼠", base_url=url_of(gateway), IMAGE_GEN_KEY="sk-refused-0123")
    run_here(home, "generate", "画一只松鼠", "-o", "a.png", base_url=url_of(gateway))
    assert [run.state for run in home.runs()] == ["done", "failed"]
    return config, key


def environ_in(home: Home) -> dict[str, str]:
    programs = home.root / "bin"
    return {"EDITOR": str(programs / "editor"), "PATH": f"{programs}:{os.environ['PATH']}"}


def session_environ(home: Home, base_url: str) -> dict[str, str]:
    ours = {"XDG_CONFIG_HOME": home.directories.config.parent, "XDG_DATA_HOME": home.directories.data.parent}
    return {**home.environ(base_url), **environ_in(home), **{name: str(path) for name, path in ours.items()}}


def test_every_command_is_run_here() -> None:
    assert {command.path for command in ends(tree())} == set(COMMANDS)


@pytest.mark.parametrize("line", [*rows()])
def test_no_command_shows_or_writes_a_secret(line: str, home: Home) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        own = lived_in(home, gateway)
        meant = {"URL": url_of(gateway), "KEY": KEY, "HEADER": HEADER}
        words = [meant.get(word, word.replace("URL:", f"{url_of(gateway)}:")) for word in shlex.split(line)]

        ended = run_here(home, *words, base_url=url_of(gateway), **environ_in(home))

    assert gateway.posts
    assert leaks(ended, home, *SECRETS, own=own) == []
    assert home.readable_by_others() == []
    assert "internal_error" not in ended.stderr


def test_the_programs_that_are_started_are_told_what_anybody_may_read(home: Home) -> None:
    # What `leaks` looks at above is written by these two.
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        lived_in(home, gateway)
        started = []
        for words in (("config", "edit"), ("history", "open", "last")):
            assert run_here(home, *words, base_url=url_of(gateway), **environ_in(home)).status == 0
            started.append((home.root / "started").read_text().splitlines()[-1])

    assert started == [
        f"{home.root}/bin/editor {home.directories.config_file}",
        f"{home.root}/bin/xdg-open {home.wanted}/a.png",
    ]


@pytest.mark.parametrize("told", TOLD)
def test_the_key_leaves_in_one_header_only(told: str, home: Home) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        ended = run_here(home, "generate", "画一只松鼠", "-o", "a.png", told, base_url=gateway.base_url)
    [request] = gateway.posts

    holding = [name for name, value in request.headers.items() if shown_in(value, KEY)]
    assert [name.lower() for name in holding] == ["authorization"]
    assert shown_in(json.dumps(request.json), KEY) == []
    assert leaks(ended, home, KEY) == []


@pytest.mark.parametrize("told", [("--verbose",), ("--jsonl", "--stream")])
@pytest.mark.parametrize("scenario", list(SCENARIOS.values()), ids=list(SCENARIOS))
def test_no_failure_shows_the_key(scenario: Scenario, told: tuple[str, ...], home: Home) -> None:
    # With --json they are all played in `test_table`.
    timeout = ["--timeout", str(scenario.timeout)] if scenario.timeout is not None else []
    named = "a" if "--format" in scenario.options else "a.png"
    words, clock = ["画", "-o", named, *told, *timeout, *scenario.options], Clock()
    with Sandbox(scenario, key=KEY, auto_size="64x64", now=clock.now) as gateway:
        ended = run_here(home, "generate", *words, base_url=gateway.base_url, clock=clock)

    assert ended.status == scenario.expects(stream="--stream" in told).exit_status
    assert ended.stderr + ended.stdout.decode()
    assert leaks(ended, home, KEY) == []


def test_a_secret_header_of_the_config_file_reaches_the_gateway_all_the_same(home: Home) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        lived_in(home, gateway)

    assert HEADER in gateway.posts[0].headers.values()


def test_a_session_shows_and_writes_no_secret(home: Home) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        own = lived_in(home, gateway)
        with Terminal(home.root, **session_environ(home, url_of(gateway))) as terminal:
            terminal.ends_with("›")
            terminal.types("画一只松鼠", ENTER)
            terminal.shows("s save as")
            terminal.types("o")
            terminal.becomes((home.root / "started").exists, "a viewer")
            terminal.types("h")
            terminal.shows("Esc back")
            terminal.types(ESCAPE)
            terminal.becomes(lambda: terminal.last.endswith("q quit"), "the keys")
            terminal.types("s")
            terminal.shows("save as ›")
            terminal.types(CTRL_U, "b.png", ENTER)
            terminal.shows("saved as")
            arguments = arguments_of_everybody()
            gateway.close()
            terminal.types("a")
            terminal.shows("✗")
            terminal.becomes(lambda: terminal.last.endswith("q quit"), "the keys")
            terminal.types(CTRL_D)
            terminal.left()

    assert "画一只松鼠" in terminal.raw.decode()
    assert b"cpa_image_cli" in arguments
    assert shown_in(terminal.raw, *SECRETS) == shown_in(arguments, *SECRETS) == []
    assert {path for secret in SECRETS for path in home.holding(secret)} == set(map(str, own))


# While it runs


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="reads process arguments from /proc")
@pytest.mark.parametrize("words", [("generate", "画一只松鼠", "-o", "a.png"), ("doctor", "--live")], ids=" ".join)
def test_a_run_under_way_shows_the_key_to_nobody(words: tuple[str, ...], home: Home) -> None:
    with Sandbox("stall", key=KEY) as gateway:
        process = Process(home, *words, base_url=gateway.base_url)
        process.wait_for(lambda: [request for request in gateway.posts if request.json])

        arguments, places = arguments_of_everybody(), home.holding(KEY)
        process.send(signal.SIGINT)
        process.end()

    assert b"\0".join(word.encode() for word in words) in arguments
    assert (shown_in(arguments, KEY), places) == ([], [])


def test_the_sandbox_that_serves_shows_its_own_key_and_not_the_users(home: Home) -> None:
    process = Process(home, "sandbox")
    process.wait_for(lambda: b"IMAGE_GEN_KEY=" in process.stdout.read_bytes())
    arguments = arguments_of_everybody()
    process.send(signal.SIGINT)
    ended = process.end()

    assert ended.status == 130
    assert shown_in(arguments, KEY) == leaks(ended, home, KEY) == []
