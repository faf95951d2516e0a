"""
Begins a picture in a process of its own, which no end of the server reaches.

Everything that can be refused is refused first. One server at a time begins something, so that two that are asked for
the same begin it once.
"""

import contextlib
import os
import threading
from collections.abc import Iterator

from cpa_image_cli.adapters.files.private_folder import make_private
from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.ledger.fingerprint import fingerprint_of
from cpa_image_cli.core.ledger.job_state import RUNNING
from cpa_image_cli.core.ledger.run import RunState
from cpa_image_cli.core.ledger.selection import Selection
from cpa_image_cli.engine.elsewhere.awaiting import first_asked
from cpa_image_cli.engine.elsewhere.detached import detach
from cpa_image_cli.engine.plan import Plan
from cpa_image_cli.engine.workshop import Workshop
from cpa_image_cli.mcp.studio import Begun
from cpa_image_cli.process.surroundings import Surroundings

_LOCK = threading.Lock()


def begin(order: Order, around: Surroundings) -> Begun:
    """
    Return the job that makes what *order* says: one that was asked for before, or a new one.

    Raises: CpaImageError for what keeps it from being sent.
    """
    with _alone(around), Workshop(around) as workshop:
        plan = workshop.plan(order)
        same = _under_way(plan, around)
        if same is not None:
            return Begun(job=same, reused=True)
        asked_before = first_asked(plan.request_id, around) is not None
        job = detach(order, plan, around).id
    if not asked_before:
        _see_to_its_end(job, around)
    return Begun(job=job, reused=asked_before)


def _under_way(plan: Plan, around: Surroundings) -> str | None:
    """Return the job that makes the same at this moment; a request id says whether the same is meant."""
    if plan.request_id is not None:
        return None
    wanted, running = fingerprint_of(plan.job), Selection(job_states=RUNNING)
    with contextlib.closing(_history(around).each(running)) as runs:
        same = (run.id for run in runs if run.fingerprint == wanted and run.state is RunState.RUNNING)
        return next(same, None)


def _see_to_its_end(job: str, around: Surroundings) -> None:
    """Let the process of *job* go when it ends: as long as its parent does not look, it seems to be there."""
    owner = _history(around).owner(job)
    if owner is not None and hasattr(os, "WNOHANG"):
        threading.Thread(target=_see_off, args=(owner[0],), daemon=True).start()


def _see_off(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


@contextlib.contextmanager
def _alone(around: Surroundings) -> Iterator[None]:
    """Let no other server of this user begin anything meanwhile; where there are no locks, none of this process."""
    with _LOCK, contextlib.ExitStack() as held:
        with contextlib.suppress(OSError, ImportError):
            import fcntl

            folder = around.directories().data
            make_private(folder)
            descriptor = os.open(folder / "begin.lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(held.enter_context(os.fdopen(descriptor, "wb")), fcntl.LOCK_EX)
        yield


def _history(around: Surroundings) -> History:
    return History(around.directories().history_file)
