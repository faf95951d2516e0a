"""
Decides how a result is compared with the picture that it was made from, and how the original is put back around a mask.

Gateways take a mask for a hint, if they take it at all; only what is blended here is the same outside to the pixel.
"""

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cpa_image_cli.adapters.pictures.inputs.converting import QUALITY, decoding
from cpa_image_cli.adapters.pictures.inputs.mask_file import ReadMask, opened_image
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.pictures.inputs import InputPicture, ratios_agree
from cpa_image_cli.core.pictures.mask import Obedience

if TYPE_CHECKING:
    from PIL.Image import Image

TOLERANCE = 24
"""Of 255, by which a channel may differ and count as the same: noise of JPEG, and of scaling."""

GROWN = 12
"""Pixels by which the mask grows: models shift by a few, and a seam within texture would show."""

FEATHER = 6
"""Pixels of the blur that hides the seam."""

_SMALL = 4
"""The mask is grown in a picture smaller by so much, which is quicker and no worse."""

_OPAQUE = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A result beside its original; *result* has the original's size, None if its shape is another."""

    obedience: Obedience
    original: "Image"
    result: "Image | None"
    mask: ReadMask


def compared(path: Path, form: str, original: InputPicture, mask: ReadMask) -> Compared:
    """Return the picture at *path*, of the format *form*, measured. Raises: UsageError when one cannot be decoded."""
    before = opened_image(original)
    result = _result(path, form, before.size)
    changed = None if result is None else _changed_outside(before, result, mask.opacity)
    obedience = Obedience(opened=mask.sent.opened, changed_outside=changed)
    return Compared(obedience=obedience, original=before, result=result, mask=mask)


def blended_into(file: BinaryIO, form: str, found: Compared) -> bool:
    """
    Write to *file*, as *form*, the result where the mask opens and the original elsewhere.

    Return whether the original is kept to the pixel there. The shape of the result must be that of the original.
    """
    from PIL import Image

    assert found.result is not None  # noqa: S101 - see above
    mode = "RGBA" if _has_alpha(found.original) and form != "jpeg" else "RGB"
    original, result = found.original.convert(mode), found.result.convert(mode)
    image = Image.composite(result, original, _weight(found.mask.opacity))
    profile = found.original.info.get("icc_profile")
    if form == "jpeg":
        image.save(file, "JPEG", quality=QUALITY, subsampling=0, icc_profile=profile)
    elif form == "webp":
        image.save(file, "WEBP", lossless=True, exact=True, icc_profile=profile)
    else:
        image.save(file, "PNG", compress_level=4, icc_profile=profile)
    return form != "jpeg"


def _result(path: Path, form: str, size: tuple[int, int]) -> "Image | None":
    from PIL import Image

    with decoding("what came"), Image.open(path, formats=(form,)) as image:
        if not ratios_agree(image.size, size):
            return None
        return image.copy() if image.size == size else image.resize(size, Image.Resampling.LANCZOS)


def _changed_outside(original: "Image", result: "Image", opacity: "Image") -> float | None:
    from PIL import ImageChops

    outside = opacity.point(lambda value: _OPAQUE if value == _OPAQUE else 0)
    red, green, blue = ImageChops.difference(original.convert("RGB"), result.convert("RGB")).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    counted = most.histogram(outside)
    total = sum(counted)
    return sum(counted[TOLERANCE + 1 :]) / total if total else None


def _weight(opacity: "Image") -> "Image":
    """Return how much of the result each pixel gets: all where the mask opens, less around it, nothing beyond."""
    from PIL import Image, ImageChops, ImageFilter

    opened = opacity.point(lambda value: _OPAQUE - value)
    few = (max(1, opened.width // _SMALL), max(1, opened.height // _SMALL))
    small = opened.resize(few, Image.Resampling.BOX).point(lambda value: _OPAQUE if value else 0)
    grown = small.filter(ImageFilter.MaxFilter(2 * (GROWN // _SMALL) + 1))
    soft = grown.filter(ImageFilter.GaussianBlur(FEATHER / _SMALL)).resize(opened.size, Image.Resampling.BILINEAR)
    return ImageChops.lighter(opened, soft)


def _has_alpha(image: "Image") -> bool:
    return "A" in image.getbands() or "transparency" in image.info
