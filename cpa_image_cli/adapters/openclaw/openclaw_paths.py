"""
Decides where OpenClaw, and clawdbot before it, keeps its files.

Order as its own resolveStateDir and the releases 2026.1.29 to 2026.9.6 have it. Note that OPENCLAW_PROFILE alone moves
nothing; OpenClaw exports the other variables with it.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from cpa_image_cli.adapters.files.folders import is_folder
from cpa_image_cli.core.dataclass import dataclass

STATE_DIRS = (".openclaw", ".clawdbot", ".moltbot", ".moldbot")
CONFIG_NAMES = ("openclaw.json", "clawdbot.json", "moltbot.json", "moldbot.json")
MAIN_AGENT = "main"
_VARIABLES = ("OPENCLAW_", "CLAWDBOT_", "PI_CODING_AGENT_DIR")
"""How the variables begin that lead to files of its own."""

_NO_VALUE = ("", "undefined", "null")  # OpenClaw counts these words as unset


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """The default agent. *own* is its entry in the configuration; *note* says why it could not be told for sure."""

    name: str = MAIN_AGENT
    own: Mapping[str, object]
    note: str = ""


def has_traces(environ: Mapping[str, str], home: Path) -> bool:
    """Whether anything says that OpenClaw was ever here; *home* is what `home_of` returned."""
    named = any(name.startswith(_VARIABLES) for name in environ)
    return named or any(os.path.lexists(home / name) for name in STATE_DIRS)


def home_of(environ: Mapping[str, str], home: Path) -> Path:
    """Return the home that OpenClaw goes by; *home* is the user's."""
    named = _named(environ, "OPENCLAW_HOME")
    return expanded(named, home) if named else home


def state_dir(environ: Mapping[str, str], home: Path) -> Path:
    """Return the state directory; *home* is what `home_of` returned."""
    if named := _named(environ, "OPENCLAW_STATE_DIR"):
        return expanded(named, home)
    old = _named(environ, "CLAWDBOT_STATE_DIR")
    # The newest releases ignore the old name, so a leftover of it must at least lead somewhere.
    if old and is_folder(expanded(old, home)):
        return expanded(old, home)
    existing = (home / name for name in STATE_DIRS if is_folder(home / name))
    return next(existing, home / STATE_DIRS[0])


def config_files(environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Yield where the configuration may be, the first that exists being the one."""
    for variable in ("OPENCLAW_CONFIG_PATH", "CLAWDBOT_CONFIG_PATH"):
        if named := _named(environ, variable):
            yield expanded(named, home)
            return
    for folder in (state_dir(environ, home), *(home / name for name in STATE_DIRS)):
        yield from (folder / name for name in CONFIG_NAMES)


def models_files(environ: Mapping[str, str], home: Path, agent: Agent) -> Iterator[Path]:
    """Yield where *agent*'s ``models.json`` may be, the first that exists being the one."""
    # The second was OpenClaw's until 2026.3 and is pi's own, the third clawdbot's.
    for variable in ("OPENCLAW_AGENT_DIR", "PI_CODING_AGENT_DIR", "CLAWDBOT_AGENT_DIR"):
        if named := _named(environ, variable):
            yield expanded(named, home) / "models.json"
    own = agent.own.get("agentDir")
    if isinstance(own, str) and own.strip():
        yield expanded(own.strip(), home) / "models.json"
    yield state_dir(environ, home) / "agents" / agent.name / "agent" / "models.json"


def default_agent(agents: Mapping[str, object]) -> Agent:
    """Return the default agent of the ``agents`` section, in its old form (``list``) and its new one (``entries``)."""
    entries, roster = agents.get("entries"), agents.get("list")
    if isinstance(entries, dict) and entries:
        return _agent_of_entries(entries, agents)
    known = [entry for entry in roster if isinstance(entry, dict)] if isinstance(roster, list) else []
    if not known:
        return Agent(own={})
    chosen = next((entry for entry in known if entry.get("default") is True), known[0])
    return Agent(name=str(chosen.get("id") or MAIN_AGENT).lower(), own=chosen)


def _agent_of_entries(entries: Mapping[str, object], agents: Mapping[str, object]) -> Agent:
    by_name = {name.lower(): entry if isinstance(entry, dict) else {} for name, entry in entries.items()}
    if len(by_name) == 1:
        name, own = next(iter(by_name.items()))
        return Agent(name=name, own=own)
    owner = ""
    if agents.get("ownership") == "explicit":
        owner = str(member(agents, "defaults", "systemAgent").get("agentId") or "").lower()
    if owner in by_name:
        return Agent(name=owner, own=by_name[owner])
    return Agent(own={}, note="several agents are configured and none is named as the default")


def member(table: Mapping[str, object], *path: str) -> Mapping[str, object]:
    """Return the object at *path* below *table*; empty if there is none."""
    found: object = table
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def expanded(text: str, home: Path) -> Path:
    """Return *text* as a path, a leading ``~`` being *home*."""
    return home / text[2:] if text == "~" or text.startswith(("~/", "~\\")) else Path(text)


def _named(environ: Mapping[str, str], variable: str) -> str | None:
    value = environ.get(variable, "").strip()
    return None if value in _NO_VALUE else value
