"""
Decides how a page of help looks on a terminal of any width.

No boxes: headings, and below them two columns that are aligned over the whole page. Where a terminal is too narrow for
two, what is explained stands on a line of its own. No word is broken, and none of the program's, such as
``png|jpeg|webp``, but between two choices.
"""

import re
from collections.abc import Iterable, Iterator

from rich.cells import cell_len

from cpa_image_cli.core.manual import statuses, variables
from cpa_image_cli.core.manual.page import Example, Page, Row
from cpa_image_cli.ui.history.columns import CODES
from cpa_image_cli.ui.palette import QUIET, STRONG

WIDEST = 100
"""Columns beyond which lines become hard to read."""

MORE = (
    "More: `cpa-image help COMMAND`, or one of the tables `exit-codes`, `errors`, `environment`, `settings`, `names`."
)

INDENT = "  "
NO_SHORT = "    "
"""In the place of a short spelling, so that the long ones are aligned."""

TWO_COLUMNS_FROM = 64
LEFT_AT_MOST = 30
"""Columns of what is explained; what is longer has its explanation below."""

Pair = tuple[str, str]
"""What is explained, and the explanation."""


def lines(page: Page, *, width: int, is_coloured: bool) -> Iterator[str]:
    """Yield *page* in lines of at most *width* columns, if no single word is wider."""
    width = min(width, WIDEST)
    blocks = list(_blocks(page))
    left = _left_column([pair for _, pairs in blocks for pair in pairs], width)
    yield from _wrapped(f"Usage: {page.usage}", width, indent="       ", first="")
    for paragraph in page.paragraphs:
        yield ""
        yield from _wrapped(paragraph, width)
    for title, pairs in blocks:
        yield from ("", _heading(title, is_coloured=is_coloured))
        for pair in pairs:
            yield from _explained(pair, left=left, width=width)
    yield from _examples(page.manual.examples, width, is_coloured=is_coloured)
    for title, text in page.manual.remarks:
        yield from ("", _heading(title, is_coloured=is_coloured))
        for line in text.split("\n"):
            # What begins with a space is to be copied, and stays as it is.
            yield from [f"{INDENT}{line}"] if line.startswith(" ") else _wrapped(line, width, indent=INDENT)
    yield from _footer(page, width, is_coloured=is_coloured)


def titled(about: str, pairs: Iterable[Pair], *, width: int, is_coloured: bool) -> Iterator[str]:
    """Yield a table of its own: what it is *about*, and its *pairs*, the first of each emphasised."""
    yield from _wrapped(about, min(width, WIDEST))
    yield ""
    yield from _table(pairs, width=width, style=STRONG if is_coloured else "")


def _table(pairs: Iterable[Pair], *, width: int, style: str = "") -> Iterator[str]:
    """Yield *pairs* in two columns of their own, or below each other where *width* is too little."""
    found, width = list(pairs), min(width, WIDEST)
    left = _left_column(found, width)
    for pair in found:
        for place, line in enumerate(_explained(pair, left=left, width=width)):
            yield line.replace(pair[0], _styled(pair[0], style, is_coloured=bool(style)), 1) if not place else line


def _headed(title: str, pairs: Iterable[Pair], *, width: int, is_coloured: bool) -> Iterator[str]:
    """Yield *pairs* below a heading."""
    yield from ("", _heading(title, is_coloured=is_coloured))
    yield from _table(pairs, width=width)


def _blocks(page: Page) -> Iterator[tuple[str, list[Pair]]]:
    if page.arguments:
        yield "Arguments", [(row.names[0], _help_of(row)) for row in page.arguments]
    if page.commands:
        yield "Commands", list(page.commands)
    for section in page.sections:
        yield section.title, [(_spelled(row), _help_of(row)) for row in section.rows]


def _spelled(row: Row) -> str:
    names = ", ".join(row.names)
    return f"{NO_SHORT if names.startswith('--') else ''}{names}{' ' if row.value else ''}{row.value}"


def _help_of(row: Row) -> str:
    marks = [f"[default: {row.default}]"] if row.default else []
    if row.is_required and row.value:
        marks.append("[required]")
    return " ".join([row.help, *marks])


