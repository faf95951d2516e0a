"""``cpa-image help``: the page of a command or the table of a topic, as text, as JSON, or all of it as a man page."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, cast

import typer

from cpa_image_cli import __version__
from cpa_image_cli.commands.dialogue.stdio import write_drawn, write_line
from cpa_image_cli.commands.help.topics import TOPICS
from cpa_image_cli.commands.parsing.helpful import help_width, show_help
from cpa_image_cli.commands.parsing.manual import told
from cpa_image_cli.commands.parsing.page_of import page_of
from cpa_image_cli.core.errors import ExitStatus, UsageError
from cpa_image_cli.core.manual.page import Example, Manual, Page
from cpa_image_cli.core.terminal.graphics import has_colours
from cpa_image_cli.core.text import json_text, one_line
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui.help.data import page_data


@told(
    Manual(
        examples=(
            Example("cpa-image help generate", "all that can be said of one command"),
            Example("cpa-image help history rerun", "a command in a group"),
            Example("cpa-image help errors", "every code word, and what to do about it"),
            Example("cpa-image help --json generate", "the same for a program"),
        ),
        statuses=(ExitStatus.OK, ExitStatus.USAGE),
    )
)
def help_command(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[COMMAND]...",
            help=f"A command such as `history rerun`, or one of the topics {', '.join(TOPICS)}.",
            show_default=False,
        ),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    as_man_page: Annotated[bool, typer.Option("--man", help="Print the man page of the whole program.")] = False,
) -> None:
    """
    Show the help of a command, or a table.

    `cpa-image help exit-codes` lists the exit statuses, `errors` the code words, `environment` the variables,
    `settings` the keys of the config file, `names` the fields of file names.
    """
    around: Surroundings = ctx.obj
    if as_man_page:
        from cpa_image_cli.ui.help.man_page import man_page

        write_line(around.stdout, man_page(list(all_pages(_root_of(ctx))), version=__version__).rstrip("\n"))
    elif words and words[0] in TOPICS:
        _show_topic(words[0], around, as_json=as_json)
    elif as_json:
        write_line(around.stdout, json_text(page_data(_page(_context_of(words or (), ctx))), compact=True))
    else:
        show_help(_context_of(words or (), ctx))


def all_pages(root: typer.Context) -> Iterator[Page]:
    """Yield the page of the program that *root* is the context of, and those of all its commands."""
    yield _page(root)
    for context in _below(root):
        yield _page(context)


def _below(parent: typer.Context) -> Iterator[typer.Context]:
    group: Any = parent.command
    for name in group.list_commands(parent) if hasattr(group, "list_commands") else ():
        context = _child(name, parent)
        if not context.command.hidden:
            yield context
            yield from _below(context)


def _child(name: str, parent: typer.Context) -> typer.Context:
    group: Any = parent.command
    _, command, _ = group.resolve_command(parent, [name])
    return typer.Context(command, info_name=name, parent=parent)


def _root_of(ctx: typer.Context) -> typer.Context:
    return cast(typer.Context, ctx.find_root())


def _page(context: typer.Context) -> Page:
    return page_of(context.command, context)


def _context_of(words: Sequence[str], ctx: typer.Context) -> typer.Context:
    """Return the context of the command that *words* name. Raises: UsageError for one that there is not."""
    context = root = _root_of(ctx)
    for word in words:
        group: Any = context.command
        known = group.list_commands(context) if hasattr(group, "list_commands") else []
        if word not in known:
            offered = [*known, *(TOPICS if context is root else ())]
            near = difflib.get_close_matches(word, offered, n=1)
            meant = f"Perhaps you meant `{near[0]}`. " if near else ""
            raise UsageError(
                f"there is no help on {one_line(' '.join(words), limit=60)!r}",
                hint=f"{meant}There is help on {', '.join(offered) or context.command_path}.",
            )
        context = _child(word, context)
    return context


def _show_topic(name: str, around: Surroundings, *, as_json: bool) -> None:
    topic = TOPICS[name]
    if as_json:
        write_line(around.stdout, json_text(topic.data()))
        return
    from cpa_image_cli.ui.help.page import titled

    is_coloured = around.stdout.isatty() and has_colours(around.environ)
    lines = titled(topic.about, topic.pairs(), width=help_width(around), is_coloured=is_coloured)
    write_drawn(around.stdout, "\n".join(lines))
