"""``cpa-image mcp`` as a process of its own, and a client at its pipes."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, Self

from tests.faults.home import Home
from tests.mcp.talking import call, request

PATIENCE = 60.0


class RealServer:
    """A server in *home*, started as hosts start one. It is killed in the end, if it is still there."""

    def __init__(self, home: Home, base_url: str, *options: str, **environ: str) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "cpa_image_cli", "mcp", *options],
            cwd=home.wanted,
            env=home.environ(base_url, **environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Hosts kill the whole group.
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill(signal.SIGKILL)
        self.popen.wait(PATIENCE)
        for pipe in (self.popen.stdin, self.popen.stdout, self.popen.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def say(self, message: Mapping[str, object]) -> None:
        """Send *message*."""
        assert self.popen.stdin is not None
        self.popen.stdin.write(json.dumps(message).encode() + b"\n")
        self.popen.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Return the next message."""
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline()
        assert line, self.popen.stderr.read().decode() if self.popen.stderr else ""
        heard: dict[str, Any] = json.loads(line)
        return heard

    def ask(self, message: Mapping[str, object]) -> dict[str, Any]:
        """Send *message* and return the answer."""
        self.say(message)
        return self.hear()

    def use(self, tool: str, **arguments: object) -> dict[str, Any]:
        """Return what *tool* answers, as an object."""
        answer = self.ask(call(tool, **arguments))
        told: dict[str, Any] = answer["result"]["structuredContent"]
        return told

    def greet(self) -> None:
        """Shake hands."""
        self.ask(request("initialize", {"protocolVersion": "2025-11-25", "clientInfo": {"name": "a test"}}))

    def kill(self, number: signal.Signals) -> None:
        """Send *number* to the server and to whoever is in its group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, number)

    def end(self) -> int:
        """Close its input, as a host that leaves; return its exit status."""
        assert self.popen.stdin is not None
        self.popen.stdin.close()
        return self.popen.wait(PATIENCE)
