"""
Decides how an answer looks on the wire: the response object, its output items, and the events of its stream.

Field names and their order of appearance are those of the Responses API; every field that the official SDK types is
there. Pictures stand in these objects as `Drawn`, and become base64 only while they are written. To send another
event, yield it from `events`.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import field

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.sandbox.language.payload import Payload, Spelling, Text, spelled
from cpa_image_cli.sandbox.language.replies import Glued, Nested
from cpa_image_cli.sandbox.language.request import ImageRequest

_MARK = secrets.token_hex(16)
"""Stands for a picture in the JSON text; random, so that no prompt contains it."""

IMAGE_TOKENS = 1056

Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture on its way into a JSON string."""

    payload: Payload
    format: str = "png"
    spelling: Spelling = Spelling.PLAIN

    def text(self) -> Text:
        """Return the inside of the JSON string."""
        return spelled(self.payload, self.spelling, mime=f"image/{self.format}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """
    All that one answer tells: who it is, its output items and preview frames, and how it ends.

    *tools* is None where the wire says null. *items* are what the events tell, where that is not what the end repeats.
    *number* counts the answers of one gateway.
    """

    asked: ImageRequest
    number: int
    created_at: int
    tools: tuple[Json, ...] | None
    output: tuple[Json, ...]
    items: tuple[Json, ...] | None = None
    frames: tuple[Drawn, ...] = ()
    incomplete_reason: str | None = None
    again_in_final: bool = True

    @property
    def response_id(self) -> str:
        """Return the id of the response."""
        return f"resp_sandbox_{self.number:04d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. *at* is when it is sent, as a share of the time the whole generation takes."""

    type: str
    at: float
    fields: Json = field(default_factory=dict)


def written(body: object, *, indent: int | None = None) -> list[Text]:
    """Return *body* as JSON in segments: the even ones are text, the odd ones pictures."""
    drawn: list[Drawn] = []

    def stand_in(value: object) -> str:
        match value:
            case Drawn():
                drawn.append(value)
                return f"{_MARK}{len(drawn) - 1}{_MARK}"
            case Nested(inner):
                return text_of(inner)
            case Glued(parts):
                return "".join(part if isinstance(part, str) else stand_in(part) for part in parts)
            case _:
                raise TypeError(f"{value!r} is no JSON")

    def text_of(value: object) -> str:
        separators = (",", ":") if indent is None else None
        return json.dumps(value, default=stand_in, ensure_ascii=False, indent=indent, separators=separators)

    text = text_of(body)
    pieces = text.encode("utf-8", "replace").split(_MARK.encode())
    return [drawn[int(piece)].text() if place % 2 else [piece] for place, piece in enumerate(pieces)]


def image_item(
    *,
    item_id: str,
    result: object,
    asked: ImageRequest,
    status: str = "completed",
    size: str | None = None,
    quality: str | None = None,
    error: Json | None = None,
) -> Json:
    """Return an ``image_generation_call``; *result* is a `Drawn`, a string, or None, *size* not as asked."""
    tool = asked.tool or {}
    item: Json = {
        "type": "image_generation_call",
        "id": item_id,
        "status": status,
        "result": result,
        "revised_prompt": asked.sketch.prompt,
        "size": size or asked.size,
        "quality": quality or _settled(tool.get("quality"), "medium"),
        "background": _settled(tool.get("background"), "opaque"),
        "output_format": asked.sketch.format,
        "action": "generate" if asked.sketch.original is None else "edit",
    }
    return item if error is None else {**item, "error": error}


def _settled(value: object, choice: str) -> object:
    return choice if value in (None, "auto") else value


def message_item(*, item_id: str, text: str, refusal: bool = False) -> Json:
    """Return a message of the model, in words or as a refusal."""
    part: Json = {"type": "refusal", "refusal": text} if refusal else _text_part(text)
    return {"type": "message", "id": item_id, "role": "assistant", "status": "completed", "content": [part]}


def _text_part(text: str) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def response(story: Story, *, status: str, output: tuple[Json, ...] = (), error: Json | None = None) -> Json:
    """Return the ``response`` object of *story* at a moment when it has *status* and *output*."""
    asked = story.asked
    ended = status in ("completed", "incomplete")
    reason = story.incomplete_reason if status == "incomplete" else None
    return {
        "id": story.response_id,
        "object": "response",
        "created_at": story.created_at,
        "status": status,
        "background": False,
        "error": error,
        "incomplete_details": {"reason": reason} if reason else None,
        "instructions": asked.instructions,
        "max_output_tokens": None,
        "metadata": {},
        "model": asked.model,
        "output": list(output),
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": "none", "summary": None},
        "store": False,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}, "verbosity": "medium"},
        "tool_choice": "auto",
        "tools": None if story.tools is None else [{**TOOL_DEFAULTS, **tool} for tool in story.tools],
        "top_p": 1.0,
        "truncation": "disabled",
        "user": None,
        "tool_usage": {"image_gen": _drawn(asked, images=_images(output))} if ended else None,
        "usage": _asked(asked) if ended else None,
    }


