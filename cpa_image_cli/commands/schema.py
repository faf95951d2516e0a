"""``cpa-image schema``: what programs read, as JSON Schema; the files are made of the types that write it."""

from typing import Annotated

import typer

from cpa_image_cli.adapters.files.schemas import schema as schema_named
from cpa_image_cli.adapters.files.schemas import schema_names, schema_text
from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.parsing.manual import told
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.text import one_line
from cpa_image_cli.process.surroundings import Surroundings


@told(
    Manual(
        examples=(
            Example("cpa-image schema", "name them all"),
            Example("cpa-image schema result", "what generate --json prints"),
            Example("cpa-image schema event > event.json", "what generate --jsonl prints, for a validator"),
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
    names = schema_names()
    if name is None:
        for each in names:
            write_line(around.stdout, f"{each}\t{schema_named(each)['title']}")
        return
    if name not in names:
        raise UsageError(f"there is no schema {one_line(name)!r}", hint=f"There are {', '.join(names)}.")
    write_line(around.stdout, schema_text(name).rstrip("\n"))
