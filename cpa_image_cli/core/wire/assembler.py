"""
Folds the events of one answer into what is known of it.

The assembler never decides that a picture is good; it collects the candidates in the order they came and everything
needed to say why there is none. A preview frame is counted and never becomes a candidate.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import assert_never

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.wire.json_values import Body
from cpa_image_cli.core.wire.response_object import MAX_TEXT, ImageItem, Response
from cpa_image_cli.core.wire.stream_events import (
    AddressMentioned,
    Done,
    Ignored,
    ImageDone,
    ImageStarted,
    MessageDone,
    PartialImage,
    ResponseEnded,
    ResponseFailed,
    ResponseStarted,
    StillRunning,
    StreamEvent,
    TextDelta,
    Unread,
)

MAX_UNREAD = 8192
"""Characters that are kept of what could not be read."""


@dataclass(slots=True)
class _Saying:
    """Pieces of model text, `MAX_TEXT` characters of them at most."""

    parts: list[str] = field(default_factory=list)
    room: int = MAX_TEXT

    def add(self, text: str) -> None:
        if text and self.room:
            self.parts.append(text[: self.room])
            self.room -= len(self.parts[-1])


class ResponseAssembler:
    """
    The state of one answer. Attributes are read by the use case after each `receive`.

    *tools* are the tool types the answer names, None while it has not said. *ended* is true after a terminal event.
    *error* is the body of an error event, or None; *image_error* is what a failed image call says about itself.
    *task* is the id of what is still running in place of an answer, perhaps empty; None when nothing is. *done* is true
    after ``[DONE]``. *unread* is what no event was made of, *mentioned* the address of a picture in the model's words.
    """

    def __init__(self) -> None:
        self.response_id: str | None = None
        self.model: str | None = None
        self.tools: tuple[str, ...] | None = None
        self.usage: Mapping[str, object] | None = None
        self.incomplete_reason: str | None = None
        self.revised_prompt: str | None = None
        self.size: str | None = None
        self.quality: str | None = None
        self.format: str | None = None
        self.action: str | None = None
        self.frames = 0
        self.image_call_failed = False
        self.image_error: object = None
        self.ended = False
        self.error: Body | None = None
        self.task: str | None = None
        self.done = False
        self.mentioned: str | None = None
        self._whole_text = ""
        self._messages = _Saying()
        self._deltas = _Saying()
        self._unread = _Saying(room=MAX_UNREAD)

    @property
    def unread(self) -> str:
        """Return what no event was made of."""
        return "\n".join(self._unread.parts)

    @property
    def text(self) -> str:
        """Return what the model said: as the end repeats it, else the messages, else the pieces they came in."""
        return self._whole_text or "\n".join(self._messages.parts) or "".join(self._deltas.parts)

    def receive(self, event: StreamEvent) -> tuple[ImageItem, ...]:
        """Take in *event*; return the candidates for the picture that it carries, best first."""
        match event:
            case ResponseStarted(response):
                self._know(response)
            case PartialImage(image=image):
                self.frames += 1
                self._describe(image)
            case ImageDone(image):
                return self._candidates((image,))
            case TextDelta(text):
                self._deltas.add(text)
            case MessageDone(text):
                self._messages.add(text)
            case ResponseEnded(response):
                self._know(response)
                self.ended = True
                return self._candidates(response.images)
            case ResponseFailed(body, response):
                self._know(response)
                self.error = body
                self.ended = True
                return self._candidates(response.images)
            case _:
                self._note(event)
        return ()

    def _note(self, event: StillRunning | AddressMentioned | Unread | Done | ImageStarted | Ignored) -> None:
        match event:
            case StillRunning(task):
                self.task = task
            case AddressMentioned(address):
                self.mentioned = self.mentioned or address
            case Unread(text):
                self._unread.add(text)
            case Done():
                self.done = True
            case ImageStarted() | Ignored():
                pass
            case _:
                assert_never(event)

    def _know(self, response: Response) -> None:
        self.response_id = response.id or self.response_id
        self.model = response.model or self.model
        self.tools = self.tools if response.tools is None else response.tools
        self.usage = response.usage or self.usage
        self.incomplete_reason = response.incomplete_reason or self.incomplete_reason
        self._whole_text = response.text or self._whole_text

    def _candidates(self, images: tuple[ImageItem, ...]) -> tuple[ImageItem, ...]:
        for image in images:
            self._describe(image)
            self.image_call_failed = self.image_call_failed or not image.result
            self.image_error = self.image_error or image.error
        return tuple(image for image in images if image.result)

    def _describe(self, image: ImageItem) -> None:
        self.size = image.size or self.size
        self.quality = image.quality or self.quality
        self.format = image.format or self.format
        self.action = image.action or self.action
        self.revised_prompt = image.revised_prompt or self.revised_prompt
