"""The clipboard is filled by whichever program is there; the tools here only write down what they were given."""

import sys
from pathlib import Path

import pytest

from cpa_image_cli.adapters.programs.clipboard import copy_picture, copy_text
from cpa_image_cli.core.errors import UsageError

pytestmark = pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="tools of X11 and Wayland")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "松鼠.webp"
    path.write_bytes(b"RIFF of a picture")
    return path


def tool(folder: Path, name: str, *, status: int = 0) -> Path:
    """Put a program called *name* into *folder*; return the file in which it notes its arguments and its input."""
    noted = folder / f"{name}.noted"
    program = folder / name
    program.write_text(f'#!/bin/sh\necho "$@" > {noted}\n/bin/cat >> {noted}\nexit {status}\n', encoding="utf-8")
    program.chmod(0o755)
    return noted


def test_a_picture_is_copied_as_what_it_is(picture: Path, tmp_path: Path) -> None:
    noted = tool(tmp_path, "wl-copy")

    what = copy_picture(picture, {"PATH": str(tmp_path), "WAYLAND_DISPLAY": "wayland-0"})

    assert (what, noted.read_text()) == ("picture", "--type image/webp\nRIFF of a picture")


def test_where_no_tool_takes_pictures_it_is_the_path(picture: Path, tmp_path: Path) -> None:
    noted = tool(tmp_path, "xsel")

    what = copy_picture(picture, {"PATH": str(tmp_path), "DISPLAY": ":0"})

    assert (what, noted.read_text()) == ("path", f"--clipboard --input\n{picture}")


def test_a_tool_of_a_display_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    tool(tmp_path, "xclip")
    noted = tool(tmp_path, "clip.exe")

    copy_text("松鼠", {"PATH": str(tmp_path)})

    assert noted.read_text() == "\n松鼠"


def test_a_machine_without_one_is_told_what_was_looked_for(picture: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no program for the clipboard") as caught:
        copy_picture(picture, {"PATH": str(tmp_path), "DISPLAY": ":0"})

    assert "wl-copy, xclip" in str(caught.value.hint)


def test_a_picture_that_is_gone_starts_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not there any more"):
        copy_picture(tmp_path / "gone.png", {"PATH": str(tmp_path)})


def test_a_tool_that_fails_is_told(picture: Path, tmp_path: Path) -> None:
    tool(tmp_path, "xclip", status=1)

    with pytest.raises(UsageError, match=r"xclip did not take it \(status 1\)"):
        copy_picture(picture, {"PATH": str(tmp_path), "DISPLAY": ":0"})


def test_a_tool_that_cannot_be_run_is_told(picture: Path, tmp_path: Path) -> None:
    (tmp_path / "xclip").write_text("#!/nowhere/at/all\n")
    (tmp_path / "xclip").chmod(0o755)

    with pytest.raises(UsageError, match="xclip did not take it: No such file"):
        copy_picture(picture, {"PATH": str(tmp_path), "DISPLAY": ":0"})
