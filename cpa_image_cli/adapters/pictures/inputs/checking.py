"""
Decides whether a picture may be sent, by its bytes and not by its name, and in which form.

No pixel is decoded for that: the structure is walked from end to end, as for a picture that came. What is refused is
refused with its name and the way out, before anything is sent: a gateway would not say which picture it means.
"""

import hashlib
from pathlib import Path
from typing import BinaryIO

from cpa_image_cli.adapters.pictures.file_walk import Damaged, Source
from cpa_image_cli.adapters.pictures.inputs.content import PIECE, Span, Store, StoredContent, file_store, reading
from cpa_image_cli.adapters.pictures.inputs.converting import SENT, Reasons, converted
from cpa_image_cli.adapters.pictures.inputs.readers import reads
from cpa_image_cli.adapters.pictures.inputs.structure import Structure, refuse_animation, refuse_bomb, structure_of
from cpa_image_cli.adapters.pictures.kinds import Kind, kind_of
from cpa_image_cli.adapters.pictures.verify import WALKS
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.formats import FORMATS, HEAD
from cpa_image_cli.core.pictures.inputs import InputPicture, Parent, Preparation, bad_picture

Size = tuple[int, int]


def file_picture(path: Path, parent: Parent, *, shown: str, wanted: Preparation) -> InputPicture:
    """Return the file at *path* as it may be sent. Raises: UsageError for what cannot be."""
    return checked(file_store(path, shown), parent, wanted=wanted)


def checked(store: Store, parent: Parent, *, wanted: Preparation) -> InputPicture:
    """
    Return what is in *store* as it may be sent; the digest of *parent* is filled in here.

    Raises: UsageError for what cannot be.
    """
    with store.opened() as file, reading(store.shown):
        found = _examined(file, store.shown)
    why = Reasons(structure=found.structure, format=found.format, edge=_too_long(found, wanted))
    parent = parent.of(found.sha256)
    if not why:
        parts = (Span(0, found.bytes),) if wanted.keep_metadata else found.structure.parts
        content = StoredContent(store=store, parts=parts)
        return _picture(store.shown, found.format, found.size, content, parent)
    made = converted(store, why, keep_metadata=wanted.keep_metadata)
    again = Notice(code="picture_prepared", message=f"{store.shown} was {made.words}")
    whole = StoredContent(store=made.store, parts=(Span(0, made.store.size),))
    return _picture(store.shown, made.format, made.size, whole, parent, again)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a file turned out to be."""

    format: str
    size: Size
    structure: Structure
    bytes: int
    sha256: str


def _picture(
    shown: str, form: str, size: Size, content: StoredContent, parent: Parent, *notices: Notice
) -> InputPicture:
    return InputPicture(
        shown=shown, format=form, width=size[0], height=size[1], content=content, parent=parent, notices=notices
    )


def _examined(file: BinaryIO, shown: str) -> _Found:
    source = Source(file)
    kind = kind_of(source.peek(HEAD))
    sha256 = _digest(file)
    if kind.name not in SENT:
        _refuse_unless_read(kind, shown)
        return _Found(format=kind.name, size=(0, 0), structure=Structure(parts=()), bytes=source.size, sha256=sha256)
    file.seek(0)
    try:
        size = WALKS[kind.name](source)
        refuse_bomb(size, shown=shown)
    except Damaged as damage:
        raise bad_picture(f"{shown} cannot be sent: {damage}") from damage
    structure = structure_of(file, kind.name, end=source.position)
    refuse_animation(structure, shown=shown, called=FORMATS[kind.name].title)
    return _Found(format=kind.name, size=size, structure=structure, bytes=source.size, sha256=sha256)


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _refuse_unless_read(kind: Kind, shown: str) -> None:
    if reads(kind.name):
        return
    raise _unsendable(kind, shown)


def _unsendable(kind: Kind, shown: str) -> UsageError:
    message = f"{shown} is {kind.called}; PNG, JPEG, WebP and still GIF can be sent"
    return bad_picture(message, hint=_WAYS_OUT.get(kind.name))


_WAYS_OUT = {
    "heic": "Install the reader with `pip install 'cpa-image[heic]'`, or save it as JPEG.",
    "avif": "Install the reader with `pip install 'cpa-image[heic]'`, or save it as JPEG.",
    "svg": "Draw it first: `rsvg-convert drawing.svg -o drawing.png`.",
    "pdf": "Make a picture of the page first: `pdftoppm -png -r 150 -singlefile paper.pdf page`.",
    "bmp": "Convert it first: `magick picture.bmp picture.png`.",
    "tiff": "Convert it first: `magick picture.tiff picture.png`.",
    "html": "The page holds the picture, or a sign-in in its place; save the picture itself.",
}


def _too_long(found: _Found, wanted: Preparation) -> int | None:
    """Return the edge to which a picture has to be scaled, or may have to; None if it may stay."""
    fits = wanted.max_edge is None or 0 < max(found.size) <= wanted.max_edge
    return None if fits else wanted.max_edge
