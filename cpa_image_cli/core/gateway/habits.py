"""
Decides what is learned from how a gateway treated a request, and what the next one is told before it is paid for.

A habit belongs to a host and port, and a model. It is unlearned as soon as the gateway does what was asked for. To
watch for another field, add it to `asked_for` and, if gateways refuse it by another name, to `_FIELDS`.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.job.job import Job
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.notice import Notice

How = Literal["refused", "ignored"]

MASK = "mask"
SEVERAL = "several pictures"

_FIELDS = {"input_image_mask": MASK, "mask": MASK}
_IGNORED = {"size_differs": "size", "quality_differs": "quality", "mask_ignored": MASK, "not_edited": "action"}
"""Code words of notices that say what was ignored."""

_NAMED = re.compile(r"(?:unknown|unsupported) parameter:? '?(?:tools\[\d+\]\.)?(\w+)", re.IGNORECASE)
_TOO_MANY = re.compile(
    r"\b(?:too many|at most|maximum|more than|only one)\b.{0,40}\b(?:images?|pictures?)\b", re.IGNORECASE
)
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """That a gateway *refused* or *ignored* something, on the day *at*; *value* is None if no value would do."""

    how: How
    at: str
    value: str | None = None


Habits = Mapping[str, Habit]
"""By what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What one run taught: habits that were *seen*, and what is not true any more."""

    seen: Habits = field(default_factory=dict)
    untrue: frozenset[str] = frozenset()


def place_of(url: str) -> str:
    """Return host and port of *url*, which is all that is remembered of an address."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return ""
    return f"{parts.hostname}:{port}" if parts.hostname else ""


def asked_for(job: Job) -> dict[str, str]:
    """Return what *job* asks for that gateways are known to refuse or ignore, and as which value."""
    options = job.options
    wanted = {"size": options.size, "quality": options.quality, "background": options.background}
    wanted["action"] = options.action
    found = {name: value for name, value in wanted.items() if value not in (None, "auto")}
    if job.mask is not None:
        found[MASK] = ""
    if len(job.inputs) > 1:
        found[SEVERAL] = ""
    return {name: str(value) for name, value in found.items()}


def learned(job: Job, outcome: Outcome, *, today: date) -> Lesson:
    """Return what *outcome* teaches about the gateway of *job*."""
    asked = asked_for(job)
    if outcome.trouble is None:
        codes = {notice.code for notice in outcome.warnings}
        ignored = {name for code, name in _IGNORED.items() if code in codes and name in asked}
        seen = {name: Habit(how="ignored", at=today.isoformat()) for name in ignored}
        # A mask that was heeded is known to be; whether a background was is not looked at.
        return Lesson(seen=seen, untrue=frozenset(asked.keys() - ignored - _unproven(outcome)))
    if outcome.trouble.code is not Code.BAD_REQUEST:
        return Lesson()
    message, param = outcome.trouble.message, outcome.trouble.param or ""
    refused = _refused(message, param)
    if refused not in asked:
        return Lesson()
    value = None if _NAMED.search(message) or refused in {MASK, SEVERAL} else asked[refused]
    return Lesson(seen={refused: Habit(how="refused", at=today.isoformat(), value=value)})


def foretold(habits: Habits, job: Job) -> tuple[Notice, ...]:
    """Say what the gateway of *job*, which has *habits*, did with what *job* asks for."""
    told = []
    for name, value in asked_for(job).items():
        habit = habits.get(name)
        if habit is None or habit.value not in (None, value):
            continue
        which = f"{name} {habit.value}" if habit.value else name
        words = f"on {habit.at} this gateway {habit.how} the {which}" if name != SEVERAL else _several(habit)
        told.append(Notice(code="gateway_habit", message=f"{words}; it may do so again"))
    return tuple(told)


def described(name: str, habit: Habit) -> str:
    """Return *habit* about *name* for a list."""
    return f"{name}{f' {habit.value}' if habit.value else ''} {habit.how} ({habit.at})"


def _several(habit: Habit) -> str:
    return f"on {habit.at} this gateway {habit.how} a request with several pictures"


def _unproven(outcome: Outcome) -> frozenset[str]:
    measured = outcome.mask is not None and outcome.mask.changed_outside is not None
    return frozenset({"background"} | ({MASK} if not measured else set()))


def _refused(message: str, param: str) -> str:
    named = _NAMED.search(message)
    if named:
        return _FIELDS.get(named[1], named[1])
    if _TOO_MANY.search(message):
        return SEVERAL
    name = param.rpartition(".")[2]
    return _FIELDS.get(name, name)
