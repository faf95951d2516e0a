"""
Decides what an interactive session says between its runs: a greeting, the mark before a prompt, the keys there are.

Pure: everything is a renderable or a text for a width. The words on the keys are in ``core/session``.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from cpa_image_cli.core.job.image_options import ImageOptions
from cpa_image_cli.core.session.lines import SlashCommand
from cpa_image_cli.core.session.states import Choice
from cpa_image_cli.core.terminal.keys import ENTER
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.ui.formatting import shortened
from cpa_image_cli.ui.history.columns import styled
from cpa_image_cli.ui.palette import ACCENT, QUIET, STRONG, SUCCESS

MARK = "› "
BETWEEN = "  "
DOT = " · "
LONGEST_PROMPT = 600
"""Characters of a prompt that are repeated above its run."""

CHANGING = Text.assemble(("change", QUIET), " ", (MARK, ACCENT))
NAMING = Text.assemble(("save as", QUIET), " ", (MARK, ACCENT))
ASKING = Text(MARK, style=ACCENT)
OFFER = "The sandbox draws on this machine instead: no account, no cost, nothing sent."


def greeting(*, version: str, model: str, gateway: str) -> RenderableType:
    """Return what a session begins with."""
    title = Text.assemble(
        ("cpa-image", STRONG), (f" {version}  ", QUIET), one_line(model), (" at ", QUIET), one_line(gateway)
    )
    keys = Text("Type what to draw, then Enter. ↑ recalls, /help says more, Ctrl-D quits.", style=QUIET)
    return Group(title, keys, Text())


def asked(prompt: str, *, original: Path | None = None) -> RenderableType:
    """Return what stays above a run, to tell each picture from the others; *original* is the one that it changes."""
    grid = Table.grid()
    grid.add_column(width=cell_len(MARK), no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(ASKING, Text(one_line(prompt, limit=LONGEST_PROMPT), style=STRONG))
    if original is not None:
        grid.add_row("", Text(f"changes {one_line(original.name)}", style=QUIET))
    return Group(grid, Text())


def status(*, model: str, options: ImageOptions, is_streamed: bool, gateway: str, width: int) -> Text:
    """Return what will be sent, and where, on as few lines of *width* columns as it needs."""
    parts = [
        one_line(model),
        one_line(options.size or "auto"),
        f"quality {one_line(options.quality or 'auto')}",
        options.output_format,
        *(["stream"] if is_streamed else []),
        f"at {one_line(gateway)}",
    ]
    lines = [""]
    for part in parts:
        joined = f"{lines[-1]}{DOT if lines[-1] else ''}{part}"
        if lines[-1] and cell_len(joined) > width:
            lines.append(part)
        else:
            lines[-1] = joined
    return Text("\n".join(lines), style=QUIET)


def picking(lines: Sequence[str], index: int, *, size: os.terminal_size, is_coloured: bool) -> str:
    """Return the *lines* of a table as far as they fit, with a mark at row *index*, and the keys below."""
    heads, *rows = lines
    room = max(1, size.lines - 4)
    start = min(max(0, index - room // 2), max(0, len(rows) - room))
    told = [" " * len(MARK) + heads]
    for number, row in enumerate(rows[start : start + room], start=start):
        told.append(f"{MARK if number == index else ' ' * len(MARK)}{row}")
    keys = shortened("↑↓ choose   Enter show, and go on from it   e edit its prompt   r rerun   Esc back", size.columns)
    return "\n".join([*told, styled(keys, QUIET) if is_coloured else keys])


def commands(known: Iterable[SlashCommand], *, width: int) -> RenderableType:
    """Return what can be typed in the place of a prompt."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for command in known:
        name = f"/{command.name} {command.value}".rstrip()
        table.add_row(Text(name, style=STRONG), Text(command.help, style=QUIET))
    notes = (
        "A value of - is that of the configuration again. // begins a prompt with a slash. Esc and Ctrl-C take back."
    )
    return Group(table, Text(notes, style=QUIET), Text()) if width else Text()


def settable(name: str, known: Sequence[str]) -> RenderableType:
    """Return what can be said to change what the command *name* changes."""
    values = f" Known: {', '.join(known)}." if known else ""
    return remark(f"Say which: /{name} {known[-1] if known else 'VALUE'}, or /{name} - for the configured one.{values}")


def unknown(word: str) -> RenderableType:
    """Return what is said of a command that there is not."""
    return remark(
        f"There is no /{one_line(word, limit=40)}; /help lists what there is. // draws a prompt with a slash."
    )


def nothing_for(name: str) -> RenderableType:
    """Return what is said of a command that has nothing to do something with."""
    return remark(f"/{name}: nothing has been drawn here yet.")


def copied(what: str) -> RenderableType:
    """Return the line that says what is on the clipboard."""
    return Group(Text.assemble(("✓ ", SUCCESS), (f"{what} copied", QUIET)), Text())


def remark(sentence: str) -> RenderableType:
    """Return a sentence that is neither a result nor a failure."""
    return Group(Text(sentence, style=QUIET), Text())


def menu(choices: Iterable[Choice], *, width: int) -> Text:
    """Return the keys of *choices* with what they do, in as few lines of *width* columns as they need."""
    lines: list[Text] = [Text()]
    for choice in choices:
        shown = Text.assemble((_cap(choice.key), STRONG), (f" {choice.label}", QUIET))
        if lines[-1] and cell_len(lines[-1].plain + BETWEEN + shown.plain) >= width:
            lines.append(Text())
        lines[-1].append(BETWEEN if lines[-1] else "").append_text(shown)
    return Text("\n").join(lines)


def question(sentence: str, choices: Iterable[Choice], *, width: int) -> RenderableType:
    """Return *sentence* above the keys that answer it."""
    return Group(Text(one_line(sentence)), menu(choices, width=width))


def taken(path: Path) -> str:
    """Return what is said when *path* exists."""
    return f"{path.name} exists already."


def saved(path: Path) -> RenderableType:
    """Return the line that says where a copy is now; print it with ``crop=False``, so that the path stays whole."""
    link = Style(bold=True, link=path.as_uri())
    text = Text.assemble(("✓ ", SUCCESS), ("saved as ", QUIET), (clean(str(path)), link))
    text.no_wrap, text.overflow = True, "ignore"
    # Not as a padding, which would cut it.
    return Group(text, Text())


def _cap(key: str) -> str:
    return "Enter" if key == ENTER else key
