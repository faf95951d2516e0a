import json
import subprocess
import tracemalloc
from pathlib import Path

import pytest
from PIL import Image

from cpa_image_cli.adapters.provenance.coded import coded_sha256, hashes_of
from cpa_image_cli.adapters.provenance.embedding import LONGEST_IN_JPEG, NoRoom, png_chunk, with_packet, write_anew
from cpa_image_cli.adapters.provenance.metadata import packet_in
from cpa_image_cli.adapters.provenance.parts import UnknownContainer, container_of
from cpa_image_cli.core.provenance.packet import packet_of, record_in
from cpa_image_cli.core.provenance.record import Record
from tests.adapters.provenance.samples import FORMATS, picture, pixels, written
from tests.required import require_programs

TAKING = FORMATS[:-1]
RECORD = Record(prompt="一只可爱的松鼠 & <friends>", model="gpt-5.4", parameters={"size": "1024x1024"})
PACKET = packet_of(RECORD, creator="cpa-image")


def embedded(path: Path, packet: bytes = PACKET) -> Path:
    container = container_of(path)
    write_anew(container, with_packet(container, packet), path)
    return path


@pytest.mark.parametrize("kind", TAKING)
def test_a_packet_comes_back_and_the_picture_is_the_same(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, kind)
    before, seen = coded_sha256(container_of(path)), pixels(path)

    embedded(path)

    assert packet_in(container_of(path)) == PACKET
    assert record_in(packet_in(container_of(path))) == RECORD
    assert coded_sha256(container_of(path)) == before
    assert pixels(path) == seen
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("kind", TAKING)
def test_a_second_packet_takes_the_place_of_the_first(kind: str, tmp_path: Path) -> None:
    path = embedded(written(tmp_path, kind))
    once = path.read_bytes()

    embedded(embedded(path, packet_of(Record(prompt="another"), creator="x")))

    assert path.read_bytes() == once


@pytest.mark.parametrize("kind", TAKING)
def test_what_follows_the_picture_stays_behind_it(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, kind)
    path.write_bytes(path.read_bytes() + b"trailing")

    embedded(path)

    assert path.read_bytes().endswith(b"trailing")
    assert packet_in(container_of(path)) == PACKET


@pytest.mark.parametrize("kind", TAKING)
def test_other_programs_read_the_packet_and_find_the_file_sound(kind: str, tmp_path: Path) -> None:
    require_programs("exiftool", "exiv2", "pngcheck", "webpinfo")
    path = embedded(written(tmp_path, kind))

    told = json.loads(subprocess.check_output(["exiftool", "-json", "-validate", "-warning", str(path)]))[0]
    (described,) = json.loads(
        subprocess.check_output(["exiftool", "-json", "-Description", "-AIPromptInformation", str(path)])
    )
    exiv2 = subprocess.run(["exiv2", "-PXkt", str(path)], capture_output=True, text=True, check=False).stdout

    assert "Warning" not in told
    assert described["Description"] == RECORD.prompt
    assert "Xmp.iptcExt.AIPromptInformation" in exiv2
    with Image.open(path) as image:
        image.load()
        assert RECORD.prompt.partition(" &")[0] in str(image.info.get("xmp", b""), "utf-8")
    if kind == "png":
        subprocess.run(["pngcheck", "-q", str(path)], check=True)
    if kind.endswith("webp"):
        report = subprocess.run(["webpinfo", str(path)], capture_output=True, text=True, check=True).stdout
        assert "No error detected" in report


def test_a_png_has_it_right_after_its_header(tmp_path: Path) -> None:
    path = embedded(written(tmp_path, "png"))

    assert [part.kind for part in container_of(path).parts][:3] == ["signature", "IHDR", "iTXt"]


def test_a_jpeg_has_it_after_jfif_and_exif(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    picture().save(path, exif=exif)

    embedded(path)

    parts = container_of(path).parts
    assert [part.kind for part in parts][:4] == ["SOI", "APP0", "APP1", "APP1"]
    assert container_of(path).read(parts[2], 4) == b"Exif"


def test_a_jpeg_has_no_room_for_a_long_packet(tmp_path: Path) -> None:
    container = container_of(written(tmp_path, "jpeg"))

    with pytest.raises(NoRoom):
        with_packet(container, b"x" * (LONGEST_IN_JPEG + 1))
    assert with_packet(container, b"x" * LONGEST_IN_JPEG)


def test_a_gif_takes_none(tmp_path: Path) -> None:
    with pytest.raises(UnknownContainer, match="GIF"):
        with_packet(container_of(written(tmp_path, "gif")), PACKET)


def test_a_webp_whose_first_chunk_is_no_picture_takes_none(tmp_path: Path) -> None:
    path = tmp_path / "odd.webp"
    path.write_bytes(b"RIFF\x0c\0\0\0WEBPANIM\0\0\0\0")

    with pytest.raises(UnknownContainer):
        with_packet(container_of(path), PACKET)


def test_a_last_chunk_that_lacks_its_padding_is_padded(tmp_path: Path) -> None:
    path = tmp_path / "unpadded.webp"
    body = written(tmp_path, "lossless.webp").read_bytes()[20:]
    body = body[: len(body) - 1 + len(body) % 2]
    path.write_bytes(
        b"RIFF" + (4 + 8 + len(body)).to_bytes(4, "little") + b"WEBPVP8L" + len(body).to_bytes(4, "little") + body
    )

    embedded(path)

    assert packet_in(container_of(path)) == PACKET
    assert pixels(path)


def test_the_hashes_are_of_the_file_and_of_the_picture_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "png")
    before = hashes_of(container_of(path))

    after = hashes_of(container_of(embedded(path)))

    assert after.coded == before.coded
    assert after.file != before.file


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = written(tmp_path, "png")
    before = path.read_bytes()

    with pytest.raises(IsADirectoryError):
        write_anew(container_of(path), [before], Path(tmp_path / "folder").mkdir() or tmp_path / "folder")

    assert path.read_bytes() == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["folder", "picture.png"]


def test_memory_stays_flat_however_large_the_picture(tmp_path: Path) -> None:
    path = written(tmp_path, "png")
    data = path.read_bytes()
    at = data.index(b"IDAT") - 4
    with path.open("wb") as file:
        file.write(data[:at])
        for _ in range(64):
            file.write(png_chunk(b"IDAT", bytes(1 << 20)))
        file.write(data[at:])

    tracemalloc.start()
    embedded(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 2 << 20
