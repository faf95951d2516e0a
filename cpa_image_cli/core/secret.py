"""Decides how a secret is carried and shown: wrapped when read, unwrapped in one adapter only."""

import hashlib
import json

from cpa_image_cli.core.dataclass import dataclass

SHOWN_TAIL = 4
SHORTEST_WITH_TAIL = 16
"""Below this length, four characters of the tail would give away too much of the key."""

SHORTEST_TAKEN_OUT = 4
"""Characters; what is shorter stands in any text."""

MASK = "…"


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that ``repr``, ``str`` and f-strings do not show."""

    _text: str

    def reveal(self) -> str:
        """Return the text itself. Called in ``adapters/gateway/client.py`` alone, where the header is made."""
        return self._text

    def out_of(self, text: str) -> str:
        """Return *text* without it, be it as it is, or as Python or JSON spell it."""
        for spelled in (self._text, repr(self._text)[1:-1], json.dumps(self._text)[1:-1]):
            text = text.replace(spelled, MASK) if len(spelled) >= SHORTEST_TAKEN_OUT else text
        return text

    def digest(self, salt: str) -> str:
        """Return a hash of *salt* and the text, by which it can be known again and not be told."""
        return hashlib.sha256(f"{salt}\0{self._text}".encode("utf-8", "surrogatepass")).hexdigest()

    def masked(self) -> str:
        """Return what may be shown: ``sk-…abcd`` at most."""
        if not self._text:
            return "(empty)"
        if len(self._text) < SHORTEST_WITH_TAIL:
            return "…"
        head = "sk-" if self._text.startswith("sk-") else ""
        return f"{head}…{self._text[-SHOWN_TAIL:]}"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return f"Secret({self.masked()})"

    __str__ = __repr__
