"""
Decides by which two hashes a picture is known again: that of the file, and that of the coded picture alone.

The second is the same after a tool has added or removed metadata, as exiftool, exiv2 and webpmux do; it does not
survive that the picture is coded anew.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from cpa_image_cli.adapters.provenance.parts import CODED, Container
from cpa_image_cli.core.dataclass import dataclass

PICTURE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "png": ("IDAT", "fdAT"),
        "jpeg": (CODED,),
        "webp": ("VP8 ", "VP8L", "ALPH", "ANMF"),
        "gif": ("frame",),
    }
)
"""The parts that hold the coded picture, by format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashes:
    """Both SHA-256, as 64 hexadecimal digits."""

    file: str
    coded: str


def hashes_of(container: Container) -> Hashes:
    """Return both hashes of *container*, which is read in pieces."""
    return Hashes(file=sha256_of(container.path), coded=coded_sha256(container))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file at *path*."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def coded_sha256(container: Container) -> str:
    """Return the SHA-256 of the coded picture in *container*."""
    digest = hashlib.sha256()
    for part in container.all(*PICTURE[container.format]):
        for piece in container.pieces(part.data_at, part.data_length):
            digest.update(piece)
    return digest.hexdigest()
