"""
Folds the events of one answer into what is known of it.

The assembler never decides that a picture is good; it collects the candidates in the order they came and everything
needed to say why there is none. A preview frame is counted and never becomes a candidate.
"""

from collections.abc import Mapping
from typing import assert_never

from cpa_image_cli.core.stream_events import (
    MAX_TEXT,
    Body,
    Ignored,
    ImageDone,
    ImageItem,
    ImageStarted,
    MessageDone,
    PartialImage,
    Response,
    ResponseEnded,
    ResponseFailed,
    ResponseStarted,
    StreamEvent,
    TextDelta,
)


class ResponseAssembler:
    """
    The state of one answer. Attributes are read by the use case after each `receive`.

    *tools* are the tool types the answer names, None while it has not said. *ended* is true after a terminal event.
    *error* is the body of an error event, or None; *image_error* is what a failed image call says about itself.
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
        self.frames = 0
        self.image_call_failed = False
        self.image_error: object = None
        self.ended = False
        self.error: Body | None = None
        self._messages: list[str] = []
        self._deltas: list[str] = []
        self._text_size = 0

    @property
    def text(self) -> str:
        """Return what the model said; whole messages are preferred to the pieces they were streamed in."""
        return "\n".join(dict.fromkeys(self._messages)) if self._messages else "".join(self._deltas)

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
                self._say(self._deltas, text)
            case MessageDone(text):
                self._say(self._messages, text)
            case ResponseEnded(response):
                self._know(response)
                self.ended = True
                return self._candidates(response.images)
            case ResponseFailed(body, response):
                self._know(response)
                self.error = body
                self.ended = True
                return self._candidates(response.images)
            case ImageStarted() | Ignored():
                pass
            case _:
                assert_never(event)
        return ()

    def _know(self, response: Response) -> None:
        self.response_id = response.id or self.response_id
        self.model = response.model or self.model
        self.tools = self.tools if response.tools is None else response.tools
        self.usage = response.usage or self.usage
        self.incomplete_reason = response.incomplete_reason or self.incomplete_reason
        self._say(self._messages, response.text)

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
        self.revised_prompt = image.revised_prompt or self.revised_prompt

    def _say(self, parts: list[str], text: str) -> None:
        room = MAX_TEXT - self._text_size
        if text and room > 0:
            parts.append(text[:room])
            self._text_size += len(text)
