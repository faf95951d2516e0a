import hashlib
import io

import pytest
from PIL import Image, ImageChops, ImageStat

from cpa_image_cli.sandbox.drawing.picture import Sketch, frame, picture
from cpa_image_cli.sandbox.drawing.scenery import landscape

SQUIRREL = Sketch(prompt="画一只可爱的松鼠", width=256, height=256)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def difference(first: Image.Image, second: Image.Image) -> float:
    """Mean difference of two pictures, in shades of 256."""
    stat = ImageStat.Stat(ImageChops.difference(first.convert("RGB"), second.convert("RGB")))
    return sum(stat.mean) / len(stat.mean)


def test_the_same_sketch_gives_the_same_bytes() -> None:
    first = picture(SQUIRREL)
    picture.cache_clear()

    assert picture(SQUIRREL) == first


def test_another_prompt_gives_another_picture() -> None:
    other = Sketch(prompt="a lighthouse", width=256, height=256)

    assert difference(opened(picture(SQUIRREL)), opened(picture(other))) > 5


def test_one_prompt_gives_one_scene_in_every_size() -> None:
    small = landscape(200, 200, seed=7)
    large = landscape(400, 400, seed=7).resize((200, 200))

    assert difference(small, large) < 4


@pytest.mark.parametrize(
    ("form", "magic"), [("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP"), ("gif", "GIF"), ("avif", "AVIF")]
)
@pytest.mark.parametrize("size", [(1024, 1024), (1536, 1024), (64, 192), (16, 16)])
def test_it_comes_in_the_asked_format_and_size(form: str, magic: str, size: tuple[int, int]) -> None:
    image = opened(picture(Sketch(prompt="松鼠 & a fox", width=size[0], height=size[1], format=form)))

    assert (image.format, image.size) == (magic, size)


def test_a_huge_size_is_bounded_in_the_same_shape() -> None:
    image = opened(picture(Sketch(prompt="x", width=90_000, height=45_000, format="jpeg", compression=10)))

    assert image.size == (3840, 1920)


@pytest.mark.parametrize("form", ["jpeg", "webp"])
def test_more_compression_gives_fewer_bytes(form: str) -> None:
    sizes = [
        len(picture(Sketch(prompt="x", width=512, height=512, format=form, compression=compression)))
        for compression in (0, 50, 100)
    ]

    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize("form", ["png", "webp"])
def test_a_transparent_picture_has_round_corners(form: str) -> None:
    alpha = opened(picture(Sketch(prompt="x", width=256, height=256, format=form, transparent=True))).getchannel("A")

    assert (alpha.getpixel((0, 0)), alpha.getpixel((128, 128))) == (0, 255)


def test_every_picture_and_frame_is_marked_in_the_same_corner() -> None:
    for data in (picture(SQUIRREL), *(frame(SQUIRREL, index=index, of=3) for index in range(3))):
        corner = opened(data).convert("L").crop((200, 232, 248, 244))
        # Near-black letters on a near-white plate.
        assert corner.getextrema()[0] < 90
        assert corner.getextrema()[1] > 220


def test_a_prompt_that_the_font_can_draw_stands_below_and_chinese_does_not_become_boxes() -> None:
    def lower_left(prompt: str) -> Image.Image:
        image = opened(picture(Sketch(prompt=prompt, width=512, height=512)))
        return image.crop((0, 470, 300, 512))

    assert difference(lower_left("a fox"), opened(frame_without_caption("a fox"))) > 0.5
    assert difference(lower_left("松鼠"), opened(frame_without_caption("松鼠"))) == 0


def frame_without_caption(prompt: str) -> bytes:
    """The lower left of the bare scene of *prompt*."""
    seed = int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:8])
    out = io.BytesIO()
    landscape(512, 512, seed=seed).crop((0, 470, 300, 512)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("of", [1, 2, 3])
def test_frames_sharpen_towards_the_picture(of: int) -> None:
    final = opened(picture(SQUIRREL))
    distances = [difference(opened(frame(SQUIRREL, index=index, of=of)), final) for index in range(of)]

    assert distances == sorted(distances, reverse=True)
    assert len(set(distances)) == of
    assert distances[-1] > 0.2


@pytest.mark.parametrize("prompt", ["", "x" * 32_000, "\x00\x1b[31m", "\ud800", "👩‍🚀🐿️", "<b>[red]"])
def test_any_prompt_can_be_drawn(prompt: str) -> None:
    assert opened(picture(Sketch(prompt=prompt, width=64, height=64))).size == (64, 64)
