"""``generate --detach``: a job that outlives the terminal, and what is told of it at once."""

import os
import sys

from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.generate.presentation import Presentation, Printed, Telling
from cpa_image_cli.core.contracts.running import RunningObject
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.text import json_text
from cpa_image_cli.engine.elsewhere.detached import Handover, carry_out, detach
from cpa_image_cli.engine.making import estimate_of
from cpa_image_cli.engine.workshop import Workshop
from cpa_image_cli.process.signals import SIGNALS
from cpa_image_cli.process.surroundings import Surroundings


def send_off(order: Order, presentation: Presentation, workshop: Workshop) -> None:
    """
    Let *order* be made in the background, and tell its id, how long it takes, and where the picture will be.

    Raises: CpaImageError for all that keeps it from being sent, as far as it is known now.
    """
    around = workshop.around
    plan = workshop.plan(order)
    handover = detach(order, plan, around)
    estimate = estimate_of(plan.job, around)
    if presentation.printed is Printed.OBJECT:
        write_line(around.stdout, json_text(running(handover.id, estimate, elapsed=0.0, output=handover)))
        return
    if presentation.telling is not Telling.ERRORS:
        write_line(around.stderr, _told(handover, estimate))
    write_line(around.stdout, handover.id)


def running(
    identity: str, estimate: Estimate | None, *, elapsed: float, output: Handover | None = None
) -> RunningObject:
    """Return what programs are told of the job *identity*, which is under way; *output* says where it will be."""
    shown: RunningObject = {
        "schema": "cpa-image/running/1",
        "status": "running",
        "job": identity,
        "elapsed_s": round(elapsed, 3),
        "expected_s": round(estimate.median, 1) if estimate is not None and estimate.claims_something else None,
        "next": f"cpa-image wait {identity}",
    }
    if output is not None and output.output is not None:
        shown["output"] = str(output.output)
    return shown


def _told(handover: Handover, estimate: Estimate | None) -> str:
    time = f"about {estimate.median:.0f} s" if estimate is not None and estimate.claims_something else "25 to 150 s"
    place = f"; it will be {handover.output}" if handover.output is not None else ""
    return f"in the background, {time}{place}; `cpa-image wait {handover.id}`"


def carry_out_given() -> int:
    """Carry out the job that standard input tells of, and hold on to nothing of whoever started us."""
    SIGNALS.listen()
    given = sys.stdin.buffer.read().decode()
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    carry_out(given, Surroundings.of_process())
    return 0
