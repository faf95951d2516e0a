import json
import subprocess
import sys
from pathlib import Path

import pytest

from cpa_image_cli import __version__
from tests.packaging.conftest import Installed

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def run(home: Path, *command: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(word) for word in command],
        cwd=home,
        env={"HOME": str(home), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_installed_program_says_its_version(installed: Installed, home: Path) -> None:
    done = run(home, installed.program, "--version")

    assert (done.returncode, done.stdout, done.stderr) == (0, f"cpa-image {__version__}\n", "")


def test_the_installed_program_draws_a_picture(installed: Installed, home: Path) -> None:
    done = run(home, installed.program, "generate", "画一只可爱的松鼠", "--sandbox", "-o", "松鼠.png")

    assert (done.returncode, done.stdout) == (0, f"{home / '松鼠.png'}\n")
    assert (home / "松鼠.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "command",
    [
        "generate squirrel --sandbox -o picture.png --json",
        "generate squirrel --sandbox -o picture.jpg --stream --partial-images 2 --verbose",
        "generate squirrel --scenario bad-key",
        "generate squirrel --dry-run --base-url https://gateway.example",
        "generate",
        "--help",
        "generate --help",
        "config show",
        "history list",
        "history stats",
        "doctor --json",
        "completion bash",
        "sandbox --list",
    ],
)
def test_no_warning_of_python_or_of_a_library_is_hidden(installed: Installed, home: Path, command: str) -> None:
    quiet = run(home, installed.python, "-m", "cpa_image_cli", *command.split())

    strict = run(home, installed.python, "-W", "error", "-bb", "-m", "cpa_image_cli", *_again(command).split())

    assert (strict.returncode, "Warning" in strict.stderr, "Traceback" in strict.stderr) == (
        quiet.returncode,
        False,
        False,
    )


def _again(command: str) -> str:
    """Return *command* for its second run, which finds the picture of the first."""
    return f"{command} --force" if " -o " in command else command


OPENCLAW = "{models: {providers: {otcbot: {baseUrl: 'https://gateway.example/v1', apiKey: 'sk-of-a-test-0123456789'}}}}"


def test_what_only_some_commands_import_is_installed_as_well(installed: Installed, home: Path) -> None:
    """The writer of configuration files, the reader of OpenClaw's, and the line editor."""
    (home / ".openclaw").mkdir()
    (home / ".openclaw" / "openclaw.json").write_text(OPENCLAW)

    change = run(home, installed.program, "config", "set", "format", "webp")
    settings = run(home, installed.program, "config", "show", "--json")
    editor = run(home, installed.python, "-c", "import cpa_image_cli.adapters.terminal.line_editor")

    assert [done.returncode for done in (change, settings, editor)] == [0, 0, 0], change.stderr + editor.stderr
    values = {name: setting["value"] for name, setting in json.loads(settings.stdout)["settings"].items()}
    assert (values["format"], values["base_url"]) == ("webp", "https://gateway.example/v1")


USER = """
from cpa_image_cli import __version__

number: int = __version__
"""


def test_those_who_import_the_package_get_its_types(installed: Installed, home: Path) -> None:
    (home / "user.py").write_text(USER)

    checker = ("-m", "mypy", "--no-incremental", "--python-executable", installed.python, "user.py")
    told = run(home, sys.executable, *checker).stdout

    # Without its types, anything would do for a number.
    assert told.startswith('user.py:4: error: Incompatible types in assignment (expression has type "str", ')
