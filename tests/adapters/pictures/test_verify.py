import io
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from cpa_image_cli.adapters.pictures.verify import WALKS, UnsoundPicture, verify
from cpa_image_cli.core.errors import Code, OutputError
from cpa_image_cli.core.pictures.formats import FORMATS
from cpa_image_cli.core.pictures.picture import Picture
from tests.adapters.pictures.samples import (
    ALL,
    AVIF,
    GIF,
    JPEG,
    PICTURES,
    PNG,
    SIGNATURE,
    SVG,
    WEBP,
    canvas,
    chunk,
    complaint,
    drawn,
    header,
    judgement,
    riff,
    verified,
)

SCREEN = b"GIF89a" + b"\x28\0\x1e\0" + bytes(3)
FRAME = b"\x2c" + bytes(4) + b"\x28\0\x1e\0\0"
LAUGHS = b"""<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><svg><text>&b;</text></svg>"""


@pytest.mark.parametrize("name", PICTURES)
def test_a_whole_picture_is_told_from_its_bytes(tmp_path: Path, name: str) -> None:
    picture_format, content = PICTURES[name]
    with Image.open(io.BytesIO(content)) as image:
        width, height = image.size

    assert verified(content, tmp_path, asked=picture_format) == Picture(
        format=picture_format, width=width, height=height, bytes=len(content), sha256="as written"
    )


