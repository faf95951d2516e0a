import os
import shlex
import sys
import time
from pathlib import Path

import pytest

from cpa_image_cli.adapters.programs.key_command import key_from_command
from cpa_image_cli.core.errors import Code, ConfigError, ExitStatus
from cpa_image_cli.core.secret import Secret

PYTHON = shlex.quote(sys.executable)


def python(program: str) -> str:
    return f"{PYTHON} -c {shlex.quote(program)}"


def failure(command: str, *, timeout: float = 30.0) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        key_from_command(command, environ=os.environ, timeout=timeout)
    assert caught.value.code is Code.KEY_COMMAND_FAILED
    assert caught.value.exit_status is ExitStatus.CONFIG
    assert caught.value.hint
    return caught.value


def test_the_trimmed_output_is_the_key() -> None:
    assert key_from_command(python("print('  sk-fake-1234 ')"), environ=os.environ) == Secret("sk-fake-1234")


def test_no_shell_expands_anything() -> None:
    command = f"{python('import sys; print(sys.argv[1])')} '$HOME;*|x'"

    assert key_from_command(command, environ={}) == Secret("$HOME;*|x")


def test_the_program_sees_the_variables_it_is_given() -> None:
    command = python("import os; print(os.environ['VAULT'])")

    assert key_from_command(command, environ={"VAULT": "sk-fake-v"}) == Secret("sk-fake-v")


def test_a_name_with_spaces_is_one_word_when_quoted(tmp_path: Path) -> None:
    program = tmp_path / "my keys"
    program.write_text("#!/bin/sh\necho sk-fake-5678\n")
    program.chmod(0o755)

    assert key_from_command(f"'{program}'", environ={}) == Secret("sk-fake-5678")


def test_the_program_gets_no_standard_input() -> None:
    command = python("import sys; print('got' + sys.stdin.read() + '.')")

    assert key_from_command(command, environ=os.environ) == Secret("got.")


def test_a_failure_shows_the_programs_own_words_without_its_escapes() -> None:
    error = failure(python("import sys; print('\\x1b[31mvault is locked\\x1b[0m', file=sys.stderr); sys.exit(3)"))

    assert error.message.endswith("failed with status 3: vault is locked")


def test_arguments_are_not_repeated() -> None:
    assert "hunter2" not in failure(f"{python('raise SystemExit(1)')} --pass hunter2").message


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        ("pass", "printed nothing; its errors: (none)"),
        ("print('sk-fake-abcdef'); print('user: me')", "printed a text that is more than one line"),
        ("print('sk-fake-abcdef 中')", "printed a text that holds a space"),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\xfe')", "printed bytes that are no text"),
        ("raise SystemExit(1)", "failed with status 1: (it said nothing)"),
    ],
)
def test_output_that_is_no_key_is_refused_and_not_repeated(program: str, problem: str) -> None:
    error = failure(python(program))

    assert problem in error.message
    assert "abcdef" not in f"{error.message}{error.hint}"


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("no-such-program-here x", "(no-such-program-here) could not be run: there is no such program"),
        ("'unclosed", "cannot be split into words: No closing quotation"),
        ("''", "names no program"),
        ("   ", "names no program"),
    ],
)
def test_a_command_that_cannot_be_run_is_said(command: str, problem: str) -> None:
    assert problem in failure(command).message


def test_the_program_may_be_in_the_home_and_nothing_else_is_expanded(tmp_path: Path) -> None:
    program = tmp_path / "key"
    program.write_text('#!/bin/sh\necho "sk-fake-$1"\n')
    program.chmod(0o755)

    key = key_from_command("~/key ~/1", environ={}, at=lambda word: word.replace("~", str(tmp_path)))

    assert key == Secret("sk-fake-~/1")


def test_a_variable_is_explained() -> None:
    assert "mean something to a shell only" in str(failure("$BIN/key").hint)


def test_a_program_that_does_not_end_is_given_up_even_if_its_child_lives_on() -> None:
    started = time.monotonic()

    error = failure("sh -c 'sleep 5 & echo $!; wait'", timeout=0.1)

    assert error.message.endswith("(sh) gave no answer within 0.1 s")
    assert time.monotonic() - started < 4
