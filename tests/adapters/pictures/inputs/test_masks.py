"""What a mask means, how a result is measured by it, and how the original is put back around it."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from cpa_image_cli.adapters.pictures.inputs.blending import FEATHER, GROWN, blended_into, compared
from cpa_image_cli.adapters.pictures.inputs.checking import file_picture
from cpa_image_cli.adapters.pictures.inputs.content import file_store
from cpa_image_cli.adapters.pictures.inputs.mask_file import ReadMask, marked, read_mask
from cpa_image_cli.core.errors import Code, UsageError
from cpa_image_cli.core.pictures.inputs import InputPicture, NamedPicture, Origin, Parent, Preparation
from tests.adapters.pictures.inputs.made import Writer, saved

SIZE = (300, 200)
HOLE = (100, 50, 200, 150)
"""A sixth of the picture."""

MASK = NamedPicture(origin=Origin.FILE, name="mask.png")


def photo(*, size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    noise = Image.merge("RGB", [Image.effect_noise(size, 60) for _ in range(3)])
    return noise.convert(mode)


def hole(inside: object, outside: object, *, mode: str, size: tuple[int, int] = SIZE) -> Image.Image:
    image = Image.new(mode, size, outside)  # type: ignore[arg-type]
    scale = size[0] / SIZE[0]
    box = [round(edge * scale) for edge in HOLE]
    ImageDraw.Draw(image).rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=inside)  # type: ignore[arg-type]
    return image


def sent(path: Path) -> InputPicture:
    parent = Parent(name=path.name, origin=Origin.FILE, sha256="", path=str(path))
    return file_picture(path, parent, shown=path.name, wanted=Preparation())


@pytest.fixture
def picture(written: Writer) -> InputPicture:
    return sent(written("photo.png", saved(photo(), "PNG")))


def read(path: Path, picture: InputPicture, *, invert: bool = False) -> ReadMask:
    return read_mask(file_store(path, path.name), picture, named=MASK, invert=invert)


def refusal(path: Path, picture: InputPicture, *, invert: bool = False) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read(path, picture, invert=invert)
    assert caught.value.code is Code.BAD_PICTURE
    return caught.value


def uploaded(mask: ReadMask) -> Image.Image:
    image = Image.open(io.BytesIO(b"".join(mask.sent.content.pieces())))
    image.load()
    return image


CLEAR, SOLID = (200, 10, 10, 0), (200, 10, 10, 255)
MASKS = {
    "transparent is open": hole(CLEAR, SOLID, mode="RGBA"),
    "white is open without transparency": hole("white", "black", mode="RGB"),
    "in shades of grey": hole(255, 0, mode="L"),
    "of one bit": hole(1, 0, mode="1"),
    "white is open where all is opaque": hole((255,) * 4, (0, 0, 0, 255), mode="RGBA"),
    "with a palette": hole("white", "black", mode="RGB").quantize(2),
}


@pytest.mark.parametrize("name", MASKS)
def test_every_way_to_paint_a_mask_opens_the_same(name: str, picture: InputPicture, written: Writer) -> None:
    mask = read(written("mask.png", saved(MASKS[name], "PNG")), picture)

    alpha = uploaded(mask).getchannel("A")
    assert mask.sent.opened == pytest.approx(1 / 6, abs=0.001)
    assert (alpha.getpixel((150, 100)), alpha.getpixel((10, 10))) == (0, 255)


def test_a_jpeg_may_be_a_mask(picture: InputPicture, written: Writer) -> None:
    data = saved(hole(255, 0, mode="L"), "JPEG", quality=95)

    assert read(written("mask.jpg", data), picture).sent.opened == pytest.approx(1 / 6, abs=0.01)


def test_any_mask_can_be_turned(picture: InputPicture, written: Writer) -> None:
    for name in ("transparent is open", "in shades of grey"):
        mask = read(written("mask.png", saved(MASKS[name], "PNG")), picture, invert=True)

        assert mask.sent.opened == pytest.approx(5 / 6, abs=0.001)


def test_half_transparent_pixels_count_by_their_alpha(picture: InputPicture, written: Writer) -> None:
    half = Image.new("RGBA", SIZE, (0, 0, 0, 128))

    assert read(written("mask.png", saved(half, "PNG")), picture).sent.opened == pytest.approx(0.498, abs=0.001)


def test_no_colour_is_left_under_what_is_transparent(picture: InputPicture, written: Writer) -> None:
    mask = uploaded(read(written("mask.png", saved(MASKS["transparent is open"], "PNG")), picture))

    assert mask.mode == "RGBA"
    assert mask.size == SIZE
    assert mask.convert("RGBA").split()[0].getextrema() == (0, 0)


def test_a_mask_that_opens_nothing_is_refused_and_the_convention_told(picture: InputPicture, written: Writer) -> None:
    path = written("mask.png", saved(Image.new("L", SIZE, 0), "PNG"))

    error = refusal(path, picture)

    assert error.message == "mask.png opens nothing of the picture"
    assert "`--invert-mask` turns it" in str(error.hint)
    assert read(path, picture, invert=True).sent.opened == 1


def test_a_mask_of_another_size_and_the_same_shape_is_scaled_and_it_is_said(
    picture: InputPicture, written: Writer
) -> None:
    mask = read(written("mask.png", saved(hole(255, 0, mode="L", size=(600, 400)), "PNG")), picture)

    assert uploaded(mask).size == SIZE
    assert mask.sent.opened == pytest.approx(1 / 6, abs=0.01)
    assert [notice.message for notice in mask.notices] == ["the mask was scaled from 600x400 to the picture's 300x200"]


def test_a_mask_of_another_shape_is_refused(picture: InputPicture, written: Writer) -> None:
    error = refusal(written("mask.png", saved(Image.new("L", (200, 300), 255), "PNG")), picture)

    assert error.message == "mask.png has 200x300 pixels and the picture 300x200: another shape"


def test_what_is_no_picture_is_no_mask(picture: InputPicture, written: Writer) -> None:
    assert "mask.png is text" in refusal(written("mask.png", b"words"), picture).message


def test_a_mask_with_too_much_detail_is_made_of_two_tones_and_refused_if_that_does_not_help(
    picture: InputPicture, written: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written("mask.png", saved(Image.effect_noise(SIZE, 200), "PNG"))
    whole = read(path, picture).sent.content.length

    # Four megabytes of noise take seconds to compress.
    monkeypatch.setattr("cpa_image_cli.adapters.pictures.inputs.mask_file.LARGEST", whole // 2)
    mask = read(path, picture)
    monkeypatch.setattr("cpa_image_cli.adapters.pictures.inputs.mask_file.LARGEST", 100)

    assert set(uploaded(mask).getchannel("A").tobytes()) == {0, 255}
    assert refusal(path, picture).message == "mask.png has more detail than the 4 MB that a mask may have"


def test_a_copy_is_marked_in_red_where_the_mask_opens(picture: InputPicture, written: Writer) -> None:
    mask = read(written("mask.png", saved(MASKS["in shades of grey"], "PNG")), picture)

    copy, words = marked(picture, mask, number=2)

    image = Image.open(io.BytesIO(b"".join(copy.content.pieces()))).convert("RGB")
    red, outside = image.getpixel((150, 100)), image.getpixel((10, 10))
    assert isinstance(red, tuple)
    assert red[0] > 200
    assert max(red[1:]) < 80
    assert outside == original(picture).getpixel((10, 10))
    assert copy.derived
    assert words.startswith("Image 2 is Image 1 with the area to change marked in red.")


def original(picture: InputPicture) -> Image.Image:
    return Image.open(io.BytesIO(b"".join(picture.content.pieces()))).convert("RGB")


def result(picture: InputPicture, *, obeys: bool) -> Image.Image:
    """What came: another colour in the hole, and everywhere else too unless the mask was heeded."""
    made = original(picture) if obeys else ImageChops.invert(original(picture))
    made.paste((10, 200, 10), HOLE)
    return made


@pytest.mark.parametrize(("obeys", "least", "most"), [(True, 0.0, 0.0), (False, 0.8, 1.0)])
def test_what_changed_outside_is_measured(
    picture: InputPicture, written: Writer, *, obeys: bool, least: float, most: float
) -> None:
    mask = read(written("mask.png", saved(MASKS["in shades of grey"], "PNG")), picture)
    came = written("came.png", saved(result(picture, obeys=obeys), "PNG"))

    found = compared(came, "png", picture, mask).obedience

    assert found.changed_outside is not None
    assert least <= found.changed_outside <= most
    assert found.opened == mask.sent.opened


def test_noise_of_compression_is_no_change(written: Writer) -> None:
    smooth = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    picture = sent(written("photo.png", saved(smooth, "PNG")))
    mask = read(written("mask.png", saved(MASKS["in shades of grey"], "PNG")), picture)
    came = written("came.jpg", saved(smooth, "JPEG", quality=85))

    assert compared(came, "jpeg", picture, mask).obedience.changed_outside == pytest.approx(0, abs=0.01)


def test_a_result_of_another_shape_cannot_be_measured(picture: InputPicture, written: Writer) -> None:
    mask = read(written("mask.png", saved(MASKS["in shades of grey"], "PNG")), picture)
    came = written("came.png", saved(photo(size=(200, 200)), "PNG"))

    found = compared(came, "png", picture, mask)

    assert (found.result, found.obedience.changed_outside) == (None, None)


def test_a_mask_that_opens_all_leaves_nothing_to_measure(picture: InputPicture, written: Writer) -> None:
    mask = read(written("mask.png", saved(Image.new("L", SIZE, 255), "PNG")), picture)
    came = written("came.png", saved(photo(), "PNG"))

    assert compared(came, "png", picture, mask).obedience.changed_outside is None


def blended(came: Path, form: str, picture: InputPicture, mask: ReadMask) -> tuple[Image.Image, bool]:
    out = io.BytesIO()
    exact = blended_into(out, form, compared(came, "png", picture, mask))
    return Image.open(out).convert("RGB"), exact


@pytest.mark.parametrize("form", ["png", "webp"])
@pytest.mark.parametrize("size", [SIZE, (600, 400)])
def test_beyond_the_feather_the_original_is_kept_to_the_pixel(
    form: str, size: tuple[int, int], picture: InputPicture, written: Writer
) -> None:
    mask = read(written("mask.png", saved(MASKS["in shades of grey"], "PNG")), picture)
    came = written("came.png", saved(result(picture, obeys=False).resize(size), "PNG"))

    image, exact = blended(came, form, picture, mask)

    far = GROWN + 4 * FEATHER
    difference = ImageChops.difference(image, original(picture))
    difference.paste((0, 0, 0), (HOLE[0] - far, HOLE[1] - far, HOLE[2] + far, HOLE[3] + far))
    assert (image.size, exact) == (SIZE, True)
    assert difference.getbbox() is None
    assert image.getpixel((150, 100)) == (10, 200, 10)


def test_a_blended_jpeg_is_not_the_same_to_the_pixel(picture: InputPicture, written: Writer) -> None:
    mask = read(written("mask.png", saved(MASKS["in shades of grey"], "PNG")), picture)
    came = written("came.png", saved(result(picture, obeys=True), "PNG"))

    assert blended(came, "jpeg", picture, mask)[1] is False


def test_what_is_transparent_in_the_original_stays_so(written: Writer) -> None:
    image = photo(mode="RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 20, 20))
    picture = sent(written("icon.png", saved(image, "PNG")))
    mask = read(written("mask.png", saved(MASKS["in shades of grey"], "PNG")), picture)
    came = written("came.png", saved(result(picture, obeys=True), "PNG"))
    out = io.BytesIO()

    blended_into(out, "png", compared(came, "png", picture, mask))

    assert Image.open(out).getpixel((5, 5)) == (0, 0, 0, 0)


def test_what_came_and_cannot_be_decoded_is_told(picture: InputPicture, written: Writer) -> None:
    mask = read(written("mask.png", saved(MASKS["in shades of grey"], "PNG")), picture)

    with pytest.raises(UsageError, match="what came cannot be sent: its pixels cannot be read"):
        compared(written("came.png", b"nothing"), "png", picture, mask)
