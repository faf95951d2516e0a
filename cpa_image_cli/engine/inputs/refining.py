"""
Decides what becomes of a picture that came back from a masked edit: measured, and the original put back if wanted.

What came is never touched, and nothing here can lose it: whatever goes wrong is told, and the picture stands as it is.
"""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import CpaImageError
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.mask import obeyed
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.core.text import one_line
from cpa_image_cli.engine.answer_intake import VerifiedPicture
from cpa_image_cli.engine.inputs.gathering import ReadyPictures
from cpa_image_cli.engine.inputs.refined import Refined
from cpa_image_cli.engine.ports import Place

if TYPE_CHECKING:
    from cpa_image_cli.adapters.pictures.inputs.blending import Compared

BLENDED_AS = frozenset({"png", "jpeg", "webp"})
"""Formats in which a blended picture is written; of any other it becomes a PNG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedEdit:
    """Measures what came by the mask of *pictures*; *verify* looks at what is written to *place*."""

    pictures: ReadyPictures
    place: Place
    verify: Callable[..., Picture]

    def __call__(self, held: VerifiedPicture) -> Refined:
        """Return what *held* turns out to be."""
        read = self.pictures.read
        if read is None:
            return Refined()
        from cpa_image_cli.adapters.pictures.inputs.blending import compared

        try:
            found = compared(held.blob.path, held.picture.format, self.pictures.inputs[0], read)
        except Exception as error:  # noqa: BLE001 - the picture was paid for, and is here
            words = f"what changed outside the mask could not be measured: {_said(error)}"
            return Refined(notices=(Notice(code="mask_not_measured", message=words),))
        heeded = obeyed(found.obedience)
        told = () if heeded is None else (heeded,)
        if not self.pictures.keeps_outside:
            return Refined(obedience=found.obedience, notices=told)
        blended, notice = self._blended(held, found)
        return Refined(obedience=found.obedience, blended=blended, notices=(*told, notice))

    def _blended(self, held: VerifiedPicture, found: "Compared") -> tuple[VerifiedPicture | None, Notice]:
        from cpa_image_cli.adapters.pictures.inputs.blending import blended_into

        original = found.original
        if found.result is None:
            words = f"{held.picture.size} came for {original.width}x{original.height}: another shape, so nothing of the"
            return None, Notice(code="mask_not_blended", message=f"{words} original could be put back")
        form = held.picture.format if held.picture.format in BLENDED_AS else "png"
        out = io.BytesIO()
        try:
            exact = blended_into(out, form, found)
            return self._written(out.getvalue(), form), _kept(exact=exact)
        except Exception as error:  # noqa: BLE001 - as above
            words = f"the original could not be put back: {_said(error)}"
            return None, Notice(code="mask_not_blended", message=words)

    def _written(self, data: bytes, form: str) -> VerifiedPicture:
        blob = self.place.open_blob()
        blob.write(data)
        blob.close()
        return VerifiedPicture(blob=blob, picture=self.verify(blob.path, sha256=blob.sha256, asked=form))


def _said(error: Exception) -> str:
    return error.message if isinstance(error, CpaImageError) else one_line(str(error)) or type(error).__name__


def _kept(*, exact: bool) -> Notice:
    how = "to the pixel" if exact else "but for the compression of JPEG"
    return Notice(code="outside_kept", message=f"outside the mask and its soft edge this is the original, {how}")
