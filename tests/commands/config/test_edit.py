"""The editors are real programs: small scripts that change the file, as somebody would."""

import io
import os
import shlex
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from cpa_image_cli.app import run
from cpa_image_cli.core.settings.config_keys import KEYS
from cpa_image_cli.process.surroundings import Directories, Surroundings


class Terminal(io.StringIO):
    """A stream that says it is a terminal, for questions without one."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class Ended:
    status: int
    stderr: str


@dataclass(frozen=True)
class Home:
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "config" / "config.toml"

    def write(self, text: str) -> None:
        self.file.parent.mkdir()
        self.file.write_text(text, encoding="utf-8")

    def editor(self, name: str, code: str) -> str:
        """Return the command of an editor that runs *code* with the lines of the file in `text`."""
        program = self.folder / name
        program.write_text(
            "import sys, pathlib\n"
            "path = pathlib.Path(sys.argv[-1])\n"
            "text = path.read_text('utf-8')\n"
            f"{code}\n"
            "path.write_text(text, 'utf-8')\n",
            encoding="utf-8",
        )
        return shlex.join([sys.executable, str(program), "--wait"])

    def edit(self, environ: Mapping[str, str], answers: str | None = None) -> Ended:
        folders = Directories(config=self.file.parent, data=self.folder, cache=self.folder, pictures=self.folder)
        stderr = io.StringIO() if answers is None else Terminal()
        around = Surroundings(
            environ={"COLUMNS": "300", "NO_COLOR": "1", **environ},
            stdin=io.StringIO() if answers is None else Terminal(answers),
            stdout=io.StringIO(),
            stderr=stderr,
            home=self.folder,
            working_directory=self.folder,
            directories=lambda: folders,
        )
        return Ended(status=run(["config", "edit"], around), stderr=stderr.getvalue())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_the_file_is_edited_and_found_in_order(home: Home) -> None:
    home.write("retries = 2\n")

    ended = home.edit({"EDITOR": home.editor("ed.py", "text += 'model = \"画图\"\\n'")})

    assert ended == Ended(status=0, stderr=f"{home.file} is in order.\n")
    assert home.file.read_text("utf-8") == 'retries = 2\nmodel = "画图"\n'


def test_visual_goes_before_editor(home: Home) -> None:
    home.write("")
    visual, editor = (home.editor(f"{name}.py", f"text += '# {name}\\n'") for name in ("visual", "editor"))

    home.edit({"VISUAL": visual, "EDITOR": editor})
    home.edit({"VISUAL": " ", "EDITOR": editor})

    assert home.file.read_text("utf-8") == "# visual\n# editor\n"


@pytest.mark.skipif(os.name == "nt", reason="programs without an extension")
def test_without_either_variable_a_usual_editor_is_taken(home: Home) -> None:
    home.write("")
    programs = home.folder / "bin"
    programs.mkdir()
    nano = programs / "nano"
    nano.write_text('#!/bin/sh\necho "# nano" > "$1"\n')
    nano.chmod(0o755)

    assert home.edit({"PATH": str(programs)}).status == 0
    assert home.file.read_text("utf-8") == "# nano\n"


def test_without_any_editor_it_is_said_what_to_set(home: Home) -> None:
    home.write("")

    ended = home.edit({"PATH": str(home.folder)})

    assert ended.status == 3
    assert "no editor was found" in ended.stderr
    assert "Set EDITOR to your editor, such as nano" in ended.stderr


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("no-such-editor --wait", "the editor no-such-editor cannot be run: there is no such program"),
        ("'unclosed", "the variable EDITOR cannot be split into words: No closing quotation"),
        (
            shlex.join([sys.executable, "-c", "raise SystemExit(3)"]),
            # In a checkout whose path is long its name is cut.
            " ended with status 3",
        ),
    ],
)
def test_an_editor_that_fails_is_named(home: Home, command: str, problem: str) -> None:
    home.write("")

    ended = home.edit({"EDITOR": command})

    assert ended.status == 3
    assert problem in ended.stderr


def test_a_path_with_spaces_is_one_program(home: Home) -> None:
    home.write("")
    program = home.folder / "my editor"
    program.write_text("#!/bin/sh\nprintf '# mine' > \"$1\"\n")
    program.chmod(0o755)

    assert home.edit({"EDITOR": str(program)}).status == 0
    assert home.file.read_text() == "# mine"


def test_a_new_file_names_every_key_and_sets_none(home: Home) -> None:
    ended = home.edit({"EDITOR": home.editor("ed.py", "")})

    assert ended.status == 0
    lines = home.file.read_text("utf-8").splitlines()
    assert all(line.startswith("#") for line in lines if line)
    assert {line.split()[1] for line in lines if line.startswith("#   ")} == set(KEYS)
    if os.name == "posix":
        assert stat.S_IMODE(home.file.stat().st_mode) == 0o600


def test_what_is_wrong_afterwards_is_told_with_its_line(home: Home) -> None:
    home.write("retries = 2\n")

    ended = home.edit({"EDITOR": home.editor("ed.py", "text += 'modle = 1\\n'")})

    assert ended.status == 3
    assert f"{home.file}, line 2: `modle`: unknown key" in ended.stderr
    assert "Did you mean model?" in ended.stderr


def test_a_person_may_edit_again_until_it_is_right(home: Home) -> None:
    home.write("modle = 1\n")
    code = "text = 'retrys = 2\\n' if 'modle' in text else 'retries = 2\\n'"

    ended = home.edit({"EDITOR": home.editor("ed.py", code)}, answers="maybe\n\n")

    assert ended.status == 0
    assert ended.stderr.count("Edit it again? (y/n) [y]: ") == 2
    assert ended.stderr.endswith(f"{home.file} is in order.\n")
    assert home.file.read_text() == "retries = 2\n"


def test_a_person_may_leave_it_wrong(home: Home) -> None:
    home.write("retries = 2\n")

    ended = home.edit({"EDITOR": home.editor("ed.py", "text = 'modle = 1\\n'")}, answers="n\n")

    assert ended.status == 3
    assert home.file.read_text() == "modle = 1\n"
