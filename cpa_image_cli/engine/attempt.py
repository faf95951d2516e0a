"""
One attempt: a request goes out, the answer is taken in as it arrives, and a verified picture comes back, or a failure.

Why there is none is decided in ``missing_picture``; what may be repeated is not decided here either.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import ConfigError, Failure, GatewayError
from cpa_image_cli.core.failures.large_request import told_by_size
from cpa_image_cli.core.gateway.calls import Post
from cpa_image_cli.core.gateway.trace import trace_id
from cpa_image_cli.core.gateway.way import Way
from cpa_image_cli.core.job.events import ReplyStarted, RequestSent, Uploading
from cpa_image_cli.core.job.job import Job
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.text import one_line
from cpa_image_cli.core.wire.body import json_body
from cpa_image_cli.core.wire.request import body_of, headers_of
from cpa_image_cli.engine.answer_intake import AnswerIntake, VerifiedPicture, brief
from cpa_image_cli.engine.ports import Emit, Ports, Reply

MAX_ERROR_BODY = 1024 * 1024
"""Bytes of an error's body that are read."""

_SHOWN_HEADER_LIMIT = 200

_UPLOADING_EVERY = 0.1
"""Seconds between two reports of bytes sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedAnswer:
    """
    A verified picture that waits to be published, and what the answer said about it, as it may be shown.

    *further* are pictures of the same answer, which were paid for as well.
    """

    held: VerifiedPicture
    further: tuple[VerifiedPicture, ...] = ()
    quality: str | None = None
    usage: Mapping[str, object] | None = None
    revised_prompt: str | None = None
    text: str = ""
    action: str | None = None
    response_id: str | None = None
    trace_id: str | None = None
    notices: tuple[Notice, ...] = ()


class Attempt:
    """Attempt number *number* (1-based) at *job*, of at most *timeout* seconds, narrated to *emit*. Used once."""

    def __init__(self, job: Job, ports: Ports, *, emit: Emit, number: int, timeout: float) -> None:
        self._job = job
        self._ports = ports
        self._emit = emit
        self._number = number
        self._timeout = timeout
        self._trace_id: str | None = None
        self._uploaded = 0

    def run(self) -> VerifiedAnswer:
        """
        Make the attempt.

        Raises: GatewayError with the failure, OutputError when the picture cannot be written anywhere, or what keeps it
        from being sent.
        """
        body = json_body(body_of(self._job))
        post = Post(
            url=self._job.url,
            body=body,
            headers=headers_of(self._job, attempt=self._number),
            key=self._job.key,
            secret_headers=self._job.extra_headers,
            timeout=self._timeout,
            streamed=self._job.stream,
        )
        self._ports.journal.sending()
        if not self._job.inputs:
            return self._answer_to(post)
        try:
            return self._answer_to(post)
        except GatewayError as error:
            told = told_by_size(error.failure, size=body.length, uploaded=self._uploaded)
            raise GatewayError(told) from error

    def _answer_to(self, post: Post) -> VerifiedAnswer:
        length = post.body.length
        told = self._told_of(length) if self._job.inputs else lambda _: None
        with self._ports.gateway.post(post, on_sent=lambda: self._sent(length), on_progress=told) as reply:
            self._trace_id = trace_id(reply.headers)
            self._emit(_reply_started(reply, self._trace_id))
            if not 200 <= reply.status < 300:  # noqa: PLR2004 - HTTP's class of success
                raise GatewayError(self._refused(reply))
            reception = AnswerIntake(self._job, self._ports, emit=self._emit, trace_id=self._trace_id)
            reception.read(reply)
            return self._conclude(reply, reception)

    def _told_of(self, whole: int) -> Callable[[int], None]:
        """Return what tells now and then how much of *whole* has left."""
        told_at = self._ports.clock()

        def tell(count: int) -> None:
            nonlocal told_at
            self._uploaded = count
            now = self._ports.clock()
            if now - told_at >= _UPLOADING_EVERY or count == whole:
                told_at = now
                self._emit(Uploading(bytes=count, of=whole))

        return tell

    def _sent(self, count: int) -> None:
        self._ports.journal.sent()
        self._emit(RequestSent(bytes=count))

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
        from cpa_image_cli.core.failures import error_answer

        return error_answer.normalise(
            status=reply.status,
            headers=reply.headers,
            body=body,
            now=self._ports.now(),
            streamed=self._job.stream,
            way=Way(url=self._job.url, proxy=reply.proxy),
        )

    def _explained(self, reply: Reply, reception: AnswerIntake) -> Failure:
        from cpa_image_cli.engine.missing_picture import explain

        def normalise(body: bytes | Mapping[str, object]) -> Failure:
            return self._normalised(reply, body)

        return explain(reception, status=reply.status, normalise=normalise, trace_id=self._trace_id)

    def _fetched(self, failure: Failure, reception: AnswerIntake) -> Failure:
        """Return *failure*, with why it stays so if there is an address and the picture could not be had from there."""
        if failure.url is None or not self._job.fetch_url:
            return failure
        try:
            with self._ports.gateway.fetch(failure.url, beside=self._job.url, timeout=self._timeout) as pieces:
                reception.take_fetched(pieces)
        except (GatewayError, ConfigError) as error:
            words = error.message.removeprefix("could not reach the gateway: ")
            return replace(failure, message=f"{failure.message}, which was not fetched: {words}")
        return replace(reception.damage or failure, url=failure.url)

    def _conclude(self, reply: Reply, reception: AnswerIntake) -> VerifiedAnswer:
        if reception.held is None:
            failure = self._fetched(self._explained(reply, reception), reception)
            if reception.held is None:
                raise GatewayError(replace(failure, saved_to=reception.keep_unsound()))
        answer = reception.answer
        return VerifiedAnswer(
            held=reception.held,
            further=tuple(reception.further),
            quality=brief(answer.quality),
            action=answer.action,
            usage=answer.usage,
            revised_prompt=reception.revised_prompt,
            text=reception.text,
            response_id=brief(answer.response_id),
            trace_id=self._trace_id,
            notices=self._late_notices(reply, reception),
        )

    def _late_notices(self, reply: Reply, reception: AnswerIntake) -> tuple[Notice, ...]:
        """Say what went wrong after the picture was complete."""
        answer, broke = reception.answer, reception.broke
        if broke is not None:
            words = f"the picture is complete, but then: {broke.message}"
            return (Notice(code="late_" + broke.code.word, message=words),)
        if answer.error is not None:
            late = reception.legible(self._normalised(reply, answer.error))
            return (Notice(code="late_error", message=f"the picture is complete, but then: {late.message}"),)
        if not answer.ended and not answer.done:
            return (Notice(code="early_end", message="the answer ended early, after the picture was complete"),)
        if answer.incomplete_reason is not None:
            words = f"the picture is complete, but the answer is not: {brief(answer.incomplete_reason)}"
            return (Notice(code="incomplete_answer", message=words),)
        return ()


def _reply_started(reply: Reply, trace_id: str | None) -> ReplyStarted:
    headers = {
        one_line(name, limit=80): one_line(value, limit=_SHOWN_HEADER_LIMIT) for name, value in reply.headers.items()
    }
    headers.pop("set-cookie", None)
    return ReplyStarted(status=reply.status, trace_id=trace_id, headers=headers)
