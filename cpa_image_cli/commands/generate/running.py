"""Makes one ordered picture in front of whoever sits there, and prints its result."""

from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.generate.presentation import Presentation, Printed, Telling
from cpa_image_cli.commands.generate.screens import Screen
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.engine.making import make
from cpa_image_cli.engine.workshop import Workshop
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui.run.jsonl import as_line

PACE = 4.0
"""Seconds that the gateway in the box takes to draw when a person watches, so that there is something to see."""


def workshop_for(around: Surroundings, *, sends: bool = True) -> Workshop:
    """Return a workshop whose gateway in the box, if it is used, draws at the pace of whoever watches."""
    return Workshop(around, sends=sends, pace=PACE if around.stderr.isatty() else 0.0)


def carry_out(order: Order, presentation: Presentation, workshop: Workshop) -> Outcome:
    """
    Make what *order* asks for, tell it as *presentation* says, and print its result.

    Raises: CpaImageError for what keeps it from being sent.
    """
    around = workshop.around
    screen = Screen(presentation, around)
    outcome = make(workshop.plan(order, watched=presentation.wants_frames), around, view=screen.opened)
    screen.conclude(outcome)
    if outcome.reused and presentation.printed is Printed.PATH and presentation.telling is not Telling.ERRORS:
        write_line(around.stderr, f"nothing was sent: the run {outcome.id} has this request id")
    print_result(outcome, presentation, around, screen)
    return outcome


def print_result(outcome: Outcome, presentation: Presentation, around: Surroundings, screen: Screen) -> None:
    """Print *outcome* as *presentation* wants it, unless *screen* has shown it."""
    # The card has just shown the path on the same terminal.
    is_shown = screen.shows_card and around.stdout.isatty() and not outcome.reused
    if presentation.printed is Printed.OBJECT:
        write_line(around.stdout, as_line(outcome.as_json()).rstrip("\n"))
    elif presentation.printed is Printed.PATH and outcome.output is not None and not is_shown:
        write_line(around.stdout, str(outcome.output))
