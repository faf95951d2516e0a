"""
Decodes a server-sent event stream: bytes in any pieces → `ServerSentEvent`.

Follows the WHATWG algorithm (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream)
with three deliberate differences, all seen from gateways: an event that the end of the stream cuts off from its blank
line is delivered all the same, an event without data but with a name is delivered too (``event: keepalive``), and lines
that are no field at all are kept, since a relay may have put its error there.
Works on bytes: ``str.splitlines`` would end lines at U+2028, which is legal inside JSON.
"""

from collections.abc import Iterator

from cpa_image_cli.core.dataclass import dataclass

MAX_EVENT = 16 * 1024 * 1024
"""Bytes of one event, pictures not counted. More is a runaway server."""


MAX_STRAY = 1024 * 1024
"""Bytes of lines that are no field which are kept."""

_IGNORED = (b"id", b"retry")


class EventTooLarge(Exception):  # noqa: N818 - says what happened
    """One event exceeds `MAX_EVENT`."""


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One dispatched event: its ``event:`` name, or an empty string, and its ``data:`` lines joined by newlines."""

    name: str
    data: str


class SSEDecoder:
    """Bytes of a stream, without its byte order mark → events, as soon as each is complete."""

    def __init__(self, *, max_event: int = MAX_EVENT) -> None:
        self._max_event = max_event
        # Buffers rather than lists of pieces: a server may send its bytes, and its lines, one by one.
        self._line = bytearray()
        self._size = 0
        self._after_cr = False
        self._name = ""
        self._data = bytearray()
        self._stray = bytearray()

    @property
    def stray(self) -> str:
        """Return the lines that are no field."""
        return self._stray.decode("utf-8", "replace")

    def feed(self, chunk: bytes) -> Iterator[ServerSentEvent]:
        """
        Yield the events that *chunk* completes.

        Raises: EventTooLarge when one event outgrows the limit.
        """
        for line in self._lines(chunk):
            event = self._take(line)
            if event is not None:
                yield event

    def close(self) -> Iterator[ServerSentEvent]:
        """Yield the event that the end of the stream cut off from its blank line, if there is one."""
        if self._line:
            self._field(bytes(self._line))
            self._line.clear()
        event = self._dispatch()
        if event is not None:
            yield event

    def _lines(self, chunk: bytes) -> Iterator[bytes]:
        if not chunk:
            return
        if self._after_cr:
            chunk = chunk.removeprefix(b"\n")
        self._after_cr = chunk.endswith(b"\r")
        for part in chunk.splitlines(keepends=True):
            line = part.rstrip(b"\r\n")
            self._grow(len(line))
            self._line += line
            if len(line) < len(part):
                yield bytes(self._line)
                self._line.clear()

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > self._max_event:
            # What came of it will not be delivered, nor kept in memory.
            self._line.clear()
            self._name, self._data = "", bytearray()
            raise EventTooLarge

    def _take(self, line: bytes) -> ServerSentEvent | None:
        if not line:
            return self._dispatch()
        self._field(line)
        return None

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data += value + b"\n"
        elif name == b"event":
            self._name = value.decode("utf-8", "replace")
        elif not name:
            # Keep-alive comments come for as long as the picture takes; they are no part of any event.
            self._size -= len(line)
        elif name not in _IGNORED and len(self._stray) + len(line) <= MAX_STRAY:
            self._stray += line + b"\n"

    def _dispatch(self) -> ServerSentEvent | None:
        name, data = self._name, self._data
        self._name, self._data, self._size = "", bytearray(), 0
        if not name and not data:
            return None
        return ServerSentEvent(name, data.removesuffix(b"\n").decode("utf-8", "replace"))
