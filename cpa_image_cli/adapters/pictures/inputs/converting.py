"""
Decides how a picture is made fit to be sent where it cannot go as it is: turned, scaled, or in other colours.

Only then is it encoded again, as what it was, and that is told. Pillow is loaded for nothing else.
"""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from cpa_image_cli.adapters.pictures.inputs.content import Store, TemporaryStore, reading
from cpa_image_cli.adapters.pictures.inputs.structure import UPRIGHT, Structure, refuse_bomb
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.pictures.inputs import bad_picture

if TYPE_CHECKING:
    from PIL.Image import Image

QUALITY = 95
_EFFORT = 4
"""How hard PNG is compressed: a large one would take seconds more for a few per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A picture made fit: *words* say what was done."""

    store: TemporaryStore
    format: str
    size: tuple[int, int]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Why a picture cannot go as it is; *edge* is the longest that it may have, None if it may stay as large."""

    structure: Structure
    format: str
    edge: int | None = None

    def __bool__(self) -> bool:
        made = self.structure
        return self.is_foreign or made.orientation != UPRIGHT or self.changes_colours or self.edge is not None

    @property
    def is_foreign(self) -> bool:
        """Whether no gateway takes the format."""
        return self.format not in SENT

    @property
    def changes_colours(self) -> bool:
        """Whether it has colours that a screen has not."""
        return self.structure.deep or self.structure.separated


SENT = ("png", "jpeg", "webp", "gif")
"""Formats that gateways take."""


def converted(store: Store, why: Reasons, *, keep_metadata: bool) -> Converted:
    """Return what is in *store* made fit. Raises: UsageError when it cannot be decoded."""
    with store.opened() as file, decoding(store.shown), _image_in(file, why) as image:
        refuse_bomb(image.size, shown=store.shown)
        before = image.size
        seen = _upright(_scaled(_on_screen(image, why), why.edge))
        form = _format_for(seen, why)
        target = TemporaryStore(store.shown)
        with reading(store.shown):
            _save(seen, target.file, form, why, keeps_metadata=keep_metadata)
        words = "; ".join(_told(why, before, seen.size, form))
        return Converted(store=target, format=form, size=seen.size, words=words)


def _image_in(file: BinaryIO, why: Reasons) -> "Image":
    from PIL import Image

    return Image.open(file, formats=None if why.is_foreign else (why.format,))


@contextmanager
def decoding(shown: str) -> Iterator[None]:
    """Turn whatever Pillow says of a picture that it cannot decode into one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (OSError, SyntaxError, ValueError, LookupError, TypeError, EOFError, MemoryError, struct.error) as error:
        raise bad_picture(f"{shown} cannot be sent: its pixels cannot be read") from error


def _on_screen(image: "Image", why: Reasons) -> "Image":
    """Return *image* with 8 bits a channel, in sRGB; as it is, if it has no other colours."""
    if not why.changes_colours:
        return image
    if image.mode.startswith("I"):
        shade = image.convert("I").point(lambda value: value / 256).convert("L")
        return _with(shade, image)
    profile = image.info.get("icc_profile")
    plain = _by_profile(image, profile) if profile else None
    made = plain or image.convert("RGBA" if "A" in image.getbands() else "RGB")
    made.info.pop("icc_profile", None)
    return _with(made, image)


def _with(made: "Image", image: "Image") -> "Image":
    """Return *made* with what *image* says of its orientation."""
    exif = image.info.get("exif")
    if exif:
        made.info["exif"] = exif
    made.getexif().update(image.getexif())
    return made


def _by_profile(image: "Image", profile: bytes) -> "Image | None":
    import io

    from PIL import ImageCms

    alpha = image.getchannel("A") if "A" in image.getbands() else None
    base = image.convert("RGB") if alpha else image
    try:
        made = ImageCms.profileToProfile(base, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return None
    if made is not None and alpha is not None:
        made.putalpha(alpha)
    return made


def _scaled(image: "Image", edge: int | None) -> "Image":
    if edge is None:
        return image
    from PIL import Image

    # Of a large JPEG no more is decoded than is needed.
    scaled = image if image.format == "JPEG" else image.copy()
    if scaled.mode in {"P", "1"}:
        scaled = scaled.convert("RGBA" if "transparency" in scaled.info else "RGB")
    scaled.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return scaled


def _upright(image: "Image") -> "Image":
    from PIL import ImageOps

    return ImageOps.exif_transpose(image)


def _format_for(image: "Image", why: Reasons) -> str:
    """Return the format it is encoded in: what it was, if that holds it."""
    if why.format in {"jpeg", "webp", "png"}:
        return why.format
    opaque = not ({"A", "a"} & set(image.getbands()) or "transparency" in image.info)
    return "jpeg" if why.is_foreign and opaque else "png"


def _save(image: "Image", file: BinaryIO, form: str, why: Reasons, *, keeps_metadata: bool) -> None:
    kept: dict[str, object] = {"icc_profile": image.info.get("icc_profile")}
    if keeps_metadata:
        kept |= {name: value for name, value in _metadata(image).items() if value}
    # Pillow writes some of what it read without being asked.
    image.info = {name: value for name, value in image.info.items() if name == "transparency"}
    if form == "jpeg":
        flat = image if image.mode in {"L", "RGB"} else image.convert("RGB")
        flat.save(file, "JPEG", quality=QUALITY, subsampling=0, **kept)
    elif form == "webp":
        image.save(file, "WEBP", lossless=why.structure.lossless, quality=QUALITY, **kept)
    else:
        image.save(file, "PNG", compress_level=_EFFORT, **kept)


def _metadata(image: "Image") -> dict[str, object]:
    return {"exif": image.getexif().tobytes(), "xmp": image.info.get("xmp"), "comment": image.info.get("comment")}


def _told(why: Reasons, before: tuple[int, int], after: tuple[int, int], form: str) -> Iterator[str]:
    if why.structure.orientation != UPRIGHT:
        yield "turned upright"
    if why.edge is not None and max(before) > why.edge:
        yield f"scaled from {before[0]}x{before[1]} to {after[0]}x{after[1]}"
    if why.changes_colours:
        yield "converted to 8-bit sRGB"
    is_exact = form == "png" or (form == "webp" and why.structure.lossless)
    yield f"encoded again as {_TITLES[form]}" + ("" if is_exact else f" of quality {QUALITY}")


_TITLES = {"png": "PNG", "jpeg": "JPEG", "webp": "WebP"}
