"""``cpa-image generate``: flags → an order and how it is told → a picture → the exit status."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.generate.flags import DEFAULTS_OF_GENERATE, TIME, GenerateFlags
from cpa_image_cli.commands.generate.presentation import Presentation
from cpa_image_cli.commands.generate.prompt_source import prompt_of
from cpa_image_cli.commands.parsing.flags_as_command import command_taking
from cpa_image_cli.commands.parsing.manual import GATEWAY_VARIABLES, OF_A_RUN, told
from cpa_image_cli.core.agents import JSON_HINT, is_for_an_agent
from cpa_image_cli.core.contracts.dry_run import DryRunObject
from cpa_image_cli.core.errors import Code, ExitStatus, UsageError
from cpa_image_cli.core.gateway.endpoint import shown_url
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.job.results import Ended
from cpa_image_cli.core.job.side_by_side import MOST, USUAL, status_of_all
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.pictures.inputs import STANDARD_INPUT
from cpa_image_cli.core.text import json_text, one_line
from cpa_image_cli.core.wire.request import KEY_VARIABLE, as_curl, shown_body, shown_headers
from cpa_image_cli.process.signals import unsent_stops
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.settings import with_ledger

if TYPE_CHECKING:
    from cpa_image_cli.engine.workshop import Workshop


def _generate(ctx: typer.Context, flags: GenerateFlags) -> None:
    """
    Generate a picture from a prompt.

    A text model is asked, over the gateway's /v1/responses, and draws with the image tool that the gateway offers it.
    What you leave out of the picture's size, quality and so on, the gateway decides. The picture's path is all that
    goes to standard output. After -n on a terminal that shows pictures, keys say which of them stay: the others lie in
    the trash.
    """
    around = around_of(ctx, flags)
    with unsent_stops():
        refuse_contradictions(flags, around)
        make(flags.order(prompt_from(flags, around)), flags, around)


generate = told(
    Manual(
        examples=(
            Example('cpa-image generate "a red squirrel in the snow"', "into your pictures folder"),
            Example(
                'cpa-image generate "画一只可爱的松鼠" -o squirrel.png --size 1536x1024 --quality high', "to a file"
            ),
            Example('cpa-image generate "a poster" --stream -o poster/', "watch it form; a name of its own in poster/"),
            Example("cpa-image generate --prompt-file prompt.txt -o - > poster.png", "from a file, to standard output"),
            Example('cpa-image generate "a cat" --json --quiet', "for a program: one JSON object and nothing else"),
        ),
        statuses=OF_A_RUN,
        variables=GATEWAY_VARIABLES,
        remarks=TIME,
        defaults=DEFAULTS_OF_GENERATE,
    )
)(command_taking(GenerateFlags, _generate))


def make(order: Order, flags: GenerateFlags, around: Surroundings) -> None:
    """
    Do what *order* says and tell it as *flags* say.

    Raises: CpaImageError for what keeps it from being sent; typer.Exit with the status of a run that failed.
    """
    if flags.dry_run:
        _print_request(order, flags, around)
        return
    from cpa_image_cli.commands.generate.running import carry_out, workshop_for

    if is_for_an_agent(around.environ) and not (flags.json or flags.jsonl or flags.quiet):
        write_line(around.stderr, JSON_HINT)
    with workshop_for(around) as workshop:
        settings = workshop.settings(order)
        presentation = Presentation.chosen(
            settings, around, quiet=flags.quiet, verbose=flags.verbose, json=flags.json, jsonl=flags.jsonl
        )
        if flags.detach:
            from cpa_image_cli.commands.generate.detaching import send_off

            send_off(order, presentation, workshop)
            return
        if order.count != 1:
            raise typer.Exit(int(_make_several(order, presentation, workshop, flags)))
        outcome = carry_out(order, presentation, workshop)
    _see_to([outcome], flags, around)
    raise_unless_ok(outcome)


def _see_to(outcomes: "list[Outcome]", flags: GenerateFlags, around: Surroundings) -> None:
    """Do what *flags* want done with what there is now."""
    if flags.opens or flags.copies or flags.notifies:
        from cpa_image_cli.commands.generate.afterwards import afterwards

        afterwards(outcomes, around, opens=flags.opens, copies=flags.copies, notifies=flags.notifies)


def raise_unless_ok(outcome: Outcome) -> None:
    """Raise typer.Exit with the status of *outcome*, if there is no picture."""
    if outcome.trouble is not None:
        raise typer.Exit(int(outcome.trouble.code.exit_status))


def jobs_of(flags: GenerateFlags) -> int:
    """Return how many jobs may run at a time. Raises: UsageError."""
    jobs = USUAL if flags.jobs is None else flags.jobs
    if not 1 <= jobs <= MOST:
        raise UsageError(f"-j {jobs}: expected a whole number from 1 to {MOST}")
    return jobs


def _make_several(order: Order, presentation: Presentation, workshop: "Workshop", flags: GenerateFlags) -> ExitStatus:
    from cpa_image_cli.commands.generate.running_many import carry_out_all, print_results
    from cpa_image_cli.engine.many.several import plans_of, refused

    most = jobs_of(flags)
    plans = plans_of(order, workshop)
    for _, error in refused(plans):
        raise error
    made = carry_out_all(plans, presentation, workshop.around, most=most)
    ended = [Ended(whose=plan.whose, outcome=made.outcomes[n]) for n, plan in enumerate(plans, 1) if n in made.outcomes]
    print_results(ended, presentation, workshop.around, asked=len(plans))
    _see_to([one.outcome for one in ended], flags, workshop.around)
    if made.stop is None and (stop := _choose(ended, presentation, workshop.around)):
        return stop.exit_status
    statuses = [one.outcome.exit_status for one in ended]
    return status_of_all(statuses, unbegun=len(plans) - len(ended), stop=made.stop)


def _choose(ended: Sequence[Ended], presentation: Presentation, around: Surroundings) -> Code | None:
    from cpa_image_cli.commands.generate.choosing import choose

    return choose([one.outcome.output for one in ended if one.outcome.output is not None], presentation, around)


def around_of(ctx: typer.Context, flags: GenerateFlags) -> Surroundings:
    """Return the surroundings of the command, with the ledger that *flags* name, or the profile in them."""
    around: Surroundings = ctx.obj
    if flags.ledger is None and flags.profile is None:
        return around
    return with_ledger(around, flags.ledger, profile=flags.profile)


def prompt_from(flags: GenerateFlags, around: Surroundings) -> str:
    """Return the prompt that *flags* name the source of. Raises: UsageError."""
    said = flags.argument is not None or flags.prompt is not None
    from_stdin = not said and (flags.prompt_file is None or str(flags.prompt_file) == "-")
    if from_stdin and _takes_standard_input(flags) and not (flags.prompt_file is None and around.stdin.isatty()):
        raise UsageError("standard input has a picture, so the prompt has to be given otherwise", hint=_SAY_IT)
    return prompt_of(argument=flags.argument, option=flags.prompt, file=flags.prompt_file, around=around)


_SAY_IT = "Say it as an argument, in quotes."


def _takes_standard_input(flags: GenerateFlags) -> bool:
    names = [*(flags.inputs or ()), flags.mask or ""]
    return any(name == STANDARD_INPUT or name.endswith(f"={STANDARD_INPUT}") for name in names)


def _print_request(order: Order, flags: GenerateFlags, around: Surroundings) -> None:
    from cpa_image_cli.engine.plan import job_of
    from cpa_image_cli.engine.workshop import Workshop

    with Workshop(around, sends=False) as workshop:
        settings = workshop.settings(order)
        job = job_of(order, settings, pictures=workshop.pictures(order))
    for notice in () if flags.quiet else job.notices:
        write_line(around.stderr, f"warning: {one_line(notice.message)}")
    sends_key = settings.api_key.origin is None or settings.sends_key
    variable = (settings.api_key.variable or KEY_VARIABLE) if sends_key else None
    curl = as_curl(job, key_variable=variable)
    if flags.json or flags.jsonl:
        headers = shown_headers(job, key_variable=variable)
        shown: DryRunObject = {
            "schema": "cpa-image/dry-run/1",
            "url": shown_url(job.url),
            "request": shown_body(job),
            "headers": headers,
            "curl": curl,
        }
        write_line(around.stdout, json_text(shown))
        return
    write_line(around.stdout, json_text(shown_body(job), indent=2))
    write_line(around.stdout, f"\n{curl}")


def refuse_contradictions(flags: GenerateFlags, around: Surroundings) -> None:
    """Raise a UsageError if *flags* cannot all be meant."""
    rules = (
        (flags.json and flags.jsonl, "--json and --jsonl contradict each other"),
        (flags.quiet and flags.verbose, "--quiet and --verbose contradict each other"),
        (flags.force and flags.if_exists not in {None, "overwrite"}, "--force and --if-exists contradict each other"),
        (flags.played is not None and flags.base_url is not None, "--sandbox and --base-url contradict each other"),
        (
            flags.output == "-" and (flags.json or flags.jsonl),
            f"-o - and {'--json' if flags.json else '--jsonl'} both want standard output",
        ),
        (
            flags.output == "-" and not flags.dry_run and around.stdout.isatty(),
            "a picture's bytes would garble the terminal; redirect standard output, or name a file with -o",
        ),
        (flags.output == "", "-o is empty"),
        (flags.output == "-" and flags.count not in {None, 1}, "-o - takes one picture, and -n asks for several"),
        (flags.detach and flags.jsonl, "--detach and --jsonl contradict each other"),
        (flags.detach and flags.output == "-", "-o - needs somebody who reads, and --detach leaves nobody"),
        (flags.detach and flags.count not in {None, 1}, "--detach is for one picture, and -n asks for several"),
        (flags.request_id is not None and flags.count not in {None, 1}, "--request-id is for one picture"),
    )
    for broken, sentence in rules:
        if broken:
            raise UsageError(sentence)
