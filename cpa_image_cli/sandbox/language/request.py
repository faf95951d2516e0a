"""
Decides whether a request makes sense, in a gateway's own words if it does not, and what it asks for.

The refusals are those that CLIProxyAPI and the image tool really give. To honour another tool parameter, add a field
to `ImageRequest` and a row to `KNOWN_VALUES` (or a check of its own).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.pictures.formats import FORMATS
from cpa_image_cli.sandbox.drawing.picture import LONGEST_EDGE, Sketch
from cpa_image_cli.sandbox.language.pictures_sent import BadPicture, mask_in, pictures_in, size_of
from cpa_image_cli.sandbox.language.replies import HttpError, JsonObject

TEXT_MODELS = ("gpt-5.4", "gpt-5.4-mini", "gpt-5.5", "gpt-5.6-luna", "gpt-5.6-terra")
IMAGE_MODELS = ("gpt-image-1.5", "gpt-image-2")
"""Listed by any gateway with a codex credential, and refused as the model of a response."""

AUTO_SIZE = "1024x1024"
GRID = 16
WIDEST = 3
SUPPORTED_SIZES = "'1024x1024', '1024x1536', '1536x1024', and 'auto'"
MOST_FRAMES = 3
FULL_COMPRESSION = 100
UNCOMPRESSED = ("png", "gif", "svg")
KNOWN_VALUES: Mapping[str, tuple[str, ...]] = {
    "quality": ("low", "medium", "high", "xhigh", "max", "auto"),
    "complexity": ("low", "medium", "high"),
    "background": ("transparent", "opaque", "auto"),
    "output_format": tuple(FORMATS),
    "moderation": ("auto", "low"),
    "action": ("generate", "edit", "auto"),
}
OTHER_PARAMETERS = frozenset(
    {"type", "model", "size", "output_compression", "partial_images", "input_fidelity", "input_image_mask"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRequest:
    """A request that makes sense. *tool* is the image tool as it was sent; None when there is none."""

    model: str
    instructions: str
    stream: bool
    tools: tuple[JsonObject, ...]
    tool: JsonObject | None
    sketch: Sketch
    frames: int

    @property
    def size(self) -> str:
        """Return the size that will be drawn, as the wire spells it."""
        return f"{self.sketch.width}x{self.sketch.height}"


class Refused(Exception):  # noqa: N818 - says what happened
    """The request is refused with *reply*."""

    def __init__(self, reply: HttpError) -> None:
        super().__init__(str(reply.body))
        self.reply = reply


def bad_request(message: str, *, param: str | None = None, code: str | None = None) -> HttpError:
    """Return the 400 of a request whose form is wrong."""
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return HttpError(status=400, body={"error": error})


def read(raw: bytes, *, models: tuple[str, ...] = TEXT_MODELS, auto_size: str = AUTO_SIZE) -> ImageRequest:
    """
    Return what the body *raw* of ``POST /v1/responses`` asks for; *auto_size* is drawn where no size is.

    Raises: Refused.
    """
    body = _object(raw)
    model = _model(body, models)
    if isinstance(body.get("tool_choice"), dict):
        message = "Tool choice 'image_generation' not found in 'tools' parameter."
        raise Refused(bad_request(message, param="tool_choice"))
    tools = body.get("tools")
    sent = tuple(tool for tool in tools if isinstance(tool, dict)) if isinstance(tools, list) else ()
    tool = next((tool for tool in sent if tool.get("type") == "image_generation"), None)
    prompt = _prompt(body.get("input"))
    return ImageRequest(
        model=model,
        instructions=str(body.get("instructions") or ""),
        stream=body.get("stream") is True,
        tools=sent,
        tool=tool,
        sketch=_with_pictures(_sketch(tool or {}, prompt, auto_size), tool or {}, body.get("input")),
        frames=_number(tool or {}, "partial_images", default=0, highest=MOST_FRAMES),
    )


def _with_pictures(sketch: Sketch, tool: JsonObject, value: object) -> Sketch:
    """Return *sketch* with the first picture that was sent; without a size of its own, as large as that."""
    try:
        sent, mask = pictures_in(value), mask_in(tool)
    except BadPicture as bad:
        raise Refused(bad.reply) from None
    if not sent:
        return sketch
    sketch = replace(sketch, original=sent[0], mask=mask)
    if tool.get("size") not in (None, "auto"):
        return sketch
    width, height = size_of(sent[0])
    return replace(sketch, width=width, height=height)


def _object(raw: bytes) -> JsonObject:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refused(bad_request("We could not parse the JSON body of your request.")) from None
    if not isinstance(body, dict):
        raise Refused(bad_request("The JSON body of your request is not an object."))
    return body


def _model(body: JsonObject, models: tuple[str, ...]) -> str:
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise Refused(bad_request("Missing required parameter: 'model'.", param="model"))
    if model in IMAGE_MODELS:
        raise Refused(image_only(model))
    if model not in models:
        raise Refused(bad_request(f"unknown provider for model {model}", param="model", code="model_not_found"))
    return model


def image_only(model: str) -> HttpError:
    """Return the 503 that looks transient and is not: *model* draws, and cannot be asked for a response."""
    message = f"model {model} is only supported on /v1/images/generations and /v1/images/edits"
    error = {"message": message, "type": "server_error", "code": "internal_server_error"}
    return HttpError(status=503, body={"error": error})


def _prompt(value: object) -> str:
    """Return the text of *value*, a plain prompt or a list of messages."""
    if isinstance(value, str) and value.strip():
        return value
    texts = [text for message in value for text in _texts(message)] if isinstance(value, list) else []
    if not texts:
        raise Refused(bad_request("Missing required parameter: 'input'.", param="input"))
    return "\n".join(texts)


def _texts(message: object) -> list[str]:
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        return [content]
    parts = content if isinstance(content, list) else []
    return [str(part["text"]) for part in parts if isinstance(part, dict) and "text" in part]


def _sketch(tool: JsonObject, prompt: str, auto_size: str) -> Sketch:
    for name in tool:
        if name not in KNOWN_VALUES and name not in OTHER_PARAMETERS:
            message = f"Unknown parameter: 'tools[0].{name}'."
            raise Refused(bad_request(message, param=f"tools[0].{name}", code="unknown_parameter"))
    for name, known in KNOWN_VALUES.items():
        if tool.get(name) is not None and tool[name] not in known:
            raise Refused(_unsupported(name, tool[name], " and ".join(f"'{value}'" for value in known)))
    width, height = _size(tool.get("size"), auto_size)
    form = str(tool.get("output_format") or "png")
    compression = _number(tool, "output_compression", default=FULL_COMPRESSION, highest=FULL_COMPRESSION)
    if form in UNCOMPRESSED and compression != FULL_COMPRESSION:
        message = f"Compression less than 100 is not supported for {form.upper()} output format"
        raise Refused(bad_request(message, param="tools[0].output_compression", code="invalid_value"))
    if not FORMATS[form].previews and tool.get("partial_images"):
        message = f"Partial images are not supported for {form.upper()} output format"
        raise Refused(bad_request(message, param="tools[0].partial_images", code="invalid_value"))
    transparent = tool.get("background") == "transparent"
    if transparent and form == "jpeg":
        message = "Transparent background is not supported for JPEG output format."
        raise Refused(bad_request(message, param="tools[0].background", code="invalid_value"))
    return Sketch(
        prompt=prompt, width=width, height=height, format=form, compression=compression, transparent=transparent
    )


def _unsupported(name: str, value: object, known: str) -> HttpError:
    message = f"Invalid value: '{value}'. Supported values are: {known}."
    return bad_request(message, param=f"tools[0].{name}", code="invalid_value")


def _number(tool: JsonObject, name: str, *, default: int, highest: int) -> int:
    value = tool.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= highest:
        raise Refused(_unsupported(name, value, f"whole numbers from 0 to {highest}"))
    return value


def _size(value: object, auto_size: str) -> tuple[int, int]:
    """Return the size in pixels. Unlike the real tool's, ours may be as small as 16x16, so that tests are quick."""
    text = auto_size if value in (None, "auto") else str(value)
    match = re.fullmatch(r"([1-9]\d{0,4})x([1-9]\d{0,4})", text)
    if match is None:
        raise Refused(_unsupported("size", text, SUPPORTED_SIZES))
    width, height = int(match[1]), int(match[2])
    problem = _problem(width, height)
    if problem:
        message = f"Invalid size '{text}'. {problem}"
        raise Refused(bad_request(message, param="tools[0].size", code="invalid_value"))
    return width, height


def _problem(width: int, height: int) -> str:
    if width % GRID or height % GRID:
        return "Width and height must both be divisible by 16."
    if max(width, height) > LONGEST_EDGE:
        return f"The longest edge must not exceed {LONGEST_EDGE} pixels."
    if max(width, height) > WIDEST * min(width, height):
        return "The aspect ratio must be between 1:3 and 3:1."
    return ""
