"""
Decides what is told of one earlier run: everything, as labels and texts, laid out for a terminal or line by line.

To tell one more thing, yield it in `facts`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from cpa_image_cli.core.ledger.job_state import JobState
from cpa_image_cli.core.ledger.run import Run, RunState
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.ui.failure.problem import BILLED, LONGEST_ADDRESS
from cpa_image_cli.ui.formatting import clock_time, differences, money_words, picture_words, token_words, unsaid
from cpa_image_cli.ui.history.table import MISSING, STYLES
from cpa_image_cli.ui.labelled import PATH, Fact
from cpa_image_cli.ui.palette import CAUTION, QUIET, STRONG, TROUBLE

LONGEST = 4096
"""Characters of a path, or of any other single line."""

_LONGEST_PROMPT = 120

MOMENTS = {
    "request_sent": "sent",
    "reply_started": "reply",
    "frame_arrived": "first frame",
    "verifying": "received",
    "image_saved": "saved",
}
"""What a person calls the moments of the last attempt, in their order."""


def facts(run: Run, *, when: datetime, missing: bool, earlier: Sequence[Run] = ()) -> Iterator[Fact]:
    """Yield what is known of *run*, which began *when* in local time and goes on from *earlier* ones, newest first."""
    state = MISSING if missing else run.state.value
    yield Fact("id", run.id)
    yield Fact("state", state, STYLES.get(state, ""))
    if run.state is RunState.RUNNING:
        yield Fact("now", run.job_state.meaning)
    yield Fact("when", f"{when:%Y-%m-%d %H:%M:%S}")
    yield Fact("prompt", clean(run.prompt))
    if run.output is not None:
        shown = clean(str(run.output), limit=LONGEST)
        yield Fact(PATH, shown, CAUTION) if missing else Fact(PATH, shown, STRONG, run.output.as_uri())
    yield from _origins(run, earlier)
    yield from _picture(run)
    yield from _request(run)
    yield from _trouble(run)
    yield from _remarks(run)
    yield from _ids(run)


def _origins(run: Run, earlier: Sequence[Run]) -> Iterator[Fact]:
    """Yield the pictures that *run* was sent, and the chain that the first of them ends."""
    for parent in run.parents:
        name = str(parent.get("run") or parent.get("name") or parent.get("origin") or "")
        role = parent.get("role")
        yield Fact("from", one_line(f"{name} ({role})" if role else name, limit=LONGEST))
    for origin in earlier:
        yield Fact("after", one_line(f"{origin.id} {origin.prompt}", limit=_LONGEST_PROMPT))


def _picture(run: Run) -> Iterator[Fact]:
    if run.picture is not None:
        yield Fact("picture", picture_words(run.picture))
    if run.elapsed_s is not None:
        yield Fact("time", _time_words(run))


def _time_words(run: Run) -> str:
    attempts = f", {run.attempts} attempts" if run.attempts > 1 else ""
    known = [(word, run.timings[name]) for name, word in MOMENTS.items() if name in run.timings]
    moments = ", ".join(f"{word} {seconds:.1f} s" for word, seconds in known)
    in_last = " in the last" if run.attempts > 1 else ""
    return f"{clock_time(run.elapsed_s or 0.0)}{attempts}" + (f" ({moments}{in_last})" if moments else "")


def _request(run: Run) -> Iterator[Fact]:
    yield Fact("model", one_line(run.model))
    yield Fact("gateway", one_line(run.gateway, limit=LONGEST))
    asked = dict(run.parameters)
    instructions = asked.pop("instructions", None)
    words = [_asked(name, value) for name, value in asked.items() if value is not False]
    if words:
        yield Fact("asked", ", ".join(words))
    if instructions:
        yield Fact("instruct", clean(str(instructions)))


def _asked(name: str, value: object) -> str:
    label = "format" if name == "output_format" else name.replace("_", " ")
    return one_line(label if value is True else f"{label} {value}")


def _trouble(run: Run) -> Iterator[Fact]:
    if run.error_code:
        status = run.details.get("status")
        message = one_line(run.error_message or "")
        spelled = f"HTTP {status}: " if status and not message.startswith(f"HTTP {status}") else ""
        yield Fact("error", f"{spelled}{message} [{one_line(run.error_code)}]", TROUBLE)
    elif run.state is RunState.INTERRUPTED:
        yield Fact("error", "the program was killed meanwhile", CAUTION)
        billed = run.job_state is JobState.UNKNOWN
        yield Fact("note", BILLED, CAUTION) if billed else Fact("note", "no picture can have been billed")
    if run.details.get("may_have_billed"):
        yield Fact("note", BILLED, CAUTION)
    address = run.details.get("url")
    if address:
        yield Fact("address", one_line(str(address), limit=LONGEST_ADDRESS))
    hint = run.details.get("hint")
    if hint:
        yield Fact("next", one_line(str(hint)))


def _remarks(run: Run) -> Iterator[Fact]:
    notices = tuple(_notices(run.details.get("warnings")))
    for notice in notices:
        yield Fact("warning", one_line(notice.message), CAUTION)
    requested, delivered = run.details.get("requested"), run.details.get("delivered")
    if isinstance(requested, Mapping) and isinstance(delivered, Mapping):
        for difference in differences(unsaid(requested, notices), delivered):
            yield Fact("warning", difference, CAUTION)
    revised, said = run.details.get("revised_prompt"), run.details.get("text")
    if revised and revised != run.prompt:
        yield Fact("revised", clean(str(revised)))
    if said:
        yield Fact("said", clean(str(said)))


def _notices(warnings: object) -> Iterator[Notice]:
    for warning in warnings if isinstance(warnings, list) else ():
        yield Notice(code=str(warning["code"]), message=str(warning["message"]))


def _ids(run: Run) -> Iterator[Fact]:
    if run.usage or run.state is RunState.DONE:
        yield Fact("tokens", token_words(run.usage))
    for label, words in money_words(run.cost, run.plan):
        yield Fact(label, words)
    for label, name in (("trace", "trace_id"), ("response", "response_id")):
        if run.details.get(name):
            yield Fact(label, one_line(str(run.details[name])), QUIET)
    if run.picture is not None:
        yield Fact("sha256", run.picture.sha256, QUIET)
