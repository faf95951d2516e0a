"""In which respects two pictures differ: their files, their requests, their pixels."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.provenance.inspection import Inspected

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.inspection import ComparedObject, DifferenceObject


@dataclass(frozen=True, slots=True)
class Difference:
    """*name* is what differs; None is what one of the two does not have."""

    name: str
    first: str | None
    second: str | None

    def as_json(self) -> "DifferenceObject":
        """Return what programs are shown."""
        return {"name": self.name, "first": self.first, "second": self.second}


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelDifference:
    """
    How far the pixels differ.

    *changed* is the share of pixels beyond a small tolerance, from 0 to 1. *psnr* is in dB, None for equal pixels.
    *scaled* says that the second picture had another size and was scaled.
    """

    changed: float
    psnr: float | None
    scaled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two files, and how they differ."""

    first: Inspected
    second: Inspected
    pixels: PixelDifference

    @property
    def rows(self) -> tuple[Difference, ...]:
        """Return in which respects the files and their requests differ."""
        return differences(self.first, self.second)

    def as_json(self) -> "ComparedObject":
        """Return what ``compare --json`` prints."""
        pixels = self.pixels
        return {
            "schema": "cpa-image/compared/1",
            "first": self.first.as_json(),
            "second": self.second.as_json(),
            "differences": [row.as_json() for row in self.rows],
            "changed": round(pixels.changed, 6),
            "psnr_db": round(pixels.psnr, 3) if pixels.psnr is not None else None,
            "scaled": pixels.scaled,
        }


def differences(first: Inspected, second: Inspected) -> tuple[Difference, ...]:
    """Return what differs between two files and their requests, files first."""
    one, other = dict(_respects(first)), dict(_respects(second))
    rows = (Difference(name, one.get(name), other.get(name)) for name in dict.fromkeys((*one, *other)))
    return tuple(row for row in rows if row.first != row.second)


def _respects(file: Inspected) -> Iterator[tuple[str, str]]:
    yield "format", file.format
    yield "pixels", f"{file.width}x{file.height}"
    yield "transparency", "yes" if file.has_alpha else "no"
    if file.origin:
        record = file.origin.record
        yield "prompt", record.prompt
        yield from (("model", record.model),) if record.model else ()
        yield from record.parameters.items()
