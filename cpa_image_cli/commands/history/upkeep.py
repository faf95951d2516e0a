"""``history export``, ``forget`` and ``prune``: taking rows out of history, as a copy or for good."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cpa_image_cli.adapters.terminal.keyboard import size_of
from cpa_image_cli.commands.dialogue.questions import can_ask
from cpa_image_cli.commands.dialogue.stdio import write_drawn, write_line
from cpa_image_cli.commands.history.list import row_of, show_rows
from cpa_image_cli.commands.history.picking import (
    Failed,
    Json,
    LedgerFile,
    Model,
    Search,
    Since,
    around_of,
    as_json,
    history_of,
    is_missing,
    selection_of,
    write_json,
)
from cpa_image_cli.commands.parsing.manual import ANY_MODEL, OF_FILES, told
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.ledger.past_time import moment
from cpa_image_cli.core.ledger.run import SCHEMA, RunState
from cpa_image_cli.core.ledger.selection import Selection
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.terminal.graphics import has_colours
from cpa_image_cli.core.text import json_text, one_line
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui.history.table import MISSING, HistoryRow, table

NAMED = 10
"""Runs that are named before they are pruned; of the others it is said how many they are."""

YES = frozenset({"y", "yes", "是"})

LONGEST_PROMPT = 40


@told(
    Manual(
        examples=(
            Example("cpa-image history export > runs.jsonl", "everything, one JSON object on each line"),
            Example("cpa-image history export --since 30d --failed", "what failed in a month"),
        ),
        statuses=OF_FILES,
        defaults=ANY_MODEL,
    )
)
def export(
    ctx: typer.Context,
    *,
    search: Search = None,
    failed: Failed = False,
    since: Since = None,
    model: Model = None,
    in_json: Annotated[bool, typer.Option("--json", help="Errors, too, are one JSON object.")] = False,
    ledger: LedgerFile = None,
) -> None:
    """Print runs as JSON, one per line, oldest first."""
    del in_json  # The lines are JSON in any case; the boundary reads the option.
    around = around_of(ctx, ledger)
    selection = selection_of(around, search=search, failed=failed, since=since, model=model)
    with contextlib.closing(history_of(around).each(selection)) as runs:
        for run in runs:
            write_line(around.stdout, json_text(as_json(run)))


@told(
    Manual(
        examples=(
            Example("cpa-image history forget last", "the last run"),
            Example("cpa-image history forget last~1 last~2", "two at once"),
            Example("cpa-image history forget last --delete-picture", "and its picture, into the trash"),
        ),
        statuses=OF_FILES,
    )
)
def forget(
    ctx: typer.Context,
    identities: Annotated[
        list[str],
        typer.Argument(metavar="ID...", help="First characters of ids, or last, or last~2.", show_default=False),
    ],
    *,
    delete_picture: Annotated[
        bool, typer.Option("--delete-picture", help="Put their pictures into the trash, too.")
    ] = False,
    in_json: Json = False,
    ledger: LedgerFile = None,
) -> None:
    """
    Delete runs from history: their prompts and all that is known of them.

    The pictures stay where they are, unless you say so.
    """
    around = around_of(ctx, ledger)
    history = history_of(around)
    runs = {run.id: run for run in history.find(identities)}
    if delete_picture:
        # First, because nobody would know any more where they are.
        _throw_away([run.output for run in runs.values() if run.output is not None and not is_missing(run)], around)
    history.forget(runs)
    if in_json:
        write_json(around, {"schema": SCHEMA, "forgotten": list(runs)})
    for run in () if in_json else runs.values():
        write_line(around.stderr, f"forgot {run.id} ({one_line(run.prompt, limit=LONGEST_PROMPT)})")


def _throw_away(pictures: Sequence[Path], around: Surroundings) -> None:
    """Put *pictures* into the trash. Raises: UsageError for the first that cannot be."""
    from cpa_image_cli.adapters.programs.trash import throw_away

    for picture in pictures:
        throw_away(picture, around.environ, home=around.home, at=around.now().astimezone())
        write_line(around.stderr, f"into the trash: {picture}")


@told(
    Manual(
        examples=(
            Example("cpa-image history prune --older-than 90d --dry-run", "see what it would be"),
            Example("cpa-image history prune --missing --yes", "runs whose pictures are gone, without asking"),
        ),
        statuses=OF_FILES,
    )
)
def prune(
    ctx: typer.Context,
    *,
    older_than: Annotated[
        str | None,
        typer.Option("--older-than", metavar="WHEN", help="Runs from before then: 90d, 26w or 2026-05-01."),
    ] = None,
    missing: Annotated[bool, typer.Option("--missing", help="Runs whose picture is not there any more.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say which runs it would be; delete nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    in_json: Json = False,
    ledger: LedgerFile = None,
) -> None:
    """
    Delete old runs from history, or those whose pictures are gone; both options together mean both.

    It asks first. The pictures stay where they are.
    """
    around = around_of(ctx, ledger)
    if older_than is None and not missing:
        raise UsageError("nothing says which runs to prune", hint="Name them with --older-than 90d or --missing.")
    if not (dry_run or yes or can_ask(around)):
        raise UsageError("there is no terminal to ask on", hint="--yes prunes without asking; --dry-run only looks.")
    rows = _candidates(around, older_than=older_than, missing=missing)
    agreed = bool(rows) and not dry_run and (yes or _agreed(rows, around))
    if agreed:
        history_of(around).forget([row.id for row in rows])
    if in_json:
        found = [row.id for row in rows]
        write_json(around, {"schema": SCHEMA, "found": found, "forgotten": found if agreed else []})
    elif dry_run and rows:
        show_rows(rows, around)
    else:
        write_line(around.stderr, _told(rows, agreed=agreed))


def _candidates(around: Surroundings, *, older_than: str | None, missing: bool) -> list[HistoryRow]:
    """Return what is to be pruned, oldest first. As rows: of a hundred thousand runs the rest would be too much."""
    now = around.now().astimezone()
    before = moment(older_than, option="--older-than", now=now).astimezone() if older_than is not None else None
    with contextlib.closing(history_of(around).each(Selection(before=before))) as runs:
        rows = [row_of(run) for run in runs if run.state is not RunState.RUNNING]
    return [row for row in rows if row.state == MISSING] if missing else rows


def _agreed(rows: Sequence[HistoryRow], around: Surroundings) -> bool:
    """Name *rows* on the terminal and ask; anything but a yes is a no."""
    width, now = size_of(around.stderr).columns, around.now().astimezone()
    for line in table(rows[-NAMED:], width=width, is_coloured=has_colours(around.environ), now=now):
        write_drawn(around.stderr, line)
    if len(rows) > NAMED:
        write_line(around.stderr, f"… and {len(rows) - NAMED:,} before these")
    around.stderr.write(f"Forget {_count(rows)}? Pictures stay where they are. [y/N] ")
    around.stderr.flush()
    return around.stdin.readline().strip().lower() in YES


def _told(rows: Sequence[HistoryRow], *, agreed: bool) -> str:
    if not rows:
        return "there is nothing to prune"
    return f"forgot {_count(rows)}; pictures stay where they are" if agreed else "nothing was forgotten"


def _count(rows: Sequence[object]) -> str:
    return "1 run" if len(rows) == 1 else f"{len(rows):,} runs"
