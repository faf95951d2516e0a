from pathlib import Path

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from cpa_image_cli.adapters.provenance.coded import coded_sha256
from cpa_image_cli.adapters.provenance.credentials import credentials_of
from cpa_image_cli.adapters.provenance.embedding import with_packet, write_anew
from cpa_image_cli.adapters.provenance.metadata import texts_of
from cpa_image_cli.adapters.provenance.parts import container_of
from cpa_image_cli.adapters.provenance.stripping import Carrier, carriers_in, orientation_of, stripped
from tests.adapters.provenance.samples import picture, pixels, signed, written

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def photo(folder: Path, name: str, *, orientation: int = 6) -> Path:
    """A picture with everything that a phone and a program put into it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Phone"
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a cat\nSteps: 20")
    path = folder / name
    picture().save(path, exif=exif, icc_profile=SRGB, pnginfo=info, comment=b"words", dpi=(72, 72))
    container = container_of(path)
    write_anew(container, with_packet(container, b"<x/>"), path)
    path.write_bytes(path.read_bytes() + b"trailing")
    return path


@pytest.mark.parametrize("name", ["photo.png", "photo.jpg", "photo.webp"])
def test_only_what_decides_how_it_looks_is_left(name: str, tmp_path: Path) -> None:
    path = photo(tmp_path, name)
    before = coded_sha256(container_of(path))
    carried = {carrier.what for carrier in carriers_in(container_of(path))}

    left = stripped(container_of(path), tmp_path / f"clean-{name}", with_credentials=False)

    clean = container_of(tmp_path / f"clean-{name}")
    assert {"XMP", "EXIF", "bytes after the picture's end"} <= carried
    assert {carrier.what for carrier in left} == {"EXIF"}
    assert texts_of(clean).exif == {"Orientation": "6"}
    assert texts_of(clean).chunks == {}
    assert orientation_of(clean) == 6
    assert coded_sha256(clean) == before
    with Image.open(clean.path) as image:
        assert image.info["icc_profile"] == SRGB


@pytest.mark.parametrize("name", ["photo.png", "photo.jpg", "photo.webp"])
def test_a_picture_that_lies_upright_keeps_nothing_of_exif(name: str, tmp_path: Path) -> None:
    path = photo(tmp_path, name, orientation=1)

    assert stripped(container_of(path), tmp_path / f"clean-{name}", with_credentials=False) == ()
    assert pixels(tmp_path / f"clean-{name}") == pixels(path)


def test_a_gif_keeps_its_frames_and_their_rhythm(tmp_path: Path) -> None:
    path = tmp_path / "animated.gif"
    frames = [picture().rotate(turn).convert("P") for turn in (0, 90)]
    frames[0].save(path, save_all=True, append_images=frames[1:], loop=0, duration=120, comment=b"a cat")

    assert stripped(container_of(path), tmp_path / "clean.gif", with_credentials=False) == ()
    with Image.open(tmp_path / "clean.gif") as image:
        assert (image.n_frames, image.info["loop"], image.info["duration"]) == (2, 0, 120)


@pytest.mark.parametrize("kind", ["png", "jpeg", "lossy.webp"])
def test_content_credentials_go_only_when_that_is_asked_for(kind: str, tmp_path: Path) -> None:
    path = signed(written(tmp_path, kind), tmp_path / f"signed.{kind}")

    left = stripped(container_of(path), tmp_path / f"kept.{kind}", with_credentials=False)
    gone = stripped(container_of(path), tmp_path / f"gone.{kind}", with_credentials=True)

    assert [carrier.what for carrier in left] == ["content credentials"]
    assert credentials_of(container_of(tmp_path / f"kept.{kind}")) is not None
    assert gone == ()
    assert credentials_of(container_of(tmp_path / f"gone.{kind}")) is None
    assert pixels(tmp_path / f"gone.{kind}") == pixels(written(tmp_path, kind))


def test_a_chunk_that_nobody_knows_is_told_and_goes(tmp_path: Path) -> None:
    path = written(tmp_path, "png")
    from cpa_image_cli.adapters.provenance.embedding import png_chunk

    data = path.read_bytes()
    path.write_bytes(data[:33] + png_chunk(b"prVt", b"who knows") + data[33:])

    assert carriers_in(container_of(path)) == (Carrier(what="unknown data", bytes=21),)
    assert stripped(container_of(path), tmp_path / "clean.png", with_credentials=False) == ()


def test_an_orientation_that_cannot_be_is_upright(tmp_path: Path) -> None:
    assert orientation_of(container_of(photo(tmp_path, "photo.jpg", orientation=99))) == 1
