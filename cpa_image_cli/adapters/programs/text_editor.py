"""Starts the user's editor: ``$VISUAL``, ``$EDITOR``, else the first of the usual ones that is installed."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from cpa_image_cli.core.errors import ConfigError
from cpa_image_cli.core.text import one_line

VARIABLES = ("VISUAL", "EDITOR")
USUAL = ("notepad",) if sys.platform == "win32" else ("sensible-editor", "editor", "nano", "vim", "vi")

_HINT = "Set EDITOR to your editor, such as nano or `code --wait`."


def edit(path: Path, *, environ: Mapping[str, str]) -> None:
    """
    Open *path* in the user's editor and wait until it is closed.

    Raises: ConfigError when there is no editor, or it fails.
    """
    command = _command(environ)
    try:
        status = subprocess.run([*command, str(path)], env=dict(environ), check=False).returncode  # noqa: S603 - the user's own editor
    except (OSError, ValueError) as exc:
        reason = "there is no such program" if isinstance(exc, FileNotFoundError) else str(exc)
        raise ConfigError(f"the editor {one_line(command[0], limit=80)} cannot be run: {reason}", hint=_HINT) from exc
    if status != 0:
        raise ConfigError(f"the editor {one_line(command[0], limit=80)} ended with status {status}", hint=_HINT)


def _command(environ: Mapping[str, str]) -> list[str]:
    for name in VARIABLES:
        words = _words(environ.get(name, ""), name)
        if words:
            return words
    for program in USUAL:
        if shutil.which(program, path=environ.get("PATH")):
            return [program]
    raise ConfigError("no editor was found", hint=_HINT)


def _words(text: str, name: str) -> list[str]:
    """Return *text*, the value of the variable *name*, as a program and its arguments."""
    import shlex

    try:
        words = shlex.split(text, posix=sys.platform != "win32")
    except ValueError as exc:
        raise ConfigError(f"the variable {name} cannot be split into words: {exc}", hint=_HINT) from exc
    # The whole may be one path with spaces in it.
    return [text] if Path(text).is_file() else words