def test_every_format_has_a_walker() -> None:
    assert WALKS.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_cut_anywhere_is_no_picture(tmp_path: Path, name: str) -> None:
    asked, content = PICTURES[name]

    judged = {
        judgement(content[:end], tmp_path, asked=asked) for end in range(0, len(content), 1 + len(content) // 300)
    }

    assert judged == {Code.IMAGE_DAMAGED}


@pytest.mark.parametrize("asked", ALL)
@pytest.mark.parametrize("more", [b"\n<!-- cached -->", b"</i>", bytes(40)], ids=["comment", "tag", "zeros"])
def test_bytes_after_the_end_are_tolerated(tmp_path: Path, asked: str, more: bytes) -> None:
    content = ALL[asked]
    alone = verified(content, tmp_path, asked=asked)

    followed = verified(content + more, tmp_path, asked=asked)

    assert (followed.width, followed.height, followed.bytes) == (
        alone.width,
        alone.height,
        len(content) + len(more),
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_a_png_with_one_changed_byte_is_damaged(tmp_path: Path, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(PNG) - 1))
    bit = data.draw(st.integers(0, 7))
    content = bytearray(PNG)
    content[at] ^= 1 << bit

    assert complaint(bytes(content), tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(st.sampled_from(sorted(ALL)), st.data())
def test_scrambled_pictures_pass_or_are_damaged_but_never_break_the_program(
    tmp_path: Path, asked: str, data: st.DataObject
) -> None:
    content = ALL[asked]
    scrambled = bytearray(content)
    for _ in range(data.draw(st.integers(1, 8))):
        scrambled[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    assert judgement(bytes(scrambled), tmp_path, asked=asked) in {Code.IMAGE_DAMAGED, len(content)}


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


@pytest.mark.parametrize(
    ("asked", "content", "sentence"),
    [
        ("gif", GIF[:-1], f"the picture is cut off: it ends after {len(GIF) - 1} bytes, 1 too early"),
        ("gif", GIF[:13] + b"\x3b", "the picture is cut off: it ends after 14 bytes, 767 too early"),
        ("gif", SCREEN + b"\x3b", "the picture is damaged: a GIF without pixels"),
        ("gif", SCREEN + b"\x99\0\0", "the picture is damaged: what follows byte 13 is no GIF block"),
        ("gif", SCREEN + FRAME + b"\x0c\0\x3b", "the picture is damaged: what follows byte 13 is no GIF block"),
        (
            "gif",
            b"GIF89a" + bytes(7) + FRAME[:5] + bytes(5) + b"\x02\0\x3b",
            "the picture is damaged: its GIF header cannot be read",
        ),
        ("gif", b"<svg/>", "what came is an SVG, not a PNG, JPEG, WebP or GIF picture"),
        ("avif", AVIF[:-9], f"the picture is cut off: it ends after {len(AVIF) - 9} bytes, 9 too early"),
        ("avif", AVIF[:32], "the picture is damaged: its AVIF header cannot be read"),
        (
            "avif",
            AVIF.replace(b"mdat", b"mdax")[:-9],
            f"the picture is cut off: it ends after {len(AVIF) - 9} bytes, 9 too early",
        ),
        ("avif", AVIF.replace(b"ispe", b"xxxx"), "the picture is damaged: its AVIF header cannot be read"),
        ("avif", AVIF.replace(b"pict", b"vide"), "the picture is damaged: its AVIF header cannot be read"),
        ("avif", AVIF.replace(b"pitm", b"xxxx"), "the picture is damaged: its AVIF header cannot be read"),
        ("avif", AVIF[:32] + b"\0\0\0\3free", "the picture is damaged: an AVIF box is shorter than its own header"),
        ("avif", AVIF[:32] + b"\0\0\0\0free", "the picture is damaged: its AVIF header cannot be read"),
        (
            "avif",
            AVIF[:32] + b"\0\0\0\1meta" + (16 + (1 << 20) + 1).to_bytes(8),
            "the picture is not safe to open: its meta box has 1048577 bytes",
        ),
        ("svg", SVG[:-6], f"the picture is cut off: it ends after {len(SVG) - 6} bytes, before the end of the SVG"),
        ("svg", b"<svg><g></svg>", "the picture is damaged: line 1 of the SVG is no XML"),
        ("svg", b"<!-- a --><svg:svg>\n</svg>", "the picture is damaged: line 2 of the SVG is no XML"),
        ("svg", b'<?xml version="1" encoding="x-none"?><svg/>', "the picture is damaged: line 1 of the SVG is no XML"),
        (
            "svg",
            b"<svg>" + b"<g>" * 300,
            "the picture is not safe to open: its elements are too deep within each other",
        ),
        ("svg", LAUGHS, "the picture is not safe to open: an SVG that defines entities"),
        ("svg", SVG + bytes(16 << 20), f"the picture is not safe to open: an SVG of {len(SVG) + (16 << 20)} bytes"),
        ("svg", b"<html><svg/></html>", "what came is an HTML page, not a PNG, JPEG, WebP or SVG picture"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_with_a_format_that_was_asked_for_is_said_too(
    tmp_path: Path, asked: str, content: bytes, sentence: str
) -> None:
    assert complaint(content, tmp_path, asked=asked) == sentence


@pytest.mark.parametrize("came", ["gif", "avif", "svg"])
def test_what_only_some_want_is_no_picture_for_the_others(tmp_path: Path, came: str) -> None:
    named = {"gif": "a GIF", "avif": "an AVIF", "svg": "an SVG"}[came]

    with pytest.raises(UnsoundPicture) as raised:
        verified(ALL[came], tmp_path)

    assert raised.value.message == f"what came is {named}, not a PNG, JPEG or WebP picture"
    assert raised.value.hint == f"If that is what you want, ask for it with --format {came}."
    assert raised.value.kind == came


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="640" height="480px"', (640, 480)),
        ('width="2in" height="25.4mm"', (192, 96)),
        ('viewBox="0 0 24 12"', (24, 12)),
        ('viewBox="0,0,24,12" width="240"', (240, 120)),
        ('viewBox="0 0 24 12" height="240"', (480, 240)),
        ('width="100%" height="100%" viewBox="0 0 24 12"', (24, 12)),
        ('width="100"', (100, 150)),
        ('height="100"', (300, 100)),
        ('width="0" height="-4"', (300, 150)),
        ('width="999999999" height=".2"', (1_000_000, 1)),
        ("", (300, 150)),
    ],
)
def test_a_drawing_is_as_large_as_it_says(tmp_path: Path, attributes: str, size: tuple[int, int]) -> None:
    picture = verified(f"<svg {attributes}/>".encode(), tmp_path, asked="svg")

    assert (picture.width, picture.height) == size


def test_a_box_to_the_end_of_the_file_and_one_with_a_long_length_are_read(tmp_path: Path) -> None:
    at = AVIF.index(b"mdat") - 4
    to_the_end = AVIF[:at] + bytes(4) + AVIF[at + 4 :]
    long = AVIF + b"\0\0\0\1free" + (20).to_bytes(8) + bytes(4)

    assert verified(to_the_end, tmp_path, asked="avif").size == "40x30"
    assert verified(long, tmp_path, asked="avif").size == "40x30"


@pytest.mark.parametrize("side", [10_000, 30_000])
def test_more_pixels_than_are_safe_to_open_are_refused_without_a_warning(tmp_path: Path, side: int) -> None:
    content = SIGNATURE + header(side, side) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")

    assert complaint(content, tmp_path) == (
        f"the picture claims {side}x{side} pixels, more than the 89478485 that are safe to open"
    )


def test_a_webp_may_claim_no_more_pixels_than_are_safe_to_open(tmp_path: Path) -> None:
    sides = (16_000 - 1) << 14 | (16_000 - 1)

    assert complaint(riff((b"VP8L", b"\x2f" + sides.to_bytes(4, "little") + bytes(5))), tmp_path) == (
        "the picture claims 16000x16000 pixels, more than the 89478485 that are safe to open"
    )


def test_a_file_that_is_gone_is_an_output_problem(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as raised:
        verify(tmp_path / "gone", sha256="")

    assert raised.value.message == f"cannot read {tmp_path}/gone back: No such file or directory"


MEASURED = """
import resource, sys
from pathlib import Path
from cpa_image_cli.adapters.pictures.verify import WALKS, UnsoundPicture, verify
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
    return riff((b"VP8X", canvas(40, 30)), (b"VP8L", drawn("WEBP", lossless=True)[20:]), (b"EXIF", noise))


@pytest.mark.parametrize("picture_format", ["png", "jpeg", "webp"])
def test_memory_stays_flat_however_large_the_picture(tmp_path: Path, picture_format: str) -> None:
    small, big = tmp_path / "small", tmp_path / "big"
    small.write_bytes({"png": PNG, "jpeg": JPEG, "webp": WEBP}[picture_format])
    big.write_bytes(large(picture_format, 64 << 20))

    run = [sys.executable, "-c", MEASURED, small, big]
    grown = int(subprocess.run(run, capture_output=True, text=True, check=True).stdout)

    assert grown < 2048  # KiB


@pytest.mark.parametrize("picture", [PNG, JPEG, WEBP])
def test_no_picture_waits_for_an_import(tmp_path: Path, picture: bytes) -> None:
    (tmp_path / "picture").write_bytes(picture)
    script = """
import pathlib, sys
from cpa_image_cli.adapters.pictures.verify import WALKS, UnsoundPicture, verify

before = set(sys.modules)
verify(pathlib.Path("picture"), sha256="")
print(sorted(set(sys.modules) - before), "PIL" in sys.modules)
"""

    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout == "[] False\n"
