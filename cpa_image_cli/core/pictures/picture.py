"""What is known of a picture once its bytes have been checked."""

from cpa_image_cli.core.dataclass import dataclass


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
