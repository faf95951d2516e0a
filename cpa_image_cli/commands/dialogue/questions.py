"""Decides how a person is asked: questions on standard error, answers from standard input, defaults in brackets."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.core.agents import is_for_an_agent
from cpa_image_cli.core.errors import ExitStatus
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.process.surroundings import Surroundings

if TYPE_CHECKING:
    from cpa_image_cli.adapters.terminal.line_editor import Editor

YES = frozenset({"y", "yes", "是"})
NO = frozenset({"n", "no", "否"})

Check = Callable[[str], str | None]
"""Returns what is wrong with an answer, or None."""


def can_ask(around: Surroundings) -> bool:
    """Whether somebody sits there who sees questions and can answer."""
    return around.stdin.isatty() and around.stderr.isatty() and not is_for_an_agent(around.environ)


def say(words: str, around: Surroundings, *, indent: int = 0) -> None:
    """
    Write *words* as lines that a terminal does not have to break, each after *indent* spaces.

    With a word that fits in no line, such as a path, the terminal breaks it all: what is copied stays in one piece.
    """
    lines = [words]
    if around.stderr.isatty():
        from rich.text import Text

        from cpa_image_cli.ui.console import console_on

        console = console_on(around.stderr, around.environ)
        width = console.width - indent
        if max(Text(word).cell_len for word in words.split()) <= width:
            lines = [line.plain.rstrip() for line in Text(words).wrap(console, width)]
    for line in lines:
        write_line(around.stderr, " " * indent + clean(line))


def answer(
    question: str,
    around: Surroundings,
    *,
    default: str = "",
    shown: str = "",
    check: Check = lambda _: None,
    is_path: bool = False,
) -> str:
    """
    Ask *question* until the answer passes *check*, and return it; an empty one means *default*, shown as *shown*.

    TAB completes it if *is_path*. Raises: typer.Abort when the input ends or Ctrl-C is pressed; typer.Exit at SIGTERM.
    """
    in_brackets = f" [{one_line(shown or default, limit=80)}]" if default else ""
    while True:
        text = _typed(f"{question}{in_brackets}: ", around, is_path=is_path).strip() or default
        problem = check(text)
        if problem is None:
            return text
        say(one_line(problem), around, indent=2)


def _typed(message: str, around: Surroundings, *, is_path: bool) -> str:
    from cpa_image_cli.adapters.terminal.plain_lines import Lines
    from cpa_image_cli.core.terminal.keys import Terminated, Typed
    from cpa_image_cli.ui.console import is_animated

    is_drawn = is_animated(around.stderr, around.environ)
    asking = _editor(around) if is_drawn else Lines(reads=around.stdin, writes=around.stderr)
    typed = (asking.file_name if is_path else asking.prompt)(lambda: message)
    answered = clean(typed.text) if isinstance(typed, Typed) else ""
    if is_drawn:
        # The editor takes its question away.
        write_line(around.stderr, f"{message}{answered}")
    if isinstance(typed, Terminated):
        raise typer.Exit(ExitStatus.TERMINATED)
    if not isinstance(typed, Typed):
        raise typer.Abort
    return typed.text


def _editor(around: Surroundings) -> "Editor":
    """Return what edits lines. The terminal itself does not know how wide a Chinese character is, at Backspace."""
    from cpa_image_cli.adapters.terminal.keyboard import size_of
    from cpa_image_cli.adapters.terminal.line_editor import Editor

    return Editor(
        reads=around.stdin,
        writes=around.stderr,
        environ=around.environ,
        size=lambda: size_of(around.stderr),
        recalled=(),
        folder=str(around.home),
    )


def confirmed(question: str, around: Surroundings, *, default: bool) -> bool:
    """Ask *question* and return whether the answer is yes. Raises: as `answer`."""

    def check(text: str) -> str | None:
        return None if text.lower() in YES | NO else "y or n?"

    return answer(f"{question} (y/n)", around, default="y" if default else "n", check=check).lower() in YES


def chosen(question: str, choices: Sequence[str], around: Surroundings) -> str:
    """Ask *question* and return the one of *choices* whose number is answered; the first is the default."""
    numbers = {str(number): choice for number, choice in enumerate(choices, start=1)}
    say(question, around)
    for number, choice in numbers.items():
        say(f"{number}  {one_line(choice)}", around, indent=2)

    def check(text: str) -> str | None:
        # What was typed is not repeated: it may be a key, pasted.
        return None if text in numbers else f"expected a number from 1 to {len(numbers)}"

    return numbers[answer("Number", around, default="1", check=check)]
