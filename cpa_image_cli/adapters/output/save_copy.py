"""Saves a copy of a picture that is on disk already, by the same rules that saved the picture itself."""

import os
from pathlib import Path

from cpa_image_cli.adapters.files.folders import is_folder
from cpa_image_cli.adapters.output import FileTarget, IfExists, reserve
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.pictures.file_names import refuse_other_formats
from cpa_image_cli.core.pictures.formats import FORMAT_OF_EXTENSION
from cpa_image_cli.core.text import one_line

PIECE = 1 << 20


def named(name: str, picture: Path, *, home: Path, working_directory: Path) -> Path:
    """Return where *name* leads, which may be a folder; ``~`` is *home*, what is relative starts where we are."""
    expanded = home / name[2:] if name == "~" or name.startswith("~/") else Path(name)
    path = Path(os.path.normpath(working_directory / expanded))
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
