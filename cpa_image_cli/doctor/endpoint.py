"""The checks of what the gateway answers; nothing here costs anything."""

import difflib
import fnmatch
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from cpa_image_cli.adapters.files.gateway_memory import habits_at
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.findings import Verdict, failed, passed, skipped, warned
from cpa_image_cli.core.gateway.endpoint import shown_url
from cpa_image_cli.core.gateway.habits import described, place_of
from cpa_image_cli.core.job.image_models import is_image_model
from cpa_image_cli.core.settings.settings import DEFAULT_MODEL
from cpa_image_cli.core.text import one_line
from cpa_image_cli.doctor.connection import milliseconds
from cpa_image_cli.doctor.examination import Examination
from cpa_image_cli.doctor.facts import Heard
from cpa_image_cli.doctor.gateway_answers import (
    SERVER_ERRORS,
    answer_of_the_gateway,
    base_with_an_api,
    is_all_elsewhere,
    is_safe_mode,
    judged,
    told,
)
from cpa_image_cli.doctor.steps import Obstacle, Step

FREE_PLAN = frozenset({"gpt-5.4-mini", "gpt-5.5", "gpt-5.6-terra", "gpt-5.6-luna"})
"""Models that free accounts register too (CLIProxyAPI v7.2.140, internal/registry/models); they have no image tool."""

LARGEST_SKEW = timedelta(seconds=60)
SLOW = 1.0
"""Seconds of a round trip that a person notices at every request."""

_NOT_FOUND = 404


def gateway_is_alive(case: Examination) -> Verdict:
    """Ask ``/healthz``, which CLIProxyAPI has and needs no key for."""
    heard = case.health()[-1]
    status = heard.answer.status
    failure = judged(case, heard)
    if failure is None:
        return passed(f"alive (HTTP {status})")
    if failure.code is Code.CHALLENGE:
        raise Obstacle("firewall", failed(failure.message, failure.hint or "", failure.code))
    if status in SERVER_ERRORS:
        return failed(told(failure), failure.hint or "", failure.code)
    if status == _NOT_FOUND:
        return skipped("there is none, as with most gateways but CLIProxyAPI")
    return passed(f"something answers (HTTP {status})")


def no_web_firewall_answers(case: Examination) -> Verdict:
    """Look whether a page that wants a browser stands before the gateway."""
    for heard in (*case.health(), *_heard(case.models), *_heard(case.responses)):
        failure = judged(case, heard)
        if failure is not None and failure.code is Code.CHALLENGE:
            advice = "Ask the gateway's operator to let API requests through, or use an address that does not pass it."
            return failed(f"a web firewall answers in its place ({failure.message})", advice, Code.CHALLENGE)
    return passed("none answers in its place")


def gateway_is_not_in_safe_mode(case: Examination) -> Verdict:
    """Look whether CLIProxyAPI refuses everything because of its example keys."""
    if is_safe_mode(answer_of_the_gateway(case)):
        found = "CLIProxyAPI refuses every request: its configuration still has the example API keys"
        return failed(found, "Replace `api-keys` in the gateway's config.yaml, and restart it.", Code.PERMISSION_DENIED)
    return passed("not in force")


def path_leads_to_the_api(case: Examination) -> Verdict:
    """Look whether the API is at this base URL; if not, where else on the same host it is."""
    answer_of_the_gateway(case)
    if not is_all_elsewhere(case):
        return passed("the API answers here")
    failure = judged(case, case.responses())
    assert failure is not None  # noqa: S101 - elsewhere
    better = base_with_an_api(case)
    advice = f"Set the base URL to {shown_url(better)}: an API answers there." if better else failure.hint or ""
    return failed(f"no API here: {failure.message}", advice, Code.ENDPOINT_NOT_FOUND)


def key_is_accepted(case: Examination) -> Verdict:
    """Ask for the list of models, for which a key is needed."""
    count = len(case.listing())
    said = "answers without a key" if case.key() is None else "the key is accepted"
    return passed(f"{said}; models listed: {count}")


