"""
Where each agent looks for skills, and whether it is on this machine.

Most read ``~/.agents/skills``; Claude Code only its own folder. So two places reach everybody. Sources: the loaders of
each, as of 2026-11.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from cpa_image_cli.core.dataclass import dataclass

SHARED, OF_CLAUDE = ".agents", ".claude"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """
    One agent. *home* is its folder in the user's home, unless the variable *moved_by* says otherwise.

    *skills* is the folder, in the user's home and in a project alike, that holds ``skills``.
    """

    name: str
    title: str
    home: str
    skills: str = SHARED
    moved_by: str = ""

    def is_found(self, user_home: Path, environ: Mapping[str, str]) -> bool:
        """Whether it has been used on this machine."""
        moved = environ.get(self.moved_by) if self.moved_by else None
        return (Path(moved) if moved else user_home / self.home).is_dir()


AGENTS = (
    Agent(name="claude", title="Claude Code", home=".claude", skills=OF_CLAUDE, moved_by="CLAUDE_CONFIG_DIR"),
    Agent(name="codex", title="Codex", home=".codex", moved_by="CODEX_HOME"),
    Agent(name="openclaw", title="OpenClaw", home=".openclaw", moved_by="OPENCLAW_STATE_DIR"),
    Agent(name="gemini", title="Gemini CLI", home=".gemini"),
    Agent(name="cursor", title="Cursor", home=".cursor"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder for skills, below *top*, and the *agents* it is for; none for whoever may come."""

    top: Path
    steps: tuple[str, ...]
    agents: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Return where the skill is, or would be."""
        return self.top.joinpath(*self.steps)


def found_agents(user_home: Path, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the agents on this machine."""
    return tuple(agent.name for agent in AGENTS if agent.is_found(user_home, environ))


def places_for(names: Collection[str], *, top: Path, skill: str, environ: Mapping[str, str]) -> Sequence[Place]:
    """
    Return where *skill* goes for the agents called *names*, below *top*: the user's home, or a project.

    With no names, the place that most agents read. *environ* may have moved the folder of one, in a home.
    """
    places: dict[Path, Place] = {}
    for agent in AGENTS:
        if agent.name in names:
            place = _place_of(agent, top, skill, environ)
            named = (*places[place.folder].agents, agent.name) if place.folder in places else (agent.name,)
            places[place.folder] = Place(top=place.top, steps=place.steps, agents=named)
    return tuple(places.values()) or (Place(top=top, steps=(SHARED, "skills", skill), agents=()),)


def _place_of(agent: Agent, top: Path, skill: str, environ: Mapping[str, str]) -> Place:
    moved = environ.get(agent.moved_by) if agent.skills == agent.home else None
    if moved:
        return Place(top=Path(moved), steps=("skills", skill), agents=(agent.name,))
    return Place(top=top, steps=(agent.skills, "skills", skill), agents=(agent.name,))
