"""Whether a picture may be sent is decided by its bytes; what is sent is what a person sees, and no more."""

import hashlib
import io
import os
import socket
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps

from cpa_image_cli.adapters.pictures.inputs.checking import file_picture
from cpa_image_cli.adapters.pictures.inputs.readers import reads
from cpa_image_cli.core.errors import Code, ExitStatus, UsageError
from cpa_image_cli.core.pictures.inputs import InputPicture, Origin, Parent, Preparation
from tests.adapters.pictures.inputs import made
from tests.adapters.pictures.inputs.made import SECRET, Writer


def opened(path: Path, **wanted: object) -> InputPicture:
    parent = Parent(name=path.name, origin=Origin.FILE, sha256="", path=str(path))
    return file_picture(path, parent, shown=path.name, wanted=Preparation(**wanted))  # type: ignore[arg-type]


def bytes_of(picture: InputPicture) -> bytes:
    data = b"".join(picture.content.pieces())
    assert picture.content.length == len(data)
    return data


def pixels(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def largest_difference(one: Image.Image, other: Image.Image) -> int:
    difference = ImageChops.difference(one.convert("RGBA"), other.convert("RGBA"))
    return max(high for _, high in difference.getextrema())  # type: ignore[misc] # one pair for each channel


def refusal(path: Path, **wanted: object) -> UsageError:
    with pytest.raises(UsageError) as caught:
        opened(path, **wanted)
    assert caught.value.code is Code.BAD_PICTURE
    assert caught.value.exit_status is ExitStatus.USAGE
    assert "\n" not in caught.value.message
    return caught.value


UNTOUCHED = {
    "jpeg": made.phone_jpeg(orientation=1),
    "png": made.noted_png(),
    "webp": made.noted_webp(),
    "lossy webp": made.noted_webp(lossless=False),
    "palette": made.palette_png(),
    "grey": made.saved(made.scene(mode="L"), "PNG"),
    "bare jpeg": made.saved(made.scene(), "JPEG"),
    "progressive": made.saved(made.scene((300, 200)), "JPEG", progressive=True),
}


@pytest.mark.parametrize("name", UNTOUCHED)
def test_what_can_go_as_it_is_goes_with_every_pixel_and_without_what_nobody_sees(name: str, written: Writer) -> None:
    data = UNTOUCHED[name]

    sent = opened(written("picture.bin", data))

    uploaded = bytes_of(sent)
    assert SECRET.encode() not in uploaded
    assert largest_difference(pixels(data), pixels(uploaded)) == 0
    assert pixels(uploaded).size == (sent.width, sent.height)
    assert pixels(uploaded).mode == pixels(data).mode
    assert not sent.notices
    assert len(uploaded) <= len(data)


@pytest.mark.parametrize("name", ["jpeg", "png", "webp"])
def test_a_colour_profile_stays(name: str, written: Writer) -> None:
    uploaded = bytes_of(opened(written("picture", UNTOUCHED[name])))

    assert pixels(uploaded).info["icc_profile"] == made.profile()
    assert dict(pixels(uploaded).getexif()) == {}


@pytest.mark.parametrize("name", ["jpeg", "png", "webp"])
def test_metadata_go_along_if_somebody_wants_them(name: str, written: Writer) -> None:
    data = UNTOUCHED[name]

    assert bytes_of(opened(written("picture", data), keep_metadata=True)) == data


def test_a_still_gif_is_sent_as_it_is(written: Writer) -> None:
    data = made.still_gif()

    sent = opened(written("still.gif", data))

    assert (sent.media_type, bytes_of(sent)) == ("image/gif", data)


def test_the_format_is_that_of_the_bytes_and_not_of_the_name(written: Writer) -> None:
    assert opened(written("photo.png", made.noted_webp())).media_type == "image/webp"


def test_the_digest_is_that_of_the_file_as_it_lies_there(written: Writer) -> None:
    data = made.noted_png()

    assert opened(written("a.png", data)).parent.sha256 == hashlib.sha256(data).hexdigest()


TURNED = {
    "jpeg": (made.phone_jpeg, 12),
    "png": (made.noted_png, 0),
    "webp": (made.noted_webp, 0),
}


@pytest.mark.parametrize("form", TURNED)
@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_picture_is_sent_upright_and_its_place_is_not(form: str, orientation: int, written: Writer) -> None:
    make, tolerance = TURNED[form]
    data = make(orientation=orientation)

    sent = opened(written(f"photo.{form}", data))

    uploaded = bytes_of(sent)
    assert largest_difference(ImageOps.exif_transpose(pixels(data)), pixels(uploaded)) <= tolerance
    assert (sent.width, sent.height) == pixels(uploaded).size == ((48, 64) if orientation >= 5 else (64, 48))
    assert SECRET.encode() not in uploaded
    assert sent.format == form
    quality = " of quality 95" if form == "jpeg" else ""
    name = {"jpeg": "JPEG", "png": "PNG", "webp": "WebP"}[form]
    assert [notice.message for notice in sent.notices] == [
        f"photo.{form} was turned upright; encoded again as {name}{quality}"
    ]


def test_metadata_that_go_along_do_not_turn_a_picture_twice(written: Writer) -> None:
    uploaded = pixels(bytes_of(opened(written("photo.jpg", made.phone_jpeg(orientation=6)), keep_metadata=True)))

    assert uploaded.size == (48, 64)
    assert uploaded.getexif().get(0x0112, 1) == 1
    assert uploaded.getexif()[0x010E] == SECRET


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (made.cmyk_jpeg, made.scene()),
        (made.deep_colour_png, None),
        (made.deep_grey_png, None),
    ],
)
def test_colours_that_no_screen_has_become_those_of_a_screen(
    make: object, expected: Image.Image | None, written: Writer
) -> None:
    data = make()  # type: ignore[operator]

    sent = opened(written("print.bin", data))

    uploaded = pixels(bytes_of(sent))
    assert uploaded.mode in {"RGB", "L"}
    assert "converted to 8-bit sRGB" in sent.notices[0].message
    if expected is not None:
        assert largest_difference(uploaded, expected) < 40
    else:
        left, right = uploaded.convert("L").getpixel((0, 0)), uploaded.convert("L").getpixel((63, 0))
        assert isinstance(left, int)
        assert isinstance(right, int)
        assert right - left > 40


