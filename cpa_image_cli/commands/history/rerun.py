"""
``history rerun``: an earlier prompt once more, with the parameters it had and any of them overridden.

What the run did not ask for is not asked for now either, whatever the configuration has come to say since. Where it
goes is today's affair: the gateway and the key are those of today, so that no key is sent to a gateway of old; only a
run of the sandbox stays there unless it is told otherwise.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from cpa_image_cli.adapters.files.folders import is_folder
from cpa_image_cli.adapters.ledger.selecting import SANDBOX
from cpa_image_cli.commands.generate.flags import DEFAULTS_OF_GENERATE, TIME, GenerateFlags
from cpa_image_cli.commands.history.earlier_request import Earlier, earlier_request
from cpa_image_cli.commands.parsing.flags_as_command import command_taking
from cpa_image_cli.commands.parsing.manual import GATEWAY_VARIABLES, OF_A_RUN, told
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.job.image_options import flags as image_flags
from cpa_image_cli.core.job.job import DEFAULT_INSTRUCTIONS
from cpa_image_cli.core.job.order import Parent
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.pictures.formats import FORMAT_OF_EXTENSION
from cpa_image_cli.process.signals import unsent_stops
from cpa_image_cli.process.surroundings import Surroundings

WATCHED = "partial_images"
"""The one parameter that is about who looks on, and not about the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RerunFlags(GenerateFlags):
    """The flags of ``generate``, with the run in the place of the prompt."""

    argument: Annotated[
        str | None,
        typer.Argument(
            metavar="ID",
            help="First characters of the run's id, or last, or last~2; or a picture that says what it was made of.",
            show_default=False,
        ),
    ] = None
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Send what a picture file says without asking.")] = False
    no_sandbox: Annotated[
        bool,
        typer.Option(
            "--no-sandbox",
            help="Send it to the configured gateway, though the run was one of the sandbox.",
            rich_help_panel="Trying it out",
        ),
    ] = False


def _rerun(ctx: typer.Context, given: RerunFlags) -> None:
    """
    Make another picture from an earlier prompt, under a new name.

    Model, parameters and instructions are those of the earlier run; each can be overridden. The gateway is the one
    that is configured now, but a run of the sandbox stays there. It is the same request, and never the same picture:
    there is no seed.
    """
    from cpa_image_cli.commands.generate.command import around_of, make, prompt_from, refuse_contradictions

    around = around_of(ctx, given)
    if given.argument is None:
        raise UsageError("no run was named", hint="Say `last`, or an id that `cpa-image history list` shows.")
    if given.no_sandbox and given.played is not None:
        raise UsageError("--sandbox and --no-sandbox contradict each other")
    with unsent_stops():
        run = earlier_request(given.argument, around, agreed=given.yes)
        flags = flags_of(run, given, around=around)
        refuse_contradictions(flags, around)
        model = run.model if given.model is None else ""
        parent = Parent(id=run.id, gateway=run.gateway, model=model) if run.id else None
        order = flags.order(prompt_from(flags, around))
        handling = order.handling if given.inputs else replace(order.handling, digests=digests_of(run))
        order = replace(order, parent=parent, unasked=_unasked(run, given), handling=handling)
        make(order, flags, around)


OF_THE_RUN = "as it was"

rerun = told(
    Manual(
        examples=(
            Example("cpa-image history rerun last", "the same once more"),
            Example("cpa-image history rerun squirrel.png", "what made this picture, if it is known or says so"),
            Example("cpa-image history rerun last~1 --quality high --size 1536x1024", "the same, but for these"),
            Example(
                'cpa-image history rerun last --prompt "a red squirrel at night"', "another prompt, all else equal"
            ),
        ),
        statuses=OF_A_RUN,
        variables=GATEWAY_VARIABLES,
        remarks=TIME,
        defaults={
            **DEFAULTS_OF_GENERATE,
            **{flag.name: OF_THE_RUN for _, flag in image_flags()},
            "--output": "a name made of the prompt, beside the first picture",
            **dict.fromkeys(("--model", "--format", "--instructions", "--stream"), OF_THE_RUN),
        },
    )
)(command_taking(RerunFlags, _rerun))


