"""Decides what a bar looks like: a heavy line along a light one, readable without colour and without Unicode."""

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.segment import Segment

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.ui.palette import QUIET

PULSE_PERIOD = 2.4
"""Seconds in which the pulse crosses the bar once."""

HEAVY, LIGHT, HALF = "━", "─", "╾"
ASCII = str.maketrans({HEAVY: "=", LIGHT: "-", HALF: "-"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """
    A bar filled up to *share* (0 to 1), or pulsing when that is None, in which case only *now* matters.

    It takes *width* columns.
    """

    width: int
    share: float | None
    now: float
    style: str

    def parts(self) -> list[tuple[str, str]]:
        """Return runs of characters, each with its style."""
        if self.share is not None:
            halves = round(max(0.0, min(1.0, self.share)) * self.width * 2)
            heavy = HEAVY * (halves // 2) + HALF * (halves % 2)
            return [(heavy, self.style), (LIGHT * (self.width - len(heavy)), QUIET)]
        return self._pulse()

    def _pulse(self) -> list[tuple[str, str]]:
        length = max(3, self.width // 6)
        # The pulse enters from the left edge and leaves over the right one, hence the extra length of travel.
        head = int((self.now % PULSE_PERIOD) / PULSE_PERIOD * (self.width + length))
        start, end = max(0, head - length), min(self.width, head)
        return [(LIGHT * start, QUIET), (HEAVY * (end - start), self.style), (LIGHT * (self.width - end), QUIET)]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for text, style in self.parts():
            if text:
                yield Segment(text.translate(ASCII) if options.ascii_only else text, console.get_style(style))
        yield Segment.line()

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        del console, options
        return Measurement(self.width, self.width)
