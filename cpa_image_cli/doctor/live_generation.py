"""
Makes one real, small, streamed picture, and keeps what happened and when.

It costs what a small picture costs. The picture is looked at and thrown away; the run is recorded in the history all
the same, because that is where one looks up what was spent. There is one attempt: the first answer is what is examined.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

from cpa_image_cli.adapters.output import Reservation
from cpa_image_cli.core.errors import Code, OutputError
from cpa_image_cli.core.findings import Status, failed, failed_with
from cpa_image_cli.core.job import image_options
from cpa_image_cli.core.job.events import AttemptStarted, JobEvent
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.doctor.examination import Examination
from cpa_image_cli.doctor.facts import Witnessed
from cpa_image_cli.doctor.settings import model_is_no_image_model, settings_for
from cpa_image_cli.doctor.steps import Obstacle
from cpa_image_cli.engine.making import Making, Nobody, reserved
from cpa_image_cli.engine.plan import Plan, plan_of

PROMPT = "一个小小的红色圆点，白色背景 (a small red dot on white)"
SIZE = "1024x1024"
"""The smallest size that every image model has."""

ASKED = {"size": SIZE, "quality": "low"}

ORDER = Order(
    prompt=PROMPT,
    overrides={**ASKED, "format": "png", "stream": True, "retries": 0, "if_exists": "overwrite"},
    unasked=frozenset(name for name, _ in image_options.flags()) - ASKED.keys(),
    # The model is a check of its own.
    allow_image_model=True,
)


class _Witness(Nobody):
    """Keeps what happened and when."""

    def __init__(self, case: Examination) -> None:
        self.events: list[tuple[float, JobEvent]] = []
        self._case = case

    def handle(self, event: JobEvent) -> None:
        self.events.append((self._case.around.clock(), event))
        # From here on: a request that is on its way may have arrived.
        self._case.has_sent = self._case.has_sent or isinstance(event, AttemptStarted)


def generate(case: Examination) -> Witnessed:
    """Make one picture, if everything before it is in order."""
    case.ready()
    verdict = model_is_no_image_model(case)
    if verdict.status is Status.FAIL:
        raise Obstacle("model", verdict)
    plan = _plan(case)
    witness = _Witness(case)
    making = Making(plan, case.around, place=_place(plan, case), gateway=case.gateway(), view=witness)
    making.begin()
    outcome = making.generation(making.handle).run()
    # The picture goes with its folder, so the record must not point there.
    trouble = replace(outcome.trouble, saved_to=None) if outcome.trouble else None
    making.finish(replace(outcome, output=None, trouble=trouble))
    return Witnessed(outcome=outcome, events=tuple(witness.events))


def _plan(case: Examination) -> Plan:
    """Return the plan of a picture that goes when the case is closed, be it in the middle of it."""
    try:
        folder = tempfile.TemporaryDirectory(
            prefix="cpa-image-doctor-", dir=case.question.temporary, ignore_cleanup_errors=True
        )
    except OSError as problem:
        found = f"there is no place for a temporary file: {problem.strerror or problem}"
        raise Obstacle(
            "picture", failed(found, "Set TMPDIR to a folder with room.", Code.OUTPUT_UNWRITABLE)
        ) from problem
    case.at_close(folder.cleanup)
    order = replace(ORDER, destination=str(Path(folder.name) / "picture.png"))
    plan = plan_of(order, settings_for(order, case), case.around)
    return replace(plan, kept=Path(folder.name))


def _place(plan: Plan, case: Examination) -> Reservation:
    try:
        place = reserved(plan)
    except OutputError as error:
        raise Obstacle("picture", failed_with(error)) from error
    case.at_close(place.close)
    return place
