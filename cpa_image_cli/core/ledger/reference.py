"""Decides how a person names a run: the beginning of its id, ``last``, or ``last~2``."""

import re
from collections.abc import Sequence

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.text import one_line

LAST = "last"
_BACK = re.compile(LAST + r"(?:~(\d{1,9}))?")
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{1,8}")
"""Letters of `runs.run_id`; no word of these is ``last``."""

CANDIDATES = 4
"""Runs that are named when a prefix fits several."""

_LONGEST_PROMPT = 24
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Back:
    """The run that is *steps* before the last one."""

    steps: int


@dataclass(frozen=True, slots=True)
class Prefix:
    """The run whose id begins with *text*."""

    text: str


Reference = Back | Prefix


def reference(text: str) -> Reference:
    """
    Return what *text* refers to.

    Raises: UsageError for what can be no reference.
    """
    word = text.strip().lower()
    back = _BACK.fullmatch(word)
    if back:
        return Back(int(back[1] or 0))
    if _ID.fullmatch(word):
        return Prefix(word)
    raise UsageError(
        f"{_shown(text)!r} is no id of a run",
        hint="Give the first characters of an id that `cpa-image history list` shows, or last, or last~2.",
    )


def unknown(text: str) -> UsageError:
    """Return the error for a reference that leads to no run."""
    return UsageError(f"there is no run {_shown(text)!r}", hint="`cpa-image history list` shows what there is.")


def ambiguous(text: str, candidates: Sequence[tuple[str, str]]) -> UsageError:
    """Return the error for a prefix that fits all *candidates* (id and prompt, newest first), and perhaps more."""
    named = [f"{identity} ({one_line(prompt, limit=_LONGEST_PROMPT)})" for identity, prompt in candidates[:CANDIDATES]]
    more = ", and more" if len(candidates) > CANDIDATES else ""
    return UsageError(f"{_shown(text)!r} fits more than one run", hint=f"It may be {', '.join(named)}{more}.")


def _shown(text: str) -> str:
    return one_line(text, limit=_LONGEST_SHOWN)
