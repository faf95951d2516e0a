import zlib
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from cpa_image_cli.adapters.provenance.embedding import png_chunk
from cpa_image_cli.adapters.provenance.metadata import LONGEST_TEXT, packet_in, texts_of
from cpa_image_cli.adapters.provenance.parts import container_of
from tests.adapters.provenance.samples import picture, png_with, written

USER_COMMENT = 0x9286


def exif_saying(comment: bytes, *, endian: str = ">") -> bytes:
    exif = Image.Exif()
    exif.endian = endian
    exif[0x0131] = "Program"
    exif.get_ifd(0x8769)[USER_COMMENT] = comment
    exif.get_ifd(0x8825)[1] = "N"
    return exif.tobytes()


def test_every_kind_of_png_text_is_read(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("plain", "a cat")
    info.add_text("packed", "a cat, compressed", zip=True)
    info.add_itxt("wide", "一只猫")
    info.add_itxt("wide and packed", "一只猫", zip=True)
    path = tmp_path / "texts.png"
    picture().save(path, pnginfo=info)

    assert texts_of(container_of(path)).chunks == {
        "plain": "a cat",
        "packed": "a cat, compressed",
        "wide": "一只猫",
        "wide and packed": "一只猫",
    }


def test_a_text_that_inflates_without_end_is_cut(tmp_path: Path) -> None:
    path = written(tmp_path, "png")
    data = path.read_bytes()
    bomb = png_chunk(b"zTXt", b"bomb\0\0" + zlib.compress(bytes(64 << 20)))
    broken = png_chunk(b"zTXt", b"broken\0\0no zlib")
    path.write_bytes(data[:33] + bomb + broken + data[33:])

    told = texts_of(container_of(path)).chunks

    assert len(told["bomb"]) == LONGEST_TEXT
    assert told["broken"] == ""


@pytest.mark.parametrize("kind", ["photo.png", "photo.jpg", "photo.webp"])
@pytest.mark.parametrize(("endian", "encoding"), [(">", "utf-16-be"), ("<", "utf-16-le")])
def test_exif_is_read_in_the_byte_order_it_names(kind: str, endian: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    picture().save(path, exif=exif_saying(b"UNICODE\0" + "一只猫".encode(encoding), endian=endian))

    told = texts_of(container_of(path)).exif

    assert told["UserComment"] == "一只猫"
    assert told["Software"] == "Program"
    assert told["GPSInfo"] == "in the file"


@pytest.mark.parametrize(
    ("comment", "text"), [(b"ASCII\0\0\0a cat", "a cat"), (b"\0\0\0\0\0\0\0\0a cat", "a cat"), (b"a cat", "a cat")]
)
def test_a_user_comment_may_name_its_encoding(comment: bytes, text: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    picture().save(path, exif=exif_saying(comment))

    assert texts_of(container_of(path)).exif["UserComment"] == text


def test_exif_that_cannot_be_read_is_not_there(tmp_path: Path) -> None:
    path = written(tmp_path, "png")
    data = path.read_bytes()
    path.write_bytes(data[:33] + png_chunk(b"eXIf", b"MM\0\x2a\xff\xff\xff\xff") + data[33:])

    assert texts_of(container_of(path)).exif == {}


def test_comments_are_read(tmp_path: Path) -> None:
    jpeg, gif = tmp_path / "c.jpg", tmp_path / "c.gif"
    picture().save(jpeg, comment=b"a cat")
    picture().convert("P").save(gif, comment=b"a dog")

    assert texts_of(container_of(jpeg)).chunks == {"COM": "a cat"}
    assert texts_of(container_of(gif)).chunks == {"comment": "a dog"}


def test_older_iptc_fields_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, "jpeg")
    caption = "一只猫".encode()
    record = b"\x1c\x02\x78" + len(caption).to_bytes(2) + caption
    resource = b"8BIM\x04\x04\0\0" + len(record).to_bytes(4) + record + b"\0" * (len(record) % 2)
    body = b"Photoshop 3.0\0" + resource
    data = path.read_bytes()
    path.write_bytes(data[:20] + b"\xff\xed" + (2 + len(body)).to_bytes(2) + body + data[20:])

    assert texts_of(container_of(path)).iptc == {"caption": "一只猫"}


def test_a_compressed_packet_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "png")
    data = path.read_bytes()
    chunk = png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"<x/>"))
    path.write_bytes(data[:33] + chunk + data[33:])

    assert packet_in(container_of(path)) == b"<x/>"


def test_texts_without_number_are_bounded(tmp_path: Path) -> None:
    path = png_with(tmp_path, {f"key{number}": "x" for number in range(300)})

    assert len(texts_of(container_of(path)).chunks) == 200
