"""Decides how a person is asked: questions on standard error, answers from standard input, defaults in brackets."""

from collections.abc import Callable, Sequence

import typer

from cpa_image_cli.commands.telling import write_line
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.surroundings import Surroundings

YES = frozenset({"y", "yes", "是"})
NO = frozenset({"n", "no", "否"})

Check = Callable[[str], str | None]
"""Returns what is wrong with an answer, or None."""


def can_ask(around: Surroundings) -> bool:
    """Whether somebody sits there who sees questions and can answer."""
    return around.stdin.isatty() and around.stderr.isatty()


def say(words: str, around: Surroundings, *, indent: int = 0) -> None:
    """
    Write *words* as lines that a terminal does not have to break, each after *indent* spaces.

    With a word that fits in no line, such as a path, the terminal breaks it all: what is copied stays in one piece.
    """
    lines = [words]
    if around.stderr.isatty():
        from rich.text import Text  # noqa: PLC0415 - Rich

        from cpa_image_cli.ui.console import console_on  # noqa: PLC0415 - as above

        console = console_on(around.stderr, around.environ)
        width = console.width - indent
        if max(Text(word).cell_len for word in words.split()) <= width:
            lines = [line.plain.rstrip() for line in Text(words).wrap(console, width)]
    for line in lines:
        write_line(around.stderr, " " * indent + clean(line))


def answer(
    question: str, around: Surroundings, *, default: str = "", shown: str = "", check: Check = lambda _: None
) -> str:
    """
    Ask *question* until the answer passes *check*, and return it; an empty one means *default*, shown as *shown*.

    Raises: typer.Abort when the input ends.
    """
    in_brackets = f" [{one_line(shown or default, limit=80)}]" if default else ""
    while True:
        around.stderr.write(f"{question}{in_brackets}: ")
        around.stderr.flush()
        line = around.stdin.readline()
        if not line:
            around.stderr.write("\n")
            raise typer.Abort
        text = line.strip() or default
        problem = check(text)
        if problem is None:
            return text
        say(one_line(problem), around, indent=2)


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
