import io
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from cpa_image_cli.app import run
from cpa_image_cli.process.surroundings import Directories, Surroundings
from tests.completion.shell_sessions import INSTALLED


class Person:
    """Somebody with an empty home directory, who runs ``cpa-image completion``."""

    def __init__(self, home: Path, environ: Mapping[str, str]) -> None:
        self.home = home
        self.environ = environ

    def runs(self, *arguments: str) -> tuple[int, str, str]:
        """Run the command; return its status and what it said on both streams."""
        directories = Directories(
            config=self.home / "config", data=self.home / "data", cache=self.home / "cache", pictures=self.home
        )
        around = Surroundings(
            environ=self.environ,
            stdin=io.StringIO(),
            stdout=io.StringIO(),
            stderr=io.StringIO(),
            home=self.home,
            working_directory=self.home,
            directories=lambda: directories,
        )
        status = run(["completion", *arguments], around)
        return status, around.stdout.getvalue(), around.stderr.getvalue()  # type: ignore[attr-defined]

    def files(self) -> list[str]:
        """Return all files of theirs, below the home directory."""
        return sorted(str(path.relative_to(self.home)) for path in self.home.rglob("*") if path.is_file())


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path, {"SHELL": "/usr/bin/zsh"})


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_the_script_is_printed(person: Person, scripts: dict[str, str], shell: str) -> None:
    assert person.runs(shell) == (0, scripts[shell], "")


@pytest.mark.parametrize(
    ("environ", "shell"),
    [
        ({"SHELL": "/bin/bash"}, "bash"),
        ({"SHELL": "/opt/homebrew/bin/fish"}, "fish"),
        ({"SHELL": r"C:\Program Files\Git\usr\bin\bash.exe"}, "bash"),
        ({"SHELL": "/usr/bin/pwsh"}, "powershell"),
        ({"PSModulePath": "C:\\Modules"}, "powershell"),
    ],
)
def test_the_shell_is_the_one_the_environment_names(
    tmp_path: Path, scripts: dict[str, str], environ: dict[str, str], shell: str
) -> None:
    assert Person(tmp_path, environ).runs() == (0, scripts[shell], "")


@pytest.mark.parametrize("environ", [{}, {"SHELL": "/bin/tcsh"}, {"SHELL": ""}])
def test_an_unknown_shell_must_be_named(tmp_path: Path, environ: dict[str, str]) -> None:
    status, said, complaint = Person(tmp_path, environ).runs()

    assert (status, said) == (2, "")
    assert "bash, zsh, fish, powershell" in complaint


def test_a_shell_without_completions_is_a_usage_error(person: Person) -> None:
    status, said, complaint = person.runs("tcsh")

    assert (status, said) == (2, "")
    assert "'tcsh'" in complaint


@pytest.mark.parametrize(("shell", "path"), [*INSTALLED.items(), ("powershell", "data/completions/cpa-image.ps1")])
def test_install_writes_the_script_where_the_shell_looks(
    person: Person, scripts: dict[str, str], shell: str, path: str
) -> None:
    status, said, complaint = person.runs(shell, "--install")

    assert (status, complaint) == (0, "")
    assert said.splitlines()[0] == f"{person.home / path}: installed"
    assert person.files() == [path]
    assert (person.home / path).read_bytes().decode() == scripts[shell]


@pytest.mark.parametrize(
    ("shell", "environ", "path"),
    [
        ("bash", {"XDG_DATA_HOME": "{home}/share"}, "share/bash-completion/completions/cpa-image"),
        ("bash", {"BASH_COMPLETION_USER_DIR": "{home}/one:{home}/two"}, "one/completions/cpa-image"),
        ("zsh", {"XDG_DATA_HOME": "{home}/share"}, "share/zsh/site-functions/_cpa-image"),
        ("fish", {"XDG_CONFIG_HOME": "{home}/etc"}, "etc/fish/completions/cpa-image.fish"),
    ],
)
def test_the_user_may_have_moved_the_folders(tmp_path: Path, shell: str, environ: dict[str, str], path: str) -> None:
    person = Person(tmp_path, {name: value.format(home=tmp_path) for name, value in environ.items()})

    person.runs(shell, "--install")

    assert person.files() == [path]


def test_installing_again_changes_nothing(person: Person) -> None:
    person.runs("fish", "--install")
    path = person.home / INSTALLED["fish"]
    before = path.stat()

    status, said, _ = person.runs("fish", "--install")

    assert (status, said.splitlines()[0]) == (0, f"{path}: already there, and up to date")
    assert path.stat() == before or path.stat().st_ino == before.st_ino


