"""
Hands a decided job to a process of its own, which outlives the terminal, whoever called, and a signal to their group.

What it needs goes through a pipe and into no file: the order, and the key, which may have come from a program that
asked a person. The row of the job is the process's before that begins, so nobody takes the job for abandoned.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cpa_image_cli.adapters.gateway import plain
from cpa_image_cli.adapters.ledger.jobs import Begun, Ledger
from cpa_image_cli.adapters.output import FileTarget, FolderTarget, IfExists
from cpa_image_cli.adapters.output.targets import names
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, CpaImageError
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.ledger.fingerprint import fingerprint_of
from cpa_image_cli.core.ledger.run import Run
from cpa_image_cli.core.record import read, recorded
from cpa_image_cli.engine.elsewhere.awaiting import first_asked, refuse_another
from cpa_image_cli.engine.elsewhere.settling import settled
from cpa_image_cli.engine.making import make, new_run, reserved
from cpa_image_cli.engine.plan import Plan
from cpa_image_cli.engine.workshop import Workshop
from cpa_image_cli.process.surroundings import Surroundings

WORD = "__job"
"""What the program is told to be when it carries out a job that was handed to it."""

_START = "import sys; sys.path.append(sys.argv.pop(1)); from cpa_image_cli.__main__ import main; main()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """
    What the process of a job is told: its *id*, the *order*, the *key* that was found for it, the *ledger* it is in.

    *output* is the file that the picture was promised to go to, and *if_exists* what about one that is there.
    """

    id: str
    order: Order
    key: str | None
    ledger: Path
    output: Path | None
    if_exists: IfExists


def detach(order: Order, plan: Plan, around: Surroundings) -> Handover:
    """
    Begin the job of *plan*, which *order* became, in a process of its own; return what that was told.

    If its request id was used before, that is the first job's. Raises: OutputError when there is no place for the
    picture; ConfigError without a ledger, which it needs to be found again; UsageError for another request under that
    id.
    """
    settled(around)
    ledger = Ledger(around.directories().history_file)
    first = first_asked(plan.request_id, around)
    if first is not None:
        return _asked_before(first, order, plan, ledger)
    with reserved(plan) as place:
        run = new_run(plan, place, around)
        begun = Begun(id=ledger.begin(run)) if run.request_id is None else ledger.begin_once(run)
        output, if_exists = _promised(plan, place.destination), place.if_exists
    if isinstance(begun, Run):
        return _asked_before(begun, order, plan, ledger)
    identity = begun.id
    handover = Handover(
        id=identity, order=order, key=plain(plan.job.key), ledger=ledger.path, output=output, if_exists=if_exists
    )
    try:
        _started(handover, around, owned=lambda pid: ledger.hand_over(identity, to=pid))
    except OSError as error:
        failed = CpaImageError(f"no process could be started: {error.strerror or error}", code=Code.INTERNAL)
        _note_unsent(ledger, identity, failed, around)
        raise failed from error
    return handover


def _asked_before(first: Run, order: Order, plan: Plan, ledger: Ledger) -> Handover:
    """Return what is known of *first*, which had the request id of *plan*: nothing is begun. Raises: UsageError."""
    refuse_another(first, fingerprint_of(plan.job))
    output = first.output or first.destination
    return Handover(
        id=first.id, order=order, key=None, ledger=ledger.path, output=output, if_exists=IfExists(first.if_exists)
    )


def carry_out(given: str, around: Surroundings) -> None:
    """Carry out the job of *given*, what `detach` wrote; what comes of it stands in the ledger, and nowhere else."""
    handover: Handover = read(Handover, json.loads(given))
    around = _as_it_was(handover, around)
    ledger = Ledger(handover.ledger)
    try:
        with Workshop(around) as workshop:
            plan = _as_promised(workshop.plan(handover.order), handover)
            make(plan, around, resumes=handover.id)
    except CpaImageError as error:
        _note_unsent(ledger, handover.id, error, around)


def _note_unsent(ledger: Ledger, identity: str, error: CpaImageError, around: Surroundings) -> None:
    nothing = Outcome(model="", requested={}, attempts=0, elapsed_s=0.0, trouble=Trouble.of(error))
    ledger.finish(identity, nothing, at=around.now(), timings={})


def _as_it_was(handover: Handover, around: Surroundings) -> Surroundings:
    """Return *around* with the ledger and the key that were decided for the job."""
    placed = replace(around.directories(), ledger=handover.ledger)
    environ = around.environ if handover.key is None else {**around.environ, "IMAGE_GEN_KEY": handover.key}
    return replace(around, directories=lambda: placed, environ=environ)


def _promised(plan: Plan, destination: Path | None) -> Path | None:
    """Return the file that the picture will go to, as far as can be said: a name of ours that is free now."""
    if not isinstance(plan.target, FolderTarget) or destination is None:
        return destination
    free = (path for path in names(plan.target, picture_format=plan.job.options.output_format) if not path.exists())
    return next(free)


def _as_promised(plan: Plan, handover: Handover) -> Plan:
    if handover.output is None or not isinstance(plan.target, FolderTarget) or plan.target.below is not None:
        return plan
    return replace(plan, target=FileTarget(path=handover.output), if_exists=IfExists.NUMBER)


def _started(handover: Handover, around: Surroundings, *, owned: Callable[[int], object]) -> None:
    """Start the process, call *owned* with its number, and only then tell it what to do."""
    process = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-P", "-c", _START, str(Path(__file__).parents[3]), WORD],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=around.working_directory,
        env=dict(around.environ),
        **_OWN_SESSION,
    )
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    with process.stdin as pipe:
        owned(process.pid)
        pipe.write(json.dumps(recorded(handover)).encode())
    # It is on its own now: nobody waits for it, and it is no mistake that nobody does.
    process.returncode = 0


if sys.platform == "win32":
    _OWN_SESSION: Mapping[str, Any] = {
        "creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    }
else:
    _OWN_SESSION: Mapping[str, Any] = {"start_new_session": True}
