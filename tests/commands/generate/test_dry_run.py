"""A dry run shows a request that can be sent as it is shown: by curl, and by whoever reads JSON."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.faults.home import Home
from tests.faults.in_process import Ended, run_here

PROMPT = "画一只“可爱”的松鼠, it's $5"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home.made_in(tmp_path)
    home.directories.config_file.parent.mkdir(parents=True)
    return home


@pytest.fixture
def gateway() -> Iterator[Sandbox]:
    with Sandbox("ok") as sandbox:
        yield sandbox


def dry(home: Home, gateway: Sandbox, *words: str) -> Ended:
    home.directories.config_file.write_text(f'base_url = "{gateway.base_url}"\napi_key_env = "COMPANY_KEY"\n')
    key = {"IMAGE_GEN_KEY": None, "COMPANY_KEY": gateway.key}
    ended = run_here(home, "generate", PROMPT, "--dry-run", *words, **key)
    assert (ended.status, gateway.requests) == (0, [])
    assert gateway.key.encode() not in ended.stdout
    return ended


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_command_names_the_variable_that_holds_the_key_and_draws(home: Home, gateway: Sandbox) -> None:
    curl = dry(home, gateway).stdout.decode().partition("\n\n")[2]

    done = subprocess.run(
        ["bash", "-c", curl.replace("curl ", "curl --silent ", 1)],
        env={"PATH": "/usr/bin:/bin", "COMPANY_KEY": gateway.key, "NO_PROXY": "*"},
        capture_output=True,
        check=True,
    )

    assert '"authorization: Bearer $COMPANY_KEY"' in curl
    assert json.loads(done.stdout)["status"] == "completed"
    assert json.loads(gateway.posts[0].body)["input"] == PROMPT


def test_json_is_one_object_with_all_that_is_sent(home: Home, gateway: Sandbox) -> None:
    shown = dry(home, gateway, "--json").object

    headers = {name: value.replace("$COMPANY_KEY", gateway.key) for name, value in shown["headers"].items()}
    answer = httpx.post(shown["url"], json=shown["request"], headers=headers, trust_env=False)

    assert shown["headers"]["authorization"] == "Bearer $COMPANY_KEY"
    assert answer.json()["status"] == "completed"
    assert "curl --no-buffer" in shown["curl"]


def test_a_gateway_without_keys_gets_none(home: Home, gateway: Sandbox) -> None:
    ended = run_here(home, "generate", "x", "--dry-run", "--json", base_url=gateway.base_url, IMAGE_GEN_KEY="")

    assert "authorization" not in ended.object["headers"]
    assert "authorization" not in ended.object["curl"]
