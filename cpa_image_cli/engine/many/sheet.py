"""
Decides what the rows of a file come to: plans, each with its place in the ledger, and complaints. Nothing is sent here.

Everything that can be refused is refused before the first request: every row that makes no sense, names that collide or
are taken. What the ledger knows to be made is left alone.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cpa_image_cli.adapters.files.folders import is_folder
from cpa_image_cli.adapters.ledger.jobs import Ledger
from cpa_image_cli.adapters.output import FileTarget, IfExists
from cpa_image_cli.core.batch.progress import ALL, Standing, row_names, standing_of
from cpa_image_cli.core.batch.rows import Complaint, Row
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import ConfigError, CpaImageError, UsageError
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.job.prompt import checked_prompt
from cpa_image_cli.core.ledger.fingerprint import fingerprint_of
from cpa_image_cli.core.ledger.run import Run
from cpa_image_cli.core.pictures.placeholders import fields_in, filled, filled_name
from cpa_image_cli.engine.making import is_made_elsewhere
from cpa_image_cli.engine.many.several import NUMBER, plans_of, refused
from cpa_image_cli.engine.plan import Claim, Plan
from cpa_image_cli.engine.workshop import Workshop

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One picture of a row: its *plan*, and how it stands. *last* is its last job, if there was one."""

    row: Row
    plan: Plan
    standing: Standing
    last: Run | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All pictures of a file, what is wrong with it, and how many pictures the ledger has of rows that are *gone*."""

    entries: tuple[Entry, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    gone: int = 0

    def standing(self, *wanted: Standing) -> tuple[Entry, ...]:
        """Return the entries that stand so."""
        return tuple(entry for entry in self.entries if entry.standing in wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """
    What the command line says of all rows.

    *defaults* hold for a row that says nothing of its own; its prompt and its destination may have fields. *group* is
    what the batch is called in the ledger, *folder* where its file lies. Rows in *again* are made once more.
    """

    defaults: Order
    group: str
    folder: Path
    again: frozenset[str] = frozenset()
    retries_unknown: bool = False


def sheet_of(found: Iterable[Row | Complaint], wishes: Wishes, workshop: Workshop) -> Sheet:
    """
    Return what *found* comes to.

    Raises: ConfigError for what no row could do without, and for a ledger that cannot be read.
    """
    complaints: list[Complaint] = []
    planned: list[tuple[Row, Plan]] = []
    for row in found:
        if isinstance(row, Complaint):
            complaints.append(row)
            continue
        try:
            plans = plans_of(_order(row, wishes, workshop), workshop)
        except ConfigError:
            raise
        except CpaImageError as error:
            complaints.append(Complaint(row.line, error.message))
        else:
            planned += ((row, plan) for plan in plans)
    entries, gone = _entries(planned, wishes, workshop)
    complaints += _unknown_again(planned, wishes)
    if wishes.defaults.request_id is not None and len(planned) > 1:
        complaints.append(Complaint(0, "--request-id is for one picture; a row may have a `request_id` of its own"))
    complaints += _colliding(entries, workshop)
    return Sheet(entries=entries, complaints=tuple(sorted(complaints, key=lambda one: one.line)), gone=gone)


def _order(row: Row, wishes: Wishes, workshop: Workshop) -> Order:
    defaults, mask = wishes.defaults, row.text("mask")
    prompt = _prompt(row, wishes)
    fields = {**row.fields, "row": row.number, "key": row.text("key") or "", "prompt": prompt}
    return replace(
        defaults,
        prompt=prompt,
        inputs=tuple(str(wishes.folder / image) for image in row.images) or defaults.inputs,
        mask=defaults.mask if mask is None else str(wishes.folder / mask),
        overrides={**_filled_overrides(defaults.overrides, row.fields), **row.overrides},
        destination=_destination(row, fields, defaults, workshop),
        request_id=row.text("request_id") or defaults.request_id,
    )


def _prompt(row: Row, wishes: Wishes) -> str:
    template, own = wishes.defaults.prompt, row.text("prompt")
    if row.text("prompt_file") is not None:
        if own is not None:
            raise UsageError("the prompt is given twice: as `prompt` and as `prompt_file`")
        own = _read(wishes.folder / (row.text("prompt_file") or ""))
    if fields_in(template) and row.fields:
        return checked_prompt(filled(template, row.fields.get, called="--prompt"))
    return checked_prompt(own if own is not None else template)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise UsageError(f"cannot read the prompt file {path}: {reason}") from error


def _filled_overrides(overrides: Mapping[str, object], fields: Mapping[str, str]) -> dict[str, object]:
    return {
        name: filled(value, fields.get, called=f"--{name.replace('_', '-')}")
        if isinstance(value, str) and any(field in fields for field in fields_in(value))
        else value
        for name, value in overrides.items()
    }


def _destination(row: Row, fields: Mapping[str, object], defaults: Order, workshop: Workshop) -> str | None:
    wish, own = defaults.destination, row.text("output")
    if own is not None:
        if wish is None:
            return own
        if wish.endswith("/") or is_folder(workshop.around.at(wish)):
            # Joined as text: a slash at the end says that it is a folder.
            return own if Path(own).is_absolute() else f"{wish.rstrip('/')}/{own}"
        raise UsageError("the row has an `output` of its own, and -o names a file", hint="End -o with a slash.")
    if wish is None or not fields_in(wish):
        return wish
    several = defaults.count != 1
    left = frozenset({NUMBER}) if several else frozenset()
    return filled_name(wish, fields if several else {NUMBER: 1, **fields}, called="-o", left=left)


def _entries(planned: Sequence[tuple[Row, Plan]], wishes: Wishes, workshop: Workshop) -> tuple[tuple[Entry, ...], int]:
    latest = Ledger(workshop.around.directories().history_file).latest(wishes.group)
    fingerprints = [fingerprint_of(plan.job) for _, plan in planned]
    keys = [row.text("key") for row, _ in planned]
    names = row_names(keys, fingerprints, [plan.whose.n for _, plan in planned])
    entries = []
    for job, ((row, plan), name, fingerprint) in enumerate(zip(planned, names, fingerprints, strict=True), 1):
        last = latest.get(name)
        claim = Claim(group=wishes.group, row=name, after=last.id if last else None)
        whose = replace(plan.whose, job=job, row=row.number)
        standing = standing_of(last, fingerprint=fingerprint, is_there=_is_there)
        standing = _wanted(standing, wishes, is_named=bool(_calls(row, keys) & wishes.again))
        entries.append(Entry(row=row, plan=replace(plan, whose=whose, claim=claim), standing=standing, last=last))
    return tuple(entries), len(latest.keys() - set(names))


def _calls(row: Row, keys: Sequence[str | None]) -> frozenset[str]:
    """Return by what `--again` calls *row*: its key, and its number unless that is some row's key."""
    key, number = row.text("key"), str(row.number)
    return frozenset({ALL, *([key] if key else []), *([number] if number not in keys else [])})


