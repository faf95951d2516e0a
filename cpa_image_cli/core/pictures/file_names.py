"""
Decides what a generated file is called.

Letters and digits of every script, their marks, and pictographs stay; everything a file system, a shell or a
terminal could trip over becomes a single dash or disappears. To let another character through, look at `_swept`; to
add a field to ``name_template``, add it to `FIELD_MEANINGS` and to `GeneratedName.stem`. Sources: Microsoft's "Naming
Files, Paths, and Namespaces" for what is refused, UAX #29 for what must not be cut in two.
"""

import itertools
import re
import string
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import ConfigError, UsageError
from cpa_image_cli.core.pictures.formats import FORMAT_OF_EXTENSION, extension_of

LONGEST_STEM = 120
"""Bytes of UTF-8: with a number and an extension still below the 143 that encrypted home folders allow."""

LONGEST_LITERAL = 40
"""Bytes a template may spend on its own text, so that a readable piece of the prompt still fits."""

LONGEST_LOOK = 1000
"""Characters of a prompt that are looked at: the rest could only matter if all of these drew nothing."""

LONGEST_MODEL = 24
LONGEST_NUMBER = 6
"""Bytes kept free for a number, dash included, whether it is needed or not: so the rest never depends on it."""

FALLBACK = "image"
FIELD_MEANINGS: Mapping[str, str] = {
    "prompt": "the prompt's words, as many as fit",
    "date": "the day, such as 20260509",
    "time": "the time of day, such as 142503",
    "model": "the text model's name, without what stands before a slash",
    "n": "1, 2, 3, …: the first that is free; without it a number follows where the name is taken",
}
FIELDS = tuple(FIELD_MEANINGS)
DEFAULT_TEMPLATE = "{prompt}-{date}-{time}"

_LONGEST_CLUSTER = 12
"""Code points of one visible character. Real emoji families need 11; piled-up ("Zalgo") marks come in hundreds."""

_ZWJ = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_JAMO = range(0x1100, 0x1200)
_JAMO_TAILS = range(0x1161, 0x1200)
_SPACING_TAILS = "\u0e33\u0eb3"
"""Thai and Lao vowels that are letters by category, but are drawn on the letter before."""

_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065")
_SELECTORS = (range(0xFE00, 0xFE0F), range(0xE0000, 0xE1000))
"""Variation selectors and tags: they draw nothing of their own, and two names may differ in them alone."""

