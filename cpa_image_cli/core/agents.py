"""
Decides whether a program rather than a person reads what is written, and what its world keeps from working.

Agents often run commands on a terminal of their own, which nobody looks at. They say who they are by a variable.
"""

from collections.abc import Mapping

AGENT_VARIABLES = ("AI_AGENT", "CLAUDECODE", "CODEX_THREAD_ID", "GEMINI_CLI", "OPENCLAW_SHELL")
"""The first is a convention; the others are set by one agent each."""

JSON_HINT = "hint: --json --quiet prints one object for programs; `cpa-image skill show` is the manual for agents"

_NO_NETWORK = "CODEX_SANDBOX_NETWORK_DISABLED"
NETWORK_HINT = (
    "Codex runs commands without a network. Set `network_access = true` below `[sandbox_workspace_write]` in its "
    "config.toml, or let it use the MCP server, which is not confined: `cpa-image mcp --help` shows how."
)


def is_for_an_agent(environ: Mapping[str, str]) -> bool:
    """Whether an agent runs this: then nothing is animated, and nobody can be asked."""
    return any(environ.get(name) for name in AGENT_VARIABLES)


def has_no_network(environ: Mapping[str, str]) -> bool:
    """Whether a sandbox lets no connection out, so that none need be tried again."""
    return environ.get(_NO_NETWORK, "") not in {"", "0"}
