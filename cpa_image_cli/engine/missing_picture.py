"""
Decides why an answer that came brought no picture, the most telling cause first.

An error or a refusal that is stated anywhere in it says more than that it broke off; and where nothing else does, what
could not be read is quoted. What may be repeated is decided elsewhere, so a cause is only named where it is stated.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Protocol

from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.text import one_line
from cpa_image_cli.core.wire.answer_shape import Shape
from cpa_image_cli.core.wire.assembler import ResponseAssembler
from cpa_image_cli.core.wire.json_values import is_whole

Normalise = Callable[[bytes | Mapping[str, object]], Failure]
"""Reads the body of an error that came with this answer."""


class HeardAnswer(Protocol):
    """What was taken in of an answer, without a picture."""

    answer: ResponseAssembler
    damage: Failure | None
    broke: Failure | None

    @property
    def shape(self) -> Shape:
        """What the answer turned out to be."""

    @property
    def remainder(self) -> bytes:
        """The text of an answer that was no event stream."""

    @property
    def text(self) -> str:
        """What the model said, as it may be shown."""

    def shown(self, text: str) -> str:
        """Return *text* of the answer as it may be shown."""

    def legible(self, failure: Failure) -> Failure:
        """Return *failure* without anything that stands for a picture."""

    def dead_end(self, code: Code, message: str) -> Failure:
        """Return a failure in our own words."""

    def by_address(self, address: str) -> Failure:
        """Return the failure of an answer that has the *address* of a picture in its place."""


_CUT_OFF = re.compile(r'\Z|\s*\{\s*"(?:type"\s*:\s*"(?:response|image_generation)\.|sequence_number")')
"""Nothing at all, or the beginning of an ordinary event: no person is helped by it."""

_LONGEST_ID = 80
_QUOTED = 200
"""Characters that are quoted of what could not be read."""


def explain(intake: HeardAnswer, *, status: int, normalise: Normalise, trace_id: str | None) -> Failure:
    """Return why *intake*, the answer with HTTP *status*, holds no picture."""
    answer = intake.answer
    if answer.error is not None:
        stated = intake.legible(normalise(answer.error))
        if status != HTTPStatus.ACCEPTED or stated.code is not Code.UNEXPECTED_ANSWER:
            return stated
    found = intake.damage or _still_running(intake, status) or _refused(intake)
    if found is None and (intake.broke is not None or not answer.ended):
        found = _stated(intake, normalise) or intake.broke or _unfinished(intake, normalise)
    if found is not None:
        return replace(found, trace_id=found.trace_id or trace_id, text=intake.text)
    if answer.image_error:
        return intake.legible(normalise({"error": answer.image_error}))
    return replace(_by_address(intake) or _judged(intake), trace_id=trace_id)


def _still_running(intake: HeardAnswer, status: int) -> Failure | None:
    task = intake.answer.task
    if task is None and (status != HTTPStatus.ACCEPTED or intake.broke is not None):
        return None
    name = one_line(intake.shown(task or intake.answer.response_id or ""), limit=_LONGEST_ID)
    named = f": {name}" if name else ", which has no id"
    return intake.dead_end(Code.TASK_INSTEAD, f"{Code.TASK_INSTEAD.meaning}{named}")


def _refused(intake: HeardAnswer) -> Failure | None:
    """Return the refusal in an answer that is not over; one that is over is judged as a whole."""
    if intake.answer.ended:
        return None
    judged = _judged(intake)
    return judged if judged.code in (Code.REFUSED, Code.MODERATION) else None


def _stated(intake: HeardAnswer, normalise: Normalise) -> Failure | None:
    """Return the error in what no event was made of, if it is one we know."""
    unread = intake.shown(intake.answer.unread)
    if not unread or (intake.broke is not None and intake.broke.code is Code.ANSWER_TOO_LARGE):
        return None
    found = normalise(unread.encode())
    if found.code is Code.UNEXPECTED_ANSWER:
        return _broken(intake, unread)
    return found


def _unfinished(intake: HeardAnswer, normalise: Normalise) -> Failure:
    shape = intake.shape
    if shape is not Shape.SSE and (shape is not Shape.JSON or is_whole(intake.remainder)):
        return normalise(intake.remainder)
    return _broken(intake, "")


def _broken(intake: HeardAnswer, unread: str) -> Failure:
    if intake.broke is not None:
        # What could not be read of it is what the break cut through.
        return intake.broke
    quoted = "" if _CUT_OFF.match(unread) else f"; it says “{one_line(unread, limit=_QUOTED)}”"
    return intake.dead_end(Code.STREAM_BROKEN, f"{Code.STREAM_BROKEN.meaning} ({intake.shape.value}){quoted}")


def _by_address(intake: HeardAnswer) -> Failure | None:
    """Return that there is but the address of a picture, in words that may have made it up."""
    judged = _judged(intake)
    address = intake.answer.mentioned
    if address is None or judged.code is not Code.TEXT_INSTEAD:
        return None
    return replace(intake.by_address(address), text=judged.text)


def _judged(intake: HeardAnswer) -> Failure:
    from cpa_image_cli.core.failures import no_picture

    answer = intake.answer
    return no_picture.judge(
        tools=answer.tools,
        text=intake.text,
        image_call_failed=answer.image_call_failed,
        partial_frames=answer.frames,
        incomplete_reason=answer.incomplete_reason,
    )
