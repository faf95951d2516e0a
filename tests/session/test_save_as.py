"""A copy of a picture: where a name leads, and that it is saved as carefully as the picture was."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cpa_image_cli.adapters.output.save_copy import named, save_as
from cpa_image_cli.adapters.programs.viewer import open_in_viewer
from cpa_image_cli.core.errors import Code, OutputError, UsageError
from cpa_image_cli.process.places import written_out

BYTES = b"\x89PNG and so on"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "pictures" / "松鼠.png"
    path.parent.mkdir()
    path.write_bytes(BYTES)
    return path


def saved(picture: Path, path: Path, *, replaces: bool = False) -> Path:
    return save_as(picture, path, replaces=replaces, kept=picture.parent / "kept")


def at(home: Path, folder: Path) -> Callable[[str], Path]:
    return lambda name: folder / written_out(name, home=home, folder=folder)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.png", "/here/a.png"),
        ("../a.png", "/a.png"),
        ("/there/a.png", "/there/a.png"),
        ("~/a.png", "/home/you/a.png"),
        ("~", "/home/you"),
        ("new/", "/here/new/松鼠.png"),
        ("/", "/松鼠.png"),
        ("~x/a.png", "/here/~x/a.png"),
    ],
)
def test_a_name_leads_to_a_file_from_where_we_are(name: str, expected: str) -> None:
    here, home = Path("/here"), Path("/home/you")

    assert named(name, Path("/pictures/松鼠.png"), at=at(home, here)) == Path(expected)


def test_a_folder_that_exists_needs_no_slash(picture: Path, tmp_path: Path) -> None:
    assert named("pictures", picture, at=at(tmp_path, tmp_path)) == picture


def test_a_name_that_no_disk_could_hold_is_told(picture: Path, tmp_path: Path) -> None:
    path = named(f"{'x' * 300}.png", picture, at=at(tmp_path, tmp_path))

    with pytest.raises(OutputError) as caught:
        saved(picture, path)

    assert (caught.value.code, sorted(tmp_path.iterdir())) == (Code.OUTPUT_UNWRITABLE, [picture.parent])


def test_folders_on_the_way_are_made_and_nothing_else_is_left(picture: Path, tmp_path: Path) -> None:
    path = saved(picture, tmp_path / "new" / "deep" / "a.png")

    assert [one.name for one in path.parent.iterdir()] == ["a.png"]
    assert (path.read_bytes(), picture.read_bytes()) == (BYTES, BYTES)


def test_the_extension_is_true_of_the_picture(picture: Path, tmp_path: Path) -> None:
    assert saved(picture, tmp_path / "a.jpg") == tmp_path / "a.png"
    assert saved(picture, tmp_path / "b") == tmp_path / "b.png"
    assert saved(picture, tmp_path / "松鼠 v1.2") == tmp_path / "松鼠 v1.2.png"


def test_a_format_that_cannot_be_written_is_refused_as_it_is_for_a_new_picture(picture: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^松鼠\.bmp: \.bmp is no format that can be written$"):
        saved(picture, tmp_path / "松鼠.bmp")

    assert not (tmp_path / "松鼠.bmp.png").exists()


def test_a_file_is_replaced_only_when_that_is_wanted(picture: Path, tmp_path: Path) -> None:
    taken = tmp_path / "a.png"
    taken.write_bytes(b"mine")

    with pytest.raises(OutputError) as refused:
        saved(picture, taken)

    assert (refused.value.code, taken.read_bytes()) == (Code.OUTPUT_EXISTS, b"mine")
    assert (saved(picture, taken, replaces=True), taken.read_bytes()) == (taken, BYTES)


def test_saved_over_itself_it_is_what_it_was(picture: Path) -> None:
    assert (saved(picture, picture, replaces=True), picture.read_bytes()) == (picture, BYTES)


def test_a_picture_that_is_gone_leaves_no_copy(picture: Path, tmp_path: Path) -> None:
    picture.unlink()

    with pytest.raises(UsageError, match="cannot be read any more"):
        saved(picture, tmp_path / "a.png")
    assert [one.name for one in tmp_path.iterdir()] == ["pictures"]


def opener(folder: Path, script: str) -> dict[str, str]:
    """Return variables with which *script* is the system's opener, and the only program there is beside ``sh``."""
    path = folder / "bin" / "xdg-open"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return {"PATH": str(path.parent)}


def test_a_viewer_that_fails_is_told(picture: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"xdg-open could not open the picture \(status 3\)"):
        open_in_viewer(picture, opener(tmp_path, "exit 3"))


def test_a_machine_without_a_viewer_is_told_what_was_looked_for(picture: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no program to open pictures") as refused:
        open_in_viewer(picture, {"PATH": str(tmp_path)})

    assert "xdg-open" in refused.value.message
    assert f"cpa-image show {picture}" in (refused.value.hint or "").replace("'", "")


def test_a_picture_that_is_gone_starts_no_viewer(picture: Path, tmp_path: Path) -> None:
    picture.unlink()

    with pytest.raises(UsageError, match="not there any more"):
        open_in_viewer(picture, opener(tmp_path, ": > started"))
    assert not (tmp_path / "started").exists()


@pytest.mark.skipif(os.name != "posix", reason="programs are found differently")
def test_an_opener_that_cannot_be_run_is_told(picture: Path, tmp_path: Path) -> None:
    environ = opener(tmp_path, "")
    (tmp_path / "bin" / "xdg-open").write_bytes(b"\x7fELF no program")

    with pytest.raises(UsageError, match="cannot be started"):
        open_in_viewer(picture, environ)


@pytest.mark.skipif(os.name != "posix", reason="programs are found differently")
@pytest.mark.parametrize(("name", "words"), [("xdg-open", []), ("wslview", []), ("gio", ["open"])])
def test_whichever_opener_there_is_gets_the_picture_as_one_word(tmp_path: Path, name: str, words: list[str]) -> None:
    picture, said = tmp_path / "a b 松鼠.png", tmp_path / "said"
    picture.write_bytes(BYTES)
    environ = opener(tmp_path, f"printf '%s\\n' \"$@\" > {said}")
    (tmp_path / "bin" / "xdg-open").rename(tmp_path / "bin" / name)

    open_in_viewer(picture, environ)

    assert said.read_text(encoding="utf-8").splitlines() == [*words, str(picture)]


@pytest.mark.skipif(os.name != "posix", reason="programs are found differently")
def test_a_viewer_that_stays_open_is_not_waited_for(picture: Path, tmp_path: Path) -> None:
    to_viewer, from_viewer = tmp_path / "to", tmp_path / "from"
    for pipe in (to_viewer, from_viewer):
        os.mkfifo(pipe)
    environ = opener(tmp_path, f"exec /bin/cat {to_viewer} > {from_viewer}")

    open_in_viewer(picture, environ, patience=0.0)

    # Neither end of a FIFO opens before there is somebody at the other.
    with from_viewer.open("rb") as heard:
        to_viewer.write_bytes(b"still there")
        assert heard.read() == b"still there"
