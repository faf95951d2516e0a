"""``cpa-image models``: what the gateway lists, which of it is in use, and what cannot be the text model."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cpa_image_cli.commands.dialogue.stdio import write_drawn, write_line
from cpa_image_cli.commands.parsing.manual import GATEWAY_VARIABLES, told
from cpa_image_cli.core.errors import Code, CpaImageError, ExitStatus
from cpa_image_cli.core.job.image_models import why_no_text_model
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.text import json_text, one_line
from cpa_image_cli.process.surroundings import Surroundings

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.models import ModelsObject
    from cpa_image_cli.core.settings.settings import Settings

SCHEMA: Final = "cpa-image/models/1"


@told(
    Manual(
        examples=(
            Example("cpa-image models", "what the gateway in use lists"),
            Example("cpa-image models --base-url https://gateway.example/v1", "what another one does"),
            Example("cpa-image models --json", "for a program"),
        ),
        statuses=(ExitStatus.OK, ExitStatus.USAGE, ExitStatus.CONFIG, ExitStatus.AUTH, ExitStatus.GATEWAY),
        variables=GATEWAY_VARIABLES,
    )
)
def models(
    ctx: typer.Context,
    *,
    base_url: Annotated[str | None, typer.Option("--base-url", metavar="URL", help="Base URL of the gateway.")] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="PROFILE", help="Profile of the config file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """
    List the models of the gateway. It costs nothing.

    One of them is the text model that is asked, and draws with the image tool. An image model cannot be asked itself;
    it is named with --image-model. That a model is listed does not promise that its account has the image tool.
    """
    around: Surroundings = ctx.obj
    settings, names = _listed({"base_url": base_url, "profile": profile}, around)
    if as_json:
        write_line(around.stdout, json_text(_data(settings, names)))
        return
    rows = [(one_line(name, limit=200), _note(name, settings)) for name in names]
    if not around.stdout.isatty():
        write_line(around.stdout, "\n".join(("MODEL\tNOTE", *("\t".join(row) for row in rows))))
        return
    from cpa_image_cli.adapters.terminal.keyboard import size_of
    from cpa_image_cli.core.terminal.graphics import has_colours
    from cpa_image_cli.ui.models import table

    lines = table(rows, width=size_of(around.stdout).columns, is_coloured=has_colours(around.environ))
    write_drawn(around.stdout, "\n".join(lines))
    if settings.model.value not in names:
        write_line(around.stderr, f"{settings.model.value}, the model in use, is not among them.")


def _listed(flags: dict[str, str | None], around: Surroundings) -> "tuple[Settings, tuple[str, ...]]":
    """Return the settings, and what their gateway lists. Raises: CpaImageError for whatever keeps that from us."""
    from cpa_image_cli.doctor import Obstacle, Question, examination_of

    case = examination_of(Question(around=around, program=Path(sys.executable), flags=flags))
    try:
        return case.settings(), case.listing()
    except Obstacle as obstacle:
        verdict = obstacle.verdict
        # A key that was meant for another host is sent nowhere; that is a matter of the settings.
        code = verdict.code or (Code.CONFIG_INVALID if obstacle.check == "pairing" else Code.UNEXPECTED_ANSWER)
        raise CpaImageError(verdict.found, code=code, hint=verdict.advice or None) from obstacle
    finally:
        case.close()


def _note(name: str, settings: "Settings") -> str:
    return "in use" if name == settings.model.value else why_no_text_model(name) or ""


def _data(settings: "Settings", names: tuple[str, ...]) -> "ModelsObject":
    return {
        "schema": SCHEMA,
        "gateway": settings.base_url.shown,
        "model": settings.model.value,
        "models": [
            {
                "id": name,
                "in_use": name == settings.model.value,
                "is_text_model": why_no_text_model(name) is None,
                "note": why_no_text_model(name),
            }
            for name in names
        ],
    }
