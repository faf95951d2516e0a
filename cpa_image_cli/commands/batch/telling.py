"""Decides how a batch is told before it runs and after: what is wrong, what is to be made, what became of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import TYPE_CHECKING

from cpa_image_cli.adapters.output import FileTarget
from cpa_image_cli.core.batch.progress import Standing
from cpa_image_cli.core.batch.rows import Complaint
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.job.results import Ended
from cpa_image_cli.core.text import one_line
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui import formatting
from cpa_image_cli.ui.run.many import seconds_for

if TYPE_CHECKING:
    from cpa_image_cli.engine.many.sheet import Entry, Sheet

MOST_TOLD = 50
"""Rows that are told one by one; of more there is a number."""

LONGEST_PROMPT = 60

TELLING_RUNS = 50
"""Earlier runs that say how many tokens a picture takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTold:
    """What became of *sheet*: how the jobs *ended* that were begun, and how many are made *elsewhere*."""

    sheet: "Sheet"
    ended: tuple[Ended, ...]
    elsewhere: int
    stop: Code | None

    @property
    def made_before(self) -> int:
        """Return how many were made before."""
        return len(self.sheet.standing(Standing.MADE))

    @property
    def made_elsewhere(self) -> int:
        """Return how many other processes make."""
        return self.elsewhere + len(self.sheet.standing(Standing.ELSEWHERE))

    @property
    def unknown(self) -> int:
        """Return how many were left, since they may have been billed."""
        return len(self.sheet.standing(Standing.UNKNOWN))

    @property
    def unbegun(self) -> int:
        """Return how many were to be made and were not begun."""
        return len(self.sheet.standing(Standing.OPEN)) - len(self.ended) - self.elsewhere

    @property
    def left(self) -> int:
        """Return how many have no picture for another reason than a failure."""
        return self.unknown + self.unbegun


def label_of(entry: "Entry") -> str:
    """Return what a picture of *entry* is called."""
    key = entry.row.text("key")
    name = f"row {entry.row.number}" if key is None else one_line(key, limit=LONGEST_PROMPT)
    return name if entry.plan.whose.n == 1 else f"{name}, picture {entry.plan.whose.n}"


def complaint_lines(complaints: Sequence[Complaint]) -> Iterator[str]:
    """Yield a line for each of *complaints*, as many as anybody reads."""
    for complaint in complaints[:MOST_TOLD]:
        where = f"line {complaint.line}: " if complaint.line else ""
        yield where + one_line(complaint.problem, limit=400)
    if len(complaints) > MOST_TOLD:
        yield f"… and {len(complaints) - MOST_TOLD:,} more"


def plan_lines(sheet: "Sheet", around: Surroundings, *, most: int) -> Iterator[str]:
    """Yield what would be made of *sheet*, *most* at a time, and what that may take."""
    for entry in sheet.entries:
        prompt = formatting.shortened(entry.plan.job.prompt, LONGEST_PROMPT)
        yield f"{label_of(entry)}  {entry.standing.value}  {prompt}  → {_place(entry)}"
    counts = Counter(entry.standing for entry in sheet.entries)
    told = [f"{counts[standing]:,} {standing.value}" for standing in Standing if counts[standing]]
    yield "; ".join([f"{len(sheet.entries):,} pictures", *told])
    yield from _gone(sheet)
    yield from _expected(sheet, around, most=most)


def _place(entry: "Entry") -> str:
    if entry.standing is Standing.MADE and entry.last is not None and entry.last.output is not None:
        return str(entry.last.output)
    target = entry.plan.target
    return str(target.path) if isinstance(target, FileTarget) else "a name of its own"


def _gone(sheet: "Sheet") -> Iterator[str]:
    if sheet.gone:
        yield f"{sheet.gone:,} made earlier for rows or prompts that are no longer asked for; their pictures stay"


def _expected(sheet: "Sheet", around: Surroundings, *, most: int) -> Iterator[str]:
    """Yield what the user's own earlier runs say of the time and the tokens of what is to be made."""
    from cpa_image_cli.adapters.ledger import History
    from cpa_image_cli.core.cost.tokens import all_tokens
    from cpa_image_cli.core.ledger.selection import Selection
    from cpa_image_cli.engine.making import estimate_of

    open_ = sheet.standing(Standing.OPEN)
    if not open_:
        return
    job = open_[0].plan.job
    estimate = estimate_of(job, around)
    if estimate is not None and estimate.claims_something:
        seconds = seconds_for(len(open_), most=most, estimate=estimate)
        yield f"about {formatting.clock_time(seconds)} by your own earlier runs"
    runs = History(around.directories().history_file).recent(
        TELLING_RUNS, Selection(model=job.model, sandboxed=job.gateway == "sandbox")
    )
    # The picture's tokens are counted apart from the text model's, and are most of them.
    totals = [total for run in runs if (total := all_tokens(run.usage))]
    if totals:
        yield f"about {int(median(totals)) * len(open_):,} tokens by your own earlier runs"


def summary_lines(told: SheetTold) -> Iterator[str]:
    """Yield what became of a batch: what was not made, why, and how to go on."""
    failed = [one for one in told.ended if not one.outcome.ok]
    made = len(told.ended) - len(failed)
    counts = (
        (made, "made"),
        (told.made_before, "made already"),
        (told.made_elsewhere, "being made by another process"),
        (len(failed), "not made"),
        (told.unknown, "left, since they may have been billed (--retry-unknown makes them)"),
        (told.unbegun, "not begun"),
    )
    yield "; ".join(f"{count:,} {words}" for count, words in counts if count) or "no rows"
    yield from _gone(told.sheet)
    entries = {entry.plan.whose.job: entry for entry in told.sheet.entries}
    for one in failed[:MOST_TOLD]:
        trouble = one.outcome.trouble
        entry = entries[one.whose.job]
        if trouble is not None:
            hint = f" {one_line(trouble.hint, limit=200)}" if trouble.hint else ""
            words = one_line(trouble.message, limit=200)
            yield f"  {label_of(entry)} (line {entry.row.line}): {words} [{trouble.code.word}]{hint}"
    if len(failed) > MOST_TOLD:
        yield f"  … and {len(failed) - MOST_TOLD:,} more"
    if failed or told.unbegun:
        yield "The same command again makes what is missing."
