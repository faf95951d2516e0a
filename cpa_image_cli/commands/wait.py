"""``wait`` and ``stop``: jobs that another process carries out, waited for to their end, or ended."""

import os
import signal
from collections.abc import Sequence
from typing import Annotated

import typer

from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.generate.presentation import Presentation, Printed, Telling
from cpa_image_cli.commands.history.picking import LedgerFile, around_of, history_of
from cpa_image_cli.commands.parsing.manual import OF_A_RUN, told
from cpa_image_cli.core.errors import ExitStatus, UsageError
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.result import outcome_of
from cpa_image_cli.core.ledger.run import Run, RunState
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.text import json_text, one_line
from cpa_image_cli.process.signals import Stopped
from cpa_image_cli.process.surroundings import Surroundings

Identities = Annotated[
    list[str], typer.Argument(metavar="ID...", help="First characters of ids, or last, or last~2.", show_default=False)
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for each job.")]

ENDS_WITHIN = 5.0
"""Seconds that a stopped job is given to end: it may have a picture in hand to save."""

LONGEST_PROMPT = 60


@told(
    Manual(
        examples=(
            Example("cpa-image wait last", "until the last run is over; prints what generate would have printed"),
            Example("cpa-image wait last --timeout 45 --json", "for 45 seconds at most; 11 means not yet"),
        ),
        statuses=OF_A_RUN,
    )
)
def wait(
    ctx: typer.Context,
    identities: Identities,
    *,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="SECONDS", min=0.0, help="Wait no longer than this.", show_default=False),
    ] = None,
    quiet: Quiet = False,
    in_json: Json = False,
    ledger: LedgerFile = None,
) -> None:
    """
    Wait for jobs to end, and print what generate would have printed.

    It ends as the job did; with 11 if it is still under way when the time is over. Several jobs that ended alike end
    alike, others with 10.
    """
    around = around_of(ctx, ledger)
    runs = history_of(around).find(identities)
    presentation = _presentation(quiet=quiet, in_json=in_json)
    until = None if timeout is None else around.clock() + timeout
    statuses = [_waited_for(run, presentation, around, until=until) for run in runs]
    raise typer.Exit(_status_of(statuses))


@told(
    Manual(
        examples=(
            Example("cpa-image stop last", "end the last run; a picture that is in hand is saved"),
            Example("cpa-image stop last last~1", "end the last two"),
        ),
        statuses=(ExitStatus.OK, ExitStatus.USAGE, ExitStatus.CONFIG, ExitStatus.RUNNING),
    )
)
def stop(
    ctx: typer.Context,
    identities: Identities,
    *,
    quiet: Quiet = False,
    in_json: Json = False,
    ledger: LedgerFile = None,
) -> None:
    """
    End jobs that are under way, wherever they run.

    What was sent may be billed all the same. A picture that is in hand is saved first.
    """
    around = around_of(ctx, ledger)
    runs = history_of(around).find(identities)
    _send_stop(runs, around)
    presentation = _presentation(quiet=quiet, in_json=in_json)
    until = around.clock() + ENDS_WITHIN
    statuses = [_waited_for(run, presentation, around, until=until, stopping=True) for run in runs]
    raise typer.Exit(int(ExitStatus.RUNNING if ExitStatus.RUNNING in statuses else ExitStatus.OK))


def _presentation(*, quiet: bool, in_json: bool) -> Presentation:
    telling = Telling.ERRORS if quiet else Telling.LINES
    return Presentation(telling=telling, printed=Printed.OBJECT if in_json else Printed.PATH, preview="never")


def _send_stop(runs: Sequence[Run], around: Surroundings) -> None:
    """Tell the processes of *runs* to end. Raises: UsageError for one that has other jobs too."""
    history, named, owners = history_of(around), {run.id for run in runs}, set[int]()
    for run in runs:
        owner = history.owner(run.id)
        if owner is None:
            continue
        pid, jobs = owner
        others = [identity for identity in jobs if identity not in named]
        if others:
            raise UsageError(
                f"the process of {run.id} makes {len(others)} more: {', '.join(others[:4])}",
                hint="Name them too, or press Ctrl-C where they run: what is in flight is then finished.",
            )
        owners.add(pid)
    for pid in owners:
        os.kill(pid, signal.SIGTERM)


def _waited_for(
    run: Run, presentation: Presentation, around: Surroundings, *, until: float | None, stopping: bool = False
) -> int:
    from cpa_image_cli.engine.elsewhere.awaiting import awaited, stopped_waiting
    from cpa_image_cli.engine.elsewhere.settling import settled

    if run.state is RunState.RUNNING and presentation.telling is Telling.LINES and presentation.printed is Printed.PATH:
        doing = "stopping" if stopping else "waiting for"
        write_line(around.stderr, f"{doing} {run.id} ({one_line(run.prompt, limit=LONGEST_PROMPT)})")
    try:
        over = awaited(run.id, around, tick=lambda: settled(around), until=until)
    except (KeyboardInterrupt, Stopped) as ended:
        raise stopped_waiting(run.id, ended) from None
    if over is None:
        _tell_running(run, presentation, around)
        return int(ExitStatus.RUNNING)
    return _told(outcome_of(over), presentation, around)


def _told(outcome: Outcome, presentation: Presentation, around: Surroundings) -> int:
    from cpa_image_cli.commands.generate.running import print_result
    from cpa_image_cli.commands.generate.screens import Screen

    screen = Screen(presentation, around)
    screen.conclude(outcome)
    print_result(outcome, presentation, around, screen)
    return int(outcome.trouble.code.exit_status if outcome.trouble is not None else ExitStatus.OK)


def _tell_running(run: Run, presentation: Presentation, around: Surroundings) -> None:
    from cpa_image_cli.commands.generate.detaching import running

    options = {name: str(value) for name, value in run.parameters.items()}
    estimate = history_of(around).estimate(run.model, options.get("size"), options.get("quality"))
    elapsed = (around.now() - run.started_at).total_seconds()
    if presentation.printed is Printed.OBJECT:
        write_line(around.stdout, json_text(running(run.id, estimate, elapsed=elapsed)))
    else:
        hint = f"`cpa-image wait {run.id}` waits on"
        write_line(around.stderr, f"{run.id} is still under way, for {elapsed:.0f} s by now; {hint}")


def _status_of(statuses: Sequence[int]) -> int:
    if ExitStatus.RUNNING in statuses:
        return int(ExitStatus.RUNNING)
    return statuses[0] if len(set(statuses)) == 1 else int(ExitStatus.SOME)
