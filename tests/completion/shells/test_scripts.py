import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_powershell

from cpa_image_cli.completion.offers import NOTHING, Word, words_of
from cpa_image_cli.completion.shells.powershell import script as powershell_script
from cpa_image_cli.completion.shells.scripts import SHELLS, script_for
from cpa_image_cli.completion.tree import Argument, Command, Option
from tests.completion.shell_sessions import require

PROJECT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", SHELLS)
def test_the_ready_made_script_is_what_the_program_writes(scripts: dict[str, str], name: str) -> None:
    ready_made = (PROJECT / "completions" / SHELLS[name].file).read_bytes().decode()

    # Not left to assert: its comparison of two scripts helps nobody.
    if ready_made != scripts[name]:
        pytest.fail("the command tree has changed; run: cpa-image completion --export completions")


def test_nothing_else_lies_among_the_ready_made_files() -> None:
    ready_made = {path.name for path in (PROJECT / "completions").iterdir()}

    assert ready_made == {shell.file for shell in SHELLS.values()} | {"cpa-image.1"}


def test_the_wheel_holds_every_script_where_its_shell_looks_and_what_others_look_for() -> None:
    """Below the prefix an administrator installs to, such as /usr/local."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())

    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"] == {
        "completions/cpa-image.bash": "share/bash-completion/completions/cpa-image",
        "completions/_cpa-image": "share/zsh/site-functions/_cpa-image",
        "completions/cpa-image.fish": "share/fish/vendor_completions.d/cpa-image.fish",
        "completions/cpa-image.ps1": "share/cpa-image/completions/cpa-image.ps1",
        "completions/cpa-image.1": "share/man/man1/cpa-image.1",
        "AGENTS.md": "share/cpa-image/AGENTS.md",
    }


AWKWARD = Command(
    path="",
    help="",
    options=(
        Option(
            names=("--note", "-n"),
            help='It\'s [a] "note": 100% $HOME `id` \\ ‘so’ “so”',
            value=NOTHING,
            title="it's: x",
        ),
        Option(names=("--tag",), help="", value=words_of("a", "b"), is_repeatable=True, title="[tag]"),
    ),
    commands=(
        Command(path="one", help="Don't: [do]", arguments=(Argument(title="it's", help="", value=NOTHING),)),
        Command(path="two", help="", commands=(Command(path="two deep", help="x"),)),
    ),
)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("which", ["its own", "awkward"])
def test_the_shell_finds_no_fault_with_the_syntax(
    tmp_path: Path, scripts: dict[str, str], shell: str, which: str
) -> None:
    require(shell)
    path = tmp_path / "script"
    path.write_text(scripts[shell] if which == "its own" else script_for(shell, AWKWARD))

    done = subprocess.run([shell, "-n", str(path)], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("command", [["bash", "--posix"], ["bash", "--norc"]])
def test_bash_may_source_it_in_any_mode(tmp_path: Path, scripts: dict[str, str], command: list[str]) -> None:
    path = tmp_path / "script"
    path.write_text(scripts["bash"])

    done = subprocess.run(
        [*command, "-c", f"set -eu; . '{path}'; complete -p cpa-image"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("-F _cpa_image cpa-image\n")


def test_a_word_that_needs_quotes_cannot_be_offered() -> None:
    for value in ("two words", "a;b", "$HOME", "-x", "", "it's"):
        with pytest.raises(ValueError, match="needs quotes"):
            Word(value=value)


def test_powershell_rows_say_what_the_tree_says() -> None:
    """PowerShell is not to be had here; its tables are read as far as they are plain."""
    rows = [line.strip() for line in powershell_script(AWKWARD).splitlines() if line.startswith("        , @(")]

    assert rows == [
        ", @('one', 'Don''t: [do]')",
        ", @('two', '')",
        ", @('two deep', 'x')",
        ", @('', @('--note', '-n'), 'It''s [a] \"note\": 100% $HOME `id` \\ ‘‘so’’ “so”', 'files', '')",
        ", @('', @('--tag'), '', 'words', @('a', 'b'))",
        ", @('one', 0, $false, 'files', '')",
    ]


@pytest.mark.parametrize("which", ["its own", "awkward"])
def test_a_grammar_of_powershell_finds_no_fault(scripts: dict[str, str], which: str) -> None:
    text = scripts["powershell"] if which == "its own" else script_for("powershell", AWKWARD)
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))

    assert not parser.parse(text.encode()).root_node.has_error
    assert parser.parse(text.replace("}", "", 1).encode()).root_node.has_error


def test_powershell_itself_finds_no_fault_with_the_syntax(tmp_path: Path, scripts: dict[str, str]) -> None:
    if shutil.which("pwsh") is None:
        pytest.skip("pwsh is not installed, and no package of this system brings it")
    path = tmp_path / "script.ps1"
    path.write_text(scripts["powershell"], "utf-8-sig")
    question = (
        "$e = $null; "
        f"[void][System.Management.Automation.Language.Parser]::ParseFile('{path}', [ref]$null, [ref]$e); $e.Count"
    )

    done = subprocess.run(["pwsh", "-NoProfile", "-Command", question], capture_output=True, text=True, check=False)

    assert done.stdout.strip() == "0"
