"""Decides how events are written as a stream: `Framing` to bytes, event by event."""

from collections.abc import Iterator

from cpa_image_cli.sandbox.answers.response_events import written
from cpa_image_cli.sandbox.language.payload import Text
from cpa_image_cli.sandbox.language.replies import Framing

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
FALSE_NAME = b"response.failed"


class EventWriter:
    """Writes the events of one stream, and counts them."""

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._newline = framing.newline.encode()
        self._count = 0

    def write(self, kind: str, fields: dict[str, object], *, last: bool = False) -> list[Text]:
        """Return the event in segments, as `written` does; the *last* one may lack its blank line."""
        body = {"type": kind, "sequence_number": self._next(), **fields} if kind else fields
        segments = written(body, indent=1 if self._framing.several_lines else None)
        if self._framing.several_lines:
            segments[::2] = [
                [piece.replace(b"\n", self._newline + b"data: ") for piece in text] for text in segments[::2]
            ]
        name = FALSE_NAME if self._framing.false_names else kind.encode()
        head = b"event: " + name + self._newline if self._framing.names and kind else b""
        whole = self._framing.final_blank_line or not last
        segments[0] = [head + b"data: ", *segments[0]]
        segments[-1] = [*segments[-1], self._newline * 2 if whole else b""]
        return segments

    def opening(self) -> bytes:
        """Return what comes before the first event."""
        return BYTE_ORDER_MARK if self._framing.byte_order_mark else b""

    def keepalives(self) -> Iterator[bytes]:
        """Yield what is sent between two events so that proxies stay patient."""
        if self._framing.keepalive_comments:
            yield b": keep-alive" + self._newline * 2
        if self._framing.keepalive_events:
            yield b"event: keepalive" + self._newline * 2
            yield b'data: {"type":"keepalive","sequence_number":%d}' % self._next() + self._newline * 2

    def closing(self) -> bytes:
        """Return what comes after the last event."""
        return b"data: [DONE]" + self._newline * 2 if self._framing.done_marker else b""

    def _next(self) -> int:
        self._count += 1
        return self._count - 1
