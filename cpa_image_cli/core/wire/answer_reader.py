"""
Reads one answer, JSON or SSE, as its bytes arrive.

`AnswerReader` joins the lifter, the SSE decoder and the parsers; the pictures that are lifted out go to
`AnswerPictures`.
"""

from collections.abc import Iterator
from typing import Any, assert_never

from cpa_image_cli.core.wire import statements
from cpa_image_cli.core.wire.answer_pictures import AnswerPictures
from cpa_image_cli.core.wire.answer_shape import MAX_ANSWER, Shape, beginning, shape_of
from cpa_image_cli.core.wire.blob_lifter import (
    BlobEnded,
    BlobLifter,
    BlobPiece,
    BlobStarted,
    Lifted,
    Text,
    without_placeholders,
)
from cpa_image_cli.core.wire.sse import MAX_EVENT, EventTooLarge, ServerSentEvent, SSEDecoder
from cpa_image_cli.core.wire.statements import Read

MAX_EVENTS = 100_000
"""Events of one answer after which a server is called a runaway: a picture takes a dozen, a long text thousands."""


class AnswerTooLarge(Exception):  # noqa: N818 - says what happened
    """The answer exceeds `MAX_ANSWER` or `MAX_EVENTS`, or what is no picture in it exceeds `MAX_EVENT`."""


class AnswerReader:
    """
    Bytes of one answer in any pieces → events; the pictures in them go to *pictures*.

    What an event says of a picture is a string that *pictures* can be asked about, at the latest before the next piece.
    """

    def __init__(
        self, pictures: AnswerPictures[Any], *, max_answer: int = MAX_ANSWER, max_events: int = MAX_EVENTS
    ) -> None:
        self.shape = Shape.UNKNOWN
        self._pictures = pictures
        self._room = max_answer
        self._events_left = max_events
        self._lifter = BlobLifter(nonce=pictures.nonce, wanted=pictures.wants)
        self._sse = SSEDecoder()
        self._text = bytearray()
        self._mark: str | None = None

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
            for event in self._sse.close():
                yield from self._parsed(event)
            if self._sse.stray:
                yield from statements.in_event("", self._sse.stray)
        elif self.shape is not Shape.HTML:
            yield from statements.in_answer(self._text.decode("utf-8", "replace"))

    @property
    def remainder(self) -> bytes:
        """Return the text of an answer that was no event stream, pictures left out: for error messages."""
        return without_placeholders(self._text.decode("utf-8", "replace"), self._pictures.nonce).encode()

    def readable(self, text: str) -> str:
        """Return text of the answer as a person may read it."""
        return without_placeholders(text, self._pictures.nonce)

    def _read(self, pieces: Iterator[Lifted]) -> Iterator[Read]:
        for piece in pieces:
            match piece:
                case Text(data):
                    yield from self._read_text(self._marked(data))
                case BlobStarted(_, field, head):
                    self._pictures.begin(field, head)
                case BlobPiece(data):
                    self._pictures.write(data)
                case BlobEnded():
                    self._mark = self._pictures.end(piece)
                    if self.shape is Shape.UNKNOWN:
                        # No other answer begins with base64; what stands for it must not be taken for a beginning.
                        self.shape = Shape.TEXT
                case _:
                    assert_never(piece)

    def _marked(self, data: bytes) -> bytes:
        """Return *data*, or what else shall stand for the run that has just ended."""
        mark, self._mark = self._mark, None
        return data if mark is None else mark.encode()

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
                yield from self._parsed(event)
        except EventTooLarge:
            raise AnswerTooLarge from None

    def _parsed(self, event: ServerSentEvent) -> Iterator[Read]:
        return statements.in_event(self.readable(event.name), event.data)

    def _sniff(self) -> bytes:
        """Tell the shape as soon as it can be told; return what an SSE decoder should begin with."""
        start = beginning(bytes(self._text))
        self.shape = shape_of(start)
        self._text = bytearray() if self.shape is Shape.SSE else bytearray(start)
        return start
