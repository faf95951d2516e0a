"""
How a job ended, as one value: what ``--json`` prints and history keeps.

`Outcome.as_json` is a documented contract: keys are added, never renamed or removed, and `SCHEMA` changes if one is.
"""

import math
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cpa_image_cli.core.cost.cost import Cost
from cpa_image_cli.core.cost.stated import PlanWindow
from cpa_image_cli.core.cost.tokens import usage_object
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, CpaImageError, ExitStatus, Failure
from cpa_image_cli.core.failures.next_step import next_step
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.mask import Obedience
from cpa_image_cli.core.pictures.picture import Picture

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.result import ErrorObject, ResultObject

SCHEMA: Final = "cpa-image/result/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """
    Why there is no picture in place, in the terms of the JSON contract.

    *param* is the part of the request that the gateway blamed, as it spelled that; it is not printed.
    """

    code: Code
    message: str
    hint: str | None = None
    status: int | None = None
    may_have_billed: bool = False
    retryable: bool = False
    retry_after_s: float | None = None
    saved_to: Path | None = None
    url: str | None = None
    param: str | None = None

    @classmethod
    def of(cls, error: CpaImageError) -> "Trouble":
        """Return *error* as trouble."""
        failure: Failure | None = getattr(error, "failure", None)
        return cls(
            code=error.code,
            message=error.message,
            hint=error.hint,
            status=failure.status if failure else None,
            may_have_billed=failure.may_have_billed if failure else False,
            retryable=_is_worth_repeating(failure) if failure else error.retry_after_s is not None,
            retry_after_s=failure.delay if failure else error.retry_after_s,
            saved_to=Path(error.saved_to) if error.saved_to else None,
            url=failure.url if failure else None,
            param=failure.param if failure else None,
        )

    def as_json(self, *, run: str | None = None, ended_at: datetime | None = None) -> "ErrorObject":
        """Return the ``error`` object of the run called *run*."""
        wait = self.retry_after_s
        resets_at = None if ended_at is None or wait is None else ended_at + timedelta(seconds=wait)
        shown: ErrorObject = {
            "code": self.code.word,
            "message": self.message,
            "status": self.status,
            "hint": self.hint,
            "may_have_billed": self.may_have_billed,
            "exit_status": int(self.code.exit_status),
            "retryable": self.retryable,
            "retry_after_s": wait,
            "resets_at": in_iso(resets_at),
            "next": next_step(self.code, run=run, retryable=self.retryable, may_have_billed=self.may_have_billed),
        }
        if self.url is not None:
            shown["url"] = self.url
        if self.saved_to is not None:
            shown["saved_to"] = str(self.saved_to)
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    The end of a job. *trouble* is None exactly when a picture is in place.

    *output* is the absolute path, None when the picture went to standard output or nowhere; *further* are
    those of more pictures that the answer held. *requested* and *delivered* hold size, quality and format as far as
    they are known. *elapsed_s* is in seconds. *id* is None
    unless history has the run; *mask* says how a masked edit was heeded, *raw* where the picture lies as it came,
    if another was made of it. *prompt* and *started_at* are None if it could not even begin. *picture_sha256* is
    that of the coded picture alone, which stays when metadata is added or removed. *cost* and *plan* are what was
    said of money. *reused*: nothing was sent for it, since an earlier run had the same request id.
    """

    model: str
    requested: Mapping[str, str]
    attempts: int
    elapsed_s: float
    output: Path | None = None
    further: tuple[Path, ...] = ()
    picture: Picture | None = None
    delivered: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()
    usage: Mapping[str, object] | None = None
    revised_prompt: str | None = None
    text: str = ""
    response_id: str | None = None
    trace_id: str | None = None
    trouble: Trouble | None = None
    id: str | None = None
    mask: Obedience | None = None
    raw: Path | None = None
    prompt: str | None = None
    started_at: datetime | None = None
    picture_sha256: str | None = None
    cost: Cost | None = None
    plan: tuple[PlanWindow, ...] = ()
    reused: bool = False

    @property
    def ok(self) -> bool:
        """Whether a picture is in place."""
        return self.trouble is None

    @property
    def exit_status(self) -> ExitStatus:
        """Return how a command ends that did nothing else."""
        return ExitStatus.OK if self.trouble is None else self.trouble.code.exit_status

    def with_notice(self, notice: Notice) -> "Outcome":
        """Return the same end with one more warning."""
        return replace(self, warnings=(*self.warnings, notice))

    def as_json(self) -> "ResultObject":
        """Return the object that ``--json`` prints. Base64 never appears in it."""
        picture = self.picture
        shown: ResultObject = {
            "schema": SCHEMA,
            "ok": self.ok,
            "id": self.id,
            "output": str(self.output) if self.output else None,
            "format": picture.format if picture else None,
            "width": picture.width if picture else None,
            "height": picture.height if picture else None,
            "bytes": picture.bytes if picture else None,
            "sha256": picture.sha256 if picture else None,
            "picture_sha256": self.picture_sha256,
            "prompt": self.prompt,
            "started_at": in_iso(self.started_at),
            "model": self.model,
            "requested": dict(self.requested),
            "delivered": dict(self.delivered),
            "warnings": [{"code": notice.code, "message": notice.message} for notice in self.warnings],
            "attempts": self.attempts,
            "usage": usage_object(self.usage),
            "cost": self.cost.as_json() if self.cost else None,
            "plan": [window.as_json() for window in self.plan],
            "revised_prompt": self.revised_prompt,
            "text": self.text,
            "response_id": self.response_id,
            "trace_id": self.trace_id,
            "elapsed_s": round(self.elapsed_s, 3),
        }
        if self.mask is not None:
            shown["mask"] = self.mask.as_json()
        if self.raw is not None:
            shown["raw"] = str(self.raw)
        if self.reused:
            shown["reused"] = True
        if self.trouble is not None:
            ended_at = self.started_at and self.started_at + timedelta(seconds=self.elapsed_s)
            shown["error"] = self.trouble.as_json(run=self.id, ended_at=ended_at)
        if self.further:
            shown["further"] = [str(path) for path in self.further]
        return shown


def in_iso(moment: datetime | None) -> str | None:
    """Return *moment* as programs are told it."""
    return None if moment is None else moment.isoformat(timespec="milliseconds")


def _is_worth_repeating(failure: Failure) -> bool:
    """Whether the policy of retries, were it allowed any wait, would repeat what ended in *failure*."""
    from cpa_image_cli.core.job.retry import Retry, RetryPolicy

    policy = RetryPolicy(retries=1, max_wait=math.inf)
    return isinstance(policy.decide(failure, attempt=1, earlier=(), random=0.0), Retry)
