"""
Decides what a mask means, and in which form it is sent: a PNG as large as the picture, its alpha 0 where it may change.

A mask with transparency says so by it, as the wire does. One without, as painting programs make it, is white where the
picture may change; so is one whose alpha is opaque everywhere, which says nothing.
"""

from typing import TYPE_CHECKING

from cpa_image_cli.adapters.pictures.inputs.checking import checked
from cpa_image_cli.adapters.pictures.inputs.content import Span, Store, StoredContent, TemporaryStore, reading
from cpa_image_cli.adapters.pictures.inputs.converting import decoding
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.inputs import (
    MIB,
    InputPicture,
    NamedPicture,
    Parent,
    Preparation,
    bad_picture,
    ratios_agree,
)
from cpa_image_cli.core.pictures.mask import MARKED_IN_RED, InputMask

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST = 4 * MIB
"""Bytes of a mask, after the reference of the wire."""

_OPAQUE = 255
_RED = (255, 0, 0)
_PAINT = 200
"""How opaque the red is: what lies below can still be recognised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMask:
    """A mask that was read: *sent* is its form on the wire, *opacity* an image of one channel, 0 where it opens."""

    sent: InputMask
    opacity: "Image"
    notices: tuple[Notice, ...]


def read_mask(store: Store, picture: InputPicture, *, named: NamedPicture, invert: bool) -> ReadMask:
    """
    Return the mask in *store* for *picture*.

    Raises: UsageError for what is no mask, has another shape, or opens nothing.
    """
    shown = store.shown
    whole = checked(store, Parent(name=named.name, origin=named.origin, sha256=""), wanted=Preparation(max_edge=None))
    opacity = _opacity(whole)
    if invert:
        opacity = opacity.point(lambda value: _OPAQUE - value)
    opacity, notices = _fitted(opacity, picture, shown)
    opened = _opened_share(opacity)
    if not opened:
        raise bad_picture(f"{shown} opens nothing of the picture", hint=_CONVENTION)
    return ReadMask(
        sent=InputMask(shown=shown, content=_as_png(opacity, shown), opened=opened), opacity=opacity, notices=notices
    )


_CONVENTION = "Transparent, or white in a mask without transparency, is what may change; `--invert-mask` turns it."


def opened_image(picture: InputPicture) -> "Image":
    """Return the pixels of *picture* as they are sent. Raises: UsageError."""
    import io

    from PIL import Image

    # Whoever blends or paints needs them all.
    with decoding(picture.shown):
        image = Image.open(io.BytesIO(b"".join(picture.content.pieces())), formats=(picture.format,))
        image.load()
        return image


def marked(picture: InputPicture, mask: ReadMask, *, number: int) -> tuple[InputPicture, str]:
    """Return a copy of *picture*, the *number*th of the request, painted red where *mask* opens, and words for it."""
    from PIL import Image

    image = opened_image(picture).convert("RGB")
    paint = mask.opacity.point(lambda value: (_OPAQUE - value) * _PAINT // _OPAQUE)
    image.paste(Image.new("RGB", image.size, _RED), mask=paint)
    store = TemporaryStore(f"{picture.shown}, marked in red")
    with reading(store.shown):
        image.save(store.file, "PNG", compress_level=4)
    copy = InputPicture(
        shown=store.shown,
        format="png",
        width=image.width,
        height=image.height,
        content=_whole(store),
        parent=picture.parent,
        derived=True,
    )
    return copy, MARKED_IN_RED.format(number=number)


def _opacity(picture: InputPicture) -> "Image":
    image = opened_image(picture)
    if image.mode in {"P", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
    if "A" in image.getbands():
        alpha = image.getchannel("A")
        if alpha.getextrema()[0] < _OPAQUE:  # type: ignore[operator] # one channel has two numbers
            return alpha
    return image.convert("RGB").convert("L").point(lambda value: _OPAQUE - value)


def _fitted(opacity: "Image", picture: InputPicture, shown: str) -> tuple["Image", tuple[Notice, ...]]:
    from PIL import Image

    size = (picture.width, picture.height)
    if opacity.size == size:
        return opacity, ()
    was = f"{opacity.width}x{opacity.height}"
    if not ratios_agree(opacity.size, size):
        raise bad_picture(
            f"{shown} has {was} pixels and the picture {size[0]}x{size[1]}: another shape",
            hint="Paint the mask on a copy of the picture, so that both have the same size.",
        )
    words = f"the mask was scaled from {was} to the picture's {size[0]}x{size[1]}"
    return opacity.resize(size, Image.Resampling.BILINEAR), (Notice(code="mask_scaled", message=words),)


def _opened_share(opacity: "Image") -> float:
    histogram = opacity.histogram()
    open_ = sum(count * (_OPAQUE - value) for value, count in enumerate(histogram))
    return open_ / (_OPAQUE * opacity.width * opacity.height)


def _as_png(opacity: "Image", shown: str) -> StoredContent:
    """Return the mask as it is sent. Colour that is left under transparency can leak into the result: it has none."""
    for form in (opacity, opacity.point(lambda value: _OPAQUE if value > _OPAQUE // 2 else 0)):
        store = _written(form, shown)
        if store.size < LARGEST:
            return _whole(store)
    raise bad_picture(f"{shown} has more detail than the 4 MB that a mask may have", hint="Paint it with fewer edges.")


def _written(opacity: "Image", shown: str) -> TemporaryStore:
    from PIL import Image

    store = TemporaryStore(shown)
    black = Image.new("L", opacity.size, 0)
    with reading(shown):
        Image.merge("RGBA", (black, black, black, opacity)).save(store.file, "PNG", compress_level=6)
    return store


def _whole(store: TemporaryStore) -> StoredContent:
    return StoredContent(store=store, parts=(Span(0, store.size),))