def test_a_profile_of_inks_is_heeded(written: Writer) -> None:
    broken = made.saved(made.scene(mode="CMYK"), "JPEG", icc_profile=b"no profile at all")

    assert pixels(bytes_of(opened(written("print.jpg", broken)))).mode == "RGB"


def test_a_large_picture_is_scaled_and_it_is_said(written: Writer) -> None:
    path = written("big.png", made.saved(made.scene((400, 300)), "PNG"))

    sent = opened(path, max_edge=200)

    assert pixels(bytes_of(sent)).size == (sent.width, sent.height) == (200, 150)
    assert sent.notices[0].message == "big.png was scaled from 400x300 to 200x150; encoded again as PNG"
    assert opened(path, max_edge=None).width == 400
    assert not opened(path, max_edge=400).notices


def test_a_large_picture_that_lies_on_its_side_is_scaled_and_turned(written: Writer) -> None:
    path = written("big.jpg", made.saved(made.scene((400, 300)), "JPEG", exif=made.exif(orientation=6)))

    sent = opened(path, max_edge=200)

    assert (sent.width, sent.height) == (150, 200)
    assert sent.notices[0].message.startswith("big.jpg was turned upright; scaled from 400x300 to 150x200; encoded")


def test_scaling_a_palette_keeps_what_is_transparent(written: Writer) -> None:
    image = Image.new("RGBA", (300, 200), (255, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, 150, 200))
    path = written("icon.png", made.saved(image.quantize(4), "PNG"))

    uploaded = pixels(bytes_of(opened(path, max_edge=100))).convert("RGBA")

    assert (uploaded.getpixel((10, 10)), uploaded.getpixel((90, 10))) == ((0, 0, 0, 0), (255, 0, 0, 255))


def test_scaling_a_gif_makes_a_png(written: Writer) -> None:
    sent = opened(written("still.gif", made.still_gif()), max_edge=32)

    assert (sent.format, sent.width) == ("png", 32)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "picture is empty"),
        (made.noted_png()[:300], "picture cannot be sent: the picture is cut off"),
        (made.saved(made.scene(), "JPEG")[:-20], "picture cannot be sent: the picture is cut off"),
        (made.noted_webp()[:200], "picture cannot be sent: the picture is cut off"),
        (made.still_gif()[:-3], "picture cannot be sent: the picture is cut off"),
        (made.bomb(), "picture claims 60000x60000 pixels, more than the 89,478,485 that are safe to open"),
        (made.moving("GIF"), "picture is an animated GIF, and only a still picture can be sent"),
        (made.moving("WEBP"), "picture is an animated WebP"),
        (made.moving("PNG"), "picture is an animated PNG"),
        (b"%PDF-1.7\n", "picture is a PDF; PNG, JPEG, WebP and still GIF can be sent"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "picture is an SVG;"),
        (b"BM" + bytes(100), "picture is a BMP;"),
        (b"II*\0" + bytes(100), "picture is a TIFF;"),
        (b"<!DOCTYPE html><html>", "picture is an HTML page;"),
        (b"just words", "picture is text;"),
        (bytes(range(256)), "picture is unknown data;"),
    ],
)
def test_what_is_no_picture_that_can_be_sent_is_refused_by_name(data: bytes, told: str, written: Writer) -> None:
    assert refusal(written("picture", data)).message.startswith(told)