_RESERVED = re.compile(r"con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$", re.IGNORECASE)
_LITERAL = re.compile(r"[\w-]*")
_EXTENSION = re.compile(r"\.(?=[0-9]*[a-z][0-9]*[a-z])[0-9a-z]{2,5}")
"""What looks like a format's (``.bmp``, ``.jp2``); the ``.2`` or ``.v2`` of a version belongs to the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedName:
    """
    How to name a picture that nobody named.

    *at* is the local time of the run. *template* has been through `checked_template`. *picture* is its number, if it is
    one of several.
    """

    prompt: str
    model: str
    at: datetime
    template: str = DEFAULT_TEMPLATE
    picture: int | None = None

    def stem(self, n: int) -> str:
        """Return the *n*-th choice (1-based) of a name without extension; no two choices are equal."""
        fields = {
            "prompt": "",
            "date": f"{self.at:%Y%m%d}",
            "time": f"{self.at:%H%M%S}",
            "model": shortened(readable(self.model.rpartition("/")[2]), LONGEST_MODEL),
            "n": "",
        }
        room = LONGEST_STEM - LONGEST_NUMBER - len(self.template.format_map(fields).encode())
        fields["prompt"] = shortened(readable(self.prompt[:LONGEST_LOOK]), room) or FALLBACK
        counts = "{n}" in self.template
        fields["n"] = str(n if self.picture is None else self.picture)
        stem = re.sub("-+", "-", self.template.format_map(fields)).strip("-") or FALLBACK
        # What the template has no place for stands at the end.
        picture = [self.picture] if self.picture is not None and not counts else []
        choice = [n] if n > 1 and (self.picture is not None or not counts) else []
        return _unreserved("-".join([stem, *map(str, picture + choice)]))


def checked_template(template: str) -> str:
    """
    Return *template* if every name that it makes is a good one.

    Raises: ConfigError for an unknown or repeated field, a path, or characters that a file name should not have.
    """
    problem = _problem_of(template)
    if problem is not None:
        known = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise ConfigError(f"name_template {template!r}: {problem}", hint=f"The fields are {known}.")
    return template


def readable(text: str) -> str:
    """Return *text* as part of a file name, of any length; empty when nothing in it can be named."""
    swept = "".join(map(_swept, unicodedata.normalize("NFC", text)))
    # A second time, because letters and marks that had something between them are now side by side.
    clusters = _clusters(unicodedata.normalize("NFC", swept))
    joined = "".join(cluster[:_LONGEST_CLUSTER].rstrip(_ZWJ) for cluster in clusters if not _is_mark(cluster[0]))
    spoken = re.sub(r"(?<!\d)\.|\.(?!\d)", "-", joined)
    return re.sub("-+", "-", spoken).strip("-")


def shortened(text: str, limit: int) -> str:
    """Return the head of *text*, at most *limit* bytes of UTF-8, cut between clusters and rather between words."""
    if len(text.encode()) <= limit:
        return text
    heads = itertools.accumulate(_clusters(text), initial="")
    *_, head = itertools.takewhile(lambda head: len(head.encode()) <= limit, heads)
    words = head.rpartition("-")[0]
    # A clean end is not worth a long word.
    return (words if len(words) * 4 >= len(head) * 3 else head).rstrip("-.")


def refuse_other_formats(path: Path, *, called: str) -> None:
    """Raise a UsageError, which says *called* for *path*, if its extension is that of a format we cannot write."""
    extension = path.suffix.lower()
    if extension not in FORMAT_OF_EXTENSION and _EXTENSION.fullmatch(extension):
        raise UsageError(
            f"{called}: {extension} is no format that can be written",
            hint=f"Use one of {', '.join(FORMAT_OF_EXTENSION)}, or no extension at all.",
        )


def with_extension(path: Path, picture_format: str) -> Path:
    """
    Return *path* with an extension that is true of *picture_format*.

    One that is true already stays as it was spelled, one of another picture format is replaced. Anything else
    (the ``.5`` of ``v1.5``) belongs to the name, and the extension is added.
    """
    said = FORMAT_OF_EXTENSION.get(path.suffix.lower())
    if said == picture_format:
        return path
    extension = extension_of(picture_format)
    return path.with_suffix(extension) if said else path.with_name(path.name + extension)


def numbered(path: Path, n: int) -> Path:
    """Return the *n*-th choice (1-based) for *path*: itself, then with ``-2``, ``-3``, … before the extension."""
    return path if n == 1 else path.with_name(f"{path.stem}-{n}{path.suffix}")


def with_number(path: Path, n: int) -> Path:
    """Return *path* with the number of one of several pictures before its extension: ``squirrel-1.png``."""
    extension = path.suffix if FORMAT_OF_EXTENSION.get(path.suffix.lower()) else ""
    return path.with_name(f"{path.name.removesuffix(extension)}-{n}{extension}")


def _problem_of(template: str) -> str | None:
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as exc:
        return str(exc)
    literal = "".join(text for text, *_ in parts)
    names = [name for _, name, *_ in parts if name is not None]
    unknown = [name for name in names if name not in FIELDS]
    odd = not _LITERAL.fullmatch(literal) or readable(literal) != re.sub("-+", "-", literal).strip("-")
    problems = {
        f"there is no field {{{''.join(unknown[:1])}}}": bool(unknown),
        "a field takes no format": any(spec or conversion for _, _, spec, conversion in parts),
        "it needs a field, and each at most once": not names or len(set(names)) < len(names),
        "beside fields it may hold letters, digits, `-` and `_`": odd,
        f"its own text is longer than {LONGEST_LITERAL} bytes": len(literal.encode("utf-8", "replace"))
        > LONGEST_LITERAL,
    }
    return next((problem for problem, holds in problems.items() if holds), None)


def _unreserved(stem: str) -> str:
    # Windows looks at what stands before the first dot.
    return f"{FALLBACK}-{stem}" if _RESERVED.fullmatch(stem.partition(".")[0]) else stem


def _swept(character: str) -> str:
    """Return *character* if a name may hold it, a dash if it separates, nothing if it is not to be seen."""
    if character in "_." or character in (_ZWJ, _EMOJI_STYLE) or ord(character) in _SKIN_TONES:
        return character
    category = unicodedata.category(character)
    if category == "Cf" or character in _UNSEEN or any(ord(character) in unseen for unseen in _SELECTORS):
        return ""
    kept = category[0] in "LMN" or (category == "So" and character not in "\ufffc\ufffd")
    return character if kept else "-"


def _clusters(text: str) -> list[str]:
    """Return what a reader sees as single characters; an approximation of UAX #29 for text that was swept."""
    clusters: list[str] = []
    for character in text:
        if clusters and _continues(clusters[-1], character):
            clusters[-1] += character
        elif character not in (_ZWJ, _EMOJI_STYLE):
            clusters.append(character)
    return clusters


def _continues(cluster: str, character: str) -> bool:
    last = cluster[-1]
    drawn = _is_drawn(last)
    if character == _EMOJI_STYLE:
        return drawn or last in string.digits
    if character == _ZWJ or ord(character) in _SKIN_TONES:
        return drawn
    if last == _ZWJ:
        return _is_drawn(character)
    if _is_mark(character) or character in _SPACING_TAILS:
        return cluster not in "-._"
    pair = len(cluster) == 1 and ord(last) in _FLAG_LETTERS and ord(character) in _FLAG_LETTERS
    return pair or (ord(character) in _JAMO_TAILS and ord(last) in _JAMO)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _is_drawn(character: str) -> bool:
    """Whether *character* is a pictograph or belongs to one."""
    known = character == _EMOJI_STYLE or ord(character) in _SKIN_TONES
    return known or unicodedata.category(character) == "So"
