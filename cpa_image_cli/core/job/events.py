"""
What a job tells whoever watches: our language, which has never heard of SSE.

These frozen events are what ``--jsonl`` prints, what the screen folds over and what history records. To add one,
add a dataclass with a `kind`, put it into `JobEvent`, and let the type checker name every ``match`` to extend.
Times named *..._at* are readings of the job's monotonic clock; spans are in seconds. No event carries a key, a
session id or base64.
"""

from dataclasses import field, replace
from pathlib import Path
from typing import ClassVar

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Failure
from cpa_image_cli.core.pictures.picture import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class OfJob:
    """
    Whose event it is: number *job* of those that run together, picture *n* of its order, from *row* of a file.

    All are counted from 1. *row* is None for an order that was in no file.
    """

    job: int = 1
    n: int = 1
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStarted(OfJob):
    """The job was accepted by this program; nothing has been sent."""

    kind: ClassVar[str] = "job_started"
    prompt: str
    model: str
    model_source: str
    gateway: str
    gateway_source: str
    stream: bool
    requested: dict[str, str]
    attempts_allowed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStarted(OfJob):
    """Attempt number *attempt* (1-based) begins to connect."""

    kind: ClassVar[str] = "attempt_started"
    attempt: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploading(OfJob):
    """*bytes* of the *of* that the request has have left this machine; told only of requests that hold pictures."""

    kind: ClassVar[str] = "uploading"
    bytes: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSent(OfJob):
    """The whole request has left this machine: from here on it may cost money."""

    kind: ClassVar[str] = "request_sent"
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyStarted(OfJob):
    """The gateway's status line and headers arrived; *headers* are cleaned, for ``--verbose``."""

    kind: ClassVar[str] = "reply_started"
    status: int
    trace_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(OfJob):
    """The response exists upstream. *tools* are the tool types it names; None when it does not say."""

    kind: ClassVar[str] = "accepted"
    response_id: str | None
    model: str | None
    tools: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Generating(OfJob):
    """The image tool is at work."""

    kind: ClassVar[str] = "generating"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described(OfJob):
    """The gateway named what it is drawing; absent fields are None. Compare with what was requested."""

    kind: ClassVar[str] = "described"
    size: str | None = None
    quality: str | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameArrived(OfJob):
    """Preview frame *index* (0-based) arrived whole. *path* is a temporary file that goes with the job, or None."""

    kind: ClassVar[str] = "frame_arrived"
    index: int
    of: int | None
    bytes: int
    path: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving(OfJob):
    """*bytes* of the answer have arrived in this attempt."""

    kind: ClassVar[str] = "receiving"
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifying(OfJob):
    """A picture of *bytes* bytes is complete and being checked."""

    kind: ClassVar[str] = "verifying"
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryScheduled(OfJob):
    """Attempt *attempt* failed; another follows at *resume_at*, *wait* seconds from now."""

    kind: ClassVar[str] = "retry_scheduled"
    attempt: int
    of: int
    reason: str
    failure: Failure
    wait: float
    resume_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned(OfJob):
    """Something a person should know; *code* is a stable word."""

    kind: ClassVar[str] = "warning"
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WireNoted(OfJob):
    """A gateway event of type *type* was read: narration for ``--verbose``."""

    kind: ClassVar[str] = "wire"
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSaved(OfJob):
    """The verified picture is in place; *path* is None when it went to standard output."""

    kind: ClassVar[str] = "image_saved"
    path: Path | None
    picture: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailed(OfJob):
    """The job is over without a picture in place."""

    kind: ClassVar[str] = "job_failed"
    code: str
    message: str
    hint: str | None
    status: int | None
    may_have_billed: bool
    text: str
    trace_id: str | None


JobEvent = (
    JobStarted
    | AttemptStarted
    | Uploading
    | RequestSent
    | ReplyStarted
    | Accepted
    | Generating
    | Described
    | FrameArrived
    | Receiving
    | Verifying
    | RetryScheduled
    | Warned
    | WireNoted
    | ImageSaved
    | JobFailed
)


def of_job(event: JobEvent, whose: OfJob) -> JobEvent:
    """Return *event* as one of the job that *whose* names."""
    return replace(event, job=whose.job, n=whose.n, row=whose.row)
