"""
Decides how a failure is told: one sentence, its cause in the gateway's words, what to do next, and what to quote.

A `Problem` is made of an exception or of an `Outcome`; `as_lines` is for pipes and logs, ``card`` draws it for a
terminal, and ``telling`` writes whichever suits. The words for each code are in ``core/errors.py``.
"""

from collections.abc import Iterator

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, CpaImageError, GatewayError
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.text import clean, one_line

LONGEST_TEXT = 4000
MOST_LINES = 60
"""Characters and lines of a model's words that a person is shown."""

LONGEST_ADDRESS = 4000
"""Characters of an address that a person is shown: one that is cut leads nowhere."""

BILLED = "a picture may have been made, and billed, all the same"
OURS = frozenset(
    {
        Code.INTERNAL,
        Code.USAGE,
        Code.BAD_PICTURE,
        Code.IMAGE_MODEL,
        Code.BASE_URL_MISSING,
        Code.BASE_URL_INVALID,
        Code.KEY_MISSING,
        Code.KEY_COMMAND_FAILED,
        Code.CONFIG_INVALID,
        Code.HISTORY_UNREADABLE,
        Code.OUTPUT_EXISTS,
        Code.OUTPUT_UNWRITABLE,
        Code.INTERRUPTED,
        Code.TERMINATED,
    }
)
"""Failures found on this side, whose message is a sentence of ours and needs no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A failure as a person is told it; *text* is what the model said instead of a picture."""

    sentence: str
    code: Code
    cause: str = ""
    hint: str = ""
    status: int | None = None
    trace_id: str = ""
    may_have_billed: bool = False
    saved_to: str = ""
    text: str = ""
    address: str = ""

    @property
    def says_billed(self) -> bool:
        """Whether it says in its own words already that a picture may have been paid for."""
        return self.code in OURS

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
            saved_to=error.saved_to or "",
            text=failure.text if failure else "",
            address=failure.url if failure else None,
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
            address=trouble.url,
        )


def as_lines(problem: Problem) -> tuple[str, ...]:
    """Return *problem* as plain lines, of which only the model's text may be several."""
    headline = f"cpa-image: {problem.sentence} [{problem.code.word}]"
    told = [f"  {label}: {value}" for label, value in details(problem)]
    quoted = [f"  | {line}" for line in problem.text.splitlines()]
    return (headline, *(["  the model said:", *quoted] if quoted else []), *told)


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
    address: str | None,
) -> Problem:
    message = one_line(message)
    says_it_all = code in OURS or message.startswith(code.meaning)
    sentence, cause = (message or code.meaning, "") if says_it_all else (code.meaning, message)
    return Problem(
        sentence=sentence,
        code=code,
        cause=cause,
        hint=one_line(hint or ""),
        status=status,
        trace_id=one_line(trace_id or ""),
        may_have_billed=may_have_billed,
        saved_to=clean(saved_to),
        text=_shortened(clean(text).strip()),
        address=one_line(address or "", limit=LONGEST_ADDRESS),
    )


def _shortened(text: str) -> str:
    """Return *text* as much of it as a screen can bear."""
    shown = "\n".join(text[:LONGEST_TEXT].split("\n", MOST_LINES)[:MOST_LINES]).rstrip()
    return shown if shown == text else f"{shown}\n… ({len(text):,} characters in all; --json prints them)"


def details(problem: Problem) -> Iterator[tuple[str, str]]:
    """Yield what is told of *problem* below its sentence, each with its label."""
    status = f"HTTP {problem.status}" if problem.status is not None else ""
    # The model's words are shown whole already; a gateway often repeats them as its message.
    repeated = one_line(problem.text).startswith(problem.cause.rstrip("…"))
    cause = "" if repeated else problem.cause
    if status or cause:
        yield "cause", cause if status and cause.startswith(status) else ": ".join(filter(None, (status, cause)))
    # What broke off a run says so in its sentence.
    if problem.may_have_billed and not problem.says_billed:
        yield "note", BILLED
    if problem.address:
        yield "address", problem.address
    if problem.saved_to:
        yield "kept", problem.saved_to
    if problem.hint:
        yield "next", problem.hint
    if problem.trace_id:
        yield "trace", problem.trace_id
