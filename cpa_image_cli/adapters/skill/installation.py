"""
Puts the skill into an agent's folder and takes it away, and never touches what is not ours.

What is there is read first. A file that its owner changed, a skill of somebody else's and whatever lies behind a
symbolic link stay as they are, unless the owner insists.
"""

import contextlib
import os
from enum import StrEnum
from pathlib import Path

from cpa_image_cli.adapters.skill.agent_folders import Place
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, OutputError
from cpa_image_cli.core.skill import MAIN, NAME, Files, SkillState, stamp_of, state_of

PACKAGED = Path(__file__).parents[2] / "skill" / NAME

LARGEST = 1 << 20
"""Bytes that are read of a file: no skill of ours is larger."""

_OURS = frozenset({SkillState.CURRENT, SkillState.OLDER, SkillState.NEWER})
_TO_INSTALL = frozenset({SkillState.MISSING, SkillState.OLDER})


class Action(StrEnum):
    """What was done, or would be."""

    INSTALLED = "installed"
    UPDATED = "updated"
    REMOVED = "removed"
    NONE = "none"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was done about the skill at *place*, where it was in *state* before."""

    place: Place
    state: SkillState
    action: Action = Action.NONE


def packaged() -> Files:
    """Return the skill as this version has it."""
    names = sorted(path.relative_to(PACKAGED).as_posix() for path in PACKAGED.rglob("*") if _is_ours(path))
    return {name: (PACKAGED / name).read_bytes() for name in names}


def _is_ours(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc"


def standing(place: Place) -> SkillState:
    """Return what lies at *place*. Raises: OutputError."""
    try:
        if _links(place):
            return SkillState.LINK
        return state_of(_found(place.folder), packaged())
    except OSError as error:
        raise _unusable(place.folder, error) from error


def install(place: Place, *, force: bool, pretend: bool) -> Done:
    """
    Put the skill at *place*; with *force* also over what is changed or somebody else's, and through links.

    With *pretend*, only say what would be done. Raises: OutputError.
    """
    state = standing(place)
    if state in {SkillState.CURRENT, SkillState.NEWER} and not force:
        return Done(place=place, state=state)
    if state not in _TO_INSTALL and not force:
        return Done(place=place, state=state, action=Action.REFUSED)
    if not pretend:
        try:
            _write(place.folder, packaged())
        except OSError as error:
            raise _unusable(place.folder, error) from error
    action = Action.INSTALLED if state is SkillState.MISSING else Action.UPDATED
    return Done(place=place, state=state, action=action)


def uninstall(place: Place, *, force: bool, pretend: bool) -> Done:
    """Take away what `install` put at *place*; with *force* also if it was changed since. Raises: OutputError."""
    state = standing(place)
    if state in {SkillState.MISSING, SkillState.FOREIGN}:
        return Done(place=place, state=state)
    if state not in _OURS and not (force and state is SkillState.CHANGED):
        return Done(place=place, state=state, action=Action.REFUSED)
    if not pretend:
        try:
            _remove(place.folder)
        except OSError as error:
            raise _unusable(place.folder, error) from error
    return Done(place=place, state=state, action=Action.REMOVED)


def _links(place: Place) -> bool:
    """Whether a step on the way, or a file of the skill, is a symbolic link."""
    steps = [place.top.joinpath(*place.steps[:count]) for count in range(1, len(place.steps) + 1)]
    return any(path.is_symlink() for path in (*steps, *(place.folder / name for name in packaged()), *_folders(place)))


def _folders(place: Place) -> set[Path]:
    return {(place.folder / name).parent for name in packaged()}


def _found(folder: Path) -> Files:
    """Return the files that a skill of ours in *folder* consists of, or whatever shows that it is somebody else's."""
    main = _read(folder / MAIN)
    stamp = stamp_of(main) if main is not None else None
    names = stamp.files if stamp else (MAIN, *(name for name in packaged() if name != MAIN))
    found = {name: content for name in names if (content := _read(folder / name)) is not None}
    return found if found or not _holds_anything(folder) else {"": b""}


def _holds_anything(folder: Path) -> bool:
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write(folder: Path, files: Files) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            temporary.write_bytes(content)
            temporary.chmod(0o755 if content.startswith(b"#!") else 0o644)
            temporary.replace(path.resolve() if path.is_symlink() else path)
        finally:
            temporary.unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    stamp = stamp_of(_read(folder / MAIN) or b"")
    names = stamp.files if stamp else tuple(packaged())
    # The file that says whose the others are goes last: a removal that was broken off can be done again.
    for name in sorted(names, key=lambda name: name == MAIN):
        (folder / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (folder / name).parent.rmdir()


def _unusable(folder: Path, error: OSError) -> OutputError:
    return OutputError(f"{folder} cannot be used: {error.strerror or error}", code=Code.OUTPUT_UNWRITABLE)
