"""
Does what a session is at.

What happens next is decided in ``core/session``; here each stage is done, and what came of it told. A run is one of
``generate``: same settings, same screen, same history.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import ConsoleDimensions, RenderableType

from cpa_image_cli import __version__
from cpa_image_cli.adapters.output.save_copy import named, save_as
from cpa_image_cli.adapters.programs.clipboard import copy_picture, copy_text
from cpa_image_cli.adapters.programs.viewer import open_in_viewer
from cpa_image_cli.adapters.terminal.asking import Asking
from cpa_image_cli.adapters.terminal.keyboard import size_of
from cpa_image_cli.commands.generate.presentation import Presentation
from cpa_image_cli.commands.generate.running import carry_out, workshop_for
from cpa_image_cli.commands.session import earlier, wishes
from cpa_image_cli.core.errors import Code, CpaImageError, ExitStatus
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.job.prompt import checked_prompt
from cpa_image_cli.core.pictures.formats import FORMAT_OF_EXTENSION
from cpa_image_cli.core.session.lines import COMMANDS, Command, Unknown
from cpa_image_cli.core.session.states import Done, Event, NameTaken, Ran, Session, Stage, advance
from cpa_image_cli.core.settings.settings import Settings
from cpa_image_cli.core.terminal.keys import Left, Terminated
from cpa_image_cli.process.signals import SIGNALS, Stopped, stopped_unsent
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui import session as view
from cpa_image_cli.ui.console import composed, console_on, is_animated
from cpa_image_cli.ui.failure.problem import Problem
from cpa_image_cli.ui.failure.telling import tell

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
        self._greeted_in_sandbox = False

    def begin(self, *, in_sandbox: bool) -> Session:
        """Greet, and return the session to begin with."""
        if in_sandbox:
            return Session(in_sandbox=True)
        try:
            self._greet(Session())
        except CpaImageError as error:
            if error.code not in UNUSABLE:
                raise
            self._tell(error)
            return Session(stage=Stage.OFFERING)
        return Session()

    def do(self, session: Session) -> Event:
        """Do what *session* is at, and return what came of it."""
        if session.in_sandbox and not self._greeted_in_sandbox:
            self._greeted_in_sandbox = True
            self._greet(session)
        return _DOING[session.stage](self, session)

    def offer(self, session: Session) -> Event:
        """Offer the sandbox."""
        return self._question(view.OFFER, session)

    def ask(self, session: Session) -> Event:
        """Let a prompt or a command be typed."""
        return self._asking.prompt(lambda: self._below_status(session, view.ASKING), draft=session.draft)

    def ask_change(self, session: Session) -> Event:
        """Let what is to change in the picture be typed."""
        return self._asking.prompt(lambda: self._below_status(session, view.CHANGING), draft="")

    def choose(self, session: Session) -> Event:
        """Let a key be pressed."""
        return self._asking.key(lambda: self._below_status(session, view.menu(session.choices, width=self._columns())))

    def run(self, session: Session) -> Event:
        """Run the prompt."""
        try:
            original = session.original
            self._show(view.asked(session.prompt, original=original))
            order = replace(self._wish(session), prompt=checked_prompt(session.prompt))
            if original is not None:
                order = replace(order, inputs=(str(original),), edit=True)
            presentation = Presentation.chosen(self._workshop.settings(order), self._around)
            outcome = carry_out(order, presentation, self._workshop)
        except KeyboardInterrupt:
            return self._failed(stopped_unsent(), Ran(picture=None))
        except CpaImageError as error:
            return self._failed(error, Ran(picture=None))
        finally:
            # An impatient key must not be taken for "again", which costs money.
            self._asking.discard_typed()
        self._show("")
        trouble = outcome.trouble
        if trouble is not None and trouble.code is Code.TERMINATED:
            return Terminated()
        in_place = outcome.output or (trouble.saved_to if trouble else None)
        return Ran(picture=in_place if outcome.picture else None)

    def name(self, session: Session) -> Event:
        """Let the name of a copy be typed."""
        return self._asking.file_name(lambda: self._composed(view.NAMING), draft=session.drawn.name)

    def save(self, session: Session) -> Event:
        """Save a copy under the name that was typed, which must be true of the picture."""
        wanted, is_of = self._named(session).suffix.lower(), session.drawn.suffix
        if wanted in FORMAT_OF_EXTENSION and FORMAT_OF_EXTENSION[wanted] != FORMAT_OF_EXTENSION.get(is_of.lower()):
            self._show(view.remark(f"The picture is no {wanted[1:].upper()}: it will be saved with {is_of}."))
        kept = self._around.directories().kept
        try:
            path = save_as(session.drawn, self._named(session), replaces=session.replaces, kept=kept)
        except CpaImageError as error:
            return NameTaken() if error.code is Code.OUTPUT_EXISTS else self._failed(error, Done())
        self._show(view.saved(path))
        return Done()

    def ask_to_replace(self, session: Session) -> Event:
        """Ask whether the file that has this name may go."""
        return self._question(view.taken(self._named(session)), session)

    def open(self, session: Session) -> Event:
        """Open the picture."""
        return self._tried(lambda: open_in_viewer(session.drawn, self._around.environ))

    def copy(self, session: Session) -> Event:
        """Copy the picture, or its path if that was asked for."""
        wants_path = isinstance(session.command, Command) and session.command.rest == "path"

        def copied() -> None:
            if wants_path:
                copy_text(str(session.drawn), self._around.environ)
            what = "path" if wants_path else copy_picture(session.drawn, self._around.environ)
            self._show(view.copied(what))

        return self._tried(copied)

    def pick(self, session: Session) -> Event:
        """Let an earlier run be picked."""
        del session
        try:
            event = earlier.picked(self._asking, self._around)
        except CpaImageError as error:
            return self._failed(error, Done())
        if event is None:
            self._show(view.remark("no runs yet"))
        return event or Done()

    def show(self, session: Session) -> Event:
        """Show the run that was picked."""
        self._run_command(["history", "show", session.run], self._around)
        self._show("")
        return Done()

    def rerun(self, session: Session) -> Event:
        """Run what was picked again, as it was."""
        try:
            self._run_command(["history", "rerun", session.run], self._around)
        finally:
            self._asking.discard_typed()
        self._show("")
        last = earlier.newest(self._around)
        return Ran(picture=last.output if last is not None and last.id != session.run else None)

    def change(self, session: Session) -> Event:
        """Change what the next runs are asked for, or say what can be."""
        command = session.command
        assert isinstance(command, Command)  # noqa: S101 - what leads to this stage
        if not command.rest:
            self._show(view.settable(command.name, wishes.known_values(command)))
            return Done()
        try:
            return wishes.changed(command, session.chosen, self._workshop, in_sandbox=session.in_sandbox)
        except CpaImageError as error:
            return self._failed(error, Done())

    def help(self, session: Session) -> Event:
        """Say what there is to type."""
        del session
        self._show(view.commands(COMMANDS, width=self._columns()))
        return Done()

    def say_no(self, session: Session) -> Event:
        """Say what was not understood, or what there is nothing for."""
        command = session.command
        word = command.word if isinstance(command, Unknown) else getattr(command, "name", "")
        self._show(view.unknown(word) if isinstance(command, Unknown) else view.nothing_for(word))
        return Done()

    def _greet(self, session: Session) -> None:
        settings = self._workshop.settings(self._wish(session))
        settings.responses_url()
        settings.require_key()
        self._show(view.greeting(version=__version__, model=settings.model.value, gateway=_gateway(session, settings)))

    def _wish(self, session: Session) -> Order:
        return wishes.wish(session.chosen, in_sandbox=session.in_sandbox)

    def _below_status(self, session: Session, shown: RenderableType) -> str:
        """Return *shown* below the line that says what will be sent."""
        columns = self._columns()
        settings = self._workshop.settings(self._wish(session))
        status = view.status(
            model=settings.model.value,
            options=settings.image_options(),
            is_streamed=settings.stream.value,
            gateway=_gateway(session, settings),
            width=columns,
        )
        return f"{self._composed(status)}\n{self._composed(shown)}"

    def _question(self, sentence: str, session: Session) -> Event:
        def message() -> str:
            return self._composed(view.question(sentence, session.choices, width=self._columns()))

        return self._asking.key(message)

    def _named(self, session: Session) -> Path:
        return named(session.name, session.drawn, at=self._around.at)

    def _tried(self, do: Callable[[], None]) -> Event:
        try:
            do()
        except CpaImageError as error:
            return self._failed(error, Done())
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


_DOING: Mapping[Stage, Callable[[Host, Session], Event]] = {
    Stage.OFFERING: Host.offer,
    Stage.ASKING: Host.ask,
    Stage.RUNNING: Host.run,
    Stage.CHANGING: Host.ask_change,
    Stage.CHOOSING: Host.choose,
    Stage.NAMING: Host.name,
    Stage.SAVING: Host.save,
    Stage.REPLACING: Host.ask_to_replace,
    Stage.OPENING: Host.open,
    Stage.COPYING: Host.copy,
    Stage.PICKING: Host.pick,
    Stage.SHOWING: Host.show,
    Stage.RERUNNING: Host.rerun,
    Stage.SETTING: Host.change,
    Stage.HELPING: Host.help,
    Stage.TELLING: Host.say_no,
    Stage.ENDED: lambda _, __: Left(),
}


def _gateway(session: Session, settings: Settings) -> str:
    return "the sandbox" if session.in_sandbox else settings.base_url.shown


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
        recalled=earlier.prompts_of(around),
        folder=str(around.working_directory),
    )