def _examples(examples: tuple[Example, ...], width: int, *, is_coloured: bool) -> Iterator[str]:
    if examples:
        yield from ("", _heading("Examples", is_coloured=is_coloured))
    for place, example in enumerate(examples):
        if place:
            yield ""
        for line in _wrapped(f"# {example.about}", width, indent=f"{INDENT}# ", first=INDENT):
            yield _styled(line, QUIET, is_coloured=is_coloured)
        yield from _command_lines(example.command, width)


def _command_lines(command: str, width: int) -> Iterator[str]:
    """Yield *command* in lines that can be copied into a shell as they stand."""
    parts = list(_wrapped(command, width - 2, indent=f"{INDENT}    ", first=f"{INDENT}$ ", keep_quotes=True))
    yield from (f"{part} \\" for part in parts[:-1])
    yield parts[-1]


def _footer(page: Page, width: int, *, is_coloured: bool) -> Iterator[str]:
    manual = page.manual
    told = [(f"{int(status)}", statuses.MEANINGS[status].meaning) for status in manual.statuses]
    yield from _headed("Exit status", told, width=width, is_coloured=is_coloured)
    if manual.variables:
        told = [(name, variables.meaning_of(name)) for name in manual.variables]
        yield from _headed("Environment", told, width=width, is_coloured=is_coloured)
    yield ""
    yield from _wrapped(MORE, width)


def _left_column(pairs: list[Pair], width: int) -> int:
    """Return how wide what is explained is, indent and gap included; 0 for a terminal with no room for two columns."""
    if width < TWO_COLUMNS_FROM:
        widest = max((cell_len(left) for left, _ in pairs), default=0)
        return widest + 2 * len(INDENT) if widest <= width // 4 else 0
    fitting = [cell_len(left) for left, _ in pairs if cell_len(left) <= LEFT_AT_MOST]
    return max(fitting, default=0) + 2 * len(INDENT)


def _explained(pair: Pair, *, left: int, width: int) -> Iterator[str]:
    """Yield one row: beside each other if the *left* column takes what is explained, else below."""
    what, text = pair
    beside = " " * left if left else f"{INDENT}    "
    if left and cell_len(what) + 2 * len(INDENT) <= left:
        first = f"{INDENT}{what}".ljust(left)
    else:
        # Below each other there are no columns to align.
        aligned = what if left else what.lstrip()
        yield from _wrapped(aligned, width, indent=f"{INDENT}      ", first=INDENT, keep_start=True)
        first = beside
    if text:
        yield from _wrapped(text, width, indent=beside, first=first)
    elif first.strip():
        yield first.rstrip()


def _heading(title: str, *, is_coloured: bool) -> str:
    return _styled(title, STRONG, is_coloured=is_coloured)


def _styled(text: str, style: str, *, is_coloured: bool) -> str:
    return f"\x1b[{CODES[style]}m{text}\x1b[0m" if is_coloured else text


def _wrapped(
    text: str,
    width: int,
    *,
    indent: str = "",
    first: str | None = None,
    keep_quotes: bool = False,
    keep_start: bool = False,
) -> Iterator[str]:
    """
    Yield *text* in lines of at most *width* columns, the first after *first*, the others after *indent*.

    With *keep_quotes* what is between quotes counts as one word, with *keep_start* spaces before the text stay.
    """
    words = _words(text, keep_quotes=keep_quotes)
    line = (indent if first is None else first) + (text[: len(text) - len(text.lstrip())] if keep_start else "")
    is_empty = True
    for word in words:
        if not is_empty and cell_len(line) + cell_len(word.rstrip()) > width:
            yield line.rstrip()
            line = indent
        line += word
        is_empty = False
    yield line.rstrip()


def _words(text: str, *, keep_quotes: bool) -> list[str]:
    """Return *text* in pieces between which a line may end, each with the space after it."""
    if keep_quotes:
        return re.findall(r"""(?:"[^"]*"|'[^']*'|\S)+\s*""", text)
    # After a bar between two choices a line may end, too.
    # A short default stays with the word that announces it.
    return re.findall(r"\[default: \S+\]\s*|[^\s|]+\||[^\s|]+\s*|\|\s*", text.strip())
