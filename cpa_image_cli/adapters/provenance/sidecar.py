"""
The record beside a picture: ``squirrel.png.xmp``, one XMP packet with the hashes of the picture it belongs to.

The name is the one that digiKam and darktable use; it cannot clash when a PNG and a WebP share their stem. One that is
not ours is never written over.
"""

import re
from pathlib import Path

from cpa_image_cli.adapters.files.whole_file import whole_file
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.provenance.packet import LONGEST, record_in
from cpa_image_cli.core.provenance.record import Record

EXTENSION = ".xmp"
_HASH = re.compile(rb"<!-- picture sha256:([0-9a-f]{64}) -->")


class ForeignSidecar(Exception):  # noqa: N818 - says what it is
    """There is a file of that name already, and it is not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """A record of ours beside a picture; *file_sha256* is that of the picture it was written for."""

    record: Record
    file_sha256: str


def path_of(picture: Path) -> Path:
    """Return where the sidecar of *picture* lies."""
    return picture.with_name(picture.name + EXTENSION)


def read_sidecar(picture: Path) -> Sidecar | None:
    """Return what lies beside *picture*, if it is ours and can be read."""
    try:
        with path_of(picture).open("rb") as file:
            data = file.read(LONGEST)
    except OSError:
        return None
    found, record = _HASH.search(data), record_in(data)
    return Sidecar(record=record, file_sha256=found[1].decode()) if found and record else None


def write_sidecar(picture: Path, packet: bytes, *, file_sha256: str) -> Path:
    """
    Put *packet* beside *picture*, in the place of an older one of ours; return where it is.

    Raises: ForeignSidecar; OSError.
    """
    path = path_of(picture)
    if path.is_symlink() or (path.exists() and read_sidecar(picture) is None):
        raise ForeignSidecar(str(path))
    with whole_file(path, mode=picture.stat().st_mode & 0o666) as file:
        file.write(packet + f"\n<!-- picture sha256:{file_sha256} -->\n".encode())
    return path
