"""What is known of a picture once its bytes have been checked."""

from dataclasses import dataclass

EXTENSIONS = {"png": (".png",), "jpeg": (".jpg", ".jpeg"), "webp": (".webp",)}
"""The file name extensions of each format we can verify; the first is the one we choose."""

FORMAT_OF_EXTENSION = {extension: name for name, extensions in EXTENSIONS.items() for extension in extensions}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A verified picture: format, pixels and digest come from its bytes, not from what anybody said."""

    format: str
    width: int
    height: int
    bytes: int
    sha256: str

    @property
    def size(self) -> str:
        """Return the pixel size in the spelling of ``--size``."""
        return f"{self.width}x{self.height}"
