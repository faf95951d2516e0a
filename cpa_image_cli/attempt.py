"""
One attempt: a request goes out, the answer is read as it arrives, and a verified picture comes back, or a failure.

Once a good picture is in hand nothing that happens later can lose it: not a late error, an early end, a stalled
stream, nor text that is broken around it. A preview frame is shown and never taken for the picture.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from cpa_image_cli.adapters.gateway import Gateway, Post, Reply
from cpa_image_cli.adapters.output import BlobFile, Reservation
from cpa_image_cli.core import failures, text_answer
from cpa_image_cli.core.answer import AnswerReader, AnswerTooLarge, NotAPicture, Read
from cpa_image_cli.core.assembler import ResponseAssembler
from cpa_image_cli.core.errors import Code, Failure, GatewayError
from cpa_image_cli.core.job_events import (
    Accepted,
    Described,
    FrameArrived,
    Generating,
    JobEvent,
    Receiving,
    ReplyStarted,
    RequestSent,
    Verifying,
    WireNoted,
)
from cpa_image_cli.core.outcome import Notice
from cpa_image_cli.core.picture import Picture
from cpa_image_cli.core.request import Job, body_of, encoded, headers_of
from cpa_image_cli.core.shape import Shape
from cpa_image_cli.core.stream_events import ImageItem, ImageStarted, PartialImage, StreamEvent
from cpa_image_cli.core.text import clean, one_line

GRACE = 15.0
"""Seconds that an answer may go on after its picture is complete, for the sake of the usage figures."""

MAX_ERROR_BODY = 1024 * 1024
"""Bytes of an error's body that are read."""

_RECEIVING_EVERY = 0.1
_SHOWN_HEADER_LIMIT = 200

