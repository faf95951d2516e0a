"""
Three agents as they are installed from npm, each in a home of its own and with a model that does what it is told.

What differs between them stands here once: where the configuration lies and what it says, how they are run, what their
tools are called, and how their model asks for one.
"""

import json
import os
import subprocess
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.agents.models import Model, Use

INSTALLED = "CPA_IMAGE_AGENTS"
"""The variable that names the folder which ``run.py`` installs the agents into."""

PATIENCE = 240.0


@dataclass(frozen=True, slots=True)
class Ran:
    """How an agent ended, and what it said to whoever ran it."""

    status: int
    told: str


class Host(ABC):
    """An agent in the home *root*; the gateway at *base_url*, which wants *key*, is where its pictures come from."""

    name: str

    def __init__(self, root: Path, *, base_url: str, key: str) -> None:
        self.root = root
        self.work = root / "work"
        self.work.mkdir(parents=True)
        self.programs = root / "bin"
        self.programs.mkdir()
        program = self.programs / "cpa-image"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cpa_image_cli "$@"\n')
        program.chmod(0o755)
        # A login shell makes its own PATH, and agents use one.
        (root / ".bash_profile").write_text(f"export PATH={self._path}\n")
        config = root / ".config/cpa-image/config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(f'base_url = "{base_url}"\napi_key_command = "printf {key}"\nsize = "64x64"\n')

    @property
    def _path(self) -> str:
        return f"{self.programs}:{installed() / 'node_modules/.bin'}:/usr/bin:/bin"

    def environ(self, **more: str) -> dict[str, str]:
        """Return the variables that the agent is started with: none of those of whoever runs the tests."""
        return {"HOME": str(self.root), "PATH": self._path, "LANG": "C.UTF-8", "TERM": "dumb", **more}

    def with_skill(self) -> None:
        """Install the skill."""
        done = subprocess.run(
            [self.programs / "cpa-image", "skill", "install"], env=self.environ(), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def _run(self, *words: object, **environ: str) -> Ran:
        done = subprocess.run(
            [str(word) for word in words],
            cwd=self.work,
            env=self.environ(**environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Ran(done.returncode, done.stdout + done.stderr)

    @abstractmethod
    def asked(self, model: Model) -> Ran:
        """Ask it for a picture, *model* being its model."""

    @abstractmethod
    def shell(self, command: str) -> Use:
        """Return how its model wants *command* run."""

    @abstractmethod
    def tool(self, name: str, /, **arguments: Any) -> list[Use]:  # noqa: ANN401 - JSON
        """Return how its model uses the tool *name* of our server, and what it has to ask for before."""


class Codex(Host):
    """OpenAI's Codex CLI, without its sandbox, which this machine may not be able to build."""

    name = "Codex"

    def asked(self, model: Model) -> Ran:
        home = self.root / ".codex"
        home.mkdir(exist_ok=True)
        (home / "config.toml").write_text(f"""
model = "fake"
model_provider = "fake"
[model_providers.fake]
name = "fake"
base_url = "{model.url}/v1"
env_key = "FAKE_KEY"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
[mcp_servers.cpa-image]
command = "{self.programs / "cpa-image"}"
args = ["mcp"]
required = true
default_tools_approval_mode = "approve"
""")
        alone = ("--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox")
        return self._run(bin_of("codex"), "exec", *alone, "make a picture", FAKE_KEY="x", CODEX_HOME=str(home))

    def shell(self, command: str) -> Use:
        return Use("exec_command", {"cmd": command, "yield_time_ms": 30_000})

    def tool(self, name: str, /, **arguments: Any) -> list[Use]:  # noqa: ANN401 - JSON
        return [Use(name, arguments, namespace="mcp__cpa_image")]

    def with_skill(self) -> None:
        (self.root / ".codex").mkdir()
        super().with_skill()


class ClaudeCode(Host):
    """Anthropic's Claude Code."""

    name = "Claude Code"

    def asked(self, model: Model) -> Ran:
        servers = {"mcpServers": {"cpa-image": {"command": str(self.programs / "cpa-image"), "args": ["mcp"]}}}
        (self.root / "mcp.json").write_text(json.dumps(servers))
        allowed = ["Skill(cpa-image)", "Bash(cpa-image:*)"]
        allowed += [f"mcp__cpa-image__{name}" for name in ("generate_image", "picture_result")]
        [program] = installed().glob("node_modules/@anthropic-ai/claude-code-*/claude")
        return self._run(
            program,
            "-p",
            "make a picture",
            "--mcp-config",
            self.root / "mcp.json",
            "--strict-mcp-config",
            "--allowedTools",
            *allowed,
            ANTHROPIC_BASE_URL=model.url,
            ANTHROPIC_API_KEY="x",
            CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1",
            DISABLE_AUTOUPDATER="1",
        )

    def shell(self, command: str) -> Use:
        return Use("Bash", {"command": command, "timeout": 300_000})

    def tool(self, name: str, /, **arguments: Any) -> list[Use]:  # noqa: ANN401 - JSON
        whole = f"mcp__cpa-image__{name}"
        return [Use("ToolSearch", {"query": f"select:{whole}"}), Use(whole, arguments)]

    def with_skill(self) -> None:
        (self.root / ".claude").mkdir()
        super().with_skill()


class OpenClaw(Host):
    """OpenClaw, in one process."""

    name = "OpenClaw"

    def asked(self, model: Model) -> Ran:
        cost = {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0}
        fake = {"id": "fake", "name": "fake", "contextWindow": 200_000, "maxTokens": 8000, "input": ["text"]}
        provider = {
            "baseUrl": f"{model.url}/v1",
            "apiKey": "x",
            "api": "openai-responses",
            "models": [{**fake, "reasoning": False, "cost": cost}],
        }
        server = {"command": str(self.programs / "cpa-image"), "args": ["mcp"], "requestTimeoutMs": 240_000}
        config = {
            "models": {"providers": {"fake": provider}},
            "agents": {"defaults": {"model": {"primary": "fake/fake"}, "workspace": str(self.work)}},
            "mcp": {"servers": {"cpa-image": server}},
        }
        folder = self.root / ".openclaw"
        folder.mkdir(exist_ok=True)
        (folder / "openclaw.json").write_text(json.dumps(config))
        words = ("agent", "--local", "--session-id", "s", "--message", "make a picture", "--json")
        return self._run(bin_of("openclaw"), *words)

    def shell(self, command: str) -> Use:
        return Use("exec", {"command": command, "yieldMs": 30_000})

    def tool(self, name: str, /, **arguments: Any) -> list[Use]:  # noqa: ANN401 - JSON
        return [Use("tool_call", {"id": f"cpa-image__{name}", "args": arguments})]

    def with_skill(self) -> None:
        (self.root / ".openclaw").mkdir()
        super().with_skill()


HOSTS = (Codex, ClaudeCode, OpenClaw)


def installed() -> Path:
    """Return the folder the agents were installed into."""
    return Path(os.environ[INSTALLED])


def bin_of(name: str) -> Path:
    """Return the program *name* of an npm package."""
    return installed() / "node_modules/.bin" / name
