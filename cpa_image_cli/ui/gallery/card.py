"""Decides what the gallery knows of one run: all that its page shows, searches and filters by, cleaned."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.ledger.run import Run
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.ui.formatting import money_words, size, token_words

LONGEST_PROMPT = 8000
"""Characters of a prompt that the page holds; longer ones are cut there, and whole in history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """
    One run on the page.

    *link* and *thumbnail* lead from the page to the picture and to its small copy, as URLs; empty where there is none.
    *parents* are the ids of the runs whose pictures it was made from.
    """

    id: str
    prompt: str
    when: str
    model: str
    size: str
    state: str
    batch: str
    link: str
    thumbnail: str
    width: int
    height: int
    record: tuple[tuple[str, str], ...]
    parents: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return what the page's script reads. Prompts are searched in their folded form, which it makes itself."""
        return {
            "id": self.id,
            "p": self.prompt,
            "w": self.when,
            "m": self.model,
            "s": self.size,
            "t": self.state,
            "b": self.batch,
            "f": self.link,
            "i": self.thumbnail,
            "x": self.width,
            "y": self.height,
            "r": [list(row) for row in self.record],
            "a": list(self.parents),
        }


def card_of(run: Run, *, folder: Path, when: datetime, thumbnail: str, ids: Mapping[str, str]) -> Card:
    """
    Return the card of *run*, which began *when* in local time, for a page in *folder*.

    *thumbnail* is the path of its small copy from there. *ids* are those of runs by the SHA-256 of their pictures.
    """
    picture = run.picture
    hashes = (str(parent.get("sha256", "")) for parent in run.parents)
    return Card(
        id=run.id,
        prompt=clean(run.prompt, limit=LONGEST_PROMPT),
        when=f"{when:%Y-%m-%d %H:%M}",
        model=one_line(run.model),
        size=picture.size if picture else "",
        state=run.state.value,
        batch=one_line(run.group or ""),
        link=link_to(run.output, folder) if run.output else "",
        thumbnail=quote(thumbnail),
        width=picture.width if picture else 0,
        height=picture.height if picture else 0,
        record=tuple(_record(run)),
        parents=tuple(ids[digest] for digest in hashes if digest in ids),
    )


def _record(run: Run) -> list[tuple[str, str]]:
    asked = ", ".join(f"{name} {one_line(str(value))}" for name, value in run.parameters.items() if value is not False)
    revised = run.details.get("revised_prompt")
    picture = run.picture
    rows = [
        ("gateway", one_line(run.gateway, limit=400)),
        ("asked", asked),
        ("revised", clean(revised, limit=LONGEST_PROMPT) if isinstance(revised, str) else ""),
        ("picture", f"{picture.format.upper()} {picture.size}, {size(picture.bytes)}" if picture else ""),
        ("time", f"{run.elapsed_s:.1f} s" if run.elapsed_s is not None else ""),
        ("tokens", token_words(run.usage) if picture else ""),
        *money_words(run.cost, run.plan),
        ("error", one_line(f"{run.error_message or ''} [{run.error_code}]") if run.error_code else ""),
        ("file", clean(str(run.output)) if run.output else ""),
    ]
    return [(label, text) for label, text in rows if text]


def link_to(path: Path, folder: Path) -> str:
    """Return the URL of *path* as a page in *folder* writes it; whatever its name holds, it leads there."""
    relative = os.path.relpath(path, folder) if path.anchor == folder.anchor else ""
    # A name may not be text at all, and one such as `javascript:x` must not become a scheme.
    return f"./{quote(os.fsencode(relative))}" if relative else path.as_uri()
