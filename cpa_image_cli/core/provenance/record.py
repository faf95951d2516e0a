"""
Decides what travels with a picture: the request that made it, as far as anybody else may know it.

A record holds what the same request needs and nothing that says who asked, or through which gateway: no address, host,
session id, path or key has a place in it. Read back from a file it is untrusted: `Record.of_json` takes the parameters
in `TRAVELLING` alone, as text, bounded, and drops the rest.
"""

import re
from collections.abc import Mapping
from dataclasses import field

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.job.prompt import MAX_PROMPT

VERSION = 1

TRAVELLING = (
    "size",
    "quality",
    "background",
    "output_format",
    "output_compression",
    "moderation",
    "image_model",
)
"""Parameters that decide the picture and name nobody; the order is the one they are shown in."""

LONGEST_VALUE = 100
"""Characters of one parameter or model; none that any gateway knows is longer."""

MOST_PARENTS = 32
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """
    One request, as it may be told to strangers.

    *parameters* are in the terms of `core.job.image_options.ImageOptions`. *parents* are the SHA-256 of the pictures
    that were sent along. *coded_sha256* is that of the coded picture alone, by which a record and its picture are
    known to belong together. *made_at* is an ISO 8601 time with its zone.
    """

    prompt: str
    model: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    revised_prompt: str = ""
    parents: tuple[str, ...] = ()
    coded_sha256: str = ""
    made_at: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the record as it is written into a file."""
        shown: dict[str, object] = {
            "v": VERSION,
            "prompt": self.prompt,
            "model": self.model,
            "parameters": travelling(self.parameters),
            "revised_prompt": self.revised_prompt,
            "parents": list(self.parents),
            "coded_sha256": self.coded_sha256,
            "made_at": self.made_at,
        }
        return {name: value for name, value in shown.items() if value}

    @classmethod
    def of_json(cls, value: object) -> "Record | None":
        """Return what *value*, read from a file that anybody may have written, says; None without a prompt."""
        if not isinstance(value, dict):
            return None
        prompt = _text(value.get("prompt"), MAX_PROMPT).strip()
        if not prompt:
            return None
        parameters = value.get("parameters")
        return cls(
            prompt=prompt,
            model=_text(value.get("model"), LONGEST_VALUE),
            parameters=travelling(parameters if isinstance(parameters, dict) else {}),
            revised_prompt=_text(value.get("revised_prompt"), MAX_PROMPT),
            parents=_hashes(value.get("parents")),
            coded_sha256="".join(_hashes([value.get("coded_sha256")])),
            made_at=_text(value.get("made_at"), LONGEST_VALUE),
        )


def travelling(parameters: Mapping[str, object]) -> dict[str, str]:
    """Return those of *parameters* that may travel, as text; numbers count, anything else is no parameter."""
    values = {name: parameters.get(name) for name in TRAVELLING}
    shown = {name: str(value) for name, value in values.items() if isinstance(value, str | int)}
    return {name: value for name, value in shown.items() if 0 < len(value) <= LONGEST_VALUE}


def _text(value: object, longest: int) -> str:
    return value if isinstance(value, str) and len(value) <= longest else ""


def _hashes(value: object) -> tuple[str, ...]:
    found = value if isinstance(value, list) else []
    return tuple(item for item in found[:MOST_PARENTS] if isinstance(item, str) and _SHA256.fullmatch(item))
