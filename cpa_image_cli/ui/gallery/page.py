"""The gallery's page: a grid that is filled as one scrolls, a search, filters, and each picture's whole record."""

import html
from collections.abc import Sequence

from cpa_image_cli.ui.gallery.card import Card
from cpa_image_cli.ui.gallery.document import document

WITHOUT_SCRIPT = 200
"""Pictures, the newest, that are listed where no script runs."""

LONGEST_ALT = 150

BODY = """\
<header>
<h1>Pictures</h1>
<search>
<label for="search">Search</label>
<input id="search" type="search" placeholder="words of a prompt  ( / )" autocomplete="off">
<select id="model" aria-label="Model"><option value="">any model</option></select>
<select id="day" aria-label="Day"><option value="">any day</option></select>
<select id="size" aria-label="Size"><option value="">any size</option></select>
<select id="batch" aria-label="Batch"><option value="">any batch</option></select>
<label><input id="failed" type="checkbox"> without a picture</label>
</search>
<p id="count" role="status" aria-live="polite"></p>
</header>
<main>
<ul id="grid"></ul>
<div id="more" aria-hidden="true"></div>
<noscript><p>The newest pictures; with JavaScript they can be searched.</p><ul class="plain">{plain}</ul></noscript>
</main>
<dialog id="box" aria-labelledby="title">
<div class="bar"><h2 id="title"></h2><span id="place"></span><button id="close" type="button">Close</button></div>
<div class="pair"><img id="one" alt=""><img id="two" alt="" hidden></div>
<input id="slider" type="range" min="0" max="100" value="50" hidden
 aria-label="How much of the picture before is shown">
<p id="prompt" dir="auto"></p>
<p class="actions"><button id="copy" type="button">Copy the prompt (c)</button> <a id="file">Open the file</a></p>
<dl id="record"></dl>
<nav id="chain" aria-label="Pictures it was made from, and made from it"></nav>
</dialog>
"""


def gallery_page(cards: Sequence[Card]) -> str:
    """Return the page of *cards*, newest first."""
    plain = "".join(map(_plain, cards[:WITHOUT_SCRIPT]))
    data = [card.as_json() for card in cards]
    return document(
        title="Pictures", body=BODY.format(plain=plain), style="gallery.css", script="gallery.js", data=data
    )


def _plain(card: Card) -> str:
    words = html.escape(f"{card.when} {card.prompt[:LONGEST_ALT]}")
    if not card.link:
        return f'<li dir="auto">{words} ({html.escape(card.state)})</li>'
    return f'<li dir="auto"><a href="{html.escape(card.link)}">{words}</a></li>'
