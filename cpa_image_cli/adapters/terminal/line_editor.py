"""
Decides how lines are edited, and single keys read, on a terminal that can be redrawn.

prompt_toolkit does it, because it is right about wide characters on every platform: the standard library's readline
does not exist on Windows and is libedit on others. It takes a tenth of a second to import, so this module is imported
when somebody is there to type.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TextIO, TypeVar

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.completion import PathCompleter
from prompt_toolkit.data_structures import Size
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import History, InMemoryHistory
from prompt_toolkit.input import create_input
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyBindingsBase, KeyPressEvent, merge_key_bindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import FormattedTextControl, Layout, Window
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.shortcuts import CompleteStyle

from cpa_image_cli.adapters.terminal.asking import Answered, Asked, Message, Picked, Rows, flush
from cpa_image_cli.core.terminal.keys import (
    ENTER,
    Chosen,
    Escaped,
    Interrupted,
    Left,
    Pressed,
    Terminated,
    Typed,
    as_key,
)
from cpa_image_cli.core.text import veiled

T = TypeVar("T")


class Editor:
    """
    Edits lines on the terminal that *reads* and *writes* are; leaves nothing of the question on the screen.

    *recalled* are earlier prompts, oldest first; those typed from now on join them. *folder* is where relative file
    names begin. *size* is asked at every drawing.
    """

    def __init__(
        self,
        *,
        reads: TextIO,
        writes: TextIO,
        environ: Mapping[str, str],
        size: Callable[[], os.terminal_size],
        recalled: Sequence[str],
        folder: str,
    ) -> None:
        self._reads = reads
        self._input = create_input(reads)
        self._output = _output(writes, environ, size)
        self._recalled = InMemoryHistory(recalled)
        self._folder = folder

    def prompt(self, message: Message, *, draft: str = "") -> Asked:
        """Let a prompt be typed; Up and Ctrl-R recall earlier ones."""
        return self._line(message, draft, self._recalled, keeps=True)

    def file_name(self, message: Message, *, draft: str = "") -> Asked:
        """Let the name of a file be typed; TAB completes it."""
        completer = PathCompleter(get_paths=lambda: [self._folder], expanduser=True)
        return self._line(message, draft, InMemoryHistory(), completer)

    def key(self, message: Message) -> Answered:
        """Show *message* until a key is pressed that types something, or text is pasted."""
        app: Application[str] = self._app(message, _single_keys())
        answer = _answered(app, lambda: app.run(set_exception_handler=False))
        return Pressed(answer) if isinstance(answer, str) else answer

    def row(self, shown: Rows, count: int, *, keys: str) -> Picked:
        """Let the cursor be moved over *count* rows until Enter or one of *keys* is pressed."""
        cursor = _Cursor(count)
        app: Application[str] = self._app(lambda: shown(cursor.index), _row_keys(cursor, keys))
        answer = _answered(app, lambda: app.run(set_exception_handler=False))
        return Chosen(cursor.index, answer) if isinstance(answer, str) else answer

    def _app(self, message: Message, bindings: KeyBindingsBase) -> Application[T]:
        window = Window(
            FormattedTextControl(lambda: ANSI(message()), show_cursor=False), wrap_lines=True, dont_extend_height=True
        )
        return Application(
            layout=Layout(window),
            key_bindings=bindings,
            erase_when_done=True,
            input=self._input,
            output=self._output,
        )

    def discard_typed(self) -> None:
        """Forget what was typed before it was asked for."""
        clear_typeahead(self._input)
        flush(self._reads)

    def _line(
        self,
        message: Message,
        draft: str,
        history: History,
        completer: PathCompleter | None = None,
        *,
        keeps: bool = False,
    ) -> Asked:
        session: PromptSession[str] = PromptSession(
            lambda: ANSI(message()),
            history=history,
            completer=completer,
            complete_while_typing=False,
            complete_style=CompleteStyle.READLINE_LIKE,
            reserve_space_for_menu=0,
            input_processors=[_Veil()],
            search_ignore_case=True,
            key_bindings=_leaving(keeps=keeps),
            enable_suspend=True,
            erase_when_done=True,
            input=self._input,
            output=self._output,
        )
        answer = _answered(session.app, lambda: session.prompt(default=draft, set_exception_handler=False))
        return Typed(answer) if isinstance(answer, str) else answer


class _Veil(Processor):
    """Keeps from the terminal what prompt_toolkit lets through: a prompt that was pasted may turn the line around."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Return the line as it may be shown, as long as it is."""
        return Transformation([(style, veiled(text)) for style, text, *_ in transformation_input.fragments])