def model_is_listed(case: Examination) -> Verdict:
    """Look the model up in the gateway's list. A listed one is no promise; one that is not is refused."""
    names, model = case.listing(), case.settings().model.value
    if not names:
        return warned("the gateway lists no models at all", "Ask its operator which accounts it has.")
    if any(fnmatch.fnmatchcase(model, name) for name in names):
        return passed(f"{model} is listed")
    near = difflib.get_close_matches(model, names, n=3, cutoff=0.5) or [n for n in names if not is_image_model(n)][:3]
    found = f"{model} is not among the {len(names)} listed models"
    if not near:
        return failed(found, "Ask the gateway's operator.", Code.MODEL_NOT_FOUND)
    others = f" (also {', '.join(one_line(name, limit=60) for name in near[1:])})" if near[1:] else ""
    return failed(found, f"Choose one that is: --model {one_line(near[0], limit=60)}{others}.", Code.MODEL_NOT_FOUND)


def accounts_have_the_image_tool(case: Examination) -> Verdict:
    """Guess from the list what accounts the gateway has: those of free plans have no image tool."""
    names, model = frozenset(case.listing()), case.settings().model.value
    words = {name for name in names if not is_image_model(name)}
    if words and words <= FREE_PLAN:
        found = "only models of free plans are listed; such accounts have no image tool"
        return warned(found, "Add an account of a paid plan to the gateway, or expect text in place of pictures.")
    if model in FREE_PLAN:
        found = f"{model} is also offered by free accounts, which have no image tool"
        return warned(found, f"If text comes in place of a picture, use --model {DEFAULT_MODEL}, which they lack.")
    is_cpa = "x-cpa-trace-id" in case.models().answer.headers
    if is_cpa and names == words:
        # Any Codex account adds gpt-image-1.5 and gpt-image-2 to CLIProxyAPI's list.
        found = "CLIProxyAPI lists no image model, so it has no Codex account"
        return warned(found, "Its other backends drop the image tool; log a Codex account in at the gateway.")
    return passed("nothing in the list speaks against the image tool")


def responses_is_there(case: Examination) -> Verdict:
    """Look whether ``/v1/responses`` takes a POST, by one that must be refused."""
    refusal = case.ready()
    status = case.responses().answer.status
    if refusal is None:
        advice = "Nothing can have been made of it. Try `--live` to see whether a real request works."
        return warned(f"an unreadable request was answered with HTTP {status}, not refused", advice)
    return passed(f"refuses an unreadable request, as it should (HTTP {status}); nothing was generated")


def clocks_agree(case: Examination) -> Verdict:
    """Compare the gateway's ``Date`` header with this machine's clock."""
    heard = case.health()[-1]
    date = _date(heard)
    if date is None:
        return skipped("the gateway does not tell the time")
    skew = heard.at - date
    if abs(skew) <= LARGEST_SKEW:
        return passed("this machine and the gateway agree")
    direction = "ahead of" if skew > timedelta() else "behind"
    found = f"this machine's clock is {_span(abs(skew))} {direction} the gateway's"
    return warned(found, "Set the clock (timedatectl, or the system's settings): waits and certificates depend on it.")


def round_trip_is_short(case: Examination) -> Verdict:
    """Take the time of the fastest of several small answers."""
    fastest = min(heard.seconds for heard in case.health())
    found = f"{milliseconds(fastest)} for a small answer"
    if fastest > SLOW:
        return warned(found, "The way to the gateway is slow; pictures of several megabytes will take a while.")
    return passed(found)


def _heard(step: Step[Heard]) -> tuple[Heard, ...]:
    try:
        return (step(),)
    except Obstacle:
        return ()


def _date(heard: Heard) -> datetime | None:
    try:
        date = parsedate_to_datetime(heard.answer.headers.get("date", ""))
    except ValueError:
        return None
    return date if date.tzinfo is not None else None


def _span(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {unit}"
    return f"{seconds} seconds"


def gateway_did_what_was_asked(case: Examination) -> Verdict:
    """Tell what the gateway that is used refused or ignored so far, by model."""
    case.base_url()
    place = place_of(case.settings().responses_url())
    everything = habits_at(case.around.directories().gateway_memory)
    told = [
        f"{model}: {', '.join(described(name, habit) for name, habit in habits.items())}"
        for (host, model), habits in everything.items()
        if host == place and habits
    ]
    others = len({host for (host, _), habits in everything.items() if host != place and habits})
    more = f"; {others} other {'gateway' if others == 1 else 'gateways'} remembered" if others else ""
    return passed(("; ".join(told) or "nothing refused or ignored") + more)
