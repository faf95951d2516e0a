"""
Decides how all pages of help become one man page, ``cpa-image(1)``.

In the macros of man(7) that groff and mandoc both know. The text is escaped as they want it: a backslash, a dash that
is to be copied, and a dot or quote at the beginning of a line would otherwise be commands.
"""

from collections.abc import Iterator, Sequence

from cpa_image_cli.core.manual import statuses, variables
from cpa_image_cli.core.manual.page import Page, Row

NAME = "cpa-image"
FILES = (
    ("~/.config/cpa-image/config.toml", "settings; `cpa-image config path` says where it is here"),
    ("~/.local/share/cpa-image/history.sqlite3", "the record of earlier runs"),
    ("~/.local/share/cpa-image/kept/", "pictures that could not be saved where they were wanted"),
)


def man_page(pages: Sequence[Page], *, version: str) -> str:
    """Return the man page of the program whose own page is the first of *pages*."""
    return "\n".join(_lines(pages, version)) + "\n"


def _lines(pages: Sequence[Page], version: str) -> Iterator[str]:
    root, *commands = pages
    yield '.\\" Written by `cpa-image help --man`; a test holds it equal.'
    yield f'.TH CPA-IMAGE 1 "" "{NAME} {version}" "User Commands"'
    yield ".SH NAME"
    yield f"{_escaped(NAME)} \\- {_escaped(_summary(root))}"
    yield ".SH SYNOPSIS"
    yield f".B {_escaped(root.usage)}"
    yield ".SH DESCRIPTION"
    yield from _paragraphs(root.paragraphs[1:])
    yield from _options(root)
    yield ".SH COMMANDS"
    for page in commands:
        yield f'.SS "{_escaped(f"{NAME} {page.path}")}"'
        yield f".B {_escaped(page.usage)}"
        yield from _paragraphs(page.paragraphs)
        yield from _rows(page.arguments)
        yield from _options(page)
        yield from _examples(page)
        yield from _remarks(page)
    yield ".SH EXAMPLES"
    yield from _examples(root)
    yield from _table("EXIT STATUS", ((str(int(one)), said.meaning) for one, said in statuses.MEANINGS.items()))
    yield from _table("ENVIRONMENT", ((one.name, one.meaning) for one in variables.variables()))
    yield from _table("FILES", FILES)


def _summary(page: Page) -> str:
    return page.paragraphs[0].rstrip(".") if page.paragraphs else ""


def _paragraphs(paragraphs: Sequence[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        yield from (".PP", _escaped(paragraph))


def _options(page: Page) -> Iterator[str]:
    for section in page.sections:
        yield from _rows(section.rows)


def _rows(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        default = f" [default: {row.default}]" if row.default else ""
        yield ".TP"
        yield f".B {_escaped(', '.join(row.names) + (f' {row.value}' if row.value else ''))}"
        yield _escaped(f"{row.help}{default}")


def _examples(page: Page) -> Iterator[str]:
    for example in page.manual.examples:
        yield from (".PP", _escaped(example.about), ".RS 4", ".nf", _escaped(example.command), ".fi", ".RE")


def _remarks(page: Page) -> Iterator[str]:
    for title, text in page.manual.remarks:
        first, *more = text.split("\n")
        yield from (".PP", _escaped(f"{title}: {first}"))
        for line in more:
            yield from (".RS 4", ".nf", _escaped(line.strip()), ".fi", ".RE") if line.startswith(" ") else (line,)


def _table(title: str, rows: Sequence[tuple[str, str]] | Iterator[tuple[str, str]]) -> Iterator[str]:
    yield f".SH {title}"
    for name, text in rows:
        yield from (".TP", f".B {_escaped(name)}", _escaped(text))


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return f"\\&{escaped}" if escaped[:1] in {".", "'"} else escaped