def _wanted(standing: Standing, wishes: Wishes, *, is_named: bool) -> Standing:
    """Return how a row stands by what was wished; *is_named* says that `--again` means it."""
    if standing is Standing.MADE and is_named:
        return Standing.OPEN
    return Standing.OPEN if standing is Standing.UNKNOWN and (is_named or wishes.retries_unknown) else standing


def _unknown_again(planned: Sequence[tuple[Row, Plan]], wishes: Wishes) -> Iterator[Complaint]:
    keys = [key for row, _ in planned if (key := row.text("key"))]
    known = {ALL, *keys, *(str(row.number) for row, _ in planned)}
    yield from (Complaint(0, f"--again {key}: there is no such row") for key in sorted(wishes.again - known))


def _colliding(entries: Sequence[Entry], workshop: Workshop) -> Iterator[Complaint]:
    to_make = {id(entry.plan): entry for entry in entries if entry.standing in (Standing.OPEN, Standing.UNKNOWN)}
    made = {entry.last.output for entry in entries if entry.standing is Standing.MADE and entry.last is not None}
    for entry in to_make.values():
        target = entry.plan.target
        if entry.plan.if_exists is IfExists.OVERWRITE and isinstance(target, FileTarget) and target.path in made:
            yield Complaint(entry.row.line, f"{target.path} is where the picture of another row lies")
    for plan, error in refused([entry.plan for entry in to_make.values()]):
        # Another process may have made it since the ledger was read.
        if not is_made_elsewhere(plan, workshop.around):
            yield Complaint(to_make[id(plan)].row.line, error.message)


def _is_there(run: Run) -> bool:
    """Whether the picture of *run* is where it was put, with the bytes that it had."""
    if run.output is None or run.picture is None:
        # Its path was kept out of the ledger; that it was made is not in doubt.
        return run.is_private
    digest = hashlib.sha256()
    try:
        with run.output.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except (OSError, ValueError):
        return False
    return digest.hexdigest() == run.picture.sha256
