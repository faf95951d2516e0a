"""What shows many runs at once, hears keys meanwhile, and prints each result the moment it is there."""

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from cpa_image_cli.adapters.terminal.keyboard import Keyboard, NoKeyboard, keys, size_of
from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.generate.presentation import Presentation, Printed, Telling
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.job.events import JobEvent
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui.run.jsonl import JsonLinesRenderer
from cpa_image_cli.ui.run.many import Many
from cpa_image_cli.ui.run.many_views import LiveMany, ManyRenderer, PlainMany, QuietMany

if TYPE_CHECKING:
    from cpa_image_cli.engine.plan import Plan

NameOf = Callable[["Plan"], str]
"""What a plan is called among others."""


def number_of(plan: "Plan") -> str:
    """Return what the picture of *plan* is called among those of its order."""
    return str(plan.whose.n)


class ManyScreen:
    """An `Overview` of *of* jobs, of which *most* run at a time. Each is called what *name_of* says."""

    shows_frames = False

    def __init__(
        self, presentation: Presentation, around: Surroundings, *, of: int, most: int, name_of: NameOf = number_of
    ) -> None:
        self._presentation = presentation
        self._around = around
        self._name_of = name_of
        self._many = Many(of=of, most=min(of, most), started_at=around.clock())
        self._renderer: ManyRenderer = QuietMany(around.stderr)
        self._events = JsonLinesRenderer(around.stdout, now=around.now) if self._tells_events else None
        self._keyboard: Keyboard = NoKeyboard()

    @property
    def _tells_events(self) -> bool:
        return self._presentation.telling is Telling.EVENTS

    @contextlib.contextmanager
    def opened(self, estimate: Estimate | None) -> "Iterator[ManyScreen]":
        """Show what happens from now on, and leave the terminal as it was found."""
        around, telling = self._around, self._presentation.telling
        with contextlib.ExitStack() as open_:
            if telling is Telling.LIVE:
                from cpa_image_cli.ui.console import console_on

                self._renderer = live = LiveMany(
                    console_on(around.stderr, around.environ),
                    around.environ,
                    self._many,
                    clock=around.clock,
                    size=lambda: size_of(around.stderr),
                    estimate=estimate,
                )
                self._keyboard = open_.enter_context(
                    keys(around.stdin, around.stderr, on_stop=live.suspend, on_continue=live.resume)
                )
            elif telling in {Telling.LINES, Telling.EVERYTHING}:
                verbose = telling is Telling.EVERYTHING
                self._renderer = PlainMany(around.stderr, self._many, clock=around.clock, verbose=verbose)
            open_.enter_context(contextlib.closing(self._renderer))
            yield self

    def handle(self, event: JobEvent) -> None:
        """Show *event*."""
        if self._events is not None:
            self._events.handle(event)
        else:
            self._renderer.handle(event)

    def tick(self) -> None:
        """Redraw what depends on the clock."""
        self._renderer.tick()

    def read_key(self) -> str | None:
        """Return a key that was pressed, or None, at once."""
        return self._keyboard.read_key()

    def ended(self, plan: "Plan", outcome: Outcome) -> None:
        """Tell how the job of *plan* ended; its path is a result."""
        if self._events is None:
            self._renderer.ended(plan.whose.job, self._name_of(plan), outcome)
        if self._presentation.printed is Printed.PATH and outcome.output is not None and not self._is_shown:
            write_line(self._around.stdout, str(outcome.output))

    def ending(self, code: Code, *, under_way: int) -> None:
        """Tell that no more are begun."""
        if code is Code.INTERRUPTED:
            finished = f"; {under_way} under way will be finished, Ctrl-C again stops them" if under_way else ""
            self._renderer.ending(f"no more are begun{finished}")
        else:
            self._renderer.ending(f"no more are begun: the others would meet this too ({code.meaning})")

    def close(self) -> None:
        """Leave the terminal as it was found."""
        self._renderer.close()

    @property
    def _is_shown(self) -> bool:
        """Whether the line that tells of a picture stands on the same terminal as its path would."""
        return self._presentation.telling is Telling.LIVE and self._around.stdout.isatty()
