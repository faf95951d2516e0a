"""
Decides how a failure is told: one sentence, its cause in the gateway's words, what to do next, and what to quote.

A `Problem` is made of an exception or of an `Outcome`; `as_lines` is for pipes and logs, `drawn` for a terminal, and
`tell` writes whichever suits. The words for each code are in ``core/errors.py``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cpa_image_cli.core.errors import Code, CpaImageError, GatewayError, OutputError
from cpa_image_cli.core.outcome import Outcome
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.ui.console import Outlet, composed, console_on
from cpa_image_cli.ui.palette import CAUTION, QUIET, STRONG, TROUBLE

LABEL = 7
BILLED = "a picture may have been made, and billed, all the same"
OURS = frozenset(
    {
        Code.INTERNAL,
        Code.USAGE,
        Code.IMAGE_MODEL,
        Code.BASE_URL_MISSING,
        Code.BASE_URL_INVALID,
        Code.KEY_MISSING,
        Code.KEY_COMMAND_FAILED,
        Code.CONFIG_INVALID,
        Code.OUTPUT_EXISTS,
        Code.OUTPUT_UNWRITABLE,
        Code.INTERRUPTED,
        Code.TERMINATED,
    }
)
"""Failures found on this side, whose message is a sentence of ours and needs no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A failure as a person is told it; *text* is what the model said instead of a picture, whole."""

    sentence: str
    code: Code
    cause: str = ""
    hint: str = ""
    status: int | None = None
    trace_id: str = ""
    may_have_billed: bool = False
    saved_to: str = ""
    text: str = ""

    @classmethod
    def of(cls, error: CpaImageError) -> "Problem":
        """Return *error* as a problem."""
        failure = error.failure if isinstance(error, GatewayError) else None
        return _problem(
            code=error.code,
            message=error.message,
            hint=error.hint,
            status=failure.status if failure else None,
            trace_id=failure.trace_id if failure else None,
            may_have_billed=failure is not None and failure.may_have_billed,
            saved_to=(error.saved_to or "") if isinstance(error, OutputError) else "",
            text=failure.text if failure else "",
        )

    @classmethod
    def of_outcome(cls, outcome: Outcome) -> "Problem | None":
        """Return why *outcome* has no picture; None when it has one."""
        trouble = outcome.trouble
        if trouble is None:
            return None
        return _problem(
            code=trouble.code,
            message=trouble.message,
            hint=trouble.hint,
            status=trouble.status,
            trace_id=outcome.trace_id,
            may_have_billed=trouble.may_have_billed,
            saved_to=str(trouble.saved_to or ""),
            text=outcome.text,
        )


def tell(problem: Problem, *, stream: TextIO, environ: Mapping[str, str]) -> None:
    """Write *problem* to *stream*: for a person on a terminal, plain and unwrapped anywhere else."""
    if stream.isatty():
        Outlet(stream).write(composed(console_on(stream, environ), drawn(problem)))
    else:
        Outlet(stream).write("".join(f"{line}\n" for line in as_lines(problem)))


def as_lines(problem: Problem) -> tuple[str, ...]:
    """Return *problem* as plain lines, of which only the model's text may be several."""
    headline = f"cpa-image: {problem.sentence} [{problem.code.word}]"
    told = [f"  {label}: {value}" for label, value in _details(problem)]
    quoted = [f"  | {line}" for line in problem.text.splitlines()]
    return (headline, *(["  the model said:", *quoted] if quoted else []), *told)


def drawn(problem: Problem) -> RenderableType:
    """Return *problem* for a terminal of any width; print it with ``crop=False``, so that paths stay whole."""
    headline = Table.grid(padding=(0, 1, 0, 0))
    headline.add_row(Text("✗", style=TROUBLE), Text(problem.sentence, style=STRONG))
    parts: list[RenderableType] = [headline]
    if problem.text:
        said = Text("the model said", style=QUIET)
        parts += [Padding(said, (0, 0, 0, 2)), Padding(Text(problem.text), (0, 0, 0, 4))]
    parts.append(Padding(_table(problem), (0, 0, 0, 2)))
    if problem.saved_to:
        # A path is never wrapped, so it cannot be in the table.
        parts.append(Text.assemble(("  kept     ", QUIET), problem.saved_to, no_wrap=True, overflow="ignore"))
    return Group(*parts)


def _table(problem: Problem) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=LABEL, style=QUIET, no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in _details(problem):
        if label != "kept":
            table.add_row(label, Text(value, style=CAUTION if value == BILLED else ""))
    table.add_row("code", Text(problem.code.word, style=QUIET))
    return table


def _problem(
    *,
    code: Code,
    message: str,
    hint: str | None,
    status: int | None,
    trace_id: str | None,
    may_have_billed: bool,
    saved_to: str,
    text: str,
) -> Problem:
    message = one_line(message)
    sentence, cause = (message or code.meaning, "") if code in OURS else (code.meaning, message)
    return Problem(
        sentence=sentence,
        code=code,
        cause=cause,
        hint=one_line(hint or ""),
        status=status,
        trace_id=one_line(trace_id or ""),
        may_have_billed=may_have_billed,
        saved_to=clean(saved_to),
        text=clean(text).strip(),
    )


def _details(problem: Problem) -> Iterator[tuple[str, str]]:
    status = f"HTTP {problem.status}" if problem.status is not None else ""
    # The model's words are shown whole already; a gateway often repeats them as its message.
    repeated = one_line(problem.text).startswith(problem.cause.rstrip("…"))
    cause = "" if repeated else problem.cause
    if status or cause:
        yield "cause", ": ".join(part for part in (status, cause) if part)
    # What broke off a run says so in its sentence.
    if problem.may_have_billed and "billed" not in problem.sentence:
        yield "note", BILLED
    if problem.saved_to:
        yield "kept", problem.saved_to
    if problem.hint:
        yield "next", problem.hint
    if problem.trace_id:
        yield "trace", problem.trace_id