def test_a_file_is_refused_for_its_size_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(51 * 1024 * 1024)

    assert refusal(tmp_path / "huge.png").message.startswith("huge.png has more than 50 MiB")


def test_pixels_that_cannot_be_decoded_are_told_where_they_have_to_be(written: Writer) -> None:
    data = made.saved(made.scene(), "PNG")
    at = data.index(b"IDAT")
    length = int.from_bytes(data[at - 4 : at])
    broken = data[: at - 4] + made.chunk(b"IDAT", b"x" * length) + data[at + 8 + length :]

    assert opened(written("a.png", broken)).width == 64
    assert refusal(written("a.png", broken), max_edge=10).message == "a.png cannot be sent: its pixels cannot be read"


def test_what_is_no_file_is_refused_in_a_sentence_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        told = {name: refusal(tmp_path / name).message for name in ("folder", "loop", "pipe", "none", "folder/a")}
        told["null"] = refusal(Path("/dev/null")).message
        refusal(tmp_path / "socket")
        refusal(tmp_path / ("x" * 300))

    assert told == {
        "folder": "folder is a folder, no file",
        "loop": "loop is a link that leads back to itself",
        "pipe": "pipe is a pipe, no file",
        "none": "there is no file none",
        "folder/a": "there is no file a",
        "null": "null is a device, no file",
    }


def test_a_link_to_a_picture_is_a_picture(written: Writer, tmp_path: Path) -> None:
    written("a.png", made.noted_png())
    (tmp_path / "link.png").symlink_to("a.png")

    assert opened(tmp_path / "link.png").width == 64


def test_a_file_that_changes_is_not_sent(written: Writer) -> None:
    sent = opened(written("a.png", made.noted_png()))
    bytes_of(sent)

    written("a.png", made.noted_png() + b"more")

    with pytest.raises(UsageError, match=r"a\.png has changed since it was looked at; it was not sent"):
        bytes_of(sent)


def test_a_file_that_is_gone_is_told_by_name(written: Writer) -> None:
    path = written("a.png", made.noted_png())
    sent = opened(path)

    path.unlink()

    with pytest.raises(UsageError, match=r"there is no file a\.png"):
        bytes_of(sent)


def test_it_is_read_in_small_pieces(written: Writer) -> None:
    noise = Image.effect_noise((800, 800), 100)
    sent = opened(written("a.png", made.saved(noise, "PNG")))

    assert max(map(len, sent.content.pieces())) <= 64 * 1024


@pytest.mark.parametrize(("kind", "brand"), [("heic", b"heic"), ("avif", b"avif")])
def test_what_only_a_reader_knows_is_refused_without_it(
    kind: str, brand: bytes, written: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is installed differs from machine to machine.
    monkeypatch.setattr("cpa_image_cli.adapters.pictures.inputs.checking.reads", lambda _: False)

    error = refusal(written("photo.heic", b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0" + brand + bytes(100)))

    assert error.message.startswith("photo.heic is a")
    assert "cpa-image[heic]" in str(error.hint)
    assert kind in {"heic", "avif"}


@pytest.mark.skipif(not reads("heic"), reason="the extra cpa-image[heic] is not installed")
def test_a_heic_is_converted_where_there_is_a_reader(written: Writer) -> None:
    sent = opened(written("photo.heic", made.saved(made.scene((64, 48)), "HEIF", quality=95)))

    assert (sent.media_type, pixels(bytes_of(sent)).size) == ("image/jpeg", (64, 48))
    assert sent.notices[0].message == "photo.heic was encoded again as JPEG of quality 95"


@pytest.mark.skipif(not reads("avif"), reason="Pillow was built without AVIF")
def test_an_avif_is_converted_where_there_is_a_reader(written: Writer) -> None:
    sent = opened(written("photo.avif", made.saved(made.scene(mode="RGBA"), "AVIF")), max_edge=32)

    assert (sent.media_type, sent.width) == ("image/jpeg", 32)
