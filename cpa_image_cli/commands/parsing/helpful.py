"""
Commands whose help is a page of ours, and which understand what was meant by words that are one too many.

`HelpfulCommand` and `HelpfulGroup` are what ``lazy_group`` makes of every command there is.
"""

import re
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.manual.page import Manual
from cpa_image_cli.core.text import one_line

if TYPE_CHECKING:
    from cpa_image_cli.process.surroundings import Surroundings

PROMPT = "PROMPT"
"""An argument that is called so is a sentence, which a shell takes apart unless it is in quotes."""

SHOWN = 200
"""Characters of a prompt that are said again."""


def show_help(context: typer.Context) -> None:
    """Write the page of the command that *context* is of to standard output."""
    from cpa_image_cli.commands.dialogue.stdio import write_drawn
    from cpa_image_cli.commands.parsing.page_of import page_of
    from cpa_image_cli.core.terminal.graphics import has_colours
    from cpa_image_cli.ui.help.page import lines

    around: Surroundings = context.find_root().obj
    is_coloured = around.stdout.isatty() and has_colours(around.environ)
    page = page_of(context.command, context)
    write_drawn(around.stdout, "\n".join(lines(page, width=help_width(around), is_coloured=is_coloured)))


def help_width(around: "Surroundings") -> int:
    """Return how many columns there are for text that is written once: ``COLUMNS``, else the terminal's."""
    from cpa_image_cli.adapters.terminal.keyboard import size_of

    columns = around.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() and int(columns) > 0 else size_of(around.stdout).columns


class _Helpful:
    """What both kinds have: a *manual*, and the option that shows the page."""

    manual: Manual = Manual()

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - Typer's own types are private
        """Return ``-h, --help``, which shows our page."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        option.help = "Show this help and exit."
        option.callback = _shown_and_done
        return option


class HelpfulCommand(_Helpful, TyperCommand):
    """A command that shows our page, and says what to do about a prompt in several words."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer's own types are private
        """Parse *args* as Typer does. Raises: UsageError for words that nobody asked for."""
        ctx.allow_extra_args = True
        # A number below zero is a value, and no option.
        ctx.ignore_unknown_options = any(re.fullmatch(r"-\d+(\.\d+)?", word) for word in args)
        rest: list[str] = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise _surplus(ctx, rest)
        return rest


class HelpfulGroup(_Helpful, TyperGroup):
    """A group that shows our page."""


def _shown_and_done(ctx: Any, param: Any, value: bool) -> None:  # noqa: ANN401, ARG001, FBT001 - Typer's protocol
    if value and not ctx.resilient_parsing:
        show_help(ctx)
        ctx.exit()


def _surplus(context: Any, rest: Sequence[str]) -> UsageError:  # noqa: ANN401 - Typer's own types are private
    words = one_line(" ".join(rest), limit=SHOWN)
    arguments = [one for one in context.command.params if one.param_type_name == "argument"]
    prompt = next((one for one in arguments if PROMPT in (one.metavar or "")), None)
    if prompt is None:
        takes = f"{len(arguments)} argument{'s' if len(arguments) > 1 else ''}" if arguments else "no arguments"
        return UsageError(f"`{context.command_path}` takes {takes}: {words} is too much", hint=_see(context))
    whole = " ".join([str(context.params.get(prompt.name) or ""), *rest]).strip()
    return UsageError(
        f"the prompt is more than one word: {words} was not expected",
        hint=f"Put the prompt in quotes: {context.command_path} {quoted(whole)}",
    )


def quoted(prompt: str) -> str:
    """Return *prompt* as a shell reads it: in double quotes, as most people write it, where they do."""
    shown = one_line(prompt, limit=SHOWN)
    return shlex.quote(shown) if set(shown) & set('"$`\\!') else f'"{shown}"'


def _see(context: Any) -> str:  # noqa: ANN401 - Typer's own types are private
    return f"`{context.command_path} --help` lists what there is."
