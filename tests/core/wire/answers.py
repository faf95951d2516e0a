"""
What the tests of the reader of answers share: a desk to read at, and pieces to make answers of.

`read` is a gateway's answer seen as a user of `AnswerReader` sees it; `Reading` is compared whole.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.wire.answer_pictures import AnswerPictures, NotAPicture
from cpa_image_cli.core.wire.answer_reader import AnswerReader, Read
from cpa_image_cli.core.wire.answer_shape import Shape
from cpa_image_cli.core.wire.assembler import ResponseAssembler
from cpa_image_cli.core.wire.stream_events import PartialImage

STREAMS = Path(__file__).parents[2] / "data" / "streams"
SQUIRREL = (STREAMS / "squirrel.png").read_bytes()
FRAMES = ((STREAMS / "frame-0.png").read_bytes(), (STREAMS / "frame-1.png").read_bytes())
SECOND = (STREAMS / "second.png").read_bytes()
TINY = (STREAMS / "tiny.png").read_bytes()
NONCE = "5eed"
REVISED = "一只可爱的红松鼠坐在秋天的树枝上，捧着一颗松果"
RED_SQUIRREL = base64.b64encode(SQUIRREL)


class MemoryBlob:
    """Keeps its bytes where a test can look at them."""

    def __init__(self) -> None:
        self.data = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.data += data

    def close(self) -> None:
        self.closed = True

    def discard(self) -> None:
        self.data = b""


@dataclass(slots=True)
class Desk:
    """An `AnswerReader`, its pictures, and every blob they asked for."""

    wants_frames: bool = True
    max_answer: int = 10**9
    max_events: int = 10**6
    opened: list[MemoryBlob] = field(default_factory=list)
    pictures: AnswerPictures[MemoryBlob] = field(init=False)
    reader: AnswerReader = field(init=False)

    def __post_init__(self) -> None:
        self.pictures = AnswerPictures(nonce=NONCE, open_blob=self._open, wants_frames=self.wants_frames)
        self.reader = AnswerReader(self.pictures, max_answer=self.max_answer, max_events=self.max_events)

    def everything(self, *chunks: bytes) -> Iterator[Read]:
        """Read a whole answer; yield its events."""
        for chunk in chunks:
            yield from self.reader.feed(chunk)
        yield from self.reader.close()

    def taken(self, result: str) -> bytes:
        """Return the bytes that *result* stands for, which were kept."""
        blob = self.pictures.take(result)
        assert blob is not None
        assert blob.closed
        return blob.data

    def _open(self) -> MemoryBlob:
        self.opened.append(MemoryBlob())
        return self.opened[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one answer brought. *rescued* are pictures found although no event carried them."""

    shape: Shape
    kinds: tuple[str, ...] = ()
    pictures: tuple[bytes, ...] = ()
    frames: tuple[bytes, ...] = ()
    not_pictures: tuple[Code, ...] = ()
    rescued: tuple[bytes, ...] = ()
    ended: bool = True
    text: str = ""
    tools: tuple[str, ...] | None = ("image_generation",)
    error: object = None
    incomplete: str | None = None
    failed_call: bool = False
    revised: str | None = None
    usage: object = None
    remainder: bytes = b""


def read(*chunks: bytes) -> Reading:
    """Read a whole answer, taking every picture and every frame in it."""
    desk, answer = Desk(), ResponseAssembler()
    kinds: list[str] = []
    pictures: list[bytes] = []
    frames: list[bytes] = []
    not_pictures: list[Code] = []
    for kind, event in desk.everything(*chunks):
        kinds.append(kind)
        for image in answer.receive(event):
            try:
                pictures.append(desk.taken(image.result))
            except NotAPicture as problem:
                not_pictures.append(problem.code)
        if isinstance(event, PartialImage):
            frames.append(desk.taken(event.image.result))
    return Reading(
        shape=desk.reader.shape,
        kinds=tuple(kinds),
        pictures=tuple(pictures),
        frames=tuple(frames),
        not_pictures=tuple(not_pictures),
        rescued=tuple(blob.data for blob in desk.pictures.whole_results()),
        ended=answer.ended,
        text=desk.reader.readable(answer.text),
        tools=answer.tools,
        error=answer.error,
        incomplete=answer.incomplete_reason,
        failed_call=answer.image_call_failed,
        revised=answer.revised_prompt,
        usage=answer.usage,
        remainder=desk.reader.remainder,
    )


def one_byte_at_a_time(stream: bytes) -> list[bytes]:
    return [stream[at : at + 1] for at in range(len(stream))]


def stream_of(*bodies: object) -> bytes:
    return b"".join(b"data: " + json.dumps(body).encode() + b"\n\n" for body in bodies)


def item(result: object) -> dict[str, object]:
    return {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": result}


def done(result: object) -> dict[str, object]:
    return {"type": "response.output_item.done", "item": item(result)}


COMPLETED = {"type": "response.completed", "response": {"id": "resp_1", "output": []}}
