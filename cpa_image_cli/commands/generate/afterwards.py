"""
Decides what is done with pictures once they are there: opened, copied, rung for.

All of it is a comfort. What fails is told, and changes nothing about a picture that has been paid for.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.core.errors import CpaImageError
from cpa_image_cli.core.job.outcome import Outcome
from cpa_image_cli.core.text import one_line
from cpa_image_cli.process.surroundings import Surroundings


def afterwards(outcomes: Sequence[Outcome], around: Surroundings, *, opens: bool, copies: bool, notifies: bool) -> None:
    """Open and copy the pictures of *outcomes*, the last of them if there is room for one; tell the desktop of all."""
    pictures = [outcome.output for outcome in outcomes if outcome.output is not None and outcome.picture is not None]
    if opens:
        for picture in pictures:
            tried(opening(picture, around), around)
    if copies and pictures:
        tried(_copying(pictures[-1], around), around)
    if notifies:
        ring(outcomes, around)


def ring(outcomes: Sequence[Outcome], around: Surroundings) -> None:
    """Tell whoever looks elsewhere that it is over; without a terminal there is nobody to tell."""
    if not around.stderr.isatty():
        return
    from cpa_image_cli.core.terminal.notification import notification

    around.stderr.write(notification(around.environ, _words(outcomes)))
    around.stderr.flush()


def _words(outcomes: Sequence[Outcome]) -> str:
    failed = [outcome for outcome in outcomes if outcome.trouble is not None]
    if len(outcomes) == 1:
        trouble = outcomes[0].trouble
        return trouble.code.meaning if trouble else f"done: {outcomes[0].prompt or 'a picture'}"
    return f"{len(outcomes) - len(failed)} of {len(outcomes)} pictures are there"


def opening(picture: Path, around: Surroundings) -> Callable[[], object]:
    """Return what opens *picture* in the user's viewer."""
    from cpa_image_cli.adapters.programs.viewer import open_in_viewer

    return lambda: open_in_viewer(picture, around.environ)


def _copying(picture: Path, around: Surroundings) -> Callable[[], object]:
    from cpa_image_cli.adapters.programs.clipboard import copy_picture

    return lambda: copy_picture(picture, around.environ)


def tried(do: Callable[[], object], around: Surroundings) -> None:
    """Do it; what fails is told as a warning."""
    try:
        do()
    except CpaImageError as error:
        write_line(around.stderr, f"warning: {one_line(error.message)}")
        if error.hint:
            write_line(around.stderr, f"  next: {one_line(error.hint)}")
