"""
Every form in which a secret may leak: whole, in pieces, percent-encoded, or in base64 with anything before it.

What is searched is what a run printed, what lies on disk, and the command lines of all processes.
"""

import base64
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

PIECE = 12
"""Characters of a secret that give too much of it away."""


@cache
def traces_of(secret: str) -> re.Pattern[bytes]:
    """Return what finds *secret*, or any `PIECE` characters of one of its forms, in UTF-8 or UTF-16."""
    forms = {secret, quote(secret, safe=""), *_in_base64(secret.encode())}
    pieces = {form[start : start + PIECE] for form in forms for start in range(max(1, len(form) - PIECE + 1))}
    spelled = {piece.encode(encoding) for piece in pieces for encoding in ("utf-8", "utf-16-le")}
    return re.compile(b"|".join(re.escape(each) for each in sorted(spelled)))


def _in_base64(data: bytes) -> set[str]:
    """Return what is left of *data* in base64 wherever it begins, as ``user:`` before a password moves it."""
    found = set()
    for before in range(3):
        whole = base64.b64encode(bytes(before) + data + bytes(3)).decode()
        # The first and the last character may be made of bits of a neighbour.
        inner = whole[-(-before * 4 // 3) : (before + len(data)) * 4 // 3]
        found |= {inner, inner.translate(str.maketrans("+/", "-_"))}
    return found


def shown_in(text: str | bytes, *secrets: str) -> list[str]:
    """Return those of *secrets* of which there is a trace in *text*."""
    data = text.encode(errors="surrogateescape") if isinstance(text, str) else text
    return [secret for secret in secrets if traces_of(secret).search(data)]


def arguments_of_everybody() -> bytes:
    """Return the command lines of all processes, as any user of the machine may read them."""
    return b"\n".join(_read(path) for path in Path("/proc").glob("[0-9]*/cmdline"))


def _read(path: Path) -> bytes:
    # It may have ended in between.
    try:
        return path.read_bytes()
    except OSError:
        return b""
