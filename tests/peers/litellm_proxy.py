"""Starts the LiteLLM proxy, a gateway nobody here wrote, in front of sandboxes; each model it serves is one of them."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

VERSION = "1.106.2"
KEY = "sk-litellm-master"
UPSTREAM_KEY = "sk-upstream"
PATIENCE = 180.0
"""Seconds until the proxy must answer; on two busy cores its imports alone take 20."""

OFFLINE = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False", "DISABLE_ADMIN_UI": "True"}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running proxy."""

    base_url: str


def installed(folder: Path) -> Path:
    """Return the ``litellm`` of a virtual environment in *folder*, made by the first who needs it."""
    environment = folder / f"litellm-{VERSION}"
    complete = environment / "complete"
    if not complete.exists():
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(environment)],
            [str(environment / "bin/pip"), "install", "--quiet", f"litellm[proxy]=={VERSION}"],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
        complete.touch()
    return environment / "bin/litellm"


@contextmanager
def proxy(program: Path, upstreams: Mapping[str, str], folder: Path) -> Iterator[Proxy]:
    """Serve each model of *upstreams* from the base URL that stands there, without any repetition of LiteLLM's own."""
    port = _free_port()
    config = folder / "litellm.yaml"
    config.write_text(json.dumps(_config(upstreams)))  # JSON is YAML
    log = folder / "litellm.log"
    command = [str(program), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **OFFLINE}
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=output) as process,
    ):
        try:
            running = Proxy(f"http://127.0.0.1:{port}")
            _wait_until_ready(running, process, log)
            yield running
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _config(upstreams: Mapping[str, str]) -> dict[str, object]:
    models = [
        {
            "model_name": model,
            "litellm_params": {
                "model": "openai/gpt-5.4",
                "api_base": f"{base_url}/v1",
                "api_key": UPSTREAM_KEY,
                "max_retries": 0,
            },
        }
        for model, base_url in upstreams.items()
    ]
    return {
        "model_list": models,
        "litellm_settings": {"telemetry": False, "num_retries": 0},
        "router_settings": {"num_retries": 0, "disable_cooldowns": True},
        "general_settings": {"master_key": KEY},
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_until_ready(running: Proxy, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"{running.base_url}/health/liveliness", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"the proxy did not start:\n{log.read_text(errors='replace')[-4000:]}")
