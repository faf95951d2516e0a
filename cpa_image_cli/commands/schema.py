"""``cpa-image schema``: what programs read, as JSON Schema; the files are made of the types that write it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.parsing.manual import told
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.text import one_line
from cpa_image_cli.process.surroundings import Surroundings

FOLDER = Path(__file__).parents[1] / "schemas"


@told(
    Manual(
        examples=(
            Example("cpa-image schema", "which there are"),
            Example("cpa-image schema result", "that of what generate --json prints"),
        )
    )
)
def schema(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="SCHEMA", help="Which one; without it, all are listed.", show_default=False)
    ] = None,
) -> None:
    """
    Print the JSON Schema of an object that --json or --jsonl prints.

    Within a version keys are only added, so readers should bear with those they do not know.
    """
    around: Surroundings = ctx.obj
    files = {path.stem: path for path in sorted(FOLDER.glob("*.json"))}
    if name is None:
        for each, path in files.items():
            write_line(around.stdout, f"{each}\t{json.loads(path.read_text(encoding='utf-8'))['title']}")
        return
    if name not in files:
        raise UsageError(f"there is no schema {one_line(name)!r}", hint=f"There are {', '.join(files)}.")
    write_line(around.stdout, files[name].read_text(encoding="utf-8").rstrip("\n"))
