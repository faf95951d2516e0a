"""
Decides what an interactive session does next: a pure function of where it stands and of what just happened.

The *stage* of a `Session` says what is to be done now; whoever does it reports an `Event`, and `advance` returns the
session after it. To add a key, add a row to `CHOICES`; to add something to do, add a `Stage` and what leads there.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import assert_never

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import ExitStatus
from cpa_image_cli.core.terminal.keys import ENTER, Interrupted, Left, Pressed, Terminated, Typed


class Stage(Enum):
    """What is to be done now."""

    OFFERING = "offer the sandbox, since no gateway can be used"
    ASKING = "let a prompt be typed"
    RUNNING = "run the prompt"
    CHOOSING = "let a key be pressed"
    NAMING = "let a name be typed, for a copy of the picture"
    SAVING = "save the copy"
    REPLACING = "ask whether the file of that name may go"
    OPENING = "open the picture in the system's viewer"
    LISTING = "list the last runs"
    ENDED = "leave"


@dataclass(frozen=True, slots=True)
class Ran:
    """A run is over; *picture* is where it was saved, None when there is none."""

    picture: Path | None


@dataclass(frozen=True, slots=True)
class NameTaken:
    """There is a file already that the copy would replace."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was to be done is over, well or not."""


Event = Typed | Pressed | Left | Interrupted | Terminated | Ran | NameTaken | Done


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """
    Where a session stands.

    *draft* is what the line editor begins with. *prompt* and *picture* are those of the last run. *name* is the one
    of the copy, which may replace a file if *replaces*. *status* is how to exit, once ended.
    """

    stage: Stage = Stage.ASKING
    draft: str = ""
    prompt: str = ""
    picture: Path | None = None
    name: str = ""
    replaces: bool = False
    in_sandbox: bool = False
    status: ExitStatus = ExitStatus.OK

    @property
    def choices(self) -> tuple["Choice", ...]:
        """The keys that mean something now, in the order they are shown."""
        known = CHOICES.get(self.stage, ())
        return tuple(choice for choice in known if self.picture is not None or not choice.needs_picture)

    @property
    def drawn(self) -> Path:
        """The picture, at a stage that only a choice which needs one leads to."""
        assert self.picture is not None  # noqa: S101 - by `Choice.needs_picture`
        return self.picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A *key*, what it does in a word or two, and the session after it was pressed."""

    key: str
    label: str
    then: Callable[[Session], Session]
    needs_picture: bool = False


def _leading_to(stage: Stage) -> Callable[[Session], Session]:
    return lambda session: replace(session, stage=stage)


def _asking(session: Session, draft: str = "") -> Session:
    return replace(session, stage=Stage.ASKING, draft=draft)


CHOICES: Mapping[Stage, tuple[Choice, ...]] = {
    Stage.OFFERING: (
        Choice(
            key=ENTER, label="try it with the sandbox", then=lambda session: _asking(replace(session, in_sandbox=True))
        ),
        Choice(key="q", label="quit", then=_leading_to(Stage.ENDED)),
    ),
    Stage.CHOOSING: (
        Choice(key=ENTER, label="again", then=_leading_to(Stage.RUNNING)),
        Choice(key="e", label="edit", then=lambda session: _asking(session, session.prompt)),
        Choice(key="n", label="new", then=_asking),
        Choice(key="s", label="save as", then=_leading_to(Stage.NAMING), needs_picture=True),
        Choice(key="o", label="open", then=_leading_to(Stage.OPENING), needs_picture=True),
        Choice(key="h", label="history", then=_leading_to(Stage.LISTING)),
        Choice(key="q", label="quit", then=_leading_to(Stage.ENDED)),
    ),
    Stage.REPLACING: (
        Choice(key="y", label="replace it", then=lambda session: replace(session, stage=Stage.SAVING, replaces=True)),
        Choice(key="n", label="keep it", then=_leading_to(Stage.CHOOSING)),
    ),
}
"""Enter never costs anything but where it says "again", nor does it ever destroy something."""

HAS_A_MENU_BEHIND = frozenset({Stage.NAMING, Stage.SAVING, Stage.REPLACING, Stage.OPENING, Stage.LISTING})
"""Where Ctrl-C and Ctrl-D only call off what was about to be done."""


def advance(session: Session, event: Event) -> Session:  # noqa: PLR0911 - one row per event
    """Return *session* after *event*; what makes no sense at its stage changes nothing."""
    match event:
        case Typed(text=text):
            return _typed(session, text.strip())
        case Pressed(key=key):
            return _pressed(session, key)
        case Ran(picture=picture):
            return replace(session, stage=Stage.CHOOSING, picture=picture)
        case NameTaken():
            return replace(session, stage=Stage.REPLACING)
        case Done():
            return replace(session, stage=Stage.CHOOSING)
        case Left():
            return _called_off(session, ExitStatus.OK)
        case Interrupted():
            return _called_off(session, ExitStatus.INTERRUPTED)
        case Terminated():
            return replace(session, stage=Stage.ENDED, status=ExitStatus.TERMINATED)
        case _:
            assert_never(event)


def recalled(prompts: Iterable[str]) -> tuple[str, ...]:
    """Return *prompts*, newest first, as a line editor recalls them: oldest first, each only where it was last."""
    return tuple(reversed(dict.fromkeys(prompt.strip() for prompt in prompts if prompt.strip())))


def _typed(session: Session, text: str) -> Session:
    if session.stage is Stage.ASKING:
        if text:
            return replace(session, stage=Stage.RUNNING, prompt=text, picture=None)
        return _leading_to(Stage.CHOOSING)(session) if session.prompt else _asking(session)
    if session.stage is Stage.NAMING:
        return replace(session, stage=Stage.SAVING if text else Stage.CHOOSING, name=text, replaces=False)
    return session


def _pressed(session: Session, key: str) -> Session:
    for choice in session.choices:
        if choice.key == key:
            return choice.then(session)
    # No key of the menu is Chinese or a paste: somebody has begun to type the next prompt.
    begins = session.stage is Stage.CHOOSING and key != ENTER and (len(key) > 1 or not key.isascii())
    return _asking(session, key) if begins else session


def _called_off(session: Session, status: ExitStatus) -> Session:
    if session.stage in HAS_A_MENU_BEHIND:
        return replace(session, stage=Stage.CHOOSING)
    return replace(session, stage=Stage.ENDED, status=status)
