"""Decides where the prompt comes from: argument, ``--prompt``, a file, piped input, or a question on the terminal."""

from pathlib import Path
from typing import TextIO

from cpa_image_cli.commands.dialogue.questions import can_ask
from cpa_image_cli.core.encodings import encoding_hint, is_perhaps_utf_16
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.job.prompt import MAX_PROMPT, checked_prompt
from cpa_image_cli.process.surroundings import Surroundings

_READ_LIMIT = MAX_PROMPT * 4 + 4096
"""Bytes read of a prompt: enough to know that it is too long."""


def prompt_of(*, argument: str | None, option: str | None, file: Path | None, around: Surroundings) -> str:
    """
    Return the prompt, checked.

    Raises: UsageError when it is given twice, missing, empty, too long or unreadable.
    """
    given = [
        name
        for name, value in (("PROMPT", argument), ("--prompt", option), ("--prompt-file", file))
        if value is not None
    ]
    if len(given) > 1:
        raise UsageError(f"the prompt is given twice: as {' and '.join(given)}", hint="Keep one of them.")
    if argument is not None or option is not None:
        return checked_prompt(argument if argument is not None else option or "")
    if file is not None:
        return checked_prompt(_read_stream(around.stdin) if str(file) == "-" else _read_file(file, around))
    if not around.stdin.isatty():
        return checked_prompt(_read_stream(around.stdin))
    return checked_prompt(_ask(around))


def _read_file(path: Path, around: Surroundings) -> str:
    try:
        with around.at(path).open("rb") as file:
            return _decoded(file.read(_READ_LIMIT), str(path))
    except OSError as error:
        raise UsageError(f"cannot read the prompt file {path}: {error.strerror or error}") from error


def _read_stream(stream: TextIO) -> str:
    return _decoded(stream.buffer.read(_READ_LIMIT), "standard input")


def _decoded(data: bytes, source: str) -> str:
    if len(data) == _READ_LIMIT:
        # Not counted, since nobody knows how it goes on.
        raise UsageError(f"the prompt in {source} is too long; the limit is {MAX_PROMPT:,} characters")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"the prompt in {source} is not valid UTF-8", hint=encoding_hint(data)) from error
    if is_perhaps_utf_16(data):
        # Without its mark, Latin text in UTF-16 is valid UTF-8 with a NUL after each letter.
        raise UsageError(f"the prompt in {source} is no text: it holds NUL", hint=encoding_hint(data))
    return text


def _ask(around: Surroundings) -> str:
    if not can_ask(around):
        raise UsageError("no prompt was given", hint='Say what to draw: cpa-image generate "a red squirrel"')
    around.stderr.write("Prompt: ")
    around.stderr.flush()
    return around.stdin.readline()
