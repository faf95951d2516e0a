"""
``cpa-image`` without a command, on a terminal: a small session of prompts, runs and keys.

What happens next is decided in ``core/session.py``; here each stage is done, and what came of it told. A run is one of
``generate``: same settings, same screen, same history.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from rich.console import ConsoleDimensions, RenderableType

from cpa_image_cli import __version__
from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.adapters.output.save_copy import named, save_as
from cpa_image_cli.adapters.programs.viewer import open_in_viewer
from cpa_image_cli.adapters.terminal.asking import Asking
from cpa_image_cli.adapters.terminal.keyboard import size_of
from cpa_image_cli.commands.generate.presentation import Presentation
from cpa_image_cli.commands.generate.running import carry_out, workshop_for
from cpa_image_cli.core.errors import Code, CpaImageError, ExitStatus
from cpa_image_cli.core.job.order import PLAYED, Order
from cpa_image_cli.core.job.prompt import checked_prompt
from cpa_image_cli.core.session import Done, Event, NameTaken, Ran, Session, Stage, advance, recalled
from cpa_image_cli.core.terminal.keys import Left, Terminated
from cpa_image_cli.process.signals import SIGNALS, Stopped, stopped_unsent
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui import session as view
from cpa_image_cli.ui.console import composed, console_on, is_animated
from cpa_image_cli.ui.failure.problem import Problem
from cpa_image_cli.ui.failure.telling import tell

RECALLED = 500
"""Earlier runs whose prompts can be recalled."""

LISTED = 10
"""Earlier runs that the key ``h`` shows."""

UNUSABLE = frozenset({Code.BASE_URL_MISSING, Code.KEY_MISSING})
"""What somebody without an account meets, and whoever has one can mend: here the sandbox helps."""


RunCommand = Callable[[Sequence[str], Surroundings], int]
"""Runs one command line of this program, as `app.run` does."""


def hold_session(around: Surroundings, *, in_sandbox: bool, run_command: RunCommand) -> ExitStatus:
    """
    Hold a session on the terminal until it is left; return how to exit.

    *in_sandbox* needs no gateway. *run_command* runs other commands of this program.

    Raises: CpaImageError when the settings cannot be read, which no run could mend.
    """
    with contextlib.ExitStack() as lasting:
        try:
            host = Host(around, lasting, run_command)
            session = host.begin(in_sandbox=in_sandbox)
            while session.stage is not Stage.ENDED:
                # A run that was broken off leaves the next Ctrl-C unheard.
                SIGNALS.heed()
                session = advance(session, host.do(session))
        except KeyboardInterrupt:
            return ExitStatus.INTERRUPTED
        except Stopped as stopped:
            return stopped.code.exit_status
    return session.status


class Host:
    """Does what a session wants done. *lasting* is closed when the session is over."""

    def __init__(self, around: Surroundings, lasting: contextlib.ExitStack, run_command: RunCommand) -> None:
        self._around = around
        self._run_command = run_command
        self._workshop = lasting.enter_context(workshop_for(around))
        self._console = console_on(around.stderr, around.environ)
        self._asking = _asking(around)
        self._wish = Order(prompt="")

    def begin(self, *, in_sandbox: bool) -> Session:
        """Greet, and return the session to begin with."""
        if in_sandbox:
            return Session(in_sandbox=True)
        try:
            self._greet()
        except CpaImageError as error:
            if error.code not in UNUSABLE:
                raise
            self._tell(error)
            return Session(stage=Stage.OFFERING)
        return Session()

    def do(self, session: Session) -> Event:  # noqa: C901, PLR0911 - one row per stage
        """Do what *session* is at, and return what came of it."""
        if session.in_sandbox and self._wish.scenario is None:
            self._use_sandbox()
        match session.stage:
            case Stage.OFFERING:
                return self._question(view.OFFER, session)
            case Stage.ASKING:
                return self._asking.prompt(lambda: self._composed(view.ASKING), draft=session.draft)
            case Stage.RUNNING:
                return self._run(session.prompt)
            case Stage.CHOOSING:
                return self._asking.key(lambda: self._composed(view.menu(session.choices, width=self._columns())))
            case Stage.NAMING:
                return self._asking.file_name(lambda: self._composed(view.NAMING), draft=session.drawn.name)
            case Stage.SAVING:
                return self._save(session)
            case Stage.REPLACING:
                return self._question(view.taken(self._named(session)), session)
            case Stage.OPENING:
                return self._open(session)
            case Stage.LISTING:
                return self._list()
            case Stage.ENDED:
                return Left()
            case _:
                assert_never(session.stage)

    def _greet(self) -> None:
        settings = self._workshop.settings(self._wish)
        settings.responses_url()
        settings.require_key()
        gateway = "the sandbox" if self._wish.scenario else settings.base_url.shown
        self._show(view.greeting(version=__version__, model=settings.model.value, gateway=gateway))

    def _use_sandbox(self) -> None:
        # Streaming, because there is somebody to watch, and this gateway is known to be able to.
        self._wish = Order(prompt="", scenario=PLAYED, overrides={"stream": True})
        self._greet()

    def _question(self, sentence: str, session: Session) -> Event:
        def message() -> str:
            return self._composed(view.question(sentence, session.choices, width=self._columns()))

        return self._asking.key(message)

    def _run(self, prompt: str) -> Event:
        try:
            self._show(view.asked(prompt))
            order = replace(self._wish, prompt=checked_prompt(prompt))
            presentation = Presentation.chosen(self._workshop.settings(order), self._around)
            outcome = carry_out(order, presentation, self._workshop)
        except KeyboardInterrupt:
            return self._failed(stopped_unsent(), Ran(picture=None))
        except CpaImageError as error:
            return self._failed(error, Ran(picture=None))
        finally:
            # An impatient Enter must not be taken for "again", which costs money.
            self._asking.discard_typed()
        self._show("")
        trouble = outcome.trouble
        if trouble is not None and trouble.code is Code.TERMINATED:
            return Terminated()
        in_place = outcome.output or (trouble.saved_to if trouble else None)
        return Ran(picture=in_place if outcome.picture else None)

    def _save(self, session: Session) -> Event:
        kept = self._around.directories().kept
        try:
            path = save_as(session.drawn, self._named(session), replaces=session.replaces, kept=kept)
        except CpaImageError as error:
            return NameTaken() if error.code is Code.OUTPUT_EXISTS else self._failed(error, Done())
        self._show(view.saved(path))
        return Done()

    def _named(self, session: Session) -> Path:
        around = self._around
        return named(session.name, session.drawn, at=around.at)

    def _open(self, session: Session) -> Event:
        try:
            open_in_viewer(session.drawn, self._around.environ)
        except CpaImageError as error:
            return self._failed(error, Done())
        return Done()

    def _list(self) -> Event:
        self._run_command(["history", "list", "-n", str(LISTED)], self._around)
        self._show("")
        return Done()

    def _failed(self, error: CpaImageError, event: Event) -> Event:
        self._tell(error)
        return event

    def _tell(self, error: CpaImageError) -> None:
        tell(Problem.of(error), stream=self._around.stderr, environ=self._around.environ)
        self._show("")

    def _show(self, shown: RenderableType) -> None:
        self._console.file.write(f"{self._composed(shown)}\n")

    def _composed(self, shown: RenderableType) -> str:
        return composed(self._console, shown, width=self._columns()).removesuffix("\n")

    def _columns(self) -> int:
        size = size_of(self._around.stderr)
        self._console.size = ConsoleDimensions(size.columns, size.lines)
        return size.columns


def _asking(around: Surroundings) -> Asking:
    if not is_animated(around.stderr, around.environ):
        from cpa_image_cli.adapters.terminal.plain_lines import Lines

        return Lines(reads=around.stdin, writes=around.stderr)
    from cpa_image_cli.adapters.terminal.line_editor import Editor

    return Editor(
        reads=around.stdin,
        writes=around.stderr,
        environ=around.environ,
        size=lambda: size_of(around.stderr),
        recalled=_recalled(around),
        folder=str(around.working_directory),
    )


def _recalled(around: Surroundings) -> tuple[str, ...]:
    try:
        earlier = History(around.directories().history_file).recent(RECALLED)
    except CpaImageError:
        # The key `h` says what is wrong with the history; it must not keep anybody from drawing.
        return ()
    return recalled(one.prompt for one in earlier)
