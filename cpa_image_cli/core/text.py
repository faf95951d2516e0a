"""
Decides how text from outside may reach a terminal or a log.

Everything a server sends is hostile until `clean` has seen it: escape sequences, control characters and
bidirectional overrides are replaced, length is bounded. The user's own prompt goes through the same door, since it
may have been pasted.
"""

import re

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC, DCS, SOS, PM, APC and their payload
    r"|\x1b[ -/]*[0-~]?"  # any other escape
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_SPACES = re.compile(r"\s+")

_PICTURES = re.compile(
    r"(data:[\w.+-]{1,40}/[\w.+-]{1,40};base64,[A-Za-z0-9+/_=-]{0,16}+)[A-Za-z0-9+/_=-]+", re.IGNORECASE
)
"""A picture in a text, as when a gateway quotes what it was sent: its beginning is all that anybody reads."""

MAX_MESSAGE = 600
"""Characters of a server's message that a person is shown."""


def clean(text: str, *, limit: int | None = None) -> str:
    """
    Return *text* with escape sequences dropped and every other control character shown as ``�``.

    Newlines and tabs stay. With *limit*, what is longer is cut and ends in ``…``.
    """
    if limit is not None:
        text = text[: limit * 4]
    text = _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", _ESCAPES.sub("", text.replace("\r\n", "\n")))
    if limit is not None and len(text) > limit:
        return text[: limit - 1] + "…"
    return text


def veiled(text: str) -> str:
    """Return *text*, as long as it is, with ``�`` for whatever a terminal may obey: for a cursor to go about in."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str, *, limit: int = MAX_MESSAGE) -> str:
    """Return *text* cleaned, on one line, at most *limit* characters long."""
    line = _SPACES.sub(" ", clean(text, limit=limit * 2)).strip()
    return clean(_PICTURES.sub(r"\1…", line), limit=limit)


# JSON leaves these alone; but some readers end a line at them, a terminal may obey them, half a character has no bytes.
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def json_text(value: object, *, indent: int | None = None, compact: bool = False) -> str:
    """
    Return *value* as JSON in readable characters, without any that a terminal may obey; nothing of it is lost.

    *compact* leaves out every space that nobody needs: for what an agent reads by the byte.
    """
    import json

    return harmless_json(
        json.dumps(value, ensure_ascii=False, indent=indent, separators=(",", ":") if compact else None)
    )


def harmless_json(text: str) -> str:
    """Return *text*, which is JSON or a piece of it, with escapes for what a terminal may obey."""
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
