"""Decides what the commands of ``history`` share: how runs are picked on the command line, and what programs get."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.past_time import moment
from cpa_image_cli.core.ledger.run import Run
from cpa_image_cli.core.ledger.selection import Selection
from cpa_image_cli.core.text import json_text
from cpa_image_cli.engine.elsewhere.settling import settled
from cpa_image_cli.process.surroundings import Surroundings

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.history import HistoryObject, RunObject

Search = Annotated[
    str | None,
    typer.Option("--search", "-s", metavar="WORDS", help="Runs whose prompt has all these words, in any language."),
]
Failed = Annotated[bool, typer.Option("--failed", help="Runs that ended without a picture.")]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="WHEN", help="Runs since then: 3h, 2d, 1w, 2026-05-01, today or yesterday."),
]
Model = Annotated[
    str | None, typer.Option("--model", "-m", metavar="MODEL", help="Runs of this model; * stands for anything.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
LedgerFile = Annotated[
    str | None, typer.Option("--ledger", metavar="FILE", help="Another ledger than the usual one.", show_default=False)
]
Identity = Annotated[
    str,
    typer.Argument(metavar="ID", help="First characters of the run's id, or last, or last~2.", show_default=False),
]


def history_of(around: Surroundings) -> History:
    """Return this user's history, in which what dead processes left is settled; a picture among it is told."""
    for left in settled(around):
        write_line(around.stderr, left.notice.message)
    return History(around.directories().history_file)


def around_of(ctx: typer.Context, ledger: str | None) -> Surroundings:
    """Return the surroundings of a command, with *ledger* in the place of the usual one if it is named."""
    around: Surroundings = ctx.obj
    if ledger is None:
        return around
    from cpa_image_cli.settings import with_ledger

    return with_ledger(around, ledger)


def run_named(reference: str, around: Surroundings) -> Run:
    """Return the run that *reference* names. Raises: UsageError."""
    return history_of(around).find([reference])[0]


LONGEST_CHAIN = 50
"""Runs that are followed backwards, whatever an altered history says."""


def runs_before(run: Run, around: Surroundings) -> tuple[Run, ...]:
    """Return the runs that *run* goes on from, the newest first, as far as history still has them."""
    earlier: list[Run] = []
    while run.origin is not None and len(earlier) < LONGEST_CHAIN:
        try:
            run = run_named(run.origin, around)
        except UsageError:
            break
        earlier.append(run)
    return tuple(earlier)


def selection_of(
    around: Surroundings,
    *,
    search: str | None = None,
    failed: bool = False,
    since: str | None = None,
    model: str | None = None,
    sandboxed: bool | None = None,
    job_states: frozenset[JobState] = frozenset(),
) -> Selection:
    """Return what these options pick. Raises: UsageError."""
    now = around.now().astimezone()
    return Selection(
        containing=search or "",
        without_picture=failed,
        since=moment(since, option="--since", now=now).astimezone() if since is not None else None,
        model=model,
        sandboxed=sandboxed,
        job_states=job_states,
    )


def is_missing(run: Run) -> bool:
    """Whether the picture of *run* is not where it was saved any more."""
    return run.output is not None and not _is_there(run.output)


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        # A folder that may not be entered, or a drive that does not answer: nobody knows.
        return True
    return True


def write_json(around: Surroundings, found: "HistoryObject") -> None:
    """Print *found* as the one object that a program gets."""
    write_line(around.stdout, json_text(found))


def as_json(run: Run) -> "RunObject":
    """Return *run* as programs are shown it."""
    return run.as_json(missing=is_missing(run))
