"""``skill show``, ``install``, ``status`` and ``uninstall``."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cpa_image_cli import __version__
from cpa_image_cli.adapters.skill.agent_folders import AGENTS, Place, found_agents, places_for
from cpa_image_cli.adapters.skill.installation import Action, Done, packaged, standing
from cpa_image_cli.adapters.skill.installation import install as install_at
from cpa_image_cli.adapters.skill.installation import uninstall as uninstall_at
from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.parsing.manual import told
from cpa_image_cli.core.errors import ExitStatus, UsageError
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.skill import MAIN, NAME
from cpa_image_cli.core.text import json_text, one_line
from cpa_image_cli.process.surroundings import Surroundings

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.skill import SkillObject, SkillPlaceObject

SCHEMA: Final = "cpa-image/skill/1"
ALL = "all"
CHOICES = "|".join([agent.name for agent in AGENTS] + [ALL])
OF_INSTALLING = (ExitStatus.OK, ExitStatus.USAGE, ExitStatus.OUTPUT)

Agent = Annotated[
    str | None,
    typer.Option("--agent", metavar=CHOICES, help="For this agent; without it, for those found on this machine."),
]
Scope = Annotated[
    str, typer.Option("--scope", metavar="user|project", help="In your home folder, or in the current one.")
]
Pretend = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@told(
    Manual(
        examples=(
            Example("cpa-image skill show", "read the skill, without installing it"),
            Example("cpa-image skill show > SKILL.md", "put it wherever you like"),
        )
    )
)
def show(ctx: typer.Context) -> None:
    """Print the skill: all that an agent needs to know."""
    write_line(ctx.obj.stdout, packaged()[MAIN].decode().rstrip("\n"))


@told(
    Manual(
        examples=(
            Example("cpa-image skill install", "for every agent on this machine"),
            Example("cpa-image skill install --agent claude --scope project", "for whoever works on this project"),
            Example("cpa-image skill install --agent all --dry-run", "what would be written"),
        ),
        statuses=OF_INSTALLING,
        defaults={"--scope": "user"},
    )
)
def install(
    ctx: typer.Context,
    *,
    agent: Agent = None,
    scope: Scope = "user",
    dry_run: Pretend = False,
    force: Annotated[
        bool, typer.Option("--force", "-f", help="Also over what was changed, and through links.")
    ] = False,
    in_json: Json = False,
) -> None:
    """
    Install the skill, or bring it up to date.

    What you changed, what is somebody else's, and what lies behind a symbolic link stays as it is without --force. If
    no agent is found, it goes to ~/.agents/skills, which most of them read.
    """
    around: Surroundings = ctx.obj
    _conclude(
        [install_at(place, force=force, pretend=dry_run) for place in _places(agent, scope, around)],
        ctx,
        in_json=in_json,
        pretend=dry_run,
    )


@told(
    Manual(
        examples=(
            Example("cpa-image skill status", "in your home folder"),
            Example("cpa-image skill status --agent all --scope project", "in this project, wherever an agent looks"),
        ),
        statuses=OF_INSTALLING,
        defaults={"--scope": "user"},
    )
)
def status(ctx: typer.Context, *, agent: Agent = None, scope: Scope = "user", in_json: Json = False) -> None:
    """Say where the skill is installed, and whether it is up to date."""
    around: Surroundings = ctx.obj
    found = [Done(place=place, state=standing(place)) for place in _places(agent, scope, around)]
    if in_json:
        _write(found, around, with_action=False)
        return
    for done in found:
        write_line(around.stdout, f"{done.place.folder}: {done.state.meaning}{_for_whom(done.place)}")


@told(
    Manual(
        examples=(
            Example("cpa-image skill uninstall", "from wherever it was installed"),
            Example("cpa-image skill uninstall --dry-run", "what would be removed"),
        ),
        statuses=OF_INSTALLING,
        defaults={"--scope": "user"},
    )
)
def uninstall(
    ctx: typer.Context,
    *,
    agent: Agent = None,
    scope: Scope = "user",
    dry_run: Pretend = False,
    force: Annotated[bool, typer.Option("--force", "-f", help="Also if you changed it.")] = False,
    in_json: Json = False,
) -> None:
    """
    Take the skill away again, and nothing else.

    Files that you put beside it stay, and so does a skill that you changed, without --force.
    """
    around: Surroundings = ctx.obj
    places = _places(agent or ALL, scope, around)
    _conclude(
        [uninstall_at(place, force=force, pretend=dry_run) for place in places], ctx, in_json=in_json, pretend=dry_run
    )


def _places(agent: str | None, scope: str, around: Surroundings) -> Sequence[Place]:
    known = [each.name for each in AGENTS]
    if agent not in {None, ALL, *known}:
        raise UsageError(f"there is no agent {one_line(str(agent))!r}", hint=f"There are {', '.join(known)} and {ALL}.")
    if scope not in {"user", "project"}:
        raise UsageError(f"--scope {one_line(scope)}: expected user or project")
    names = known if agent == ALL else [agent] if agent else found_agents(around.home, around.environ)
    if scope == "project":
        return places_for(names, top=around.working_directory, skill=NAME, environ={})
    return places_for(names, top=around.home, skill=NAME, environ=around.environ)


def _conclude(found: Sequence[Done], ctx: typer.Context, *, in_json: bool, pretend: bool) -> None:
    around: Surroundings = ctx.obj
    if in_json:
        _write(found, around, with_action=True)
    for done in () if in_json else found:
        stream = around.stderr if done.action is Action.REFUSED else around.stdout
        write_line(stream, f"{done.place.folder}: {_words(done, pretend=pretend)}{_for_whom(done.place)}")
    if any(done.action is Action.REFUSED for done in found):
        raise typer.Exit(int(ExitStatus.OUTPUT))


def _words(done: Done, *, pretend: bool) -> str:
    if done.action is Action.NONE:
        return done.state.meaning
    if done.action is Action.REFUSED:
        return f"left as it is, {done.state.meaning}; --force insists"
    return f"would be {done.action.value}" if pretend else done.action.value


def _for_whom(place: Place) -> str:
    titles = [agent.title for agent in AGENTS if agent.name in place.agents]
    return f" ({', '.join(titles)})" if titles else " (no agent was found; most read this folder)"


def _write(found: Sequence[Done], around: Surroundings, *, with_action: bool) -> None:
    shape: Callable[[Done], SkillPlaceObject] = _acted if with_action else _stood
    told: SkillObject = {
        "schema": SCHEMA,
        "version": __version__,
        "ok": all(done.action is not Action.REFUSED for done in found),
        "places": [shape(done) for done in found],
    }
    write_line(around.stdout, json_text(told))


def _stood(done: Done) -> "SkillPlaceObject":
    return {"path": str(done.place.folder), "agents": list(done.place.agents), "state": done.state.value}


def _acted(done: Done) -> "SkillPlaceObject":
    return {**_stood(done), "action": done.action.value}
