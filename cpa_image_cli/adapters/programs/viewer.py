"""Decides how the system is asked to open a picture in whatever program the user has for that."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from cpa_image_cli.core.errors import UsageError

OPENERS = ("open",) if sys.platform == "darwin" else ("xdg-open", "wslview", "gio")
"""Programs that know the user's viewer, in the order they are looked for."""

PATIENCE = 2.0
"""Seconds in which an opener has failed, if it fails. Some stay until the viewer is closed."""


def open_in_viewer(picture: Path, environ: Mapping[str, str], *, patience: float = PATIENCE) -> None:
    """
    Open *picture* and do not wait for it to be closed, but *patience* seconds for a failure.

    Raises: UsageError when it is gone, or nothing here can open it.
    """
    if not picture.exists():
        raise UsageError(f"{picture} is not there any more")
    if sys.platform == "win32":
        os.startfile(picture)  # noqa: S606 - the user's own viewer for the user's own picture
        return
    found = (shutil.which(name, path=environ.get("PATH")) for name in OPENERS)
    opener = next((path for path in found if path), None)
    if opener is None:
        known = ", ".join(OPENERS)
        raise UsageError(f"no program to open pictures was found here ({known})", hint=_otherwise(picture))
    words = [opener, "open", str(picture)] if Path(opener).name == "gio" else [opener, str(picture)]
    _start(words, environ, patience, hint=_otherwise(picture))


def _otherwise(picture: Path) -> str:
    """Return what to do where it cannot be opened."""
    return f"Open it yourself, or show it here: cpa-image show {shlex.quote(str(picture))}"


def _start(words: list[str], environ: Mapping[str, str], patience: float, *, hint: str) -> None:
    nowhere = subprocess.DEVNULL
    try:
        # In a session of its own: Ctrl-C in ours is not meant for a viewer that stays open.
        opener = subprocess.Popen(  # noqa: S603 - found on PATH, the file as one word, no shell
            words, env=dict(environ), stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True
        )
    except OSError as error:
        raise UsageError(f"{words[0]} cannot be started: {error.strerror}", hint=hint) from error
    try:
        status = opener.wait(patience)
    except subprocess.TimeoutExpired:
        # It stays until the viewer is closed, which is nobody's concern here.
        opener.returncode = 0
        return
    if status != 0:
        raise UsageError(f"{Path(words[0]).name} could not open the picture (status {status})", hint=hint)
