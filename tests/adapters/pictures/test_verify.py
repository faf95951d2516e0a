import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from cpa_image_cli.adapters.pictures.verify import verify
from cpa_image_cli.core.errors import Code, Failure, GatewayError, OutputError
from cpa_image_cli.core.pictures.picture import Picture

HINT = "Run it again; if it happens every time, something on the way alters the answers."


def drawn(picture_format: str, *, mode: str = "RGB", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    channels = len(mode)
    pixels = bytes(range(256)) * (size[0] * size[1] * channels // 256 + 1)
    image = Image.frombytes(mode, size, pixels[: size[0] * size[1] * channels])
    file = io.BytesIO()
    image.save(file, picture_format, **options)
    return file.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def header(width: int, height: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2) for kind, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG = drawn("PNG")
JPEG = drawn("JPEG")
WEBP = drawn("WEBP")
PICTURES = {
    "png": ("png", PNG),
    "png with alpha, interlaced chunks": ("png", drawn("PNG", mode="RGBA", dpi=(72, 72))),
    "jpeg": ("jpeg", JPEG),
    "progressive jpeg": ("jpeg", drawn("JPEG", progressive=True)),
    "jpeg with restart markers": ("jpeg", drawn("JPEG", size=(400, 300), restart_marker_blocks=1)),
    "jpeg full of stuffed bytes": ("jpeg", drawn("JPEG", size=(400, 300), quality=100)),
    "webp, lossy": ("webp", WEBP),
    "webp, lossless": ("webp", drawn("WEBP", lossless=True)),
    "webp, extended": ("webp", drawn("WEBP", mode="RGBA", exif=b"Exif\0\0" + b"x" * 101)),
}


def verified(content: bytes, tmp_path: Path) -> Picture:
    path = tmp_path / ".picture.part"
    path.write_bytes(content)
    return verify(path, sha256="as written")


def judgement(content: bytes, tmp_path: Path) -> Code | int:
    try:
        return verified(content, tmp_path).bytes
    except GatewayError as error:
        return error.code


def complaint(content: bytes, tmp_path: Path) -> str:
    with pytest.raises(GatewayError) as raised:
        verified(content, tmp_path)
    failure = raised.value.failure
    assert failure == Failure(code=Code.IMAGE_DAMAGED, message=failure.message, hint=HINT)
    return failure.message


@pytest.mark.parametrize("name", PICTURES)
def test_a_whole_picture_is_told_from_its_bytes(tmp_path: Path, name: str) -> None:
    picture_format, content = PICTURES[name]
    with Image.open(io.BytesIO(content)) as image:
        width, height = image.size

    assert verified(content, tmp_path) == Picture(
        format=picture_format, width=width, height=height, bytes=len(content), sha256="as written"
    )


@pytest.mark.parametrize("content", [PNG, JPEG, WEBP], ids=["png", "jpeg", "webp"])
def test_a_picture_cut_anywhere_is_no_picture(tmp_path: Path, content: bytes) -> None:
    judged = {judgement(content[:end], tmp_path) for end in range(0, len(content), 7)}

    assert judged == {Code.IMAGE_DAMAGED}


@pytest.mark.parametrize("content", [PNG, JPEG, WEBP], ids=["png", "jpeg", "webp"])
def test_bytes_after_the_end_are_tolerated(tmp_path: Path, content: bytes) -> None:
    alone = verified(content, tmp_path)

    followed = verified(content + b"\n<!-- cached -->", tmp_path)

    assert (followed.width, followed.height, followed.bytes) == (alone.width, alone.height, len(content) + 16)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_a_png_with_one_changed_byte_is_damaged(tmp_path: Path, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(PNG) - 1))
    bit = data.draw(st.integers(0, 7))
    content = bytearray(PNG)
    content[at] ^= 1 << bit

    assert complaint(bytes(content), tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(st.sampled_from([JPEG, WEBP, PNG]), st.data())
def test_scrambled_pictures_pass_or_are_damaged_but_never_break_the_program(
    tmp_path: Path, content: bytes, data: st.DataObject
) -> None:
    scrambled = bytearray(content)
    for _ in range(data.draw(st.integers(1, 8))):
        scrambled[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    assert judgement(bytes(scrambled), tmp_path) in {Code.IMAGE_DAMAGED, len(content)}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (PNG[:-4], f"the picture is cut off: it ends after {len(PNG) - 4} bytes, 4 too early"),
        (PNG[:30] + b"\xff" + PNG[31:], "the picture is damaged: the checksum of its IHDR chunk is wrong"),
        (
            SIGNATURE + header(4, 4) + chunk(b"IDAT", b"pixels")[:-1] + b"!" + chunk(b"IEND", b""),
            "the picture is damaged: the checksum of its IDAT chunk at byte 33 is wrong",
        ),
        (SIGNATURE + chunk(b"IDAT", b"pixels"), "the picture is damaged: a PNG must begin with its IHDR chunk"),
        (SIGNATURE + header(4, 4) + chunk(b"IEND", b""), "the picture is damaged: a PNG without pixels"),
        (
            SIGNATURE + header(4, 4) + b"\xff\xff\xff\xff" + b"IDAT" + b"x" * 20,
            "the picture is damaged: what follows byte 33 is no PNG chunk",
        ),
        (
            SIGNATURE + header(4, 4) + b"\x7f\xff\xff\xff" + b"IDAT" + b"x" * 20,
            "the picture is cut off: it ends after 61 bytes, 2147483627 too early",
        ),
        (SIGNATURE + header(4, 4) + header(4, 4), "the picture is damaged: what follows byte 33 is no PNG chunk"),
        (
            SIGNATURE + header(4, 4) + b"\x01\0\0\x01" + b"iTXt" + b"x" * 20,
            "the picture is not safe to open: its iTXt chunk has 16777217 bytes",
        ),
        (
            SIGNATURE + header(0, 4) + chunk(b"IDAT", b"x") + chunk(b"IEND", b""),
            "the picture is damaged: its PNG header cannot be read",
        ),
        (
            JPEG[:-2],
            f"the picture is cut off: it ends after {len(JPEG) - 2} bytes without the JPEG end marker",
        ),
        (b"\xff\xd8\xff\xd9", "the picture is damaged: a JPEG without pixels"),
        (b"\xff\xd8\xff\xe0\x00\x02junk", "the picture is damaged: byte 6 should begin a JPEG marker"),
        (b"\xff\xd8\xff\xff\x00", "the picture is damaged: byte 2 should begin a JPEG marker"),
        (b"\xff\xd8\xff\xe0\x00\x01", "the picture is damaged: the JPEG segment at byte 4 has no length"),
        (b"\xff\xd8\xff\xe0\xff\xff", "the picture is cut off: it ends after 6 bytes, 65533 too early"),
        (
            b"\xff\xd8" + (b"\xff\xe1\xff\xff" + bytes(65533)) * 520,
            "the picture is not safe to open: its JPEG header is too large",
        ),
        (WEBP[:-3], f"the picture is cut off: the WebP says {len(WEBP)} bytes, {len(WEBP) - 3} came"),
        (riff(), "the picture is damaged: a WebP without pixels"),
        (riff((b"EXIF", b"1234567890")), "the picture is damaged: what follows byte 12 is no WebP chunk"),
        (riff((b"VP8 ", b"1234567890")), "the picture is damaged: its WebP header cannot be read"),
        (riff((b"VP8X", bytes(10))), "the picture is damaged: a WebP without pixels"),
        (riff((b"VP8L", b"\x2f\0\0\0\xe0" + bytes(5))), "the picture is damaged: its WebP header cannot be read"),
        (b"", "what came is nothing at all, not a PNG, JPEG or WebP picture"),
        (drawn("GIF", mode="L"), "what came is a GIF, not a PNG, JPEG or WebP picture"),
        (drawn("BMP"), "what came is a BMP, not a PNG, JPEG or WebP picture"),
        (drawn("TIFF"), "what came is a TIFF, not a PNG, JPEG or WebP picture"),
        (b"\0\0\0\x20ftypavif", "what came is an AVIF, not a PNG, JPEG or WebP picture"),
        (b"\0\0\0\x20ftypheic", "what came is a HEIC, not a PNG, JPEG or WebP picture"),
        (b"%PDF-1.7", "what came is a PDF, not a PNG, JPEG or WebP picture"),
        (b"\x1f\x8b\x08\0", "what came is gzip data, not a PNG, JPEG or WebP picture"),
        (b" <!DOCTYPE html><p>", "what came is an HTML page, not a PNG, JPEG or WebP picture"),
        (b"<?xml version='1.0'?><svg/>", "what came is an SVG, not a PNG, JPEG or WebP picture"),
        (b'{"error": 1}', "what came is JSON, not a PNG, JPEG or WebP picture"),
        ("画不出来".encode() * 50, "what came is text, not a PNG, JPEG or WebP picture"),
        (b"\x00\x9f\x92", "what came is unknown data, not a PNG, JPEG or WebP picture"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert complaint(content, tmp_path) == sentence


@pytest.mark.parametrize("side", [10_000, 30_000])
def test_more_pixels_than_are_safe_to_open_are_refused_without_a_warning(tmp_path: Path, side: int) -> None:
    content = SIGNATURE + header(side, side) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")

    assert complaint(content, tmp_path) == (
        f"the picture claims {side}x{side} pixels, more than the 89478485 that are safe to open"
    )


def test_a_large_webp_is_judged_by_its_own_header(tmp_path: Path) -> None:
    pixels = drawn("WEBP", lossless=True)[20:]
    extra = (b"EXIF", bytes(1 << 20))
    canvas = bytes(4) + (39).to_bytes(3, "little") + (29).to_bytes(3, "little")
    vast = bytes(4) + (16_000).to_bytes(3, "little") * 2

    picture = verified(riff((b"VP8X", canvas), (b"VP8L", pixels), extra), tmp_path)

    assert (picture.width, picture.height) == (40, 30)
    assert complaint(riff((b"VP8X", vast), (b"VP8L", pixels), extra), tmp_path) == (
        "the picture claims 16001x16001 pixels, more than the 89478485 that are safe to open"
    )


def test_a_file_that_is_gone_is_an_output_problem(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as raised:
        verify(tmp_path / "gone", sha256="")

    assert raised.value.message == f"cannot read {tmp_path}/gone back: No such file or directory"


MEASURED = """
import resource, sys
from pathlib import Path
from cpa_image_cli.adapters.pictures.verify import verify
verify(Path(sys.argv[1]), sha256="")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
verify(Path(sys.argv[2]), sha256="")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def large(picture_format: str, size: int) -> bytes:
    noise = os.urandom(1 << 20) * (size >> 20)
    if picture_format == "png":
        return SIGNATURE + header(1024, 1024) + chunk(b"IDAT", noise) + chunk(b"IEND", b"")
    if picture_format == "jpeg":
        return JPEG[:-2] + noise.replace(b"\xff", b"\xff\x00") + b"\xff\xd9"
    return riff((b"VP8X", bytes(10)), (b"VP8L", drawn("WEBP", lossless=True)[20:]), (b"EXIF", noise))


@pytest.mark.parametrize("picture_format", ["png", "jpeg", "webp"])
def test_memory_stays_flat_however_large_the_picture(tmp_path: Path, picture_format: str) -> None:
    small, big = tmp_path / "small", tmp_path / "big"
    small.write_bytes({"png": PNG, "jpeg": JPEG, "webp": WEBP}[picture_format])
    big.write_bytes(large(picture_format, 64 << 20))

    run = [sys.executable, "-c", MEASURED, small, big]
    grown = int(subprocess.run(run, capture_output=True, text=True, check=True).stdout)

    assert grown < 2048  # KiB


@pytest.mark.parametrize("picture", [PNG, JPEG, WEBP])
def test_once_ready_no_picture_waits_for_an_import(tmp_path: Path, picture: bytes) -> None:
    (tmp_path / "picture").write_bytes(picture)
    script = """
import pathlib, sys
from cpa_image_cli.adapters.pictures.verify import get_ready, verify

get_ready()
before = set(sys.modules)
verify(pathlib.Path("picture"), sha256="")
print(sorted(set(sys.modules) - before))
"""

    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
