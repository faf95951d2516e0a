"""A picture that somebody ordered who may have been talked into things lands below its folder, or nowhere."""

import os
from pathlib import Path

import pytest

from cpa_image_cli.adapters.files import below as stepping
from cpa_image_cli.adapters.output import FileTarget, FolderTarget, IfExists, Reservation, reserve, target_of
from cpa_image_cli.core.errors import Code, OutputError
from tests.adapters.output.test_output import BYTES, SQUIRREL, names_in, saved


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture(autouse=True, params=[True, False], ids=["step by step", "resolved"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping, "STEPWISE", request.param)


def reserved(root: Path, name: str, if_exists: IfExists = IfExists.ERROR) -> Reservation:
    target = target_of(
        f"{root}/{name}", working_directory=root, folder=root, name=SQUIRREL, stdout=lambda: None, below=root
    )
    return reserve(target, if_exists=if_exists, kept=root.parent / "kept", picture_format="png")


def test_it_goes_into_folders_that_are_made_for_it(root: Path) -> None:
    path = saved(reserved(root, "logos/red/squirrel"))

    assert path == root / "logos" / "red" / "squirrel.png"
    assert path.read_bytes() == BYTES
    assert names_in(root) == ["logos"]


def test_a_name_of_ours_goes_there_too(root: Path) -> None:
    path = saved(reserved(root, "logos/"))

    assert path is not None
    assert (path.parent, path.suffix) == (root / "logos", ".png")


@pytest.mark.parametrize("if_exists", [IfExists.ERROR, IfExists.OVERWRITE])
def test_an_existing_file_is_never_replaced(root: Path, if_exists: IfExists) -> None:
    (root / "squirrel.png").write_text("mine")

    with reserved(root, "other.png", if_exists) as place:
        blob = place.open_blob()
        blob.write(BYTES)
        blob.close()
        (root / "other.png").write_text("mine, too")
        with pytest.raises(OutputError) as raised:
            place.publish(blob, format="png")

    assert raised.value.code is Code.OUTPUT_EXISTS
    assert (root / "other.png").read_text() == "mine, too"


def test_a_number_is_added_if_that_is_wanted(root: Path) -> None:
    (root / "squirrel.png").write_text("mine")

    assert saved(reserved(root, "squirrel.png", IfExists.NUMBER)) == root / "squirrel-2.png"


@pytest.mark.parametrize("name", ["link/x.png", "link/"])
def test_a_folder_that_is_a_link_is_refused_before_anything_is_sent(root: Path, name: str) -> None:
    (root / "link").symlink_to("../outside")

    with pytest.raises(OutputError):
        reserved(root, name)

    assert names_in(root.parent / "outside") == []


@pytest.mark.parametrize("kind", [FileTarget, FolderTarget])
def test_a_link_that_is_put_in_the_way_meanwhile_is_not_followed_and_the_picture_is_kept(
    root: Path, kind: type
) -> None:
    with reserved(root, "a/" if kind is FolderTarget else "a/x.png") as place:
        blob = place.open_blob()
        blob.write(BYTES)
        blob.close()
        (root / "a").rmdir()
        (root / "a").symlink_to("../outside")
        with pytest.raises(OutputError):
            place.publish(blob, format="png")
        kept = place.keep(blob, format="png")

    assert names_in(root.parent / "outside") == []
    assert kept.read_bytes() == BYTES


def test_a_name_that_is_a_link_is_taken(root: Path) -> None:
    (root / "x.png").symlink_to("../outside/y.png")

    with pytest.raises(OutputError) as raised:
        reserved(root, "x.png")

    assert raised.value.code is Code.OUTPUT_EXISTS


def test_temporary_files_lie_in_the_folder_itself(root: Path) -> None:
    with reserved(root, "a/b/x.png"):
        assert [name for name in names_in(root) if name.endswith(".part")] != []
        assert names_in(root / "a" / "b") == []


def test_a_file_system_without_links_takes_it_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)

    path = saved(reserved(root, "a/x.png"))

    assert path is not None
    assert path.read_bytes() == BYTES
    assert names_in(root / "a") == ["x.png"]


def test_what_cannot_be_moved_there_leaves_no_empty_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def another_file_system(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    for name in ("link", "replace", "rename"):
        monkeypatch.setattr(os, name, another_file_system)

    with pytest.raises(OutputError):
        saved(reserved(root, "a/x.png"))

    assert names_in(root / "a") == []
