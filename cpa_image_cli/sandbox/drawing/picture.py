"""
Decides what a sandbox picture is: a scene seeded by the prompt, marked as a sandbox drawing, in the asked form.

The same `Sketch` gives the same bytes. Frames are the same picture out of focus, sharper with every one. To draw
something other than landscapes, replace the call of `landscape`.
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.sandbox.drawing.edited import edited
from cpa_image_cli.sandbox.drawing.scenery import landscape

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

MARK = "SANDBOX"
LONGEST_EDGE = 3840
"""Pixels; what is asked beyond this is drawn smaller, in the same shape."""
SHARPEST_EDGE = 1600
"""Pixels; larger pictures are drawn at this size and enlarged, which nobody sees in soft shapes."""
LONGEST_CAPTION = 160
"""Letters; no more fit on the widest picture, and each is measured."""
PNG_EFFORT = 4
TILES = 24
"""Of a mosaic, along its shorter edge."""
FOCUS = (14, 34, 80)
"""How many blurred cells span the shorter edge, per frame of three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """
    What to draw. *format* is one of `ENCODERS`; *compression* is 0 to 100, where 100 keeps most (some ignore it).

    An *original* is changed, and only where a *mask* opens; both are encoded pictures.
    """

    prompt: str
    width: int = 1024
    height: int = 1024
    format: str = "png"
    compression: int = 100
    transparent: bool = False
    original: bytes | None = field(default=None, repr=False)
    mask: bytes | None = field(default=None, repr=False)


@lru_cache(maxsize=6)
def picture(sketch: Sketch) -> bytes:
    """Return the finished picture, encoded."""
    return _encoded(_marked(_scene(sketch), sketch), sketch, effort=PNG_EFFORT)


@lru_cache(maxsize=12)
def frame(sketch: Sketch, *, index: int, of: int) -> bytes:
    """Return frame *index* (0-based) of *of* (at most 3), encoded: the picture out of focus, less with every frame."""
    from PIL import Image

    scene = _scene(sketch)
    cells = FOCUS[-of:][index]
    share = cells / min(scene.size)
    few = max(1, round(scene.width * share)), max(1, round(scene.height * share))
    blurred = scene.resize(few, Image.Resampling.BOX).resize(scene.size, Image.Resampling.BICUBIC)
    return _encoded(_marked(blurred, sketch), sketch, effort=1)


@lru_cache(maxsize=2)
def _scene(sketch: Sketch) -> "Image":
    from PIL import Image

    seed = int.from_bytes(hashlib.sha256(sketch.prompt.encode("utf-8", "replace")).digest()[:8])
    width, height = _bounded(sketch.width, sketch.height, LONGEST_EDGE)
    if sketch.original is not None:
        return edited(sketch.original, sketch.mask, prompt=sketch.prompt, size=(width, height))
    drawn = landscape(*_bounded(width, height, SHARPEST_EDGE), seed=seed)
    return drawn if drawn.size == (width, height) else drawn.resize((width, height), Image.Resampling.BICUBIC)


def _bounded(width: int, height: int, longest: int) -> tuple[int, int]:
    share = min(1.0, longest / max(width, height))
    return max(1, round(width * share)), max(1, round(height * share))


def _marked(scene: "Image", sketch: Sketch) -> "Image":
    """Return a copy of *scene* with the mark, the prompt if the built-in font has its letters, and round corners."""
    from PIL import Image, ImageDraw

    image = scene.copy()
    if sketch.mask is not None:
        # Not a pixel more than what was opened.
        return image
    tag = _font(min(image.width * 0.11, max(9.0, min(image.size) * 0.03)))
    pen = ImageDraw.Draw(image, "RGBA")
    left = _tag(pen, tag, image.size)
    _caption(pen, sketch.prompt, _font(tag.size * 0.85), (left, image.height - min(image.size) * 0.035))
    if sketch.transparent:
        corners = Image.new("L", image.size, 0)
        box = (0, 0, image.width - 1, image.height - 1)
        ImageDraw.Draw(corners).rounded_rectangle(box, min(image.size) * 0.12, fill=255)
        image.putalpha(corners)
    return image


