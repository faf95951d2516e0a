"""
Decides what is reported of an error answer: whatever it was wrapped in, it becomes one `Failure`.

How a body is read is decided in ``core.failures.complaint``, the code word in ``core.failures.classification``, the
wait in ``core.failures.requested_wait`` and what to do next in ``core.failures.hints``: each is a table to extend. Here
they meet.
"""

from collections.abc import Mapping
from datetime import datetime

from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.failures import hints, requested_wait
from cpa_image_cli.core.failures.classification import classify
from cpa_image_cli.core.failures.complaint import Complaint, Form, read
from cpa_image_cli.core.gateway.endpoint import shown_url
from cpa_image_cli.core.gateway.trace import trace_id
from cpa_image_cli.core.gateway.way import Way
from cpa_image_cli.core.text import one_line

_ABOUT_THE_ADDRESS = (404, 405)
"""Statuses of an answer that may mean that nothing, or something else, is at this address."""


def normalise(
    *,
    status: int | None,
    headers: Mapping[str, str],
    body: bytes | Mapping[str, object],
    now: datetime,
    streamed: bool,
    sent: bool = True,
    way: Way | None = None,
) -> Failure:
    """
    Return what an error answer says. Never raises, whatever the body is.

    *body* is the answer's bytes, or the JSON object of an error in a 200 or in an event. *status* is the HTTP status,
    None for an event. *now* is the time of arrival, for waits that are named as a moment. *streamed* says whether
    ``stream`` was asked for. *way* is what was asked where, for answers that blame the address or a proxy before it.
    """
    complaint = read(status=status, headers=headers, body=body)
    code = classify(complaint)
    delay = _delay(complaint, code=code, now=now)
    return Failure(
        code=code,
        message=_message(complaint, code=code) + _asked(complaint, code=code, way=way),
        status=complaint.status,
        upstream_code=complaint.code,
        upstream_type=complaint.type,
        param=complaint.param,
        delay=delay,
        hint=hints.next_step(code, said=complaint, delay=delay, streamed=streamed, sent=sent, way=way),
        sent=sent,
        trace_id=trace_id(complaint.headers),
    )


def without_answer(
    code: Code, message: str, *, sent: bool, streamed: bool, status: int | None = None, trace_id: str | None = None
) -> Failure:
    """Return the failure of an exchange that broke before the gateway said why; *message* is our own sentence."""
    hint = hints.next_step(code, streamed=streamed, sent=sent)
    return Failure(code=code, message=one_line(message), status=status, hint=hint, sent=sent, trace_id=trace_id)


def _delay(complaint: Complaint, *, code: Code, now: datetime) -> float | None:
    evidence = requested_wait.Evidence(
        now=now,
        headers=complaint.headers,
        fields=complaint.fields,
        message=complaint.message,
        limited=code in (Code.RATE_LIMITED, Code.USAGE_LIMIT),
    )
    return requested_wait.named_wait(evidence)


def _message(complaint: Complaint, *, code: Code) -> str:
    """Return the gateway's sentence; where it said none, what it did instead."""
    status = complaint.status or complaint.answered
    answer = f"HTTP {status}" if status else "an event"
    if code is Code.REDIRECTED:
        return one_line(f"{answer}: redirected to {_location(complaint.headers)}")
    if complaint.form is Form.PAGE:
        title = f"a web page titled “{complaint.message}”" if complaint.message else "a web page without a title"
        return one_line(f"{answer}, {title}")
    if complaint.form is Form.EMPTY:
        return f"{answer} with an empty body"
    saying = complaint.message or complaint.code or complaint.type or f"{answer} that says “{complaint.quoted}”"
    return one_line(saying + _moderation_details(complaint.fields))


def _asked(complaint: Complaint, *, code: Code, way: Way | None) -> str:
    """Return what was asked, where the answer may mean that it was the wrong address."""
    is_about_it = complaint.answered in _ABOUT_THE_ADDRESS or code in (Code.ENDPOINT_NOT_FOUND, Code.REDIRECTED)
    is_page = complaint.form is Form.PAGE and code is Code.UNEXPECTED_ANSWER
    if way is None:
        return ""
    asked = f" ({way.asked})" if is_about_it or is_page else ""
    return asked + (
        f", through the proxy {way.proxy.shown}" if way.proxy and _is_of_proxy(complaint, code, way) else ""
    )


def _is_of_proxy(complaint: Complaint, code: Code, way: Way) -> bool:
    return code is Code.PROXY_REFUSED or hints.is_perhaps_of_proxy(complaint, way)


def _location(headers: Mapping[str, str]) -> str:
    return shown_url(headers.get("location", "")) or "an address it did not name"


def _moderation_details(fields: Mapping[str, object]) -> str:
    """Return at which stage the safety system objected and to what, as far as it says."""
    details = fields.get("moderation_details")
    if not isinstance(details, Mapping):
        return ""
    categories = details.get("categories")
    names = ", ".join(str(name)[:40] for name in categories[:8]) if isinstance(categories, list) else ""
    parts = [f"{label}: {value}" for label, value in (("stage", _stage(details)), ("categories", names)) if value]
    return f" ({'; '.join(parts)})" if parts else ""


def _stage(details: Mapping[str, object]) -> str:
    stage = details.get("moderation_stage")
    return stage if isinstance(stage, str) else ""
