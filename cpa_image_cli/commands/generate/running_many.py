"""Makes many decided pictures in front of whoever sits there, and prints what became of them."""

from collections.abc import Sequence

from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.generate.overview import ManyScreen, NameOf, number_of
from cpa_image_cli.commands.generate.presentation import Presentation, Printed
from cpa_image_cli.core.job.results import Ended, as_json
from cpa_image_cli.core.text import json_text
from cpa_image_cli.engine.batch import Batch, Made
from cpa_image_cli.engine.making import estimate_of
from cpa_image_cli.engine.plan import Plan
from cpa_image_cli.process.surroundings import Surroundings


def carry_out_all(
    plans: Sequence[Plan],
    presentation: Presentation,
    around: Surroundings,
    *,
    most: int,
    name_of: NameOf = number_of,
) -> Made:
    """Make the pictures of *plans* side by side, *most* at a time, tell it as *presentation* says, and print paths."""
    screen = ManyScreen(presentation, around, of=len(plans), most=most, name_of=name_of)
    estimate = estimate_of(plans[0].job, around) if plans else None
    with screen.opened(estimate) as overview:
        return Batch(plans, around, most=most, view=overview).run()


def print_results(ended: Sequence[Ended], presentation: Presentation, around: Surroundings, *, asked: int) -> None:
    """Print the object that tells of all of *ended*, if one is wanted."""
    if presentation.printed is not Printed.PATH:
        write_line(around.stdout, json_text(as_json(ended, asked=asked)))