class _EscapedError(Exception):
    """Esc was pressed."""


class _TerminatedError(Exception):
    """The system wants the process to end."""


def _answered(app: Application[T], run: Callable[[], T]) -> T | Left | Escaped | Interrupted | Terminated:
    try:
        with _ended_by_sigterm(app):
            return run()
    except KeyboardInterrupt:
        return Interrupted()
    except EOFError:
        return Left()
    except _EscapedError:
        return Escaped()
    except _TerminatedError:
        return Terminated()


@contextlib.contextmanager
def _ended_by_sigterm(app: Application[T]) -> Iterator[None]:
    """Let SIGTERM end *app* from within, so that it gives the terminal back."""

    def end(number: int, frame: object) -> None:
        del number, frame
        if app.is_running and app.future is not None and not app.future.done():
            app.exit(exception=_TerminatedError())
        elif not app.is_running:
            raise _TerminatedError

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leaving(*, keeps: bool) -> KeyBindings:
    """Return what Ctrl-C and Esc do where a line is edited; with *keeps* they take a text back to be recalled."""
    bindings = KeyBindings()
    on_the_line = has_focus(DEFAULT_BUFFER)

    def take_back(event: KeyPressEvent, leave: BaseException) -> None:
        line = event.app.current_buffer
        if keeps and line.text:
            line.append_to_history()
            line.reset()
        else:
            event.app.exit(exception=leave)

    @bindings.add("c-c", filter=on_the_line)
    def _(event: KeyPressEvent) -> None:
        take_back(event, KeyboardInterrupt())

    @bindings.add("escape", filter=on_the_line)
    def _(event: KeyPressEvent) -> None:
        take_back(event, _EscapedError())

    return bindings


class _Cursor:
    """Where the cursor is among *count* rows."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.index = 0

    def move(self, rows: int) -> None:
        self.index = min(max(self.index + rows, 0), self._count - 1)


PAGE = 10
"""Rows that PageUp and PageDown move by."""

MOVES = {"up": -1, "c-p": -1, "down": 1, "c-n": 1, "pageup": -PAGE, "pagedown": PAGE, "home": -(10**6), "end": 10**6}


def _row_keys(cursor: _Cursor, keys: str) -> KeyBindingsBase:
    bindings = KeyBindings()

    def moving(rows: int) -> Callable[[KeyPressEvent], None]:
        return lambda _: cursor.move(rows)

    for name, rows in MOVES.items():
        bindings.add(name)(moving(rows))

    @bindings.add(Keys.Any)
    def _(event: KeyPressEvent) -> None:
        if as_key(event.data) in keys:
            event.app.exit(result=as_key(event.data))

    return merge_key_bindings([_single_keys(), bindings])


def _single_keys() -> KeyBindings:
    bindings = KeyBindings()

    @bindings.add("escape")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=_EscapedError())

    @bindings.add(Keys.Any)
    @bindings.add(Keys.BracketedPaste)
    def _(event: KeyPressEvent) -> None:
        text = event.data.strip()
        # Arrows and function keys come here too, with their escape sequences.
        if text.isprintable() or (text and event.key_sequence[-1].key is Keys.BracketedPaste):
            event.app.exit(result=as_key(text))

    @bindings.add("enter")
    @bindings.add("c-j")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(result=ENTER)

    @bindings.add("c-c")
    @bindings.add("<sigint>")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt())

    @bindings.add("c-d")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError())

    @bindings.add("c-z")
    def _(event: KeyPressEvent) -> None:
        event.app.suspend_to_background()

    return bindings


def _output(writes: TextIO, environ: Mapping[str, str], size: Callable[[], os.terminal_size]) -> Output:
    if sys.platform == "win32":
        return create_output(writes)
    from prompt_toolkit.output.vt100 import Vt100_Output

    def in_cells() -> Size:
        now = size()
        return Size(rows=now.lines, columns=now.columns)

    # Asking where the cursor is would gain a menu's room, which is not needed, and risk an answer among the keys.
    return Vt100_Output(writes, in_cells, term=environ.get("TERM"), enable_cpr=False)
