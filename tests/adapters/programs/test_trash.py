"""The trash of freedesktop.org, as its specification has it."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpa_image_cli.adapters.programs import trash
from cpa_image_cli.adapters.programs.trash import fetch_back, throw_away
from cpa_image_cli.core.errors import UsageError

pytestmark = pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the trash of other systems")

AT = datetime(2026, 5, 9, 12, 30, tzinfo=UTC)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "松鼠 1.png"
    path.write_bytes(b"a picture")
    return path


def test_a_picture_lies_in_the_trash_with_a_note_of_where_it_was(picture: Path, tmp_path: Path) -> None:
    place = throw_away(picture, {}, home=tmp_path, at=AT)

    assert place == tmp_path / ".local/share/Trash/files/松鼠 1.png"
    assert (picture.exists(), place.read_bytes()) == (False, b"a picture")
    note = tmp_path / ".local/share/Trash/info/松鼠 1.png.trashinfo"
    where = str(tmp_path / "%E6%9D%BE%E9%BC%A0%201.png")
    assert note.read_text() == f"[Trash Info]\nPath={where}\nDeletionDate=2026-05-09T12:30:00\n"


def test_two_of_one_name_are_both_there(picture: Path, tmp_path: Path) -> None:
    throw_away(picture, {"XDG_DATA_HOME": str(tmp_path / "data")}, home=tmp_path, at=AT)
    picture.write_bytes(b"another")

    place = throw_away(picture, {"XDG_DATA_HOME": str(tmp_path / "data")}, home=tmp_path, at=AT)

    assert place == tmp_path / "data/Trash/files/松鼠 1.2.png"


def test_one_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not there any more"):
        throw_away(tmp_path / "x.png", {}, home=tmp_path, at=AT)


def test_a_trash_that_cannot_be_made_is_told_and_the_picture_stays(picture: Path, tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("in the way")

    with pytest.raises(UsageError, match="cannot be put into the trash"):
        throw_away(picture, {}, home=tmp_path, at=AT)

    assert picture.exists()


@pytest.mark.parametrize(("status", "fails"), [(0, False), (1, True)])
def test_what_lies_on_another_disk_is_given_to_the_system(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, *, fails: bool
) -> None:
    monkeypatch.setattr(trash, "_is_on_the_same_disk", lambda *_: False)
    gio = tmp_path / "gio"
    gio.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/noted\nexit {status}\n')
    gio.chmod(0o755)

    if fails:
        with pytest.raises(UsageError, match="status 1"):
            throw_away(picture, {"PATH": str(tmp_path)}, home=tmp_path, at=AT)
    else:
        assert throw_away(picture, {"PATH": str(tmp_path)}, home=tmp_path, at=AT) is None
    assert (tmp_path / "noted").read_text() == f"trash -- {picture}\n"


def test_without_any_trash_it_is_said_how_to_delete_it(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "_is_on_the_same_disk", lambda *_: False)

    with pytest.raises(UsageError, match="there is no trash here") as caught:
        throw_away(picture, {"PATH": str(tmp_path)}, home=tmp_path, at=AT)

    assert str(caught.value.hint).startswith("Delete it yourself: rm ")


def test_what_was_thrown_away_comes_back_and_its_note_is_gone(picture: Path, tmp_path: Path) -> None:
    fetch_back(picture, throw_away(picture, {}, home=tmp_path, at=AT))

    assert picture.read_bytes() == b"a picture"
    assert [path for path in (tmp_path / ".local/share/Trash").rglob("*") if path.is_file()] == []


def test_what_stands_in_its_place_by_now_is_left_alone(picture: Path, tmp_path: Path) -> None:
    place = throw_away(picture, {}, home=tmp_path, at=AT)
    picture.write_bytes(b"another")

    with pytest.raises(UsageError, match="is another file by now"):
        fetch_back(picture, place)

    assert (picture.read_bytes(), place and place.read_bytes()) == (b"another", b"a picture")


def test_what_is_in_no_trash_that_is_known_here_cannot_be_fetched(picture: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="only your file manager gets it back"):
        fetch_back(picture, None)
    with pytest.raises(UsageError, match="cannot be fetched from the trash: No such file"):
        fetch_back(tmp_path / "gone.png", tmp_path / "Trash/files/gone.png")
