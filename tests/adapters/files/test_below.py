"""Nothing outside a folder is opened by way of it."""

import os
from pathlib import Path

import pytest

from cpa_image_cli.adapters.files import below
from cpa_image_cli.adapters.files.below import folder_below, open_below

REFUSED = "Too many levels|Not a directory|leads out of|No such file"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture(params=[True, False], ids=["step by step", "resolved"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(below, "STEPWISE", request.param)


def read(root: Path, *steps: str) -> bytes:
    descriptor = open_below(root, steps)
    try:
        return os.read(descriptor, 100)
    finally:
        os.close(descriptor)


@pytest.mark.usefixtures("either_way")
def test_a_file_below_is_read(root: Path) -> None:
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "c").write_text("here")

    assert read(root, "a", "b", "c") == b"here"


@pytest.mark.usefixtures("either_way")
def test_folders_are_made_on_the_way(root: Path) -> None:
    with folder_below(root / "new", ("a", "b"), make=True):
        pass
    with folder_below(root / "new", ("a", "b"), make=True):
        assert (root / "new" / "a" / "b").is_dir()


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("make", [True, False])
def test_a_folder_that_is_a_link_out_is_not_entered(root: Path, *, make: bool) -> None:
    (root / "link").symlink_to("../outside")

    with pytest.raises(OSError, match=REFUSED), folder_below(root, ("link",), make=make):
        pass


def test_a_file_that_is_a_link_is_not_opened(root: Path) -> None:
    (root / "link").symlink_to("../outside/secret")

    with pytest.raises(OSError, match=REFUSED):
        read(root, "link")


def test_a_link_that_is_put_in_the_way_after_the_look_is_not_followed(root: Path) -> None:
    (root / "a").mkdir()
    with folder_below(root, ("a",)) as folder:
        (root / "a").rmdir()
        (root / "a").symlink_to("../outside")

        with pytest.raises(OSError, match=REFUSED):
            os.open("secret", os.O_RDONLY, dir_fd=folder)


def test_a_pipe_of_that_name_does_not_wait_for_a_writer(root: Path) -> None:
    os.mkfifo(root / "pipe")

    assert read(root, "pipe") == b""


def test_no_descriptor_is_left_open(root: Path) -> None:
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "link").symlink_to("../..")
    before = open_files()

    with folder_below(root, ("a", "b")):
        pass
    with pytest.raises(OSError, match=REFUSED), folder_below(root, ("a", "link")):
        pass

    assert open_files() == before
