"""
The key is in one header and nowhere else: not in any output, file, database or process argument.

That no failure shows it is part of ``test_table``, which plays them all.
"""

import json
import signal
import sys
from pathlib import Path

import pytest

from cpa_image_cli.sandbox.gateway import Sandbox
from tests.faults.home import KEY, Home
from tests.faults.in_process import Ended, run_here
from tests.faults.processes import Process

PASSWORD = "pa55-marked-word"
HEADER = "hdr-marked-secret"

COMMANDS = [
    ["generate", "画一只松鼠", "--dry-run"],
    ["generate", "画一只松鼠", "--no-such-option"],
    ["generate", "画一只松鼠", "--size", "10x"],
    ["generate", "画一只松鼠", "--model", "gpt-image-2"],
    ["generate", "画一只松鼠", "-o", "no/such\0folder"],
    ["config", "show"],
    ["config", "show", "--all"],
    ["config", "show", "--json"],
    ["config", "get", "base_url"],
    ["config", "path"],
    ["doctor"],
    ["doctor", "--json"],
    ["history", "list"],
    ["history", "list", "--json"],
    ["history", "show", "last"],
    ["history", "show", "last", "--json"],
    ["history", "export"],
    ["history", "stats"],
]
TOLD = ["--json", "--jsonl", "--verbose", "--quiet"]


def leaks(ended: Ended, home: Home, *secrets: str) -> list[str]:
    """Return where any of *secrets* shows: an output, or a file below *home*."""
    outputs = {"stdout": ended.stdout.decode(errors="replace"), "stderr": ended.stderr}
    found = [name for name, text in outputs.items() for secret in secrets if secret in text]
    return found + [path for secret in secrets for path in home.holding(secret)]


@pytest.mark.parametrize("told", TOLD)
def test_the_key_leaves_in_one_header_only(told: str, home: Home) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        ended = run_here(home, "generate", "画一只松鼠", "-o", "a.png", told, base_url=gateway.base_url)
    [request] = gateway.posts

    holding = [name for name, value in request.headers.items() if KEY in value]
    assert [name.lower() for name in holding] == ["authorization"]
    assert KEY not in json.dumps(request.json)
    assert leaks(ended, home, KEY) == []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_shows_a_secret(command: list[str], home: Home) -> None:
    config = home.directories.config_file
    config.parent.mkdir(parents=True)
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        address = gateway.base_url.replace("http://", f"http://somebody:{PASSWORD}@")
        run_here(home, "generate", "画一只松鼠", "-o", "a.png", base_url=address)

        ended = run_here(home, *command, base_url=address)

    assert gateway.posts
    assert leaks(ended, home, KEY, PASSWORD) == []


def test_a_secret_header_of_the_config_file_is_shown_nowhere(home: Home) -> None:
    config = home.directories.config_file
    config.parent.mkdir(parents=True, mode=0o700)
    config.write_text(f'[headers]\nX-Tenant-Secret = "{HEADER}"\n', encoding="utf-8")
    config.chmod(0o600)

    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        drawn = run_here(home, "generate", "画", "-o", "a.png", "--verbose", base_url=gateway.base_url)
        shown = run_here(home, "config", "show", "--all", base_url=gateway.base_url)
    [request] = gateway.posts

    assert HEADER in request.headers.values()
    assert leaks(drawn, home, HEADER) == leaks(shown, home, HEADER) == [str(config)]


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="reads process arguments from /proc")
def test_no_process_argument_holds_the_key(home: Home) -> None:
    with Sandbox("stall", key=KEY) as gateway:
        process = Process(home, "generate", "画一只松鼠", "-o", "a.png", base_url=gateway.base_url)
        process.wait_for(lambda: bool(gateway.posts))

        arguments = b"".join(_read(path) for path in Path("/proc").glob("[0-9]*/cmdline"))
        process.send(signal.SIGINT)
        process.end()

    assert sys.executable.encode() in arguments
    assert KEY.encode() not in arguments


def test_what_is_private_is_readable_by_nobody_else(home: Home) -> None:
    with Sandbox(key=KEY, auto_size="64x64") as gateway:
        run_here(home, "generate", "画一只松鼠", "-o", "a.png", base_url=gateway.base_url)

    assert home.directories.history_file.exists()
    assert home.readable_by_others() == []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
