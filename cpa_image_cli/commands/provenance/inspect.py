"""``cpa-image inspect``: what picture files are, where they came from, and what their content credentials say."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cpa_image_cli.commands.dialogue.stdio import write_drawn, write_line
from cpa_image_cli.commands.history.picking import LedgerFile, around_of, history_of
from cpa_image_cli.commands.parsing.manual import told
from cpa_image_cli.commands.provenance.inspecting import inspected
from cpa_image_cli.core.errors import ExitStatus
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.provenance.inspection import SCHEMA, Inspected
from cpa_image_cli.core.text import json_text
from cpa_image_cli.process.surroundings import Surroundings

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.inspection import InspectionObject


@told(
    Manual(
        examples=(
            Example("cpa-image inspect squirrel.png", "what it is, where it came from, who signed it"),
            Example("cpa-image inspect squirrel.png fox.png --json", "the same for programs, of many"),
            Example('cpa-image inspect "$(cpa-image history path last)"', "the newest picture"),
        ),
        statuses=(ExitStatus.OK, ExitStatus.USAGE),
    )
)
def inspect(
    ctx: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Pictures: PNG, JPEG, WebP or GIF.", show_default=False)
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ledger: LedgerFile = None,
) -> None:
    """
    Tell where pictures came from: their prompt, what else is written in them, and their content credentials.

    Whatever a file says about itself is a quotation that anybody could have written. Of content credentials it is
    computed whether the bytes are as they were signed; whether the signer can be trusted is not judged.
    """
    around = around_of(ctx, ledger)
    history = history_of(around)
    found = [inspected(around.at(file), history) for file in files]
    if as_json:
        shown: InspectionObject = {"schema": SCHEMA, "files": [file.as_json() for file in found]}
        write_line(around.stdout, json_text(shown))
        return
    write_drawn(around.stdout, "\n\n".join(_told(file, around) for file in found))


def _told(file: Inspected, around: Surroundings) -> str:
    from cpa_image_cli.ui.console import composed, console_on
    from cpa_image_cli.ui.labelled import drawn, plain_lines
    from cpa_image_cli.ui.provenance.facts import facts

    told = list(facts(file))
    if not around.stdout.isatty():
        return "\n".join(plain_lines(told))
    return composed(console_on(around.stdout, around.environ), drawn(told)).rstrip("\n")