def _tag(pen: "ImageDraw", font: "FreeTypeFont", size: tuple[int, int]) -> float:
    """Draw the mark in the lower right corner, and return where its left edge is."""
    margin, inset = min(size) * 0.035, font.size * 0.45
    text = MARK
    wide, high = font.getlength(text), font.size * 0.74
    right, bottom = size[0] - margin, size[1] - margin
    box = (right - wide - 2 * inset, bottom - high - 1.6 * inset, right, bottom)
    pen.rounded_rectangle(box, radius=inset, fill=(238, 238, 242, 255))
    pen.text(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), text, font=font, fill=(24, 26, 42, 255), anchor="mm")
    return box[0]


def _caption(pen: "ImageDraw", prompt: str, font: "FreeTypeFont", place: tuple[float, float]) -> None:
    text = " ".join(prompt.split())[:LONGEST_CAPTION]
    if not text or not _can_draw(font, text):
        return
    margin = pen.im.size[1] - place[1]
    room = place[0] - 2 * margin
    if font.getlength(text) > room:
        while text and font.getlength(text + "...") > room:
            text = text[:-1]
        text = text.rstrip() + "..."
    if len(text) > len("..."):
        pen.text((margin * 1.2, place[1] - margin * 0.2), text, font=font, fill=(255, 255, 255, 190), anchor="ls")


def _can_draw(font: "FreeTypeFont", text: str) -> bool:
    """Whether *font* has a glyph of its own for each letter: boxes in place of Chinese help nobody."""
    missing = bytes(font.getmask("\U0010ffff"))
    return all(letter == " " or bytes(font.getmask(letter)) != missing for letter in set(text))


def _font(size: float) -> "FreeTypeFont":
    from PIL import ImageFont

    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):  # pragma: no cover - Pillow built without FreeType
        raise TypeError("Pillow was built without FreeType, which the sandbox needs")
    return font


def _encoded(image: "Image", sketch: Sketch, *, effort: int) -> bytes:
    out = io.BytesIO()
    ENCODERS[sketch.format](image, out, sketch.compression, effort)
    return out.getvalue()


def _png(image: "Image", out: io.BytesIO, _compression: int, effort: int) -> None:
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Software", "cpa-image sandbox")
    image.save(out, "PNG", compress_level=effort, pnginfo=notes)


def _jpeg(image: "Image", out: io.BytesIO, compression: int, _effort: int) -> None:
    image.convert("RGB").save(out, "JPEG", quality=max(1, min(95, compression)))


def _webp(image: "Image", out: io.BytesIO, compression: int, _effort: int) -> None:
    image.save(out, "WEBP", quality=compression, method=2)


def _gif(image: "Image", out: io.BytesIO, _compression: int, _effort: int) -> None:
    image.convert("RGB").quantize(128).save(out, "GIF")


def _avif(image: "Image", out: io.BytesIO, compression: int, _effort: int) -> None:
    image.save(out, "AVIF", quality=compression, speed=10)


def _bmp(image: "Image", out: io.BytesIO, _compression: int, _effort: int) -> None:
    image.convert("RGB").save(out, "BMP")


def _svg(image: "Image", out: io.BytesIO, _compression: int, _effort: int) -> None:
    """Write a mosaic of *image*: few tiles, and the mark in letters."""
    share = TILES / min(image.size)
    few = image.convert("RGB").resize((round(image.width * share), round(image.height * share)))
    colours = few.tobytes()
    tiles = (
        f'<rect x="{tile % few.width}" y="{tile // few.width}" width="1.05" height="1.05" '
        f'fill="#{colours[3 * tile : 3 * tile + 3].hex()}"/>'
        for tile in range(few.width * few.height)
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{image.width}" height="{image.height}"'
    mark = f'<text x="1" y="{few.height - 1}" font-size="2" fill="#fff">{MARK}</text>'
    box = f'viewBox="0 0 {few.width} {few.height}"'
    out.write(f"{head} {box}>{''.join(tiles)}{mark}</svg>\n".encode())


ENCODERS: dict[str, Callable[["Image", io.BytesIO, int, int], None]] = {
    "png": _png,
    "jpeg": _jpeg,
    "webp": _webp,
    "gif": _gif,
    "avif": _avif,
    "svg": _svg,
    "bmp": _bmp,
}
"""What the sandbox can write, by the wire's name of it; BMP is asked for by nobody, and sent all the same."""