def test_an_older_script_of_ours_is_replaced(person: Person, scripts: dict[str, str]) -> None:
    path = person.home / INSTALLED["bash"]
    path.parent.mkdir(parents=True)
    path.write_text(scripts["bash"].replace("generate", "produce"))

    status, said, _ = person.runs("bash", "--install")

    assert (status, said.splitlines()[0]) == (0, f"{path}: brought up to date")
    assert path.read_text() == scripts["bash"]


@pytest.mark.parametrize("option", ["--install", "--uninstall"])
def test_a_file_of_somebody_else_stays(person: Person, option: str) -> None:
    path = person.home / INSTALLED["bash"]
    path.parent.mkdir(parents=True)
    path.write_text("complete -W 'a b' cpa-image\n")

    status, said, complaint = person.runs("bash", option)

    assert (status, said) == (9, "")
    assert f"{path} was not written by this program" in complaint
    assert path.read_text() == "complete -W 'a b' cpa-image\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_uninstall_takes_the_script_away(person: Person, shell: str) -> None:
    person.runs(shell, "--install")

    status, said, complaint = person.runs(shell, "--uninstall")

    assert (status, complaint) == (0, "")
    assert said.endswith(": taken away\n")
    assert person.files() == []


def test_uninstalling_what_is_not_there_is_no_error(person: Person) -> None:
    assert person.runs("fish", "--uninstall") == (0, f"{person.home / INSTALLED['fish']}: nothing there\n", "")


def test_a_folder_in_the_place_of_the_script_is_told(person: Person) -> None:
    (person.home / INSTALLED["fish"]).mkdir(parents=True)

    status, said, complaint = person.runs("fish", "--install")

    assert (status, said) == (9, "")
    assert "[output_unwritable]" in complaint


def test_the_start_up_files_of_a_shell_are_never_changed(person: Person) -> None:
    for name in (".bashrc", ".zshrc"):
        (person.home / name).write_text("# mine\n")

    for shell in ("bash", "zsh"):
        person.runs(shell, "--install")

    assert {name: (person.home / name).read_text() for name in (".bashrc", ".zshrc")} == {
        ".bashrc": "# mine\n",
        ".zshrc": "# mine\n",
    }


def test_zsh_is_told_what_to_add_until_it_is_there(person: Person) -> None:
    _, before, _ = person.runs("zsh", "--install")
    (person.home / ".zshrc").write_text("fpath=(~/.local/share/zsh/site-functions $fpath)\ncompinit\n")
    _, after, _ = person.runs("zsh", "--install")

    folder = person.home / ".local/share/zsh/site-functions"
    assert f"  fpath=({folder} $fpath)" in before.splitlines()
    assert after.splitlines()[1:] == ["New shells complete cpa-image."]


def test_a_comment_about_fpath_does_not_count(person: Person) -> None:
    (person.home / ".zshrc").write_text("# fpath=(~/.local/share/zsh/site-functions $fpath)\n")

    _, said, _ = person.runs("zsh", "--install")

    assert "does not look there yet" in said


def test_the_ways_contradict_each_other(person: Person) -> None:
    status, _, _ = person.runs("bash", "--install", "--uninstall")

    assert (status, person.files()) == (2, [])


def test_all_scripts_are_written_for_a_package(person: Person, scripts: dict[str, str]) -> None:
    status, _, _ = person.runs("--export", "made")

    assert status == 0
    assert {path.name: path.read_text("utf-8") for path in (person.home / "made").iterdir()} == {
        "cpa-image.bash": scripts["bash"],
        "_cpa-image": scripts["zsh"],
        "cpa-image.fish": scripts["fish"],
        "cpa-image.ps1": scripts["powershell"],
    }


def test_a_script_reaches_a_pipe_that_knows_only_ascii(tmp_path: Path, scripts: dict[str, str]) -> None:
    """The descriptions hold typographic quotes."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "ascii"}

    done = subprocess.run(
        [sys.executable, "-m", "cpa_image_cli", "completion", "zsh"], env=environ, capture_output=True, check=False
    )

    assert (done.returncode, done.stdout.decode("utf-8")) == (0, scripts["zsh"])


def test_an_exported_fpath_is_believed(tmp_path: Path) -> None:
    folder = tmp_path / ".local/share/zsh/site-functions"
    person = Person(tmp_path, {"SHELL": "/usr/bin/zsh", "FPATH": f"/usr/share/zsh:{folder}"})

    _, said, _ = person.runs("zsh", "--install")

    assert said.splitlines()[1:] == ["New shells complete cpa-image."]
