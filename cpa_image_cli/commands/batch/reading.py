"""Decides where the rows of a batch come from, and what the batch is called in the ledger."""

from pathlib import Path

from cpa_image_cli.core.batch.rows import Form, form_of
from cpa_image_cli.core.encodings import encoding_hint
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.process.surroundings import Surroundings

LARGEST = 256 << 20
"""Bytes of a file; a hundred thousand rows of long prompts have a fifth of it."""


def rows_of(file: str | None, around: Surroundings) -> tuple[str, Form, str, Path]:
    """
    Return the text of *file*, how it says its rows, what the batch is called, and the folder that rows start from.

    A batch is called by its file, so that running it again goes on with it wherever that is done.
    Raises: UsageError.
    """
    if file is None:
        raise UsageError("no file was named", hint="Say which file has the rows, or - for standard input.")
    if file == "-":
        folder = around.working_directory
        text = _decoded(around.stdin.buffer.read(LARGEST + 1), "standard input")
        return text, form_of("", text), f"standard input in {folder}", folder
    path = around.at(file)
    try:
        with path.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    text = _decoded(data, str(path))
    return text, form_of(path.suffix, text), str(path.resolve()), path.parent


def _decoded(data: bytes, source: str) -> str:
    if len(data) > LARGEST:
        raise UsageError(f"{source} is longer than {LARGEST >> 20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{source} is not valid UTF-8", hint=encoding_hint(data)) from error
