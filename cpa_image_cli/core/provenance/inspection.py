"""What is known of a picture file, as a value: what it is, where it came from, and who vouches for it."""

from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.provenance.credentials import Credentials
from cpa_image_cli.core.provenance.foreign import Found
from cpa_image_cli.core.provenance.record import Record

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.inspection import InspectedObject, OriginObject

SCHEMA: Literal["cpa-image/inspection/1"] = "cpa-image/inspection/1"


class Source(StrEnum):
    """Where a record was found, the surest first."""

    PACKET = "packet"
    SIDECAR = "sidecar"
    HISTORY = "history"
    HISTORY_BY_PICTURE = "history_by_picture"

    @property
    def phrase(self) -> str:
        """Return it as a person is told."""
        return {
            Source.PACKET: "written into the file by cpa-image",
            Source.SIDECAR: "written beside the file by cpa-image",
            Source.HISTORY: "known from your history",
            Source.HISTORY_BY_PICTURE: "known from your history, by its pixels: the file was changed since",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """
    The request that made a picture.

    *run* is the id of the run in history, if it is known there. *belongs* says whether the record names this very
    picture, None if it names none.
    """

    source: Source
    record: Record
    run: str | None = None
    belongs: bool | None = None

    def as_json(self) -> "OriginObject":
        """Return what programs are shown."""
        record = self.record
        return {
            "source": self.source.value,
            "prompt": record.prompt,
            "model": record.model,
            "parameters": dict(record.parameters),
            "revised_prompt": record.revised_prompt,
            "parents": list(record.parents),
            "made_at": record.made_at,
            "run": self.run,
            "belongs": self.belongs,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """One file. *carries* names what it holds beside the picture; both hashes are SHA-256 in hexadecimal."""

    file: str
    format: str
    width: int
    height: int
    bytes: int
    sha256: str
    picture_sha256: str
    is_animated: bool = False
    has_alpha: bool = False
    has_profile: bool = False
    carries: tuple[str, ...] = ()
    origin: Origin | None = None
    found: tuple[Found, ...] = ()
    credentials: Credentials | None = None

    def as_json(self) -> "InspectedObject":
        """Return what programs are shown."""
        return {
            "file": self.file,
            "format": self.format,
            "width": self.width,
            "height": self.height,
            "bytes": self.bytes,
            "animated": self.is_animated,
            "alpha": self.has_alpha,
            "icc_profile": self.has_profile,
            "sha256": self.sha256,
            "picture_sha256": self.picture_sha256,
            "carries": list(self.carries),
            "origin": self.origin.as_json() if self.origin else None,
            "found": [
                {"convention": row.convention, "facts": [list(fact) for fact in row.facts]} for row in self.found
            ],
            "credentials": self.credentials.as_json() if self.credentials else None,
        }
