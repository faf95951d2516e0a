"""
Decides where the pictures of an order come from, and makes them ready before anything is sent.

Every refusal of a picture or a mask happens here, by name. What is true of their bytes is decided in
``adapters/pictures/inputs``, what may be called a picture in ``core/pictures/inputs``.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import CpaImageError, UsageError
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.ledger.reference import Back, reference, unknown
from cpa_image_cli.core.ledger.run import Run
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.inputs import (
    MAX_EDGE,
    InputPicture,
    NamedPicture,
    Origin,
    Parent,
    all_named,
    bad_picture,
    woven,
)
from cpa_image_cli.core.pictures.mask import InputMask, opening
from cpa_image_cli.process.surroundings import Surroundings

if TYPE_CHECKING:
    from cpa_image_cli.adapters.pictures.inputs.content import Store
    from cpa_image_cli.adapters.pictures.inputs.mask_file import ReadMask

MOST_EARLIER = 8
"""Instructions of earlier pictures that go along, if somebody wants them."""

MOST_RUNS = 1000
"""Runs that are looked at for one that has a picture."""

MOST_KNOWN = 200
"""Runs among which a file is looked for, by its digest."""

_PIECE = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyPictures:
    """
    Pictures that may be sent.

    *text* is what goes with them in place of the prompt. *mask* is sent, unless a marked copy stands among the *inputs*
    in its place; *read* is what the result is measured by, and blended with if *keeps_outside*. *recorded* is what
    history keeps of how they were treated, for whoever repeats it.
    """

    inputs: tuple[InputPicture, ...] = ()
    text: str | None = None
    mask: InputMask | None = None
    read: "ReadMask | None" = None
    keeps_outside: bool = False
    recorded: Mapping[str, object] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


NO_PICTURES = ReadyPictures()


class Runs(Protocol):
    """History, as far as pictures come from there."""

    def recent(self, limit: int) -> list[Run]:
        """Return the last *limit* runs, newest first."""

    def find(self, references: Sequence[str]) -> list[Run]:
        """Return the runs that *references* name. Raises: UsageError."""


def ready(order: Order, around: Surroundings, runs: Runs) -> ReadyPictures:
    """
    Return the pictures that go with *order*, some of them perhaps those of *runs*, checked; nothing was sent.

    Raises: UsageError for one that cannot be sent.
    """
    order.handling.refuse_contradictions(order.inputs, order.mask)
    return _Gathering(order, around, runs).ready() if order.inputs else NO_PICTURES


class _Gathering:
    """Pictures of one order on their way to be sent."""

    def __init__(self, order: Order, around: Surroundings, runs: Runs) -> None:
        self._order = order
        self._handling = order.handling
        self._around = around
        self._runs = runs

    def ready(self) -> ReadyPictures:
        order = self._order
        names = [*order.inputs, *([order.mask] if order.mask is not None else [])]
        named = all_named(names, is_file=self._is_file)
        inputs = tuple(self._picture(each) for each in named[: len(order.inputs)])
        self._refuse_other_bytes(inputs)
        earlier = self._earlier(inputs[0]) if self._handling.with_history else ()
        notices = tuple(notice for picture in inputs for notice in picture.notices)
        plain = ReadyPictures(
            inputs=inputs,
            text=woven(order.prompt, inputs, earlier=earlier),
            recorded=self._recorded(),
            notices=notices,
        )
        return plain if order.mask is None else self._masked(plain, named[-1], earlier)

    def _masked(self, plain: ReadyPictures, named: NamedPicture, earlier: tuple[str, ...]) -> ReadyPictures:
        from cpa_image_cli.adapters.pictures.inputs.mask_file import marked, read_mask

        handling = self._handling
        store, _ = self._store(named)
        read = read_mask(store, plain.inputs[0], named=named, invert=handling.invert_mask)
        found = replace(
            plain,
            mask=read.sent,
            read=read,
            keeps_outside=handling.keep_outside or handling.mask_as_picture,
            notices=(*plain.notices, *read.notices, opening(read.sent)),
        )
        if not handling.mask_as_picture:
            return found
        copy, words = marked(plain.inputs[0], read, number=len(plain.inputs) + 1)
        text = woven(self._order.prompt, plain.inputs, earlier=earlier, added=words)
        return replace(found, inputs=(*plain.inputs, copy), mask=None, text=text)

    def _recorded(self) -> dict[str, object]:
        handling, preparation = self._handling, self._handling.preparation
        said: dict[str, object] = {
            "invert_mask": handling.invert_mask,
            "keep_outside": handling.keep_outside,
            "mask_as_picture": handling.mask_as_picture,
            "with_history": handling.with_history,
            "keep_metadata": preparation.keep_metadata,
            "no_resize": preparation.max_edge is None,
            "max_edge": preparation.max_edge if preparation.max_edge != MAX_EDGE else None,
        }
        mask = self._order.mask
        lies = mask is not None and self._is_file(mask)
        return {
            **({"mask": str(self._path(mask)) if lies else mask} if mask is not None else {}),
            **{name: value for name, value in said.items() if value},
        }

    def _picture(self, named: NamedPicture) -> InputPicture:
        from cpa_image_cli.adapters.pictures.inputs.checking import checked

        store, parent = self._store(named)
        picture = checked(store, parent, wanted=self._handling.preparation)
        return picture if parent.run is not None else self._known(picture)

    def _known(self, picture: InputPicture) -> InputPicture:
        """Return *picture* with the run that made it, if it is one of history, wherever it lies by now."""
        with contextlib.suppress(CpaImageError):
            for run in self._runs.recent(MOST_KNOWN):
                if run.picture is not None and run.picture.sha256 == picture.parent.sha256:
                    return replace(picture, parent=replace(picture.parent, run=run.id))
        return picture

    def _store(self, named: NamedPicture) -> "tuple[Store, Parent]":
        from cpa_image_cli.adapters.pictures.inputs.content import file_store, stored

        shown = named.shown
        plain = Parent(name=named.name, origin=named.origin, sha256="", role=named.role)
        match named.origin:
            case Origin.STDIN:
                return stored(self._standard_input(), shown), plain
            case Origin.ADDRESS:
                from cpa_image_cli.adapters.gateway.picture_address import fetched

                # What follows the path may be a secret, which history should not keep.
                return stored(fetched(named.name, shown=shown), shown), replace(plain, name=shown)
            case Origin.RUN:
                run = self._run(named)
                path = _picture_of(run)
                return file_store(path, shown), replace(plain, run=run.id, path=str(path))
            case Origin.FILE:
                path = self._path(named.name)
                return file_store(path, shown), replace(plain, path=str(path))

    def _path(self, name: str) -> Path:
        return self._around.at(name)

    def _is_file(self, name: str) -> bool:
        try:
            return self._path(name).exists()
        except (OSError, ValueError, UsageError):
            # A name that no system could have, or one that begins where there is nothing.
            return False

    def _standard_input(self) -> Iterator[bytes]:
        stdin = self._around.stdin
        if stdin.isatty():
            hint = "Pipe it in: `grim - | cpa-image edit - PROMPT`."
            raise bad_picture("- is a picture from standard input, and that is a terminal", hint=hint)
        return iter(lambda: stdin.buffer.read(_PIECE), b"")

    def _run(self, named: NamedPicture) -> Run:
        meant = reference(named.name)
        if not isinstance(meant, Back):
            return self._run_called(named.name)
        # What failed in between is nothing to go on from.
        drawn = (run for run in self._runs.recent(MOST_RUNS) if run.output is not None and run.picture is not None)
        found = next(islice(drawn, meant.steps, None), None)
        if found is None:
            raise unknown(named.name)
        return found

    def _run_called(self, name: str) -> Run:
        try:
            return self._runs.find([name])[0]
        except UsageError as error:
            raise bad_picture(f"there is no file {name}, and as a run: {error.message}", hint=error.hint) from error

    def _refuse_other_bytes(self, inputs: tuple[InputPicture, ...]) -> None:
        """Refuse a picture that is to be sent again as it was, and is not what it was. Raises: UsageError."""
        for picture, digest in zip(inputs, self._handling.digests, strict=False):
            if picture.parent.sha256 != digest:
                raise bad_picture(
                    f"{picture.shown} is not the picture that was sent then",
                    hint="Name the one that is meant with `-i`.",
                )

    def _earlier(self, picture: InputPicture) -> tuple[str, ...]:
        """Return the prompts that led to *picture*, the oldest first."""
        prompts: list[str] = []
        identity = picture.parent.run
        while identity is not None and len(prompts) < MOST_EARLIER:
            run = self._runs.find([identity])[0]
            prompts.insert(0, run.prompt)
            identity = run.origin
        return tuple(prompts)


def _picture_of(run: Run) -> Path:
    if run.output is None:
        raise bad_picture(f"the run {run.id} has no picture")
    return run.output
