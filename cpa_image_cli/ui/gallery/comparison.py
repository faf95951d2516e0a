"""The page of two pictures over each other, with a slider between them; it stands alone, pictures and all."""

import base64
import html
from pathlib import Path

from cpa_image_cli.core.provenance.comparison import Comparison
from cpa_image_cli.core.provenance.inspection import Inspected
from cpa_image_cli.core.text import clean
from cpa_image_cli.ui.gallery.document import document
from cpa_image_cli.ui.provenance.comparison import pixel_words


def comparison_page(compared: Comparison) -> str:
    """Return the page of two files, whose bytes are read and written into it."""
    first, second = compared.first, compared.second
    one, other = (Path(file.file).name for file in (first, second))
    table = "".join(
        f"<tr><th scope=row>{_text(row.name)}</th><td>{_text(row.first)}</td><td>{_text(row.second)}</td></tr>"
        for row in compared.rows
    )
    body = (
        f"<h1>{_text(one)} · {_text(other)}</h1>\n"
        f'<div class="pair"><img alt="{_text(one)}" src="{_data_url(first)}">'
        f'<img alt="{_text(other)}" src="{_data_url(second)}"></div>\n'
        '<input type="range" min="0" max="100" value="50" hidden'
        ' aria-label="How much of the first picture is shown; the space bar flips">\n'
        f'<p class="names"><span>{_text(one)}</span><span>{_text(other)}</span></p>\n'
        f"<p>{_text(pixel_words(compared.pixels))}</p>\n<table>{table}</table>"
    )
    return document(title=f"{one} · {other}", body=body, style="compare.css", script="compare.js")


def _data_url(file: Inspected) -> str:
    return f"data:image/{file.format};base64,{base64.b64encode(Path(file.file).read_bytes()).decode()}"


def _text(text: str | None) -> str:
    return html.escape(clean(text or "—"))
