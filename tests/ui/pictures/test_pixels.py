"""Which pixels a preview is made of."""

import random
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from cpa_image_cli.ui.pictures.pixels import PreviewError, Size, fitted, load


def noise(width: int, height: int, *, mode: str = "RGB") -> Image.Image:
    return Image.frombytes(mode, (width, height), random.Random(1).randbytes(len(mode) * width * height))


def as_it_is(source: Size) -> Size:
    return source


def saved(image: Image.Image, path: Path, *, exif: Image.Exif | None = None) -> Path:
    image.save(path, exif=exif or Image.Exif())
    return path


@pytest.mark.parametrize(
    ("source", "within", "ratio", "expected"),
    [
        (Size(1024, 768), Size(400, 400), 1.0, Size(400, 300)),
        (Size(768, 1024), Size(400, 400), 1.0, Size(300, 400)),
        (Size(100, 50), Size(400, 400), 1.0, Size(100, 50)),
        (Size(10_000, 1), Size(100, 100), 1.0, Size(100, 1)),
        (Size(1000, 1000), Size(80, 40), 1.0, Size(40, 40)),
        (Size(1000, 1000), Size(80, 40), 1.25, Size(50, 40)),
        (Size(3, 3), Size(80, 40), 0.5, Size(3, 6)),
    ],
)
def test_a_picture_keeps_its_proportions_and_is_never_enlarged(
    source: Size, within: Size, ratio: float, expected: Size
) -> None:
    assert fitted(source, within=within, pixel_ratio=ratio) == expected


def test_a_picture_of_the_wanted_size_keeps_every_pixel(tmp_path: Path) -> None:
    image = noise(30, 20)

    assert load(saved(image, tmp_path / "a.png"), as_it_is, square=8).tobytes() == image.tobytes()


def test_a_picture_is_scaled_to_the_size_that_is_wanted(tmp_path: Path) -> None:
    path = saved(Image.new("RGB", (300, 200), (10, 200, 30)), tmp_path / "a.png")

    small = load(path, lambda source: Size(source.width // 10, source.height // 10), square=8)

    assert (small.size, small.getcolors()) == ((30, 20), [(600, (10, 200, 30))])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright(tmp_path: Path, orientation: int) -> None:
    """The corner that was red when the picture was taken is red at the upper left, however it was stored."""
    upright = Image.new("RGB", (6, 4), "blue")
    upright.putpixel((0, 0), (255, 0, 0))
    upright.putpixel((5, 0), (0, 255, 0))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    seen: list[Size] = []

    def fit(source: Size) -> Size:
        seen.append(source)
        return source

    shown = load(saved(stored, tmp_path / "a.png", exif=exif), fit, square=8)

    assert (seen, shown.size, shown.tobytes()) == ([Size(6, 4)], (6, 4), upright.tobytes())


def test_what_is_transparent_shows_a_checkerboard(tmp_path: Path) -> None:
    path = saved(Image.new("RGBA", (4, 4), (255, 0, 0, 0)), tmp_path / "a.png")

    shown = load(path, as_it_is, square=2).convert("L")

    light, dark = b"\x99\x99", b"\x66\x66"
    assert shown.tobytes() == (light + dark) * 2 + (dark + light) * 2


def test_what_is_half_transparent_lets_the_checkerboard_through(tmp_path: Path) -> None:
    path = saved(Image.new("RGBA", (1, 1), (255, 255, 255, 128)), tmp_path / "a.png")

    assert load(path, as_it_is, square=1).getpixel((0, 0)) == (204, 204, 204)


@pytest.mark.parametrize("name", ["a.png", "a.gif", "a.webp"])
def test_a_transparent_pixel_is_seen_in_every_format(tmp_path: Path, name: str) -> None:
    image = Image.new("RGBA", (2, 1), (0, 0, 255, 255))
    image.putpixel((0, 0), (0, 0, 0, 0))
    path = tmp_path / name
    image.save(path, lossless=True) if name.endswith("webp") else image.save(path)

    shown = load(path, as_it_is, square=1)

    assert (shown.getpixel((0, 0)), shown.getpixel((1, 0))) == ((0x99,) * 3, (0, 0, 255))


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "LA"])
def test_every_kind_of_pixel_is_understood(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("a.tiff" if mode == "CMYK" else "a.png")
    Image.new("RGB", (3, 2), "white").convert(mode).save(path)

    assert load(path, as_it_is, square=8).getcolors() == [(6, (255, 255, 255))]


def test_sixteen_bits_of_grey_are_not_all_white(tmp_path: Path) -> None:
    Image.frombytes("I;16", (2, 1), struct.pack("<2H", 0x8000, 0xFFFF)).save(tmp_path / "a.png")

    shown = load(tmp_path / "a.png", as_it_is, square=8)

    assert (shown.getpixel((0, 0)), shown.getpixel((1, 0))) == ((128,) * 3, (255,) * 3)


def test_a_large_photograph_is_decoded_small(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (4000, 3000), (200, 100, 50)).save(path)

    shown = load(path, lambda source: fitted(source, within=Size(200, 200)), square=8)

    assert shown.size == (200, 150)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PreviewError, match=r"猫\.png does not exist"):
        load(tmp_path / "猫.png", as_it_is, square=8)


def test_a_folder_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(PreviewError, match="is a folder"):
        load(tmp_path, as_it_is, square=8)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"BM" * 40]
)
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)

    with pytest.raises(PreviewError, match="not a picture that can be shown"):
        load(path, as_it_is, square=8)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.gif", "a.tiff", "a.bmp"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_cut_short_is_refused(tmp_path: Path, name: str, share: float) -> None:
    path = saved(noise(60, 60), tmp_path / name)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(PreviewError, match="not a picture that can be shown"):
        load(path, as_it_is, square=8)


def test_a_damaged_file_never_ends_in_a_traceback(tmp_path: Path) -> None:
    chance = random.Random(7)
    for name in ("a.png", "a.jpg", "a.webp", "a.gif", "a.tiff"):
        whole = saved(noise(20, 20), tmp_path / name).read_bytes()
        for _ in range(60):
            damaged = bytearray(whole)
            for _ in range(3):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            (tmp_path / name).write_bytes(damaged)
            try:
                shown = load(tmp_path / name, lambda _: Size(5, 5), square=8)
            except PreviewError:
                continue
            assert shown.size == (5, 5)


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_does(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b""))

    with pytest.raises(PreviewError):
        load(path, as_it_is, square=8)


def test_a_file_of_more_pixels_than_are_worth_showing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ppm"
    path.write_bytes(b"P6\n11000 10000\n255\n" + bytes(10))

    with pytest.raises(PreviewError, match="too large to preview \\(11000x10000 pixels\\)"):
        load(path, as_it_is, square=8)


def test_an_svg_is_never_drawn_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "squirrel.svg"
    path.write_bytes(b"<?xml version='1.0'?><svg><script>alert(1)</script></svg>")

    with pytest.raises(PreviewError) as raised:
        load(path, lambda size: size, square=1)

    assert raised.value.message == f"{path} is an SVG, which is seen by carrying out what it says; nothing here does"
    assert raised.value.hint == "Open it in a program that you trust with it: it may hold scripts."
