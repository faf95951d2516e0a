"""How many jobs ended, as one value: what ``--json`` prints of them."""

from collections.abc import Sequence
from typing import Final, cast

from cpa_image_cli.core.contracts.results import OneOfManyObject, ResultsObject
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.job.events import OfJob
from cpa_image_cli.core.job.outcome import Outcome

SCHEMA: Final = "cpa-image/results/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one of many ended. *whose* says which it is; *key* is what its row is called in a file, if it is."""

    whose: OfJob
    outcome: Outcome
    key: str | None = None

    def as_json(self) -> OneOfManyObject:
        """Return the entry in ``results``."""
        shown = cast("OneOfManyObject", {**self.outcome.as_json(), "n": self.whose.n})
        if self.whose.row is not None:
            shown["row"] = self.whose.row
        if self.key is not None:
            shown["key"] = self.key
        return shown


def as_json(ended: Sequence[Ended], *, asked: int, already_made: int | None = None) -> ResultsObject:
    """Return the object that tells of *ended*, while *asked* pictures were to be there and some were *already_made*."""
    made = sum(one.outcome.ok for one in ended)
    missing = asked - made - (already_made or 0)
    shown: ResultsObject = {
        "schema": SCHEMA,
        "ok": missing == 0,
        "made": made,
        "not_made": missing,
        "results": [one.as_json() for one in sorted(ended, key=lambda one: one.whose.job)],
    }
    if already_made is not None:
        shown["already_made"] = already_made
    return shown
