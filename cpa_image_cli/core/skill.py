"""
Decides what a copy of our skill is: as we made it, an older one, changed by its owner, or somebody else's.

`SKILL.md` says in its front matter which files belong to it, its version, and a digest over all of them. Wherever a
copy lies, and however it came there, that tells whether anything in it is anybody's own work.
"""

import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum

from cpa_image_cli.core.dataclass import dataclass

NAME = "cpa-image"
MAIN = "SKILL.md"

_LINE = r"^  {}: +(.*)$"
_DIGEST = re.compile(_LINE.format("digest"), re.MULTILINE)
_VERSION = re.compile(_LINE.format("version"), re.MULTILINE)
_FILES = re.compile(_LINE.format("files"), re.MULTILINE)
_NAME = re.compile(rf"^name: +{NAME}$", re.MULTILINE)
_FILE = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)?")
"""A file of a skill: at most one folder deep, and never upwards."""

Files = Mapping[str, bytes]
"""What a skill consists of, by path below its folder."""


class SkillState(StrEnum):
    """What lies where our skill would."""

    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    CHANGED = "changed"
    FOREIGN = "foreign"
    MISSING = "missing"
    LINK = "link"

    @property
    def meaning(self) -> str:
        """What a person is told it means."""
        return _MEANINGS[self]


_MEANINGS = {
    SkillState.CURRENT: "installed, and up to date",
    SkillState.OLDER: "installed by an older version",
    SkillState.NEWER: "installed by a newer version",
    SkillState.CHANGED: "changed by you",
    SkillState.FOREIGN: "somebody else's",
    SkillState.MISSING: "not installed",
    SkillState.LINK: "reached through a symbolic link",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a ``SKILL.md`` says of its skill."""

    version: str
    digest: str
    files: tuple[str, ...]


def stamp_of(main: bytes) -> Stamp | None:
    """Return the stamp in the ``SKILL.md`` that holds *main*; None if it is not one of ours."""
    text = _plain(main).decode("utf-8", "replace")
    digest, version, files = (pattern.search(text) for pattern in (_DIGEST, _VERSION, _FILES))
    if not (_NAME.search(text) and digest and version and files):
        return None
    names = tuple(files[1].split())
    if MAIN not in names or not all(_FILE.fullmatch(name) for name in names):
        return None
    return Stamp(version=version[1].strip("\"'"), digest=digest[1], files=names)


def digest_of(files: Files) -> str:
    """Return the digest over *files*, as a stamp holds it, whatever digest they hold now."""
    found = hashlib.sha256()
    for name in sorted(files):
        content = _plain(files[name])
        if name == MAIN:
            content = _DIGEST.sub("  digest: ", content.decode("utf-8", "replace")).encode()
        found.update(f"{name}\0{len(content)}\0".encode() + content)
    return f"sha256-{found.hexdigest()[:32]}"


def state_of(found: Files, ours: Files) -> SkillState:
    """Return what *found*, the files of a skill's folder, are to us, who would put *ours* there."""
    stamp = stamp_of(found.get(MAIN, b""))
    if stamp is None:
        return SkillState.FOREIGN if found else SkillState.MISSING
    if digest_of({name: found.get(name, b"") for name in stamp.files}) != stamp.digest:
        return SkillState.CHANGED
    mine = stamp_of(ours[MAIN])
    if mine is None or stamp.digest == mine.digest:
        return SkillState.CURRENT
    return SkillState.NEWER if _numbers(stamp.version) > _numbers(mine.version) else SkillState.OLDER


def _plain(content: bytes) -> bytes:
    # A copy that went through somebody's version control may have other line ends.
    return content.replace(b"\r\n", b"\n")


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d{1,9}", version)]
