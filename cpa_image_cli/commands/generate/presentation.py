"""
Decides how a run is told: what is seen while it lasts, what stays on standard output, whether pictures are shown.

It is chosen once, at the door; screens and results follow it and look at no flag.
"""

from enum import Enum

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.settings.settings import Settings
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui.console import is_animated


class Telling(Enum):
    """What is seen while a run lasts."""

    LIVE = "a view that is drawn anew"
    LINES = "a line for each event worth telling"
    EVERYTHING = "a line for each event"
    EVENTS = "a JSON object for each event, on standard output"
    ERRORS = "why there is no picture, if there is none"


class Printed(Enum):
    """What stands on standard output in the end."""

    PATH = "the path of the picture"
    OBJECT = "the result as one JSON object"
    NOTHING = "nothing that the events did not say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """How a run is told. *preview* is that setting's value."""

    telling: Telling
    printed: Printed
    preview: str

    @classmethod
    def chosen(
        cls,
        settings: Settings,
        around: Surroundings,
        *,
        quiet: bool = False,
        verbose: bool = False,
        json: bool = False,
        jsonl: bool = False,
    ) -> "Presentation":
        """Return how it is told to whoever sits at standard error, unless something else was asked for."""
        asked = {Telling.EVENTS: jsonl, Telling.ERRORS: quiet, Telling.EVERYTHING: verbose}
        usual = Telling.LIVE if is_animated(around.stderr, around.environ) else Telling.LINES
        printed = Printed.NOTHING if jsonl else Printed.OBJECT if json else Printed.PATH
        return cls(
            telling=next((telling for telling, holds in asked.items() if holds), usual),
            printed=printed,
            preview=settings.preview.value,
        )

    @property
    def wants_frames(self) -> bool:
        """Whether somebody watches who would see preview frames if there were any."""
        return self.telling is Telling.LIVE and self.preview != "never"
