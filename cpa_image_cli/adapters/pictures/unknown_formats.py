"""Decides what to call bytes that are no picture we know. To add a kind, add a row to `_KINDS`."""

from collections.abc import Callable


def _is_text(head: bytes) -> bool:
    # The cut may have gone through a character.
    text = head.decode("utf-8", "ignore")
    lost = len(head) - len(text.encode())
    return lost < 4 and all(character.isprintable() or character.isspace() for character in text)  # noqa: PLR2004


_KINDS: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (lambda head: not head, "nothing at all"),
    (lambda head: head.startswith((b"GIF87a", b"GIF89a")), "a GIF"),
    (lambda head: head.startswith(b"BM"), "a BMP"),
    (lambda head: head.startswith((b"II*\0", b"MM\0*")), "a TIFF"),
    (lambda head: head[4:12] in (b"ftypavif", b"ftypavis"), "an AVIF"),
    (lambda head: head[4:11] in (b"ftyphei", b"ftypmif"), "a HEIC"),
    (lambda head: head.startswith(b"%PDF"), "a PDF"),
    (lambda head: head.startswith(b"\x1f\x8b"), "gzip data"),
    (lambda head: head.lstrip().lower().startswith((b"<!doctype html", b"<html", b"<head")), "an HTML page"),
    (lambda head: head.lstrip().startswith(b"<svg") or b"<svg" in head, "an SVG"),
    (lambda head: head.lstrip().startswith((b"{", b"[")), "JSON"),
    (_is_text, "text"),
)


def looks_like(head: bytes) -> str:
    """Return what *head*, up to 512 bytes, looks like, with its article."""
    return next((name for test, name in _KINDS if test(head)), "unknown data")
