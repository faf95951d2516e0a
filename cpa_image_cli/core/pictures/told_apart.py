"""Decides what tells files apart whose names have much in common, where there is little room to say which is which."""

import re
from collections.abc import Sequence

from cpa_image_cli.core.text import one_line

SEAM = r"[\W_]"
"""What stands between two words of a name; no word is torn."""


def told_apart(paths: Sequence[str]) -> list[str]:
    """Return of each path what the others have not, on one line; the whole name where nothing differs."""
    before = _shared([re.split(f"(?<={SEAM})", path) for path in paths])
    after = _shared([re.split(f"(?={SEAM})", path[before:])[::-1] for path in paths])
    return [one_line(path[before : len(path) - after]) or one_line(re.split(r"[/\\]", path)[-1]) for path in paths]


def _shared(words: Sequence[Sequence[str]]) -> int:
    """Return how many characters the words have that all begin with."""
    length = 0
    for first, *others in zip(*words, strict=False):
        if any(other != first for other in others):
            break
        length += len(first)
    return length
