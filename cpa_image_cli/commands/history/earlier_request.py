"""
Finds the request that is to be sent again: that of a run in history, or the one that a picture file carries.

A file is untrusted, and what it says costs money: only what may travel is taken from it, it is shown, and sent when
somebody agrees. A file whose picture history knows is as good as its run.
"""

from collections.abc import Mapping
from pathlib import Path

from cpa_image_cli.commands.dialogue.questions import can_ask, confirmed, say
from cpa_image_cli.commands.history.picking import history_of, run_named
from cpa_image_cli.commands.provenance.inspecting import inspected
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.job.image_models import is_image_model
from cpa_image_cli.core.ledger.run import Run, RunState
from cpa_image_cli.core.provenance.inspection import Inspected
from cpa_image_cli.core.provenance.record import Record
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.process.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """
    What an earlier request asked for. *id* and *gateway* are those of its run, empty if it came from a file.

    *parents* are the pictures that were sent along: how they were named, and their ``sha256``. *folder* is where its
    own picture lies.
    """

    prompt: str
    model: str
    parameters: Mapping[str, object]
    id: str = ""
    gateway: str = ""
    parents: tuple[Mapping[str, object], ...] = ()
    folder: Path | None = None

    @property
    def was_sent_to_image_model(self) -> bool:
        """Whether somebody here once meant an image model to be asked; a file's word is not enough for that."""
        return bool(self.id) and is_image_model(self.model)


def earlier_request(reference: str, around: Surroundings, *, agreed: bool) -> Earlier:
    """
    Return the request that *reference* names: an id, ``last``, or the path of a picture; *agreed* asks no more.

    Raises: UsageError for what names nothing, a run that is not over, or a file that nobody agreed to.
    """
    path = around.at(reference)
    if not path.is_file():
        return _of_run(run_named(reference, around))
    file = inspected(path, history_of(around))
    if file.origin is not None and file.origin.run:
        return _of_run(run_named(file.origin.run, around))
    record = _record_in(file)
    if not agreed:
        _ask(record, around)
    parents = tuple({"sha256": digest} for digest in record.parents)
    return Earlier(prompt=record.prompt, model=record.model, parameters=record.parameters, parents=parents)


def _of_run(run: Run) -> Earlier:
    if run.state is RunState.RUNNING:
        raise UsageError(f"the run {run.id} is still under way", hint="Wait for its end, lest it be paid for twice.")
    return Earlier(
        prompt=run.prompt,
        model=run.model,
        parameters=run.parameters,
        id=run.id,
        gateway=run.gateway,
        parents=run.parents,
        folder=run.output.parent if run.output is not None else None,
    )


def _record_in(file: Inspected) -> Record:
    """Return the record of *file*, or the prompt that another program left in it."""
    if file.origin is not None:
        return file.origin.record
    prompts = (text for found in file.found for label, text in found.facts if label == "prompt")
    record = Record.of_json({"prompt": next(prompts, "")})
    if record is None:
        hint = "`cpa-image inspect` tells what is in it."
        raise UsageError(f"{one_line(file.file)} does not say what it was made of", hint=hint)
    return record


def _ask(record: Record, around: Surroundings) -> None:
    """Show what *record* asks for, and go on only if somebody agrees to send it."""
    if not can_ask(around):
        hint = "Look at it with `cpa-image inspect`, and say --yes to send it."
        raise UsageError("the request would come from a file, which anybody may have written", hint=hint)
    say("The same request, as the file has it:", around)
    say(clean(record.prompt, limit=2000), around, indent=2)
    asked = {"model": record.model, **record.parameters}
    say(", ".join(f"{name} {one_line(value)}" for name, value in asked.items() if value), around, indent=2)
    if not confirmed("Send it?", around, default=False):
        raise UsageError("nothing was sent")
