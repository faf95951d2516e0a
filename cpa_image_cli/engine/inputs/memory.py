"""What gateways were seen to do: told before a run that asks for it again, and learned from how a run ended."""

import contextlib

from cpa_image_cli.core.gateway.habits import foretold, learned, place_of
from cpa_image_cli.core.job.job import Job
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.process.surroundings import Surroundings


def foretold_of(job: Job, around: Surroundings) -> tuple[Notice, ...]:
    """Return what is to be told of the gateway of *job* before *job* is paid for."""
    path = around.directories().gateway_memory
    if not path.exists():
        return ()
    from cpa_image_cli.adapters.files.gateway_memory import habits_at

    return foretold(habits_at(path).get((place_of(job.url), job.model), {}), job)


def learn_from(job: Job, outcome: Outcome, around: Surroundings) -> None:
    """Remember what *outcome* taught about the gateway of *job*, if that can be."""
    lesson = learned(job, outcome, today=around.now().date())
    place = (place_of(job.url), job.model)
    path = around.directories().gateway_memory
    if not all(place) or not (lesson.seen or path.exists()):
        return
    from cpa_image_cli.adapters.files.gateway_memory import learn

    # It is a convenience: no run fails over it.
    with contextlib.suppress(OSError):
        learn(path, place, lesson)
