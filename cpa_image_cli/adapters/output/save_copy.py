"""Saves a copy of a picture that is on disk already, by the same rules that saved the picture itself."""

import os
from collections.abc import Callable
from pathlib import Path

from cpa_image_cli.adapters.files.folders import is_folder
from cpa_image_cli.adapters.output import FileTarget, IfExists, reserve
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.pictures.file_names import refuse_other_formats
from cpa_image_cli.core.pictures.formats import FORMAT_OF_EXTENSION
from cpa_image_cli.core.text import one_line

PIECE = 1 << 20


def named(name: str, picture: Path, *, at: Callable[[str], Path]) -> Path:
    """Return where *name* leads, which may be a folder; *at* says what a path means that a person wrote."""
    path = Path(os.path.normpath(at(name)))
    return path / picture.name if name.endswith(("/", os.sep)) or is_folder(path) else path


def save_as(picture: Path, path: Path, *, replaces: bool, kept: Path) -> Path:
    """
    Copy *picture* to *path* in one step, with an extension that is true of it; return where it is now.

    Raises: OutputError, with `Code.OUTPUT_EXISTS` unless *replaces*; UsageError when *picture* cannot be read any more,
    or *path* names a format that cannot be written.
    """
    refuse_other_formats(path, called=one_line(path.name, limit=200))
    picture_format = FORMAT_OF_EXTENSION[picture.suffix.lower()]
    try:
        source = picture.open("rb")
    except OSError as error:
        raise UsageError(f"{picture} cannot be read any more: {error.strerror}") from error
    if_exists = IfExists.OVERWRITE if replaces else IfExists.ERROR
    with source, reserve(FileTarget(path=path), if_exists=if_exists, kept=kept, picture_format=picture_format) as place:
        blob = place.open_blob()
        while piece := source.read(PIECE):
            blob.write(piece)
        blob.close()
        return place.publish(blob, format=picture_format) or path
