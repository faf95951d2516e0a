import pytest

from cpa_image_cli.core.pictures.formats import FORMATS, called, either, expected_for, extension_of, spelled

AVIF_AMONG_OTHERS = b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf"


def format_of(head: bytes) -> str | None:
    return next((name for name, row in FORMATS.items() if row.begins(head)), None)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
        (b"RIFF\x10\0\0\0WAVEfmt ", None),
        (b"GIF87a", "gif"),
        (b"GIF89a", "gif"),
        (b"\0\0\0\x20ftypavif", "avif"),
        (b"\0\0\0\x20ftypavis", "avif"),
        (AVIF_AMONG_OTHERS, "avif"),
        (b"\0\0\0\x14ftypheic\0\0\0\0heicavif", None),
        (b"\0\0\0\x20ftypmif1avif", None),
        (b"<svg/>", "svg"),
        (b"<svg>", "svg"),
        (b"\xef\xbb\xbf\r\n<?xml version='1.0'?>\n<!-- <html> -->\n<svg:svg xmlns:svg='x'>", "svg"),
        (b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://w3.org/svg11.dtd"><svg >', "svg"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>\n<svg>', "svg"),
        (b"<!DOCTYPE html><svg>", None),
        (b"<html><body><svg></svg>", None),
        (b"Here it is: <svg></svg>", None),
        (b"<svgs>", None),
        (b"", None),
    ],
)
def test_a_format_is_known_by_its_first_bytes(head: bytes, name: str | None) -> None:
    assert format_of(head) == name


def test_hundreds_of_comments_are_read_once_each() -> None:
    assert format_of(b"<!---->" * 100_000) is None


@pytest.mark.parametrize(
    ("text", "name"), [("JPG", "jpeg"), ("jpeg", "jpeg"), (" Webp ", "webp"), ("SVG", "svg"), ("tiff", "tiff")]
)
def test_a_format_may_be_spelled_as_files_are(text: str, name: str) -> None:
    assert spelled(text) == name


@pytest.mark.parametrize(
    ("names", "sentence"), [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")]
)
def test_alternatives_read_as_a_sentence(names: list[str], sentence: str) -> None:
    assert either(names) == sentence


def test_only_who_asks_for_a_rare_format_gets_it() -> None:
    assert list(expected_for("png")) == ["png", "jpeg", "webp"]
    assert list(expected_for("gif")) == ["png", "jpeg", "webp", "gif"]


def test_a_format_of_somebody_else_has_a_name_and_an_extension_too() -> None:
    assert (called("webp"), called("bmp")) == ("WebP", "BMP")
    assert (extension_of("jpeg"), extension_of("bmp")) == (".jpg", ".bmp")
