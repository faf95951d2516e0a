"""``cpa-image edit``: pictures and what to change → an order that wants the first of them changed."""

from dataclasses import field, replace
from typing import Annotated

import typer

from cpa_image_cli.commands.generate.flags import DEFAULTS_OF_GENERATE, TIME, GenerateFlags
from cpa_image_cli.commands.parsing.flags_as_command import LEADS, command_taking
from cpa_image_cli.commands.parsing.manual import GATEWAY_VARIABLES, OF_A_RUN, told
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.process.signals import unsent_stops


@dataclass(frozen=True, slots=True, kw_only=True)
class EditFlags(GenerateFlags):
    """The flags of ``generate``, with pictures before the prompt."""

    originals: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PICTURE...",
            help="The picture to change: a file, - for standard input, last, an id, or an https address. Further "
            "pictures are looked at.",
            show_default=False,
        ),
    ] = field(default=None, metadata={LEADS: True})
    argument: Annotated[
        str | None,
        typer.Argument(metavar="[PROMPT]", help="What to change, in quotes.", show_default=False),
    ] = None


def _edit(ctx: typer.Context, given: EditFlags) -> None:
    """
    Change a picture.

    It is sent with the prompt, and comes back changed, as a new file. To go on from the last picture, name it `last`:
    its file is sent again, so this works with every gateway. Where only a part may change, name a --mask.
    """
    from cpa_image_cli.commands.generate.command import make, prompt_from, refuse_contradictions

    with unsent_stops():
        flags = _as_generate(given)
        refuse_contradictions(flags, ctx.obj)
        order = replace(flags.order(prompt_from(flags, ctx.obj)), edit=True)
        make(order, flags, ctx.obj)


edit = told(
    Manual(
        examples=(
            Example('cpa-image edit cat.png "give it a red scarf, change nothing else" -o cat-scarf.png', "a file"),
            Example('cpa-image edit last "now at night"', "go on from the last picture"),
            Example('cpa-image edit room.png "a window with a sea view" --mask hole.png --keep-outside', "only there"),
            Example('cpa-image edit me.jpg hat.png "Put the hat of Image 2 on the head of Image 1"', "from two"),
        ),
        statuses=OF_A_RUN,
        variables=GATEWAY_VARIABLES,
        remarks=TIME,
        defaults=DEFAULTS_OF_GENERATE,
    )
)(command_taking(EditFlags, _edit))


def _as_generate(given: EditFlags) -> EditFlags:
    """
    Return what the command line of ``generate`` must say for the same.

    The last word is the prompt, unless that is given otherwise, or there is only one word: then it is a picture, and
    the prompt is asked for. Raises: UsageError when no picture was named.
    """
    words = [*(given.originals or ()), *([given.argument] if given.argument is not None else [])]
    is_said_otherwise = given.prompt is not None or given.prompt_file is not None
    prompt = words.pop() if len(words) > 1 and not is_said_otherwise else None
    inputs = [*words, *(given.inputs or ())]
    if not inputs:
        raise UsageError("no picture was named", hint='Name it before the prompt: cpa-image edit cat.png "a hat"')
    return replace(given, originals=None, argument=prompt, inputs=inputs)
