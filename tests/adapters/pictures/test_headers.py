"""What Pillow's readers refuse at first sight, our own refuse as well: found by scrambling headers, kept as a table."""

import io
import zlib
from pathlib import Path

import pytest
from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from tests.adapters.pictures.samples import (
    JPEG,
    SIGNATURE,
    WEBP,
    canvas,
    chunk,
    complaint,
    drawn,
    moving,
    riff,
)

READERS = {
    "PNG": PngImagePlugin.PngImageFile,
    "JPEG": JpegImagePlugin.JpegImageFile,
    "WebP": WebPImagePlugin.WebPImageFile,
}
LOSSLESS = drawn("WEBP", lossless=True)
MOVING = moving("WEBP")
FRAME = MOVING.index(b"ANMF") + 8
OF_JPEG = JPEG.index(b"\xff\xc0")
TABLE = JPEG.index(b"\xff\xdb")


def png(depth: int, colour: int, *rest: int) -> bytes:
    header = (4).to_bytes(4) * 2 + bytes([depth, colour, *rest])
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")


def changed(content: bytes, at: int, *values: int) -> bytes:
    return content[:at] + bytes(values) + content[at + len(values) :]


@pytest.mark.parametrize(
    ("title", "content"),
    [
        pytest.param("PNG", png(3, 2, 0, 0, 0), id="png: three bits of a colour"),
        pytest.param("PNG", png(8, 5, 0, 0, 0), id="png: a type of colour that is none"),
        pytest.param("PNG", png(8, 2, 0, 1, 0), id="png: another filter"),
        pytest.param("JPEG", changed(JPEG, OF_JPEG + 4, 12), id="jpeg: twelve bits"),
        pytest.param("JPEG", changed(JPEG, OF_JPEG + 9, 5), id="jpeg: five colours"),
        pytest.param("JPEG", changed(JPEG, TABLE + 3, 60), id="jpeg: tables cut short"),
        pytest.param("JPEG", changed(JPEG, OF_JPEG + 1, 0xDA), id="jpeg: a scan before its frame"),
        pytest.param("WebP", changed(WEBP, 20, WEBP[20] | 1), id="webp: a frame that needs another"),
        pytest.param("WebP", changed(WEBP, 20, WEBP[20] | 0x0E), id="webp: a profile that is none"),
        pytest.param("WebP", changed(WEBP, 20, WEBP[20] & 0xEF), id="webp: a frame that is not shown"),
        pytest.param("WebP", changed(WEBP, 22, 0xFF), id="webp: its first part is longer than all"),
        pytest.param("WebP", changed(LOSSLESS, 24, LOSSLESS[24] | 0xE0), id="webp: another version"),
        pytest.param(
            "WebP", riff((b"VP8X", canvas(40, 30, flags=0x80)), (b"VP8L", LOSSLESS[20:])), id="webp: unknown flags"
        ),
        pytest.param("WebP", riff((b"VP8X", canvas(41, 30)), (b"VP8L", LOSSLESS[20:])), id="webp: two sizes"),
        pytest.param(
            "WebP", riff((b"VP8X", canvas(40, 30, flags=2)), (b"VP8L", LOSSLESS[20:])), id="webp: moving, and still"
        ),
        pytest.param("WebP", MOVING.replace(b"ANIM", b"ANIX"), id="webp: frames that nothing announced"),
        pytest.param("WebP", changed(MOVING, FRAME, 9), id="webp: a frame beyond the canvas"),
    ],
)
def test_a_header_that_no_reader_takes_is_damaged(tmp_path: Path, title: str, content: bytes) -> None:
    with pytest.raises((OSError, SyntaxError)):
        READERS[title](io.BytesIO(content))

    assert complaint(content, tmp_path) == f"the picture is damaged: its {title} header cannot be read"


@pytest.mark.parametrize(
    "content",
    [png(8, 2, 1, 0, 0), png(8, 2, 0, 0, 2), changed(MOVING, FRAME + 6, 20)],
    ids=["packed otherwise", "woven otherwise", "a frame of two sizes"],
)
def test_our_own_readers_are_stricter_where_no_viewer_could_go_on(tmp_path: Path, content: bytes) -> None:
    assert complaint(content, tmp_path)


def test_the_pictures_of_this_table_are_sound_before_they_are_changed() -> None:
    for content in (png(8, 2, 0, 0, 0), JPEG, WEBP, LOSSLESS, MOVING):
        with Image.open(io.BytesIO(content)) as image:
            assert image.size in {(4, 4), (40, 30)}
