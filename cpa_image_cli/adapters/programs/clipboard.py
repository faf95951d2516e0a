"""
Decides how a picture, or its path, gets to the clipboard: by whichever program of the system knows how.

To learn another, add a row to `TOOLS`: the first that is there, and can take what is to be copied, does it.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.pictures import formats

PATIENCE = 5.0
"""Seconds in which a tool has taken what it is given. Some stay, to hand it out, but not in the foreground."""

Words = Callable[[str], Sequence[str]]
"""Makes the command line for a kind of content, such as ``image/png``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program that fills the clipboard with what it reads. *variable* must be set for it to be of use."""

    program: str
    text: Sequence[str]
    picture: Words | None = None
    variable: str = ""


TOOLS: tuple[Tool, ...] = (
    Tool(
        program="wl-copy",
        text=("--type", "text/plain"),
        picture=lambda kind: ("--type", kind),
        variable="WAYLAND_DISPLAY",
    ),
    Tool(
        program="xclip",
        text=("-selection", "clipboard"),
        picture=lambda kind: ("-selection", "clipboard", "-t", kind, "-i"),
        variable="DISPLAY",
    ),
    Tool(program="xsel", text=("--clipboard", "--input"), variable="DISPLAY"),
    Tool(program="pbcopy", text=()),
    Tool(program="clip.exe", text=()),
    Tool(program="clip", text=()),
)


def copy_picture(picture: Path, environ: Mapping[str, str]) -> str:
    """
    Copy *picture* itself where a tool can, else its path; return which: ``picture`` or ``path``.

    Raises: UsageError when it is gone, or nothing here can copy.
    """
    if not picture.exists():
        raise UsageError(f"{picture} is not there any more")
    if sys.platform == "darwin" and picture.suffix.lower() == ".png":
        _fill(["osascript", "-e", _APPLESCRIPT, str(picture)], b"", environ)
        return "picture"
    kind = f"image/{formats.FORMAT_OF_EXTENSION.get(picture.suffix.lower(), 'png')}"
    for tool, path in _found(environ):
        if tool.picture is not None:
            _fill([path, *tool.picture(kind)], picture.read_bytes(), environ)
            return "picture"
    copy_text(str(picture), environ)
    return "path"


_APPLESCRIPT = "on run argv\nset the clipboard to (read (POSIX file (item 1 of argv)) as «class PNGf»)\nend run"
"""The path is an argument, and no part of the script."""


def copy_text(text: str, environ: Mapping[str, str]) -> None:
    """Copy *text*. Raises: UsageError when nothing here can."""
    for tool, path in _found(environ):
        _fill([path, *tool.text], text.encode("utf-8", "surrogateescape"), environ)
        return
    known = ", ".join(tool.program for tool in TOOLS)
    raise UsageError("no program for the clipboard was found here", hint=f"One of these is needed: {known}.")


def _found(environ: Mapping[str, str]) -> list[tuple[Tool, str]]:
    """Return the tools that are there, each with its path."""
    of_use = (tool for tool in TOOLS if not tool.variable or environ.get(tool.variable))
    found = ((tool, shutil.which(tool.program, path=environ.get("PATH"))) for tool in of_use)
    return [(tool, path) for tool, path in found if path]


def _fill(words: Sequence[str], content: bytes, environ: Mapping[str, str]) -> None:
    nowhere = subprocess.DEVNULL
    name = Path(words[0]).name
    try:
        done = subprocess.run(  # noqa: S603 - found on PATH, no shell
            words, input=content, env=dict(environ), stdout=nowhere, stderr=nowhere, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"{name} did not take it: {getattr(error, 'strerror', None) or 'no answer'}") from error
    if done.returncode != 0:
        raise UsageError(f"{name} did not take it (status {done.returncode})")
