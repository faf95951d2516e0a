"""What came is never lost over what is made of it: whatever goes wrong is told, and it stays as it is."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PIL import Image, ImageDraw

from cpa_image_cli.adapters.pictures.inputs.checking import file_picture
from cpa_image_cli.adapters.pictures.inputs.content import file_store
from cpa_image_cli.adapters.pictures.inputs.mask_file import read_mask
from cpa_image_cli.core.errors import Code, OutputError
from cpa_image_cli.core.pictures.inputs import NamedPicture, Origin, Parent, Preparation
from cpa_image_cli.core.pictures.picture import Picture
from cpa_image_cli.engine.answer_intake import VerifiedPicture
from cpa_image_cli.engine.inputs.gathering import NO_PICTURES, ReadyPictures
from cpa_image_cli.engine.inputs.refining import MaskedEdit

SIZE = (60, 40)


class FullDisk:
    """A place that takes no more."""

    def open_blob(self) -> Any:  # noqa: ANN401 - none comes
        raise OutputError("no space left", code=Code.OUTPUT_UNWRITABLE)


def held(path: Path) -> VerifiedPicture:
    picture = Picture(format="png", width=SIZE[0], height=SIZE[1], bytes=1, sha256="00")
    return VerifiedPicture(blob=cast(Any, SimpleNamespace(path=path)), picture=picture)


@pytest.fixture
def pictures(tmp_path: Path) -> ReadyPictures:
    Image.new("RGB", SIZE, "red").save(tmp_path / "room.png")
    mask = Image.new("L", SIZE, 0)
    ImageDraw.Draw(mask).rectangle((10, 10, 20, 20), fill=255)
    mask.save(tmp_path / "hole.png")
    parent = Parent(name="room.png", origin=Origin.FILE, sha256="")
    picture = file_picture(tmp_path / "room.png", parent, shown="room.png", wanted=Preparation())
    named = NamedPicture(origin=Origin.FILE, name="hole.png")
    read = read_mask(file_store(tmp_path / "hole.png", "hole.png"), picture, named=named, invert=False)
    return ReadyPictures(inputs=(picture,), mask=read.sent, read=read, keeps_outside=True)


def edit(pictures: ReadyPictures) -> MaskedEdit:
    return MaskedEdit(pictures=pictures, place=cast(Any, FullDisk()), verify=lambda *_, **__: None)


def test_without_a_mask_nothing_is_done(tmp_path: Path) -> None:
    refined = edit(NO_PICTURES)(held(tmp_path / "none"))

    assert (refined.blended, refined.obedience, refined.notices) == (None, None, ())


def test_what_cannot_be_decoded_is_not_measured(tmp_path: Path, pictures: ReadyPictures) -> None:
    (tmp_path / "came").write_bytes(b"no picture that Pillow knows")

    refined = edit(pictures)(held(tmp_path / "came"))

    assert (refined.blended, [notice.code for notice in refined.notices]) == (None, ["mask_not_measured"])


def test_a_blend_that_finds_no_room_leaves_what_came(tmp_path: Path, pictures: ReadyPictures) -> None:
    Image.new("RGB", SIZE, "red").save(tmp_path / "came.png")

    refined = edit(pictures)(held(tmp_path / "came.png"))

    assert refined.blended is None
    assert refined.obedience is not None
    assert [(notice.code, notice.message) for notice in refined.notices] == [
        ("mask_obeyed", "0 % changed outside your mask"),
        ("mask_not_blended", "the original could not be put back: no space left"),
    ]


def test_a_bug_on_the_way_does_not_cost_the_picture(tmp_path: Path, pictures: ReadyPictures) -> None:
    Image.new("RGB", SIZE, "red").save(tmp_path / "came.png")
    place = cast(Any, SimpleNamespace(open_blob=lambda: None))
    refined = MaskedEdit(pictures=pictures, place=place, verify=lambda *_, **__: None)(held(tmp_path / "came.png"))

    assert refined.blended is None
    assert refined.notices[-1].code == "mask_not_blended"