TOOL_DEFAULTS: Json = {
    "type": "image_generation",
    "model": "gpt-image-2-codex",
    "size": "auto",
    "quality": "auto",
    "background": "auto",
    "moderation": "auto",
    "output_format": "png",
    "output_compression": 100,
}
"""How a gateway echoes the tool, before what the request said about it."""


def _images(output: tuple[Json, ...]) -> int:
    return sum(item.get("type") == "image_generation_call" and bool(item.get("result")) for item in output)


def _drawn(asked: ImageRequest, *, images: int) -> Json:
    """Return what the picture model used, as ``tool_usage`` counts it: apart from the text model."""
    read, made = 18 + len(asked.sketch.prompt) // 3 if images else 0, IMAGE_TOKENS * images
    return {
        "input_tokens": read,
        "input_tokens_details": {"text_tokens": read, "image_tokens": 0},
        "output_tokens": made,
        "output_tokens_details": {"image_tokens": made, "text_tokens": 0},
        "total_tokens": read + made,
    }


def _asked(asked: ImageRequest) -> Json:
    """Return what the text model used."""
    read, made = 40 + len(asked.sketch.prompt) // 3, 24
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": made,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": read + made,
    }


def whole(story: Story) -> Json:
    """Return the finished response, as it is sent without streaming."""
    return response(story, status=_final_status(story), output=story.output)


def _final_status(story: Story) -> str:
    return "incomplete" if story.incomplete_reason else "completed"


def events(story: Story) -> Iterator[Event]:
    """Yield the events of *story* in the order and at the moments a gateway sends them."""
    begun = response(story, status="in_progress")
    yield Event(type="response.created", at=0.02, fields={"response": begun})
    yield Event(type="response.in_progress", at=0.02, fields={"response": begun})
    for index, item in enumerate(story.output if story.items is None else story.items):
        tell = TELLERS[str(item.get("type"))]
        yield from tell(story, index, item)
    output = story.output if story.again_in_final else ()
    status = _final_status(story)
    yield Event(type=f"response.{status}", at=1.0, fields={"response": response(story, status=status, output=output)})


def _reasoning(_story: Story, index: int, item: Json) -> Iterator[Event]:
    yield Event(type="response.output_item.added", at=0.05, fields={"output_index": index, "item": item})
    yield Event(type="response.output_item.done", at=0.08, fields={"output_index": index, "item": item})


def _image(story: Story, index: int, item: Json) -> Iterator[Event]:
    begun = {"type": item["type"], "id": item["id"], "status": "in_progress", "result": None}
    yield Event(type="response.output_item.added", at=0.1, fields={"output_index": index, "item": begun})
    where: Json = {"item_id": item["id"], "output_index": index}
    yield Event(type="response.image_generation_call.in_progress", at=0.1, fields=where)
    yield Event(type="response.image_generation_call.generating", at=0.15, fields=where)
    looks: Json = {name: item[name] for name in ("size", "quality", "background", "output_format") if name in item}
    for number, drawn in enumerate(story.frames):
        frame: Json = {**where, "partial_image_index": number, "partial_image_b64": drawn, **looks}
        at = 0.15 + 0.8 * (number + 1) / (len(story.frames) + 1)
        yield Event(type="response.image_generation_call.partial_image", at=at, fields=frame)
    yield Event(type="response.image_generation_call.completed", at=0.97, fields=where)
    yield Event(type=PICTURE_EVENT, at=0.97, fields={"output_index": index, "item": item})


def _message(_story: Story, index: int, item: Json) -> Iterator[Event]:
    begun = {**item, "status": "in_progress", "content": []}
    yield Event(type="response.output_item.added", at=0.98, fields={"output_index": index, "item": begun})
    where: Json = {"item_id": item["id"], "output_index": index, "content_index": 0}
    content = item["content"]
    part = content[0] if isinstance(content, list) else {}
    kind, key = ("refusal", "refusal") if part["type"] == "refusal" else ("output_text", "text")
    more: Json = {} if kind == "refusal" else {"logprobs": []}
    empty = {**part, key: ""}
    yield Event(type="response.content_part.added", at=0.98, fields={**where, "part": empty})
    for word in part[key].splitlines(keepends=True):
        yield Event(type=f"response.{kind}.delta", at=0.98, fields={**where, "delta": word, **more})
    yield Event(type=f"response.{kind}.done", at=0.99, fields={**where, key: part[key], **more})
    yield Event(type="response.content_part.done", at=0.99, fields={**where, "part": part})
    yield Event(type="response.output_item.done", at=0.99, fields={"output_index": index, "item": item})


PICTURE_EVENT = "response.output_item.done"
"""The event that carries the finished picture."""

TELLERS = {"reasoning": _reasoning, "image_generation_call": _image, "message": _message}
"""How each kind of output item is told in events."""
