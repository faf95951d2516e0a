"""
Takes in one answer as it arrives: tells what happens, keeps preview frames apart, and holds the first good picture.

Once a picture has been verified nothing that happens later can lose it: not a late error, an early end, a stalled
stream, nor text that is broken around it. A preview frame is shown and never taken for the picture.
"""

import contextlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from cpa_image_cli.adapters.output.blob_file import BlobFile
from cpa_image_cli.adapters.pictures.verify import UnsoundPicture
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, Failure, GatewayError, OutputError
from cpa_image_cli.core.job.events import (
    Accepted,
    Described,
    FrameArrived,
    Generating,
    JobEvent,
    Receiving,
    Verifying,
    WireNoted,
)
from cpa_image_cli.core.job.job import Job
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.core.wire.answer_pictures import AnswerPictures, NotAPicture
from cpa_image_cli.core.wire.answer_reader import AnswerReader, AnswerTooLarge
from cpa_image_cli.core.wire.answer_shape import Shape
from cpa_image_cli.core.wire.assembler import ResponseAssembler
from cpa_image_cli.core.wire.blob_lifter import MAX_BLOB
from cpa_image_cli.core.wire.response_object import ImageItem
from cpa_image_cli.core.wire.statements import Read
from cpa_image_cli.core.wire.stream_events import ImageStarted, PartialImage, StreamEvent
from cpa_image_cli.engine.ports import Emit, Ports, Reply

GRACE = 15.0
"""Seconds that an answer may go on after its picture is complete, for the sake of the usage figures."""

MOST_TOLD = 16
"""Events of one kind that an answer may cause; the wire itself, which only ``--verbose`` shows, not counted."""

_RECEIVING_EVERY = 0.1
"""Seconds between two reports of bytes received."""

_LONGEST_ADDRESS = 4000
"""Characters of an address that are told; those that are signed have a thousand."""

