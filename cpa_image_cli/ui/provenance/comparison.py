"""Decides how it is said in which respects two pictures differ."""

from collections.abc import Iterator

from cpa_image_cli.core.provenance.comparison import Comparison, PixelDifference
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.ui.labelled import Fact


def pixel_words(pixels: PixelDifference) -> str:
    """Return how far the pixels differ, as one sentence."""
    scaled = " (the second scaled to the size of the first)" if pixels.scaled else ""
    if pixels.psnr is None:
        return f"the pixels are equal{scaled}"
    return f"{pixels.changed:.1%} of the pixels differ, PSNR {pixels.psnr:.1f} dB{scaled}"


def facts(compared: Comparison) -> Iterator[Fact]:
    """Yield what is told of two files."""
    yield Fact("1", clean(compared.first.file))
    yield Fact("2", clean(compared.second.file))
    yield Fact("pixels", pixel_words(compared.pixels))
    for row in compared.rows:
        yield Fact("differ", f"{one_line(row.name)}\n1  {_told(row.first)}\n2  {_told(row.second)}")
    if not compared.rows:
        yield Fact("differ", "in nothing that is known of them")


def _told(text: str | None) -> str:
    return clean(text, limit=600).replace("\n", "\n   ") if text else "—"
