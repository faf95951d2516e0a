"""``cpa-image strip``: a copy of a picture without what tells about it, and the proof of what is left."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cpa_image_cli.adapters.files.folders import is_folder
from cpa_image_cli.adapters.provenance.coded import coded_sha256
from cpa_image_cli.adapters.provenance.credentials import carrying
from cpa_image_cli.adapters.provenance.parts import Container, UnknownContainer
from cpa_image_cli.adapters.provenance.stripping import Carrier, carriers_in, stripped
from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.parsing.manual import told
from cpa_image_cli.commands.provenance.inspecting import opened
from cpa_image_cli.core.errors import Code, ExitStatus, OutputError, UsageError
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.text import json_text, one_line
from cpa_image_cli.process.surroundings import Surroundings

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.inspection import StrippedObject

UNSEEN = "a watermark in the pixels, such as SynthID, cannot be seen by this program and stays"
BROKEN = "the content credentials stay, and no longer match: what was taken out was signed with the picture"
UNSIGNED = "the content credentials are gone: nothing proves any more who made the picture, or that a model did"


@told(
    Manual(
        examples=(
            Example("cpa-image strip squirrel.png -o clean.png", "before it is shared"),
            Example("cpa-image strip squirrel.png -o bare.png --credentials", "without its content credentials, too"),
            Example("cpa-image strip squirrel.png -o clean-2.png --json", "what was taken out, for programs"),
        ),
        statuses=(ExitStatus.OK, ExitStatus.USAGE, ExitStatus.OUTPUT),
    )
)
def strip(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The picture: PNG, JPEG, WebP or GIF.", show_default=False)
    ],
    *,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="PATH", help="The copy; it must not exist yet.", show_default=False),
    ],
    credentials: Annotated[
        bool,
        typer.Option(
            "--credentials",
            help="Take out content credentials, too. Then nothing proves any more who made the picture; in some places"
            " it is unlawful to remove the mark of a generated picture.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """
    Copy a picture without prompts and metadata; its pixels, colours and orientation stay as they are.

    The copy is examined for everything that can be found in a file, and what is left is told. Content credentials stay
    unless --credentials is given.
    """
    around: Surroundings = ctx.obj
    container = opened(around.at(file))
    destination = _free(around.at(output), file)
    before = carriers_in(container)
    left = _written(container, destination, with_credentials=credentials)
    if as_json:
        shown: StrippedObject = {
            "schema": "cpa-image/stripped/1",
            "output": str(destination),
            "removed": _names(before, without=left),
            "left": [carrier.what for carrier in left],
            "picture_sha256": coded_sha256(container),
        }
        write_line(around.stdout, json_text(shown))
        return
    for line in _told(container, before, left):
        write_line(around.stderr, line)
    write_line(around.stdout, str(destination))


def _free(output: Path, file: Path) -> Path:
    destination = output / file.name if is_folder(output) else output
    if destination.exists() or destination.is_symlink():
        raise OutputError(f"{one_line(str(destination))} exists already", code=Code.OUTPUT_EXISTS)
    return destination


def _written(container: Container, destination: Path, *, with_credentials: bool) -> tuple[Carrier, ...]:
    try:
        return stripped(container, destination, with_credentials=with_credentials)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"{one_line(str(destination))} cannot be written: {reason}", code=Code.OUTPUT_UNWRITABLE
        ) from error
    except UnknownContainer as unknown:
        raise UsageError(f"the copy cannot be read again: {unknown}") from unknown


def _names(before: tuple[Carrier, ...], *, without: tuple[Carrier, ...]) -> list[str]:
    kept = {carrier.what for carrier in without}
    return list(dict.fromkeys(carrier.what for carrier in before if carrier.what not in kept))


def _told(container: Container, before: tuple[Carrier, ...], left: tuple[Carrier, ...]) -> list[str]:
    gone = _names(before, without=left)
    kept = list(dict.fromkeys(carrier.what for carrier in left))
    lines = [f"taken out: {', '.join(gone) or 'nothing, there was nothing to take out'}"]
    if "EXIF" in kept:
        kept[kept.index("EXIF")] = "EXIF, of which only how the picture lies"
    lines.append(f"left: {', '.join(kept) or 'nothing beside the picture'}")
    if carrying(container):
        is_signed = "content credentials" in kept
        lines += [BROKEN] if is_signed and gone else [] if is_signed else [UNSIGNED]
    return [*lines, UNSEEN]
