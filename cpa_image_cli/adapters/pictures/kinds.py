"""Decides what to call the bytes that came, whether we know them or not. To add a kind, add a row to `_OTHERS`."""

from collections.abc import Callable

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.pictures.formats import FORMATS


@dataclass(frozen=True, slots=True)
class Kind:
    """What bytes are: *called* with an article, *name* without; the latter is a name of ours, or an extension."""

    name: str
    called: str


def _is_text(head: bytes) -> bool:
    # The cut may have gone through a character.
    text = head.decode("utf-8", "ignore")
    lost = len(head) - len(text.encode())
    return lost < 4 and all(character.isprintable() or character.isspace() for character in text)  # noqa: PLR2004


_OTHERS: tuple[tuple[Callable[[bytes], bool], Kind], ...] = (
    (lambda head: not head, Kind("bin", "nothing at all")),
    (lambda head: head.startswith(b"BM"), Kind("bmp", "a BMP")),
    (lambda head: head.startswith((b"II*\0", b"MM\0*")), Kind("tiff", "a TIFF")),
    (lambda head: head[4:11] in (b"ftyphei", b"ftypmif"), Kind("heic", "a HEIC")),
    (lambda head: head.startswith(b"%PDF"), Kind("pdf", "a PDF")),
    (lambda head: head.startswith(b"\x1f\x8b"), Kind("gz", "gzip data")),
    (
        lambda head: head.lstrip().lower().startswith((b"<!doctype html", b"<html", b"<head")),
        Kind("html", "an HTML page"),
    ),
    (lambda head: head.lstrip().startswith((b"{", b"[")), Kind("json", "JSON")),
    (_is_text, Kind("txt", "text")),
)


def kind_of(head: bytes) -> Kind:
    """Return what *head*, the first `HEAD` bytes of a file, belongs to."""
    for row in FORMATS.values():
        if row.begins(head):
            return Kind(row.name, f"{row.article} {row.title}")
    return next((kind for test, kind in _OTHERS if test(head)), Kind("bin", "unknown data"))
