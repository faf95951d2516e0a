"""
Decides what an interactive session says between its runs: a greeting, the mark before a prompt, the keys there are.

Pure: everything is a renderable or a text for a width. The words on the keys are in ``core/session.py``.
"""

from collections.abc import Iterable
from pathlib import Path

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from cpa_image_cli.core.session import Choice
from cpa_image_cli.core.terminal.keys import ENTER
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.ui.palette import ACCENT, QUIET, STRONG, SUCCESS

MARK = "› "
BETWEEN = "   "
LONGEST_PROMPT = 600
"""Characters of a prompt that are repeated above its run."""

NAMING = Text.assemble(("save as", QUIET), " ", (MARK, ACCENT))
ASKING = Text(MARK, style=ACCENT)
OFFER = "The sandbox draws on this machine instead: no account, no cost, nothing sent."


def greeting(*, version: str, model: str, gateway: str) -> RenderableType:
    """Return what a session begins with."""
    title = Text.assemble(
        ("cpa-image", STRONG), (f" {version}  ", QUIET), one_line(model), (" at ", QUIET), one_line(gateway)
    )
    keys = Text("Type what to draw, then Enter. ↑ recalls earlier prompts, Ctrl-D quits.", style=QUIET)
    return Group(title, keys, Text())


def asked(prompt: str) -> RenderableType:
    """Return what stays above a run, so that each picture can be told from the others."""
    grid = Table.grid()
    grid.add_column(width=cell_len(MARK), no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(ASKING, Text(one_line(prompt, limit=LONGEST_PROMPT), style=STRONG))
    return Group(grid, Text())


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
