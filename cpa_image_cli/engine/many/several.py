"""
Decides how the pictures of one order differ: each is a request of its own, with a session id and a name of its own.

Another session id spreads them over a gateway's accounts. The name gets the picture's number: where ``{n}`` stands in
``-o`` or in the name template, else at its end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cpa_image_cli.adapters.output import FileTarget, FolderTarget, StreamTarget, Target
from cpa_image_cli.adapters.output.targets import names
from cpa_image_cli.adapters.output.workplace import refuse_taken
from cpa_image_cli.core.errors import CpaImageError, UsageError
from cpa_image_cli.core.job.events import OfJob
from cpa_image_cli.core.job.job import Identity, Job
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.job.side_by_side import MOST_OF_ONE
from cpa_image_cli.core.pictures.file_names import with_number
from cpa_image_cli.core.pictures.placeholders import fields_in, filled_name
from cpa_image_cli.engine.plan import Plan
from cpa_image_cli.engine.workshop import Workshop

NUMBER = "n"


def plans_of(order: Order, workshop: Workshop, *, watched: bool = False) -> tuple[Plan, ...]:
    """
    Return a plan for each picture of *order*; *watched* as in `Workshop.plan`.

    Raises: UsageError for a count that is none, or several pictures for one stream; as `Workshop.plan`.
    """
    if not 1 <= order.count <= MOST_OF_ONE:
        raise UsageError(f"-n {order.count}: expected a whole number from 1 to {MOST_OF_ONE}")
    if order.count == 1:
        return (workshop.plan(order, watched=watched),)
    if order.request_id is not None:
        raise UsageError("--request-id is for one picture")
    if order.destination is not None and NUMBER in fields_in(order.destination):
        return tuple(_placed(order, workshop, n, watched=watched) for n in range(1, order.count + 1))
    first = workshop.plan(order, watched=watched)
    if isinstance(first.target, StreamTarget):
        raise UsageError("-o - takes one picture, and -n asks for several", hint="Name a file or a folder with -o.")
    return tuple(replace(_nth(first, n), target=_numbered(first.target, n)) for n in range(1, order.count + 1))


def _placed(order: Order, workshop: Workshop, n: int, *, watched: bool) -> Plan:
    destination = filled_name(order.destination or "", {NUMBER: n}, called="-o")
    return _nth(workshop.plan(replace(order, destination=destination), watched=watched), n)


def _nth(plan: Plan, n: int) -> Plan:
    return replace(plan, job=replace(plan.job, identity=_identity(plan.job, n)), whose=OfJob(job=n, n=n))


def _identity(job: Job, n: int) -> Identity:
    identity = job.identity
    return identity if identity.session_is_users else replace(identity, session_id=f"{identity.session_id}-p{n}")


def _numbered(target: Target, n: int) -> Target:
    match target:
        case FileTarget():
            return replace(target, path=with_number(target.path, n))
        case FolderTarget():
            return replace(target, name=replace(target.name, picture=n))
        case _:
            return target


def refused(plans: Sequence[Plan]) -> Iterator[tuple[Plan, CpaImageError]]:
    """Yield those of *plans* whose picture could not be put where it should go, and why: taken, or twice the same."""
    seen: dict[object, Plan] = {}
    for plan in plans:
        target = plan.target
        if not isinstance(target, FileTarget):
            continue
        path = next(names(target, picture_format=plan.job.options.output_format))
        if path in seen:
            yield plan, UsageError(f"{path} is where another picture goes as well")
            continue
        seen[path] = plan
        try:
            refuse_taken(path, plan.if_exists)
        except CpaImageError as error:
            yield plan, error
