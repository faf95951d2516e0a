"""
Completes an outcome once the picture is in its place: what it cost as far as it was said, its hash, its record.

The picture was paid for: whatever goes wrong here is a warning, and the file stays as it came.
"""

from collections.abc import Mapping
from dataclasses import replace

from cpa_image_cli.core.cost.cost import cost_of
from cpa_image_cli.core.cost.stated import plan_windows, stated_cost
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.provenance.placement import Placement
from cpa_image_cli.engine.plan import Plan


def with_cost(outcome: Outcome, plan: Plan, headers: Mapping[str, str]) -> Outcome:
    """Return *outcome* with what the *headers* of its answer, and the prices of *plan*, say about money."""
    windows = plan_windows(headers)
    cost = cost_of(
        outcome.usage,
        stated=stated_cost(headers),
        plan=windows,
        prices=plan.prices,
        image_model=plan.job.options.image_model,
        text_model=plan.job.model,
    )
    return replace(outcome, cost=cost, plan=windows)


def with_record(outcome: Outcome, plan: Plan) -> Outcome:
    """Return *outcome* with the hash of its coded picture, after leaving its record where *plan* wants it."""
    if outcome.output is None or outcome.picture is None:
        return outcome
    from cpa_image_cli.adapters.provenance.coded import coded_sha256
    from cpa_image_cli.adapters.provenance.parts import UnknownContainer, container_of

    try:
        container = container_of(outcome.output)
        outcome = replace(outcome, picture_sha256=coded_sha256(container))
        if plan.provenance is Placement.HISTORY:
            return outcome
        from cpa_image_cli.engine.travelling_record import left

        return left(outcome, plan.job, container, plan.provenance)
    except (UnknownContainer, OSError) as error:
        return outcome if plan.provenance is Placement.HISTORY else outcome.with_notice(_unwritten(error))


def _unwritten(error: Exception) -> Notice:
    reason = getattr(error, "strerror", None) or error
    return Notice(code="provenance", message=f"its record was not written: {reason}")
