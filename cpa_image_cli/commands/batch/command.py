"""``cpa-image batch``: a file of rows → what is missing of it → pictures → the exit status."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cpa_image_cli.commands.batch.reading import rows_of
from cpa_image_cli.commands.batch.telling import SheetTold, complaint_lines, label_of, plan_lines, summary_lines
from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.generate.command import around_of, jobs_of, refuse_contradictions
from cpa_image_cli.commands.generate.flags import DEFAULTS_OF_GENERATE, TIME, GenerateFlags
from cpa_image_cli.commands.generate.presentation import Presentation, Printed, Telling
from cpa_image_cli.commands.parsing.flags_as_command import command_taking
from cpa_image_cli.commands.parsing.manual import GATEWAY_VARIABLES, OF_A_RUN, told
from cpa_image_cli.core.batch.progress import Standing
from cpa_image_cli.core.batch.rows import rows_in
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import ExitStatus, UsageError
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.job.results import Ended, as_json
from cpa_image_cli.core.job.side_by_side import status_of_all
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.text import json_text, one_line
from cpa_image_cli.process.signals import unsent_stops
from cpa_image_cli.process.surroundings import Surroundings

if TYPE_CHECKING:
    from cpa_image_cli.engine.many.sheet import Entry, Sheet, Wishes
    from cpa_image_cli.engine.workshop import Workshop

AGAIN = "What has been made already"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFlags(GenerateFlags):
    """The flags of ``generate``, with a file in the place of the prompt; they hold for rows that say nothing else."""

    argument: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE", help="JSON lines, plain lines, CSV or TSV; - is standard input.", show_default=False
        ),
    ] = None
    again: Annotated[
        list[str] | None,
        typer.Option(
            "--again",
            metavar="KEY",
            help="Make a row again: its key, its number, or all. May be repeated.",
            rich_help_panel=AGAIN,
        ),
    ] = None


def _batch(ctx: typer.Context, flags: BatchFlags) -> None:
    """
    Make the pictures that the rows of a file ask for, as far as they are missing.

    A row is a prompt, or an object with any option of generate by its name in the configuration, and with prompt,
    prompt_file, output, image, mask, key, request_id. The columns of a table fill {column} in --prompt, -o and options.
    Everything is checked before anything is sent. The same command again makes what is missing.
    """
    around = around_of(ctx, flags)
    with unsent_stops():
        refuse_contradictions(flags, around)
        if flags.output == "-":
            raise UsageError("-o - takes one picture, and a batch makes several")
        if flags.detach:
            raise UsageError("--detach is for one picture", hint="A batch goes on where it was if it is run again.")
        raise typer.Exit(int(_carried_out(flags, around)))


batch = told(
    Manual(
        examples=(
            Example("cpa-image batch cards.jsonl -o cards/ -j 4", "again: makes only what is missing"),
            Example(
                "cpa-image batch titles.csv --prompt '海报：{title}，{style} 风格' -o 'posters/{row:03}-{title}.png'",
                "columns of a table",
            ),
            Example("cpa-image batch cards.jsonl -o cards/ --dry-run", "what would be made, and how long it may take"),
            Example("cpa-image batch cards.jsonl -o cards/ --again 7 --force", "row 7 once more, over its picture"),
        ),
        statuses=OF_A_RUN,
        variables=GATEWAY_VARIABLES,
        remarks=TIME,
        defaults=DEFAULTS_OF_GENERATE,
    )
)(command_taking(BatchFlags, _batch))


def _carried_out(flags: BatchFlags, around: Surroundings) -> ExitStatus:
    from cpa_image_cli.commands.generate.running import workshop_for
    from cpa_image_cli.engine.many.sheet import sheet_of

    most = jobs_of(flags)
    text, form, group, folder = rows_of(flags.argument, around)
    with workshop_for(around, sends=not flags.dry_run) as workshop:
        wishes = _wishes(flags, group=group, folder=folder)
        settings = workshop.settings(wishes.defaults)
        presentation = Presentation.chosen(
            settings, around, quiet=flags.quiet, verbose=flags.verbose, json=flags.json, jsonl=flags.jsonl
        )
        if not flags.dry_run:
            _tell_settled(flags, around)
        sheet = sheet_of(rows_in(text, form), wishes, workshop)
        _refuse(sheet, around)
        if flags.dry_run:
            for line in plan_lines(sheet, around, most=most):
                write_line(around.stdout, line)
            return ExitStatus.OK
        return _made(_with_answer(sheet, presentation, around), presentation, workshop, most=most)


def _tell_settled(flags: BatchFlags, around: Surroundings) -> None:
    """Settle what a killed run left, of this batch perhaps: only then is it known what is made."""
    from cpa_image_cli.engine.elsewhere.settling import settled

    for rescued in settled(around):
        if not flags.quiet:
            write_line(around.stderr, f"warning: {one_line(rescued.notice.message)}")


def _wishes(flags: BatchFlags, *, group: str, folder: Path) -> "Wishes":
    from cpa_image_cli.engine.many.sheet import Wishes

    return Wishes(
        defaults=flags.order(flags.prompt or ""),
        group=group,
        folder=folder,
        again=frozenset(flags.again or ()),
        retries_unknown=flags.retry_unknown,
    )


def _refuse(sheet: "Sheet", around: Surroundings) -> None:
    """Raise a UsageError if a row cannot be made, after telling of each."""
    if not sheet.complaints:
        return
    for line in complaint_lines(sheet.complaints):
        write_line(around.stderr, line)
    count = len(sheet.complaints)
    raise UsageError(f"{count} {'row makes' if count == 1 else 'rows make'} no sense; nothing was sent")


def _with_answer(sheet: "Sheet", presentation: Presentation, around: Surroundings) -> "Sheet":
    """Return *sheet* with unknown rows to be made if a person says so."""
    from cpa_image_cli.commands.dialogue.questions import can_ask, confirmed

    unknown = sheet.standing(Standing.UNKNOWN)
    asks = presentation.telling in {Telling.LIVE, Telling.LINES, Telling.EVERYTHING}
    if not unknown or not asks or presentation.printed is not Printed.PATH or not can_ask(around):
        return sheet
    rows = "1 row was" if len(unknown) == 1 else f"{len(unknown)} rows were"
    if not confirmed(f"{rows} sent before, and may have been billed. Make them again?", around, default=False):
        return sheet
    entries = tuple(
        replace(entry, standing=Standing.OPEN) if entry.standing is Standing.UNKNOWN else entry
        for entry in sheet.entries
    )
    return replace(sheet, entries=entries)


def _made(sheet: "Sheet", presentation: Presentation, workshop: "Workshop", *, most: int) -> ExitStatus:
    from cpa_image_cli.commands.generate.running_many import carry_out_all

    around = workshop.around
    entries = {entry.plan.whose.job: entry for entry in sheet.standing(Standing.OPEN)}
    made = carry_out_all(
        [entry.plan for entry in entries.values()],
        presentation,
        around,
        most=most,
        name_of=lambda plan: label_of(entries[plan.whose.job]),
    )
    ended = [_ended(entries[job], outcome) for job, outcome in made.outcomes.items()]
    told_ = SheetTold(sheet=sheet, ended=tuple(ended), elsewhere=len(made.elsewhere), stop=made.stop)
    if presentation.printed is Printed.PATH and presentation.telling is not Telling.ERRORS:
        for line in summary_lines(told_):
            write_line(around.stderr, line)
    _print_object(told_, presentation, around)
    statuses = [one.outcome.exit_status for one in ended]
    return status_of_all(statuses or ([ExitStatus.OK] if told_.made_before else []), unbegun=told_.left, stop=made.stop)


def _ended(entry: "Entry", outcome: Outcome) -> Ended:
    return Ended(whose=entry.plan.whose, outcome=outcome, key=entry.row.text("key"))


def _print_object(told_: SheetTold, presentation: Presentation, around: Surroundings) -> None:
    if presentation.printed is not Printed.PATH:
        shown = as_json(told_.ended, asked=len(told_.sheet.entries), already_made=told_.made_before)
        write_line(around.stdout, json_text(shown))
