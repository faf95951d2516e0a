"""
Decides what an interactive session does next: a pure function of where it stands and of what just happened.

The *stage* of a `Session` says what is to be done now; whoever does it reports an `Event`, and `advance` returns the
session after it. To add a key, add a row to `CHOICES`; to add something to do, add a `Stage` and what leads there. What
a typed line means is decided in ``lines``, and where its commands lead in `_COMMANDS`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from enum import Enum
from pathlib import Path
from typing import assert_never

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import ExitStatus
from cpa_image_cli.core.session.lines import SETTINGS, Command, Line, Prompt, Unknown, understood
from cpa_image_cli.core.terminal.keys import ENTER, Escaped, Interrupted, Left, Pressed, Terminated, Typed


class Stage(Enum):
    """What is to be done now."""

    OFFERING = "offer the sandbox, since no gateway can be used"
    ASKING = "let a prompt be typed"
    RUNNING = "run the prompt"
    CHANGING = "let what is to change in the picture be typed"
    CHOOSING = "let a key be pressed"
    NAMING = "let a name be typed, for a copy of the picture"
    SAVING = "save the copy"
    REPLACING = "ask whether the file of that name may go"
    OPENING = "open the picture in the system's viewer"
    PICKING = "let one of the last runs be picked"
    SHOWING = "show everything about the run that was picked"
    RERUNNING = "run it again, as it was"
    SETTING = "change what the next runs are asked for"
    COPYING = "copy the picture to the clipboard"
    HELPING = "say which commands and keys there are"
    TELLING = "say what was not understood"
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


@dataclass(frozen=True, slots=True)
class Changed:
    """The *setting* is *value* from now on; None is what the configuration says."""

    setting: str
    value: object | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """An earlier run was picked by *key*; *picture* is its own, None when it has none."""

    run: str
    prompt: str
    picture: Path | None
    key: str


NOTHING = Prompt("")

Event = Typed | Pressed | Left | Interrupted | Escaped | Terminated | Ran | NameTaken | Done | Changed | Picked


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """
    Where a session stands.

    *draft* is what the line editor begins with. *prompt* and *picture* are those of the last run, which changed
    *original*, if there is one. *name* is the one of the copy, which may replace a file if *replaces*. *status* is how
    to exit, once ended.

    *chosen* are the settings that were changed. *command* is the one that is being done, *back* where it leads when
    it is over, *run* the earlier run that was picked.
    """

    stage: Stage = Stage.ASKING
    draft: str = ""
    prompt: str = ""
    picture: Path | None = None
    original: Path | None = None
    name: str = ""
    replaces: bool = False
    in_sandbox: bool = False
    chosen: Mapping[str, object] = field(default_factory=dict)
    command: Line = NOTHING
    back: Stage = Stage.CHOOSING
    run: str = ""
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
        Choice(key=ENTER, label="new", then=lambda session: _asking(replace(session, original=None))),
        Choice(key="a", label="again", then=_leading_to(Stage.RUNNING)),
        Choice(key="c", label="change", then=_leading_to(Stage.CHANGING), needs_picture=True),
        Choice(key="e", label="edit", then=lambda session: _asking(session, session.prompt)),
        Choice(key="s", label="save as", then=_leading_to(Stage.NAMING), needs_picture=True),
        Choice(key="o", label="open", then=_leading_to(Stage.OPENING), needs_picture=True),
        Choice(key="h", label="history", then=_leading_to(Stage.PICKING)),
        Choice(key="q", label="quit", then=_leading_to(Stage.ENDED)),
    ),
    Stage.REPLACING: (
        Choice(key="y", label="replace it", then=lambda session: replace(session, stage=Stage.SAVING, replaces=True)),
        Choice(key="n", label="keep it", then=_leading_to(Stage.CHOOSING)),
    ),
}
"""Enter never costs anything, nor does it ever destroy something."""

OUTERMOST = frozenset({Stage.OFFERING, Stage.CHOOSING})
"""Where Ctrl-C leaves the session; so it does where prompts are typed and there is neither a text nor a menu behind."""


def advance(session: Session, event: Event) -> Session:  # noqa: C901, PLR0911 - one row per event
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
        case Changed(setting=setting, value=value):
            chosen = {name: other for name, other in session.chosen.items() if name != setting}
            return _over(replace(session, chosen=chosen if value is None else {**chosen, setting: value}))
        case Picked():
            return _picked(session, event)
        case Done():
            return _over(session)
        case Left():
            return replace(session, stage=Stage.ENDED)
        case Escaped():
            return session if session.stage in OUTERMOST else _backwards(session)
        case Interrupted():
            is_outermost = session.stage in OUTERMOST or (session.stage is Stage.ASKING and not session.prompt)
            ended = replace(session, stage=Stage.ENDED, status=ExitStatus.INTERRUPTED)
            return ended if is_outermost else _backwards(session)
        case Terminated():
            return replace(session, stage=Stage.ENDED, status=ExitStatus.TERMINATED)
        case _:
            assert_never(event)


def _over(session: Session) -> Session:
    """Return *session* after what was to be done: where it was begun."""
    if session.back is Stage.ASKING:
        return replace(_asking(session), back=Stage.CHOOSING, command=NOTHING)
    return replace(session, stage=Stage.CHOOSING)


def _backwards(session: Session) -> Session:
    """Return *session* without the innermost thing that was begun."""
    stage = Stage.CHOOSING if session.prompt else Stage.ASKING
    return replace(session, stage=stage, draft="", back=Stage.CHOOSING)


def recalled(prompts: Iterable[str]) -> tuple[str, ...]:
    """Return *prompts*, newest first, as a line editor recalls them: oldest first, each only where it was last."""
    return tuple(reversed(dict.fromkeys(prompt.strip() for prompt in prompts if prompt.strip())))


def _typed(session: Session, text: str) -> Session:
    if session.stage is Stage.ASKING:
        return _meant(session, understood(text))
    if session.stage is Stage.CHANGING:
        return _changing(session, understood(text))
    if session.stage is Stage.NAMING:
        return replace(session, stage=Stage.SAVING if text else Stage.CHOOSING, name=text, replaces=False)
    return session


def _meant(session: Session, line: Line) -> Session:
    """Return *session* after *line* was typed where prompts are."""
    match line:
        case Prompt(text=""):
            return _leading_to(Stage.CHOOSING)(session) if session.prompt else _asking(session)
        case Prompt(text=prompt) if _is_a_key(prompt):
            # A key, pressed where none means anything: nobody wants one letter drawn, and paid for.
            return _leading_to(Stage.CHOOSING)(session) if session.prompt else _meant(session, Command("help"))
        case Prompt(text=prompt):
            # Only a prompt that is edited still belongs to the picture that it changed.
            original = session.original if session.draft else None
            return replace(session, stage=Stage.RUNNING, prompt=prompt, picture=None, original=original)
        case Unknown():
            return replace(session, stage=Stage.TELLING, command=line, back=Stage.ASKING)
        case Command(name=name):
            begun = replace(session, command=line, back=Stage.ASKING)
            return replace(begun, stage=Stage.SETTING) if name in SETTINGS else _COMMANDS[name](begun)
        case _:
            assert_never(line)


def _is_a_key(text: str) -> bool:
    return len(text) == 1 and text.isascii()


def _changing(session: Session, line: Line) -> Session:
    """Return *session* after *line* was typed where it is asked what to change."""
    match line:
        case Prompt(text=""):
            return _leading_to(Stage.CHOOSING)(session)
        case Prompt(text=prompt):
            return replace(session, stage=Stage.RUNNING, prompt=prompt, original=session.picture, picture=None)
        case _:
            return _meant(session, line)


def _needing(what: Callable[[Session], bool], stage: Stage) -> Callable[[Session], Session]:
    """Return what leads to *stage* if there is what it needs, else to saying that there is not."""
    return lambda session: replace(session, stage=stage if what(session) else Stage.TELLING)


_COMMANDS: Mapping[str, Callable[[Session], Session]] = {
    "again": _needing(lambda session: bool(session.prompt), Stage.RUNNING),
    "history": _leading_to(Stage.PICKING),
    "open": _needing(lambda session: session.picture is not None, Stage.OPENING),
    "copy": _needing(lambda session: session.picture is not None, Stage.COPYING),
    "help": _leading_to(Stage.HELPING),
    "quit": _leading_to(Stage.ENDED),
}
"""Where the commands lead that change no setting."""


def _picked(session: Session, picked: Picked) -> Session:
    """Return *session* with the run that was *picked* in the place of its last one: one can go on from it."""
    found = replace(
        session, run=picked.run, prompt=picked.prompt, picture=picked.picture, original=None, back=Stage.CHOOSING
    )
    match picked.key:
        case "r":
            return replace(found, stage=Stage.RERUNNING)
        case "e":
            return _asking(found, found.prompt)
        case _:
            return replace(found, stage=Stage.SHOWING)


def _pressed(session: Session, key: str) -> Session:
    for choice in session.choices:
        if choice.key == key:
            return choice.then(session)
    # No key of the menu is Chinese or a paste: somebody has begun to type the next prompt.
    begins = session.stage is Stage.CHOOSING and key != ENTER and (len(key) > 1 or not key.isascii())
    return _asking(replace(session, original=None), key) if begins else session