_SHORT = 80
"""Characters of an id or a type that are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPicture:
    """A verified picture and the temporary file it lies in."""

    blob: BlobFile
    picture: Picture


class AnswerIntake:
    """
    The answer to one attempt. Read once; its attributes then say what came.

    *held* is the first good picture, or None, and *further* are those of other items: they were paid for as well.
    *damage* says what was wrong with the first bad one, *broke* what ended the answer early. *answer* is what the
    events said.
    """

    def __init__(self, job: Job, ports: Ports, *, emit: Emit, trace_id: str | None) -> None:
        self.held: VerifiedPicture | None = None
        self.further: list[VerifiedPicture] = []
        self.damage: Failure | None = None
        self.broke: Failure | None = None
        self.answer = ResponseAssembler()
        self._job = job
        self._ports = ports
        self._emit = emit
        self._trace_id = trace_id
        self._pictures = AnswerPictures(
            nonce=ports.nonce(), open_blob=ports.reservation.open_blob, wants_frames=ports.keep_frames
        )
        self._reader = AnswerReader(self._pictures)
        self._received = 0
        self._told: Counter[str] = Counter()
        self._told_at = ports.clock()
        self._described: Described | None = None
        self._called: set[str] = set()
        self._taken: set[str] = set()
        self._unsound: dict[str, tuple[BlobFile, str]] = {}

    @property
    def shape(self) -> Shape:
        """Return what the answer turned out to be."""
        return self._reader.shape

    @property
    def remainder(self) -> bytes:
        """Return the text of an answer that was no event stream."""
        return self._reader.remainder

    @property
    def text(self) -> str:
        """Return what the model said, whole, as it may be shown."""
        return self.shown(self.answer.text)

    @property
    def revised_prompt(self) -> str | None:
        """Return the prompt as the model changed it, as it may be shown."""
        return self.shown(self.answer.revised_prompt or "") or None

    def read(self, reply: Reply) -> None:
        """Read *reply* to its end, or to what ends it early."""
        try:
            for piece in reply.pieces():
                self._count(len(piece))
                self._receive_all(self._reader.feed(piece), reply)
                if self._is_over:
                    break
        except GatewayError as error:
            self.broke = error.failure
        except AnswerTooLarge:
            self.broke = self.dead_end(Code.ANSWER_TOO_LARGE, f"{Code.ANSWER_TOO_LARGE.meaning}; the rest was not read")
        if not self._is_over:
            self._receive_all(self._reader.close(), reply)
        self._rescue()

    def dead_end(self, code: Code, message: str) -> Failure:
        """Return the failure of an answer that came to nothing, in our own words."""
        from cpa_image_cli.core.failures import error_answer

        return error_answer.without_answer(code, message, streamed=self._job.stream, sent=True, trace_id=self._trace_id)

    def keep_unsound(self) -> str | None:
        """Keep whatever came that is no sound picture, since it may have been paid for; return where the first is."""
        paths = []
        for blob, kind in self._unsound.values():
            # A place that cannot be written has nothing to do with why there is no picture.
            with contextlib.suppress(OutputError):
                paths.append(str(self._ports.reservation.keep_aside(blob, kind=kind)))
        return paths[0] if paths else None

    def by_address(self, address: str) -> Failure:
        """Return the failure of an answer that has the *address* of a picture in its place."""
        failure = self.dead_end(Code.IMAGE_BY_URL, Code.IMAGE_BY_URL.meaning)
        return replace(failure, url=one_line(self.shown(address), limit=_LONGEST_ADDRESS))

    def legible(self, failure: Failure) -> Failure:
        """Return *failure* with a remark wherever something stands for a picture."""
        return replace(failure, message=one_line(self._reader.readable(failure.message)))

    def shown(self, text: str) -> str:
        """Return *text* of the answer as it may be shown."""
        return clean(self._reader.readable(text)).strip()

    @property
    def _has_all_that_was_called(self) -> bool:
        return len(self._called) <= 1 + len(self.further)

    @property
    def _is_over(self) -> bool:
        return self.answer.ended and self.shape is Shape.SSE

    def _count(self, size: int) -> None:
        self._received += size
        now = self._ports.clock()
        if now - self._told_at >= _RECEIVING_EVERY:
            self._told_at = now
            self._emit(Receiving(bytes=self._received))

    def _tell(self, event: JobEvent) -> None:
        """Emit *event*, unless there were more of its kind than any picture takes: somebody has to read them."""
        self._told[event.kind] += 1
        if self._told[event.kind] <= MOST_TOLD:
            self._emit(event)

    def _receive_all(self, reads: Iterable[Read], reply: Reply) -> None:
        for kind, event in reads:
            self._emit(WireNoted(type=one_line(kind, limit=_SHORT)))
            self._receive(event)
            if self.held is not None and not self._pictures.satisfied and self._has_all_that_was_called:
                self._pictures.satisfied = True
                reply.expire_in(GRACE)
            if self._is_over:
                # Whether what follows came in the same piece is chance.
                return

    def _receive(self, event: StreamEvent) -> None:
        known = (self.answer.response_id, self.answer.tools)
        candidates = self.answer.receive(event)
        if known != (self.answer.response_id, self.answer.tools):
            self._tell(self._accepted())
        if isinstance(event, ImageStarted):
            self._call(event.id)
        self._describe()
        if isinstance(event, PartialImage):
            self._show_frame(event)
        for candidate in candidates:
            self._consider(candidate)

    def _call(self, item: str) -> None:
        """Take note that the tool is at work on *item*, whose picture is wanted even if there is one already."""
        self._tell(Generating())
        if item and item not in self._called:
            self._called.add(item)
            self._pictures.satisfied = False

    def _accepted(self) -> Accepted:
        answer = self.answer
        return Accepted(
            response_id=brief(answer.response_id),
            model=brief(answer.model),
            tools=None if answer.tools is None else tuple(one_line(tool, limit=_SHORT) for tool in answer.tools),
        )

    def _describe(self) -> None:
        parts = (self.answer.size, self.answer.quality, self.answer.format)
        size, quality, format_ = (one_line(part, limit=40) if part else None for part in parts)
        described = Described(size=size, quality=quality, format=format_)
        if any(parts) and described != self._described:
            self._described = described
            self._tell(described)

    def _show_frame(self, frame: PartialImage) -> None:
        result = frame.image.result
        self._pictures.set_aside(result)
        path: Path | None = None
        if self._ports.keep_frames:
            try:
                blob = self._pictures.take_frame(result)
            except NotAPicture:
                return
            path = blob.path if blob is not None else None
        size = self._pictures.size_of(result)
        self._tell(FrameArrived(index=frame.index, of=self._job.frames or None, bytes=size, path=path))

    def _consider(self, item: ImageItem) -> None:
        """Take *item* for the picture if there is none yet and its bytes are sound; else it may be a further one."""
        if self.held is not None:
            self._consider_further(item)
            return
        try:
            blob = self._pictures.take(item.result)
        except NotAPicture as problem:
            by_address = problem.address and self.by_address(problem.address)
            self._remember_damage(by_address or self.dead_end(problem.code, str(problem)))
            return
        if blob is not None:
            self._verify(blob)
        if self.held is not None:
            self._taken.add(item.id)

    def _consider_further(self, item: ImageItem) -> None:
        """Keep the picture of *item* too, if it is another one and sound."""
        if not item.id or item.id in self._taken:
            return
        self._taken.add(item.id)
        with contextlib.suppress(NotAPicture, UnsoundPicture):
            blob = self._pictures.take(item.result)
            if blob is not None and blob.sha256 not in self._digests:
                asked = self._job.options.output_format
                picture = self._ports.verify(blob.path, sha256=blob.sha256, asked=asked)
                self.further.append(VerifiedPicture(blob=blob, picture=picture))

    @property
    def _digests(self) -> set[str]:
        return {held.blob.sha256 for held in (self.held, *self.further) if held is not None}

    def _verify(self, blob: BlobFile) -> None:
        self._tell(Verifying(bytes=blob.size))
        try:
            asked = self._job.options.output_format
            picture = self._ports.verify(blob.path, sha256=blob.sha256, asked=asked)
        except UnsoundPicture as unsound:
            self._remember_damage(unsound.failure)
            # A gateway mostly repeats what it sent.
            first, _ = self._unsound.setdefault(blob.sha256, (blob, unsound.kind))
            if first is not blob:
                blob.discard()
        else:
            self._ports.journal.in_hand(blob.held_path, picture)
            blob.hold()
            self.held = VerifiedPicture(blob=blob, picture=picture)

    def take_fetched(self, pieces: Iterable[bytes]) -> None:
        """Take in *pieces*, what lies at the address that came in place of the picture. Raises: GatewayError."""
        self.damage = None
        blob = self._ports.reservation.open_blob()
        room = MAX_BLOB
        for piece in pieces:
            room -= len(piece)
            if room < 0:
                blob.discard()
                raise GatewayError(self.dead_end(Code.ANSWER_TOO_LARGE, "it is larger than a picture may be"))
            blob.write(piece)
        blob.close()
        self._verify(blob)

    def _remember_damage(self, damage: Failure) -> None:
        self.damage = self.damage or damage

    def _rescue(self) -> None:
        """Look for a picture that arrived whole though the text around it is broken: it was paid for."""
        for blob in self._pictures.whole_results():
            if self.held is None:
                self._verify(blob)


def brief(text: str | None) -> str | None:
    """Return an id or a name from outside as it may be shown, or None if there is none."""
    return one_line(text, limit=_SHORT) if text else None
