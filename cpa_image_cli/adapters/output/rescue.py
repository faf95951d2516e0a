"""
Decides what becomes of a picture that a dead process had in hand: it gets its name, or is kept.

The process may have died before the file was renamed, before it got its name, or just after; so it is looked for under
each name it may bear, and known by its hash.
"""

import contextlib
import hashlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from cpa_image_cli.adapters.files.private_folder import make_private
from cpa_image_cli.adapters.output.placing import first_free, take
from cpa_image_cli.adapters.output.targets import IfExists
from cpa_image_cli.adapters.output.temporary import PRIVATE, copy, create, names_of_held
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.pictures.file_names import numbered, with_extension
from cpa_image_cli.core.pictures.picture import Picture

MOST_LOOKED_AT = 64
"""Names beside the destination that are looked at for a picture that was placed already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftPicture:
    """
    A verified picture that lies in the temporary file *path*, or did.

    *destination* is the first name it may get, None for one of ours in the kept folder; *if_exists* says what about a
    file that is there.
    """

    path: Path
    picture: Picture
    destination: Path | None
    if_exists: IfExists
    fallback: str


def rescued(left: LeftPicture, *, kept: Path) -> Path | None:
    """Return where the picture is now, which may be below *kept*; None if it is nowhere to be found."""
    placed = next((path for path in _names(left) if _is(path, left.picture)), None)
    source = next((path for path in names_of_held(left.path) if _is(path, left.picture)), None)
    if placed is not None:
        if source is not None:
            with contextlib.suppress(OSError):
                source.unlink()
        return placed
    return None if source is None else _published(source, left, kept)


@dataclass(slots=True)
class _Found:
    """The file *path*, as `placing` moves it: nobody has it open."""

    path: Path

    def prepare_to_move(self) -> None:
        """Do nothing."""

    def handed_over(self) -> None:
        """Do nothing."""


def _names(left: LeftPicture) -> Iterator[Path]:
    if left.destination is None:
        return iter(())
    best = with_extension(left.destination, left.picture.format)
    return (numbered(best, n) for n in range(1, MOST_LOOKED_AT + 1))


def _published(source: Path, left: LeftPicture, kept: Path) -> Path | None:
    try:
        return _placed(source, left)
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            return _kept(source, left, kept)
    return source


def _placed(source: Path, left: LeftPicture) -> Path:
    if left.destination is None:
        raise FileNotFoundError
    best = with_extension(left.destination, left.picture.format)
    if left.if_exists is IfExists.OVERWRITE:
        take(_Found(source), best, replace=True)
        return best
    numbers = (numbered(best, n) for n in itertools.count(1))
    return first_free(_Found(source), numbers if left.if_exists is IfExists.NUMBER else [best])


def _kept(source: Path, left: LeftPicture, kept: Path) -> Path:
    name = left.destination.name if left.destination is not None else left.fallback
    best = with_extension(make_private(kept) / name, left.picture.format)
    moved = _copied(source, kept)
    try:
        path = first_free(_Found(moved), (numbered(best, n) for n in itertools.count(1)))
    except (OSError, ValueError):
        moved.unlink()
        raise
    source.unlink()
    return path


def _copied(source: Path, folder: Path) -> Path:
    descriptor, path = create(folder, mode=PRIVATE)
    try:
        with source.open("rb") as stream:
            copy(stream.fileno(), descriptor, count=source.stat().st_size)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    return path


def _is(path: Path, picture: Picture) -> bool:
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size != picture.bytes:
            return False
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == picture.sha256
    except (OSError, ValueError):
        return False