def flags_of(run: Earlier, given: RerunFlags, *, around: Surroundings) -> GenerateFlags:
    """Return what the command line of ``generate`` must say to repeat *run*, but for what is *given* now."""
    asked = {name: str(value) for name, value in run.parameters.items()}
    streamed = run.parameters.get("stream") is True if given.stream is None else given.stream
    if not streamed:
        asked.pop(WATCHED, None)
    says_prompt = given.prompt is not None or given.prompt_file is not None
    stays = run.gateway == SANDBOX and not (given.no_sandbox or given.base_url is not None or given.profile is not None)
    return replace(
        given,
        argument=None,
        output=_first(given.output, _beside(run)),
        prompt=given.prompt if says_prompt else run.prompt,
        model=_first(given.model, run.model or None),
        allow_image_model=given.allow_image_model or (given.model is None and run.was_sent_to_image_model),
        image={name: _first(given.image.get(name), asked.get(name)) for name, _ in image_flags()},
        output_format=_first(given.output_format, _format(asked, given.output, around)),
        instructions=_first(given.instructions, asked.get("instructions"), DEFAULT_INSTRUCTIONS),
        stream=streamed,
        inputs=given.inputs or pictures_of(run),
        **_handling_of(run, given),
        sandbox=given.sandbox or stays,
    )


def pictures_of(run: Earlier) -> list[str]:
    """Return what names the pictures that *run* was sent. Raises: UsageError for one that cannot be had again."""
    return [_named_again(run, parent) for parent in run.parents]


def _named_again(run: Earlier, parent: Mapping[str, object]) -> str:
    # An address was kept without its query, and standard input not at all; whose prompt is private has no names.
    key = {"run": "run", "file": "path", "address": "name"}.get(str(parent.get("origin")), "")
    name = parent.get(key)
    if not name:
        whose = f"the run {run.id}" if run.id else "this request"
        hint = "Name the pictures with `-i`, the first to change first."
        raise UsageError(f"a picture that {whose} was sent is not known by any name", hint=hint)
    return f"{parent['role']}={name}" if parent.get("role") else str(name)


def digests_of(run: Earlier) -> tuple[str, ...]:
    """Return the digests of the pictures that *run* was sent."""
    return tuple(str(parent.get("sha256")) for parent in run.parents)


_SWITCHES = ("invert_mask", "keep_outside", "mask_as_picture", "with_history", "keep_metadata", "no_resize")


def _handling_of(run: Earlier, given: RerunFlags) -> dict[str, Any]:
    """Return how *run* treated its pictures, but for what is *given* now."""
    was = run.parameters
    switches: dict[str, Any] = {name: getattr(given, name) or was.get(name) is True for name in _SWITCHES}
    if given.max_edge is not None:
        switches["no_resize"] = False
    edge = was.get("max_edge")
    mask = was.get("mask")
    return {
        **switches,
        "mask": given.mask or (mask if isinstance(mask, str) else None),
        "max_edge": given.max_edge or (edge if isinstance(edge, int) and not switches["no_resize"] else None),
    }


def _format(asked: Mapping[str, str], output: str | None, around: Surroundings) -> str | None:
    """Return the format of the earlier run, unless *output* names another by its extension."""
    named = Path(output or "").suffix.lower() in FORMAT_OF_EXTENSION
    if output and named and not is_folder(around.at(output)):
        return None
    return asked.get("output_format")


def _beside(run: Earlier) -> str | None:
    """Return the folder where the picture of *run* lies, for the new one; None if there is no such folder any more."""
    return f"{run.folder}/" if run.folder is not None and is_folder(run.folder) else None


def _first(*values: str | None) -> str | None:
    """Return the first of *values* that is there, be it empty: an empty one is for `generate` to refuse."""
    return next((value for value in values if value is not None), None)


def _unasked(run: Earlier, given: RerunFlags) -> frozenset[str]:
    """Return the parameters that neither *run* nor *given* asked for."""
    wanted = run.parameters.keys() | {name for name, value in given.image.items() if value is not None} | {WATCHED}
    return frozenset(name for name, _ in image_flags() if name not in wanted)
