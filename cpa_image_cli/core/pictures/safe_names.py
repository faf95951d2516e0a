"""
Decides which names a program that may have been talked into things can give to files.

A name is a path of plain steps, below one of the folders that the user allowed; what it may lead to on disk is judged
where it is opened (``adapters/files/below``).
"""

import re
from collections.abc import Sequence
from pathlib import Path, PurePath

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.text import one_line

LONGEST_NAME = 1024
"""Bytes of a whole path below its folder."""

LONGEST_STEP = 200
"""Bytes of one step: every file system takes it, with room for a number and an extension."""

_LONGEST_SHOWN = 80
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\\\\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeName:
    """A file or folder that is *steps* below *root*; *is_folder* if the name said so by its end."""

    root: Path
    steps: tuple[str, ...]
    is_folder: bool = False

    @property
    def path(self) -> Path:
        """Return the whole path."""
        return self.root.joinpath(*self.steps)


def safe_name(name: str, roots: Sequence[Path]) -> SafeName:
    """
    Return what *name* stands for: below the first of *roots* if it is relative, else below the one it begins with.

    Raises: UsageError for a name that leads anywhere else, or that no file should have.
    """
    _refuse_unfit(name)
    root, below = _rooted(name, roots)
    steps = tuple(step for step in below.split("/") if step not in {"", "."})
    _refuse_steps(name, steps)
    return SafeName(root=root, steps=steps, is_folder=not steps or name.endswith("/"))


def _rooted(name: str, roots: Sequence[Path]) -> tuple[Path, str]:
    if not PurePath(name).is_absolute():
        return roots[0], name
    for root in roots:
        whole = root.as_posix()
        if name == whole or name.startswith(f"{whole.rstrip('/')}/"):
            return root, name[len(whole) :]
    allowed = ", ".join(map(str, roots))
    raise UsageError(f"{_shown(name)!r} is outside the allowed folders", hint=f"Name something below {allowed}.")


def _refuse_unfit(name: str) -> None:
    if not name.strip():
        raise UsageError("the name is empty", hint="Leave it out for one that is made of the prompt.")
    if _UNFIT.search(name):
        raise UsageError(f"{_shown(name)!r} holds a character that no file name should have")
    if len(_coded(name)) > LONGEST_NAME:
        raise UsageError(f"the name {_shown(name)!r} is too long; the limit is {LONGEST_NAME} bytes")


def _refuse_steps(name: str, steps: Sequence[str]) -> None:
    if ".." in steps:
        raise UsageError(f"{_shown(name)!r} leads upwards", hint="Name something below the folder, without `..`.")
    if any(step.startswith(("~", "-")) or ":" in step for step in steps):
        raise UsageError(f"{_shown(name)!r} has a step that begins with ~ or -, or a colon in it")
    if any(len(_coded(step)) > LONGEST_STEP for step in steps):
        raise UsageError(f"{_shown(name)!r} has a step that is too long; the limit is {LONGEST_STEP} bytes")


def _shown(name: str) -> str:
    return one_line(name, limit=_LONGEST_SHOWN)


def _coded(text: str) -> bytes:
    return text.encode("utf-8", "replace")
