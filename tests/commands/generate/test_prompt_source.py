"""Where a prompt comes from: one place of several, a file, a pipe, or whoever sits at the terminal."""

import os
from pathlib import Path

import pytest

from cpa_image_cli.core.job.prompt import MAX_PROMPT
from tests.faults.home import Home
from tests.faults.in_process import Ended, run_here
from tests.faults.processes import Process
from tests.session.terminal import CTRL_D, Terminal

PROMPT = "画一只可爱的松鼠"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def asked(home: Home, *words: str, stdin: bytes = b"") -> Ended:
    return run_here(home, "generate", "--sandbox", "--dry-run", *words, stdin=stdin)


def told(message: str, hint: str | None = None) -> str:
    return f"cpa-image: {message} [usage]\n" + (f"  next: {hint}\n" if hint else "")


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        ((PROMPT,), b""),
        (("--prompt", PROMPT), b""),
        (("--prompt-file", "prompt.txt"), b""),
        (("--prompt-file", "-"), PROMPT.encode()),
        ((), PROMPT.encode()),
        # As Windows writes it.
        ((), b"\xef\xbb\xbf" + PROMPT.encode()),
    ],
    ids=["argument", "--prompt", "file", "stdin as a file", "pipe", "pipe with a mark"],
)
def test_the_prompt_is_read_from_wherever_it_is(home: Home, words: tuple[str, ...], stdin: bytes) -> None:
    (home.wanted / "prompt.txt").write_text(PROMPT, encoding="utf-8")

    ended = asked(home, *words, stdin=stdin)

    assert (ended.status, ended.stderr) == (0, "")
    assert f'"input": "{PROMPT}"' in ended.stdout.decode()


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ((PROMPT, "--prompt", "a dog"), "PROMPT and --prompt"),
        ((PROMPT, "--prompt-file", "prompt.txt"), "PROMPT and --prompt-file"),
        (("--prompt", PROMPT, "--prompt-file", "-"), "--prompt and --prompt-file"),
        ((PROMPT, "--prompt", PROMPT, "--prompt-file", "-"), "PROMPT and --prompt and --prompt-file"),
    ],
    ids=repr,
)
def test_a_prompt_that_is_given_twice_is_refused(home: Home, words: tuple[str, ...], places: str) -> None:
    ended = asked(home, *words)

    assert (ended.status, ended.stdout) == (2, b"")
    assert ended.stderr == told(f"the prompt is given twice: as {places}", "Keep one of them.")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("gone.txt", "No such file or directory"),
        ("folder", "Is a directory"),
    ],
)
def test_a_prompt_file_that_cannot_be_read_is_told_with_the_reason(home: Home, name: str, reason: str) -> None:
    (home.wanted / "folder").mkdir()

    ended = asked(home, "--prompt-file", name)

    assert ended.status == 2
    assert ended.stderr == told(f"cannot read the prompt file {name}: {reason}")


@pytest.mark.parametrize(
    ("words", "source"), [(("--prompt-file", "prompt.txt"), "prompt.txt"), ((), "standard input")], ids=["file", "pipe"]
)
def test_a_prompt_in_another_encoding_is_refused_and_not_guessed_at(
    home: Home, words: tuple[str, ...], source: str
) -> None:
    text = PROMPT.encode("gb18030")
    (home.wanted / "prompt.txt").write_bytes(text)

    ended = asked(home, *words, stdin=text)

    assert ended.status == 2
    hint = "Save it as UTF-8; it may be GBK: iconv -f GB18030 -t UTF-8 FILE"
    assert ended.stderr == told(f"the prompt in {source} is not valid UTF-8", hint)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_prompt_as_powershell_writes_it_is_told_how_to_become_one(home: Home, encoding: str) -> None:
    (home.wanted / "prompt.txt").write_bytes("a red squirrel, 松鼠".encode(encoding))

    ended = asked(home, "--prompt-file", "prompt.txt")

    assert ended.status == 2
    assert "Save it as UTF-8; it " in ended.stderr
    assert "which PowerShell and Notepad call Unicode" in ended.stderr


def test_a_prompt_that_never_ends_is_not_read_to_its_end_nor_counted(home: Home) -> None:
    ended = asked(home, stdin=("松" * 3 * MAX_PROMPT).encode())

    assert ended.status == 2
    assert ended.stderr == told("the prompt in standard input is too long; the limit is 32,000 characters")


def test_without_a_prompt_somebody_at_a_terminal_is_asked_for_one(tmp_path: Path) -> None:
    command = ("generate", "--sandbox", "--quiet", "--size", "64x64", "-o", "squirrel.png")
    with Terminal(tmp_path, *command, columns=250) as terminal:
        terminal.ends_with("Prompt:")
        terminal.types(PROMPT, "\n")
        status = terminal.left()

        assert (status, terminal.last) == (0, str(tmp_path / "squirrel.png"))


def test_ctrl_d_at_the_question_is_an_empty_prompt(tmp_path: Path) -> None:
    with Terminal(tmp_path, "generate", "--sandbox") as terminal:
        terminal.ends_with("Prompt:")
        terminal.types(CTRL_D)

        assert terminal.left() == 2
        assert "the prompt is empty [usage]" in terminal.text


def test_nobody_is_asked_where_the_question_could_not_be_seen(home: Home) -> None:
    master, slave = os.openpty()
    ended = Process(home, "generate", "--sandbox", stdin=slave).end()
    os.close(slave)
    os.close(master)

    assert (ended.status, ended.stdout) == (2, b"")
    assert ended.stderr == told("no prompt was given", 'Say what to draw: cpa-image generate "a red squirrel"')
