"""Decides what an `Answer` holds: its pictures, whole or damaged, and the story told around them."""

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from cpa_image_cli.sandbox.answers.response_events import Drawn, Json, Story, image_item, message_item
from cpa_image_cli.sandbox.drawing import picture
from cpa_image_cli.sandbox.language.payload import IEND, Spelling, needing_padding, padded, plain
from cpa_image_cli.sandbox.language.replies import Answer, Damage, Tools
from cpa_image_cli.sandbox.language.request import ImageRequest

NO_PICTURE = "These bytes are no picture. 这不是图片。\n".encode() * 200
NO_BASE64 = "(the picture is attached) " * 8
BOMB_EDGE = 60_000
"""Pixels; squared, far beyond what Pillow agrees to open."""


def compose(answer: Answer, asked: ImageRequest, *, number: int, created_at: int) -> Story:
    """Return the story that *answer* tells to *asked*."""
    frames = asked.frames if answer.partials is None else answer.partials
    return Story(
        asked=asked,
        number=number,
        created_at=created_at,
        tools=_tools(answer.tools, asked),
        output=_output(answer, asked),
        items=_items(answer, asked),
        frames=tuple(_frame(answer, asked, index=index, of=frames) for index in range(frames)),
        incomplete_reason=answer.incomplete_reason,
        again_in_final=answer.again_in_final,
    )


def _tools(tools: Tools, asked: ImageRequest) -> tuple[Json, ...] | None:
    if tools is Tools.NULL:
        return None
    return tuple(dict(tool) for tool in asked.tools) if tools is Tools.ECHOED else ()


def _items(answer: Answer, asked: ImageRequest) -> tuple[Json, ...] | None:
    """Return what the events tell where the end has it otherwise, else None."""
    if answer.another_in_item:
        other = replace(asked, sketch=replace(asked.sketch, prompt=f"{asked.sketch.prompt} (at first)"))
        return _output(answer, other)
    if answer.item_damage is not Damage.NONE:
        return _output(replace(answer, damage=answer.item_damage), asked)
    return None


def _output(answer: Answer, asked: ImageRequest) -> tuple[Json, ...]:
    items: list[Json] = [{"type": "reasoning", "id": "rs_sandbox_1", "summary": []}]
    for index in range(answer.images):
        result = answer.url or _result(answer, asked, index)
        items.append(
            image_item(
                item_id=f"ig_sandbox_{index + 1}",
                result=result if answer.item_status != "failed" else None,
                asked=replace(asked, sketch=_sketch(answer, asked)),
                status=answer.item_status,
                size=answer.size,
                quality=answer.quality,
                error=dict(answer.item_error) if answer.item_error else None,
            )
        )
    items.append(message_item(item_id="msg_sandbox_1", text=answer.text, refusal=answer.refusal_part))
    return tuple(items)


def _result(answer: Answer, asked: ImageRequest, index: int) -> object:
    if answer.damage is Damage.NO_BASE64:
        return NO_BASE64
    sketch = _sketch(answer, asked)
    if index and not answer.same_bytes:
        sketch = replace(sketch, prompt=f"{sketch.prompt} ({index + 1})")
    data = DAMAGES[answer.damage](picture.picture(sketch))
    return _drawn(answer, data, sketch.format)


def _frame(answer: Answer, asked: ImageRequest, *, index: int, of: int) -> Drawn:
    sketch = _sketch(answer, asked)
    return _drawn(answer, picture.frame(sketch, index=index, of=of), sketch.format)


def _drawn(answer: Answer, data: bytes, form: str) -> Drawn:
    payload = padded(data, answer.pad_to) if answer.pad_to else plain(data)
    if answer.spelling is Spelling.UNPADDED:
        payload = needing_padding(data)
    return Drawn(payload=payload, format=form, spelling=answer.spelling)


def _sketch(answer: Answer, asked: ImageRequest) -> picture.Sketch:
    sketch = replace(asked.sketch, format=answer.format or asked.sketch.format)
    if not answer.edits:
        sketch = replace(sketch, original=None, mask=None)
    if not answer.heeds_mask:
        sketch = replace(sketch, mask=None)
    sketch = replace(sketch, width=round(sketch.width * answer.scale), height=round(sketch.height * answer.scale))
    if answer.size is None:
        return sketch
    width, height = (int(edge) for edge in answer.size.split("x"))
    return replace(sketch, width=width, height=height)


def _bad_checksum(picture: bytes) -> bytes:
    middle = len(picture) // 2
    return picture[:middle] + bytes([picture[middle] ^ 0xFF]) + picture[middle + 1 :]


def _bomb(_picture: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", BOMB_EDGE, BOMB_EDGE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(9000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


DAMAGES: Mapping[Damage, Callable[[bytes], bytes]] = {
    Damage.NONE: lambda picture: picture,
    Damage.BAD_CHECKSUM: _bad_checksum,
    Damage.CUT_SHORT: lambda picture: picture[: len(picture) // 2],
    Damage.NO_END: lambda picture: picture.removesuffix(IEND),
    Damage.NO_PICTURE: lambda _: NO_PICTURE,
    Damage.BOMB: _bomb,
}