Emit = Callable[[JobEvent], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """
    What an attempt needs of the world.

    *clock* is monotonic, in seconds; *now* is the aware wall-clock time, for ``Retry-After`` dates. *nonce* gives a
    text no server can guess. *keep_frames* says that somebody looks at preview frames.
    """

    gateway: Gateway
    reservation: Reservation
    verify: Callable[..., Picture]
    clock: Callable[[], float]
    now: Callable[[], datetime]
    nonce: Callable[[], str]
    keep_frames: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gained:
    """A verified picture that waits to be published, and what the answer said about it."""

    blob: BlobFile
    picture: Picture
    answer: ResponseAssembler
    text: str
    trace_id: str | None
    notices: tuple[Notice, ...] = ()


@dataclass(slots=True)
class _Found:
    """What reading an answer has brought so far."""

    blob: BlobFile | None = None
    picture: Picture | None = None
    damage: Failure | None = None
    broke: Failure | None = None
    notices: list[Notice] = field(default_factory=list)


class Attempt:
    """Attempt number *number* (1-based) at *job*, of at most *timeout* seconds, narrated to *emit*. Used once."""

    def __init__(self, job: Job, ports: Ports, *, emit: Emit, number: int, timeout: float) -> None:
        self._job = job
        self._ports = ports
        self._emit = emit
        self._number = number
        self._timeout = timeout
        self._found = _Found()
        self._answer = ResponseAssembler()
        self._reader = AnswerReader(
            nonce=ports.nonce(), open_blob=ports.reservation.open_blob, wants_frames=ports.keep_frames
        )
        self._trace_id: str | None = None
        self._received = 0
        self._last_receiving = ports.clock()
        self._described: Described | None = None

    def run(self) -> Gained:
        """
        Make the attempt.

        Raises: GatewayError with the failure, or OutputError when the picture cannot be written anywhere.
        """
        body = encoded(body_of(self._job))
        post = Post(
            url=self._job.url,
            body=body,
            headers=headers_of(self._job, attempt=self._number),
            key=self._job.key,
            secret_headers=self._job.extra_headers,
            timeout=self._timeout,
        )
        sent = RequestSent(bytes=len(body))
        with self._ports.gateway.post(post, on_sent=lambda: self._emit(sent)) as reply:
            self._trace_id = failures.trace_id(reply.headers)
            self._emit(_reply_started(reply, self._trace_id))
            if not 200 <= reply.status < 300:  # noqa: PLR2004 - HTTP's class of success
                raise GatewayError(self._refused(reply))
            self._read(reply)
            return self._conclude(reply)

    def _refused(self, reply: Reply) -> Failure:
        body = bytearray()
        try:
            for piece in reply.pieces():
                body += piece
                if len(body) > MAX_ERROR_BODY:
                    break
        except GatewayError:
            pass  # the status says enough; whatever came of the body is used
        return self._normalised(reply, bytes(body[:MAX_ERROR_BODY]))

    def _normalised(self, reply: Reply, body: bytes | Mapping[str, object]) -> Failure:
        return failures.normalise(
            status=reply.status,
            headers=reply.headers,
            body=body,
            now=self._ports.now(),
            streamed=self._job.stream,
        )

    def _read(self, reply: Reply) -> None:
        """Read the answer to its end, or to what ends it early."""
        try:
            for piece in reply.pieces():
                self._count(len(piece))
                self._receive_all(self._reader.feed(piece), reply)
                if self._answer.ended and self._reader.shape is Shape.SSE:
                    return
        except GatewayError as error:
            self._found.broke = error.failure
        except AnswerTooLarge:
            self._found.broke = self._dead_end(
                Code.ANSWER_TOO_LARGE, "the answer exceeds the size limit; the rest was not read"
            )
        self._receive_all(self._reader.close(), reply)
        self._rescue()

    def _count(self, size: int) -> None:
        self._received += size
        now = self._ports.clock()
        if now - self._last_receiving >= _RECEIVING_EVERY:
            self._last_receiving = now
            self._emit(Receiving(bytes=self._received))

    def _receive_all(self, reads: Iterable[Read], reply: Reply) -> None:
        for kind, event in reads:
            self._emit(WireNoted(type=one_line(kind, limit=80)))
            self._receive(event)
            if self._found.picture is not None and not self._reader.satisfied:
                self._reader.satisfied = True
                reply.expire_in(GRACE)

    def _receive(self, event: StreamEvent) -> None:
        known = (self._answer.response_id, self._answer.tools)
        candidates = self._answer.receive(event)
        if known != (self._answer.response_id, self._answer.tools):
            self._emit(self._accepted())
        if isinstance(event, ImageStarted):
            self._emit(Generating())
        self._describe()
        if isinstance(event, PartialImage):
            self._show_frame(event)
        for candidate in candidates:
            self._consider(candidate)

    def _accepted(self) -> Accepted:
        answer = self._answer
        return Accepted(
            response_id=one_line(answer.response_id, limit=80) if answer.response_id else None,
            model=one_line(answer.model, limit=80) if answer.model else None,
            tools=None if answer.tools is None else tuple(one_line(tool, limit=80) for tool in answer.tools),
        )

    def _describe(self) -> None:
        parts = (self._answer.size, self._answer.quality, self._answer.format)
        size, quality, format_ = (one_line(part, limit=40) if part else None for part in parts)
        described = Described(size=size, quality=quality, format=format_)
        if any(parts) and described != self._described:
            self._described = described
            self._emit(described)

    def _show_frame(self, frame: PartialImage) -> None:
        result = frame.image.result
        path: Path | None = None
        if self._ports.keep_frames:
            try:
                blob = self._reader.take(result)
            except NotAPicture:
                return
            path = blob.path if blob is not None else None
        size = self._reader.size_of(result)
        self._emit(FrameArrived(index=frame.index, of=self._job.frames or None, bytes=size, path=path))

    def _consider(self, item: ImageItem) -> None:
        """Take *item* for the picture if there is none yet and its bytes are sound."""
        if self._found.picture is not None:
            return
        try:
            blob = self._reader.take(item.result)
        except NotAPicture as problem:
            self._remember_damage(self._dead_end(problem.code, str(problem)))
            return
        if blob is not None:
            self._verify(blob)

    def _verify(self, blob: BlobFile) -> None:
        self._emit(Verifying(bytes=blob.size))
        try:
            self._found.picture = self._ports.verify(blob.path, sha256=blob.sha256)
        except GatewayError as error:
            self._remember_damage(error.failure)
            blob.discard()
        else:
            self._found.blob = blob

    def _remember_damage(self, damage: Failure) -> None:
        self._found.damage = self._found.damage or damage

    def _rescue(self) -> None:
        """Look for a picture that arrived whole though the text around it is broken: it was paid for."""
        for blob in self._reader.whole_results():
            if self._found.picture is None:
                self._verify(blob)

    def _conclude(self, reply: Reply) -> Gained:
        found = self._found
        if found.blob is None or found.picture is None:
            raise GatewayError(self._failure(reply))
        return Gained(
            blob=found.blob,
            picture=found.picture,
            answer=self._answer,
            text=self._text(),
            trace_id=self._trace_id,
            notices=self._late_notices(reply),
        )

    def _text(self) -> str:
        return clean(self._reader.readable(self._answer.text)).strip()

    def _late_notices(self, reply: Reply) -> tuple[Notice, ...]:
        """Say what went wrong after the picture was complete."""
        if self._found.broke is not None:
            words = f"the picture is complete, but then: {self._found.broke.message}"
            return (Notice(code="late_" + self._found.broke.code.word, message=words),)
        if self._answer.error is not None:
            late = self._normalised(reply, self._answer.error)
            return (Notice(code="late_error", message=f"the picture is complete, but then: {late.message}"),)
        if not self._answer.ended:
            return (Notice(code="early_end", message="the answer ended early, after the picture was complete"),)
        return ()

    def _failure(self, reply: Reply) -> Failure:
        """Say why there is no picture; the most telling cause first."""
        answer, found = self._answer, self._found
        if answer.error is not None:
            return self._normalised(reply, answer.error)
        told = found.damage or found.broke
        if told is None and not answer.ended:
            told = self._unfinished(reply)
        if told is not None:
            return replace(told, trace_id=told.trace_id or self._trace_id, text=self._text())
        if answer.image_error:
            return self._normalised(reply, {"error": answer.image_error})
        return text_answer.judge(
            tools=answer.tools,
            text=self._text(),
            image_call_failed=answer.image_call_failed,
            partial_frames=answer.frames,
            incomplete_reason=answer.incomplete_reason,
            trace_id=self._trace_id,
        )

    def _unfinished(self, reply: Reply) -> Failure:
        if self._reader.shape in {Shape.HTML, Shape.TEXT, Shape.UNKNOWN}:
            return self._normalised(reply, self._reader.remainder)
        shape = self._reader.shape.value
        return self._dead_end(Code.STREAM_BROKEN, f"the answer ({shape}) ended before it was complete")

    def _dead_end(self, code: Code, message: str) -> Failure:
        return failures.without_answer(code, message, streamed=self._job.stream, sent=True, trace_id=self._trace_id)


def _reply_started(reply: Reply, trace_id: str | None) -> ReplyStarted:
    headers = {
        one_line(name, limit=80): one_line(value, limit=_SHOWN_HEADER_LIMIT) for name, value in reply.headers.items()
    }
    headers.pop("set-cookie", None)
    return ReplyStarted(status=reply.status, trace_id=trace_id, headers=headers)
