"""
Decides how a picture is thrown away so that it can be fetched back: it is put into the user's trash.

On macOS that is a folder. Elsewhere it is freedesktop.org's, whose specification ("Trash specification", 1.0) wants a
note of where a file came from beside it; what lies on another disk goes to ``gio trash``, which knows the trash there.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from cpa_image_cli.core.errors import UsageError

PATIENCE = 10.0
"""Seconds that ``gio`` may take."""


def throw_away(picture: Path, environ: Mapping[str, str], *, home: Path, at: datetime) -> Path | None:
    """
    Put *picture* into the trash; return where it lies now, None where only the system knows.

    Raises: UsageError when it cannot be.
    """
    if not picture.exists():
        raise UsageError(f"{picture} is not there any more")
    try:
        if sys.platform == "darwin":
            return _moved(picture, home / ".Trash")
        trash = Path(environ.get("XDG_DATA_HOME") or home / ".local/share") / "Trash"
        if sys.platform != "win32" and _is_on_the_same_disk(picture, trash):
            return _noted(picture, trash, at)
    except OSError as error:
        raise UsageError(f"{picture} cannot be put into the trash: {error.strerror or error}") from error
    _by_gio(picture, environ)
    return None


def fetch_back(picture: Path, place: Path | None) -> None:
    """
    Put *picture* back to where it was, from *place*, which `throw_away` has named.

    Raises: UsageError when it cannot be.
    """
    if place is None:
        raise UsageError(f"{picture} lies in the trash of its disk, and only your file manager gets it back from there")
    if picture.exists():
        raise UsageError(f"{picture} is another file by now; the one before is {place}")
    try:
        place.rename(picture)
    except OSError as error:
        raise UsageError(f"{picture} cannot be fetched from the trash: {error.strerror or error}") from error
    with contextlib.suppress(OSError):
        (place.parent.parent / "info" / f"{place.name}.trashinfo").unlink(missing_ok=True)


def _is_on_the_same_disk(picture: Path, trash: Path) -> bool:
    existing = next(path for path in (trash, *trash.parents) if path.exists())
    return existing.stat().st_dev == picture.parent.stat().st_dev


def _noted(picture: Path, trash: Path, at: datetime) -> Path:
    """Move *picture* into *trash*, after its note: a note without a file is harmless, a file without one is lost."""
    for folder in (trash / "files", trash / "info"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = f"[Trash Info]\nPath={quote(str(picture.absolute()))}\nDeletionDate={at:%Y-%m-%dT%H:%M:%S}\n"
    number, name = 1, picture.name
    while True:
        note = trash / "info" / f"{name}.trashinfo"
        try:
            with note.open("x", encoding="utf-8") as file:
                file.write(content)
            break
        except FileExistsError:
            number += 1
            name = f"{picture.stem}.{number}{picture.suffix}"
    try:
        picture.rename(trash / "files" / name)
    except OSError:
        note.unlink(missing_ok=True)
        raise
    return trash / "files" / name


def _moved(picture: Path, trash: Path) -> Path:
    number, place = 1, trash / picture.name
    while place.exists():
        number += 1
        place = trash / f"{picture.stem} {number}{picture.suffix}"
    picture.rename(place)
    return place


def _by_gio(picture: Path, environ: Mapping[str, str]) -> None:
    gio = shutil.which("gio", path=environ.get("PATH"))
    if gio is None:
        raise UsageError(
            f"there is no trash here that could take {picture}", hint=f"Delete it yourself: rm {_quoted(picture)}"
        )
    nowhere = subprocess.DEVNULL
    words = [gio, "trash", "--", os.fspath(picture)]
    try:
        done = subprocess.run(words, env=dict(environ), stdout=nowhere, stderr=nowhere, timeout=PATIENCE, check=False)  # noqa: S603 - found on PATH, the file as one word
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"gio could not put {picture} into the trash") from error
    if done.returncode != 0:
        raise UsageError(f"gio could not put {picture} into the trash (status {done.returncode})")


def _quoted(picture: Path) -> str:
    import shlex

    return shlex.quote(str(picture))
