"""What a path means that somebody wrote, and a process that has no home or whose working directory is gone."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cpa_image_cli
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.process.places import (
    NO_FOLDER,
    NO_HOME,
    below_home,
    folder_of_process,
    home_of_user,
    written_out,
)
from tests.inherited import inherited

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX paths")

HOME, HERE = Path("/home/you"), Path("/here")
ROOTS = os.path.expanduser("~root")  # noqa: PTH111 - of somebody else


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.png", "a.png"),
        ("new/", "new/"),
        ("/there/a.png", "/there/a.png"),
        ("~", "/home/you"),
        ("~/a.png", "/home/you/a.png"),
        ("~/new/", "/home/you/new/"),
        ("~root/a.png", f"{ROOTS}/a.png"),
        ("~nobody-at-all/a.png", "~nobody-at-all/a.png"),
        ("~draft.png", "~draft.png"),
        ("./~/a.png", "./~/a.png"),
        ("$HOME/a.png", "$HOME/a.png"),
    ],
)
def test_a_home_is_spelled_out_and_everything_else_stays(text: str, expected: str) -> None:
    assert written_out(text, home=HOME, folder=HERE) == expected


@pytest.mark.parametrize("text", ["$HOME/pictures", "${HOME}/pictures", "~/pictures"])
def test_what_no_shell_has_spelled_out_is_understood_where_variables_are(text: str) -> None:
    assert written_out(text, home=HOME, folder=HERE, variables=True) == "/home/you/pictures"
    assert written_out("$HOMEWARD/pictures", home=HOME, folder=HERE, variables=True) == "$HOMEWARD/pictures"


def test_only_what_begins_at_a_missing_folder_is_refused() -> None:
    assert written_out("/there/a.png", home=NO_HOME, folder=NO_FOLDER) == "/there/a.png"
    assert written_out("~/a.png", home=HOME, folder=NO_FOLDER) == "/home/you/a.png"
    assert written_out("a.png", home=NO_HOME, folder=HERE) == "a.png"
    with pytest.raises(UsageError, match="there is no home directory that ~ could stand for"):
        written_out("~/a.png", home=NO_HOME, folder=HERE)
    with pytest.raises(UsageError, match="the working directory, from which this path goes, does not exist any more"):
        written_out("../../a.png", home=HOME, folder=NO_FOLDER)


def test_every_path_that_somebody_wrote_is_spelled_out() -> None:
    package = Path(cpa_image_cli.__file__).parent
    joined = re.compile(r"working_directory /|\.home / [a-z]")
    elsewhere = {"process", "shells"}

    found = [
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if path.parent.name not in elsewhere and joined.search(path.read_text(encoding="utf-8"))
    ]

    assert found == [], "ask Surroundings.at for a path that an option names"


def failing(error: Exception) -> Path:
    raise error


def test_where_there_is_no_home_and_no_folder_a_place_stands_for_it_in_which_nothing_can_be_made() -> None:
    assert home_of_user(lambda: failing(RuntimeError("no home"))) == NO_HOME
    assert folder_of_process(lambda: failing(FileNotFoundError())) == NO_FOLDER
    assert below_home(lambda: failing(RuntimeError("no home"))) == NO_HOME
    assert below_home(lambda: Path("~/.config")) == NO_HOME
    assert below_home(lambda: HOME) == HOME
    for place in (NO_HOME, NO_FOLDER):
        with pytest.raises(NotADirectoryError):
            (place / "new").mkdir(parents=True)


GONE = """
import os, sys
os.mkdir("gone"); os.chdir("gone"); os.rmdir("../gone")
os.execv(sys.executable, [sys.executable, "-m", "cpa_image_cli", *sys.argv[1:]])
"""
HOMELESS = """
import pwd, sys
def nobody(_): raise KeyError
pwd.getpwuid = nobody
sys.argv[0] = "cpa-image"
from cpa_image_cli.__main__ import main
main()
"""


def run(script: str, folder: Path, *argv: str, home: Path | None) -> subprocess.CompletedProcess[str]:
    """Run the program under *script*; without *home* nothing names one."""
    environ = {**inherited(), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path.cwd())}
    environ |= {"HOME": str(home)} if home else {}
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", *(() if home else ("HOME",))):
        environ.pop(name, None)
    command = [sys.executable, "-c", script, *argv]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.mark.parametrize("script", [GONE, HOMELESS], ids=["no working directory", "no home"])
def test_help_and_a_picture_with_a_whole_path_need_neither(script: str, home: Path, tmp_path: Path) -> None:
    at = home if script == GONE else None
    picture = tmp_path / "squirrel.png"

    shown = run(script, tmp_path, "--help", home=at)
    drawn = run(
        script, tmp_path, "generate", "x", "--sandbox", "--size", "64x64", "-o", str(picture), "--json", home=at
    )

    assert (shown.returncode, drawn.returncode) == (0, 0)
    assert json.loads(drawn.stdout)["output"] == str(picture)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "squirrel.png"]


@pytest.mark.parametrize(
    ("script", "where", "expected"),
    [
        (GONE, ("-o", "x.png"), (2, "the working directory, from which this path goes, does not exist any more")),
        (HOMELESS, ("-o", "~/x.png"), (2, "there is no home directory that ~ could stand for")),
        (HOMELESS, (), (9, "there-is-no-home-directory")),
    ],
)
def test_what_needs_the_folder_fails_in_one_sentence_for_programs_too(
    script: str, where: tuple[str, ...], expected: tuple[int, str], home: Path, tmp_path: Path
) -> None:
    at = home if script == GONE else None
    done = run(script, tmp_path, "generate", "x", "--sandbox", "--json", *where, home=at)

    status, words = expected
    assert (done.returncode, words in json.loads(done.stdout)["error"]["message"]) == (status, True)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_home_in_an_option_that_no_shell_spelled_out_makes_no_folder_of_that_name(home: Path, tmp_path: Path) -> None:
    script = "import sys; sys.argv[0] = 'cpa-image'; from cpa_image_cli.__main__ import main; main()"
    (home / "prompt.txt").write_text("松鼠", encoding="utf-8")

    words = ("--prompt-file=~/prompt.txt", "--output=~/new/x.png")
    drawn = run(script, tmp_path, "generate", "--sandbox", "--size", "64x64", *words, home=home)
    shown = run(script, tmp_path, "show", "~/new/x.png", "--protocol", "half-blocks", home=home)
    again = run(script, tmp_path, "history", "rerun", "last", "-o", "~/again.png", home=home)

    assert [done.returncode for done in (drawn, shown, again)] == [0, 0, 0]
    assert (home / "new" / "x.png").exists()
    assert (home / "again.png").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
