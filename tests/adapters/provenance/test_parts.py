from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpa_image_cli.adapters.provenance import parts as module
from cpa_image_cli.adapters.provenance.parts import TRAILING, UnknownContainer, container_of
from tests.adapters.provenance.samples import FORMATS, picture, written

KINDS = {
    "png": ["signature", "IHDR", "IDAT", "IEND"],
    "jpeg": ["SOI", "APP0", "DB", "DB", "C0", "C4", "C4", "C4", "C4", "SOS", "coded"],
    "lossy.webp": ["RIFF", "VP8 "],
    "lossless.webp": ["RIFF", "VP8L"],
    "alpha.webp": ["RIFF", "VP8L"],
    "gif": ["header", "frame", "trailer"],
}


@pytest.mark.parametrize("kind", FORMATS)
def test_the_parts_are_those_of_the_format(kind: str, tmp_path: Path) -> None:
    container = container_of(written(tmp_path, kind))

    assert [part.kind for part in container.parts] == KINDS[kind]
    assert container.format == kind.rpartition(".")[2]


@pytest.mark.parametrize("kind", FORMATS)
def test_the_parts_cover_the_file_and_what_follows_it(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, kind)
    path.write_bytes(path.read_bytes() + b"and more")

    container = container_of(path)

    assert container.parts[-1].kind == TRAILING
    assert [part.start for part in container.parts] == [0, *(part.end for part in container.parts[:-1])]
    assert container.parts[-1].end == path.stat().st_size
    assert container.read(container.parts[-1], 3) == b"and"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_cut_anywhere_is_said_to_be_cut_or_unknown(kind: str, tmp_path: Path) -> None:
    whole = written(tmp_path, kind).read_bytes()
    path = tmp_path / "cut"
    # A WebP's last chunk may lack the byte that pads it.
    for length in range(len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(UnknownContainer):
            container_of(path)


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_spoiled_anywhere_is_read_or_refused(kind: str, tmp_path: Path, data: st.DataObject) -> None:
    path = written(tmp_path, kind)
    spoiled = bytearray(path.read_bytes())
    spoiled[data.draw(st.integers(0, len(spoiled) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(spoiled)

    try:
        container = container_of(path)
    except UnknownContainer:
        return
    assert container.parts[-1].end == path.stat().st_size


def test_a_progressive_jpeg_is_one_coded_picture_with_all_its_scans(tmp_path: Path) -> None:
    path = tmp_path / "progressive.jpg"
    picture().save(path, progressive=True)

    container = container_of(path)

    assert [part.kind for part in container.parts].count("SOS") == 1
    assert container.parts[-1].kind == "coded"


def test_a_jpeg_may_have_fill_bytes_and_a_search_goes_over_the_edge_of_a_piece(tmp_path: Path) -> None:
    path = written(tmp_path, "jpeg")
    data = path.read_bytes()
    head = data.index(b"\xff\xda")
    path.write_bytes(data[:2] + b"\xff" + data[2:head] + data[head:-2] + b"\0" * module.PIECE + data[-2:])

    container = container_of(path)

    assert container.parts[1].kind == "fill"
    assert container.parts[-1].end == path.stat().st_size


def test_an_animated_gif_has_its_blocks_named(tmp_path: Path) -> None:
    path = tmp_path / "animated.gif"
    frames = [picture().rotate(turn).convert("P") for turn in (0, 90)]
    frames[0].save(path, save_all=True, append_images=frames[1:], loop=0, comment=b"a cat")

    kinds = {part.kind for part in container_of(path).parts}

    assert {"header", "application NETSCAPE2.0", "control", "comment", "frame", "trailer"} <= kinds


def test_parts_beyond_number_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PARTS", 3)

    with pytest.raises(UnknownContainer, match="more than 3 parts"):
        container_of(written(tmp_path, "png"))


@pytest.mark.parametrize("data", [b"", b"text", b"RIFF\0\0\0\0WAVE", b"\xff\xd8\xff\xe0\0\1", b"GIF89a"])
def test_anything_else_is_unknown(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)

    with pytest.raises(UnknownContainer):
        container_of(path)
