"""
Reads one answer, JSON or SSE, as its bytes arrive.

`AnswerReader` joins the lifter, the SSE decoder and the parsers, and keeps the pictures that were lifted out. Where
their bytes go is the caller's `Blob`; this module never sees a file.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, assert_never

from cpa_image_cli.core import response, stream_events
from cpa_image_cli.core.base64_pieces import decoded
from cpa_image_cli.core.blobs import (
    LEFT_OUT,
    BlobEnded,
    BlobLifter,
    BlobPiece,
    BlobStarted,
    Lifted,
    Text,
    find_placeholder,
    without_placeholders,
)
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.shape import Shape, beginning, shape_of
from cpa_image_cli.core.sse import MAX_EVENT, EventTooLarge, ServerSentEvent, SSEDecoder
from cpa_image_cli.core.stream_events import StreamEvent

MAX_ANSWER = 512 * 1024 * 1024
"""Bytes of one answer, pictures included, after which a server is called a runaway."""

MAX_EVENTS = 100_000
"""Events of one answer after which a server is called a runaway: a picture takes a dozen, a long text thousands."""

FINAL_FIELDS = frozenset({"result", "b64_json"})
"""JSON keys under which a finished picture is sent: the Responses API's, and the Images API's."""

FRAME_FIELD = "partial_image_b64"

PICTURE_FIELDS = FINAL_FIELDS | {FRAME_FIELD}
"""Long base64 under any other key is no picture; where it stood, a remark is read."""

MAX_BLOBS = 64
MAX_FRAMES = 16
"""Pictures of one answer, frames included, that get a `Blob`, and how many of them may be frames: each is a file."""

_NOT_KEPT = "the picture came in a form that is not known, or after too many others"
_ADDRESS = re.compile(r"\s*https?://", re.IGNORECASE)

Read = tuple[str, StreamEvent]
"""The type of an event as the gateway spelled it, and what it says."""


class Blob(Protocol):
    """A place for the bytes of one picture, outside memory."""

    def write(self, data: bytes) -> None:
        """Append *data*."""

    def close(self) -> None:
        """No more bytes come."""

    def discard(self) -> None:
        """Nobody wants these bytes."""


B = TypeVar("B", bound=Blob)


@dataclass(slots=True)
class _Run(Generic[B]):
    """A run that was lifted out: the JSON key it came under, how it ended, and its bytes if they were kept."""

    field: str
    ended: BlobEnded
    blob: B | None
    taken: bool = False


class AnswerTooLarge(Exception):  # noqa: N818 - says what happened
    """The answer exceeds `MAX_ANSWER` or `MAX_EVENTS`, or what is no picture in it exceeds `MAX_EVENT`."""


class NotAPicture(Exception):  # noqa: N818 - says what happened
    """A ``result`` that holds no picture; *code* and the message say what it holds."""

    def __init__(self, message: str, code: Code = Code.IMAGE_DAMAGED) -> None:
        super().__init__(message)
        self.code = code


class AnswerReader(Generic[B]):
    """
    Bytes of one answer in any pieces → events, and `Blob`s for the pictures in them.

    *nonce* is a random text that the server cannot know. *open_blob* is called as each wanted picture begins.
    *wants_frames* says whether preview frames are kept or only measured. Set *satisfied* once a good picture is in
    hand: from then on further copies are measured only.
    """

    def __init__(
        self,
        *,
        nonce: str,
        open_blob: Callable[[], B],
        wants_frames: bool,
        max_answer: int = MAX_ANSWER,
        max_events: int = MAX_EVENTS,
    ) -> None:
        self.shape = Shape.UNKNOWN
        self.satisfied = False
        self._nonce = nonce
        self._open_blob = open_blob
        self._wants_frames = wants_frames
        self._room = max_answer
        self._events_left = max_events
        self._lifter = BlobLifter(nonce=nonce, wanted=self._wanted)
        self._sse = SSEDecoder()
        self._text = bytearray()
        self._field = ""
        self._open: B | None = None
        self._is_stray = False
        self._runs: dict[int, _Run[B]] = {}
        self._kept = 0

    def feed(self, chunk: bytes) -> Iterator[Read]:
        """
        Yield the events that *chunk* completes.

        Raises: AnswerTooLarge.
        """
        allowed = chunk[: self._room]
        self._room -= len(allowed)
        # A picture that the same chunk completes before the limit counts.
        yield from self._read(self._lifter.feed(allowed))
        if len(allowed) < len(chunk):
            raise AnswerTooLarge

    def close(self) -> Iterator[Read]:
        """Yield what the end of the answer completes: the cut-off last event, or the whole of a JSON answer."""
        yield from self._read(self._lifter.close())
        if self.shape is Shape.UNKNOWN and self._text:
            self.shape = Shape.TEXT
        if self.shape is Shape.SSE:
            yield from map(self._parsed, self._sse.close())
        elif self.shape is Shape.JSON:
            body = response.as_object(self._text.decode("utf-8", "replace"))
            if body is not None:
                yield stream_events.parse_answer(body)

    @property
    def remainder(self) -> bytes:
        """Return the text of an answer that was no event stream, pictures left out: for error messages."""
        return without_placeholders(self._text.decode("utf-8", "replace"), self._nonce).encode()

    def size_of(self, result: str) -> int:
        """Return the size in bytes of the picture that *result* stands for, whether or not it was kept."""
        run = self._run_of(result)
        return run.ended.size if run else len(result) * 3 // 4

    def take(self, result: str) -> B | None:
        """
        Return the bytes that the string *result* stands for; None when nobody wanted them kept.

        Raises: NotAPicture.
        """
        return self._taken(result, field="result")

    def take_frame(self, result: str) -> B | None:
        """Return the bytes of a preview frame as `take` does, or None for one more than are kept."""
        return self._taken(result, field=FRAME_FIELD)

    def whole_results(self) -> Iterator[B]:
        """
        Yield finished pictures that arrived whole but that nobody took, since no event named them; never a frame.

        The text around them may be broken, or say something new.
        """
        for run in self._runs.values():
            if run.field == "result" and run.blob is not None and not run.ended.problem and not run.taken:
                yield run.blob

    def readable(self, text: str) -> str:
        """Return text of the answer as a person may read it."""
        return without_placeholders(text, self._nonce)

    def _wanted(self, field: str) -> bool:
        if self.satisfied:
            return False
        if field == FRAME_FIELD:
            return self._wants_frames and self._kept < MAX_FRAMES
        return field in FINAL_FIELDS and self._kept < MAX_BLOBS

    def _read(self, pieces: Iterator[Lifted]) -> Iterator[Read]:
        for piece in pieces:
            match piece:
                case Text(data):
                    yield from self._read_text(self._legible(data))
                case BlobStarted(_, field):
                    self._field = field
                    self._open = self._open_blob() if self._wanted(field) else None
                case BlobPiece(data):
                    assert self._open is not None  # noqa: S101 - only what is wanted is decoded
                    self._open.write(data)
                case BlobEnded():
                    self._end_blob(piece)
                case _:
                    assert_never(piece)

    def _end_blob(self, ended: BlobEnded) -> None:
        blob, self._open = self._open, None
        self._runs[ended.number] = _Run(self._field, ended, blob)
        self._is_stray = self._field not in PICTURE_FIELDS
        if self.shape is Shape.UNKNOWN:
            # Nothing else begins with base64, and what stands for it must not be taken for a beginning.
            self.shape = Shape.TEXT
        if blob is not None:
            blob.close()
            self._kept += 1

    def _legible(self, data: bytes) -> bytes:
        """Return *data*, or a remark if it stands for the run that has just ended and that nobody can ask for."""
        is_stray, self._is_stray = self._is_stray, False
        return LEFT_OUT.encode() if is_stray else data

    def _taken(self, result: str, *, field: str) -> B | None:
        if _ADDRESS.match(result):
            raise NotAPicture("the gateway sent an address in place of a picture", Code.IMAGE_BY_URL)
        run = self._run_of(result)
        if run is None:
            return self._inline(result, field=field)
        run.taken = True
        if run.ended.problem:
            raise NotAPicture(f"the picture's base64 is damaged: {run.ended.problem}")
        if run.blob is None:
            self._excuse(run.field)
        return run.blob

    def _excuse(self, field: str) -> None:
        """Raise NotAPicture unless there is a good reason for not having kept what came under *field*."""
        if not self.satisfied and field != FRAME_FIELD:
            raise NotAPicture(_NOT_KEPT)

    def _run_of(self, result: str) -> "_Run[B] | None":
        number = find_placeholder(result, self._nonce)
        return self._runs.get(number) if number is not None else None

    def _read_text(self, data: bytes) -> Iterator[Read]:
        if self.shape is not Shape.SSE:
            self._text += data
            if self.shape is Shape.UNKNOWN:
                data = self._sniff()
            if len(self._text) > MAX_EVENT:
                # What is cut short cannot be read, and parsing it would cost several times its size.
                self._text.clear()
                raise AnswerTooLarge
        if self.shape is Shape.SSE:
            yield from self._read_events(data)

    def _read_events(self, data: bytes) -> Iterator[Read]:
        try:
            for event in self._sse.feed(data):
                if self._events_left == 0:
                    raise AnswerTooLarge
                self._events_left -= 1
                yield self._parsed(event)
        except EventTooLarge:
            raise AnswerTooLarge from None

    def _parsed(self, event: ServerSentEvent) -> Read:
        return stream_events.parse(self.readable(event.name), event.data)

    def _sniff(self) -> bytes:
        """Tell the shape as soon as it can be told; return what an SSE decoder should begin with."""
        start = beginning(bytes(self._text))
        self.shape = shape_of(start)
        self._text = bytearray() if self.shape is Shape.SSE else bytearray(start)
        return start

    def _inline(self, result: str, *, field: str) -> B | None:
        """Decode base64 that was too short to be lifted."""
        data = decoded(re.sub(r"\A\s*data:[^,]*,", "", result))
        if data is None:
            raise NotAPicture(_NOT_KEPT if LEFT_OUT in result else "what came in place of a picture is not base64")
        if not self._wanted(field):
            self._excuse(field)
            return None
        blob = self._open_blob()
        blob.write(data)
        blob.close()
        self._kept += 1
        return blob
