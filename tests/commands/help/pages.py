"""Every page of help there is, and how it looks: ``python tests/commands/help/pages.py --write`` writes the goldens."""

import sys
from collections.abc import Iterator
from pathlib import Path

import typer
from typer.main import get_group

from cpa_image_cli.app import app
from cpa_image_cli.commands.help.command import all_pages
from cpa_image_cli.commands.help.topics import TOPICS
from cpa_image_cli.core.manual.page import Page
from cpa_image_cli.ui.help.page import lines, titled

GOLDENS = Path(__file__).parent / "goldens"
WIDTHS = (40, 60, 80, 120)


def pages() -> list[Page]:
    """Return every page, that of the program first."""
    root = get_group(app)
    return list(all_pages(typer.Context(root, info_name=root.name, **root.context_settings)))


def shown(page: Page, width: int) -> list[str]:
    """Return the lines of *page*."""
    return list(lines(page, width=width, is_coloured=False))


def looks() -> Iterator[tuple[str, str]]:
    """Yield each golden's name, and the page or topic at each of `WIDTHS`."""
    for page in pages():
        name = page.path.replace(" ", "-") or "cpa-image"
        yield name, "\n".join(_framed(width, shown(page, width)) for width in WIDTHS)
    for name, topic in TOPICS.items():
        at_each = (list(titled(topic.about, topic.pairs(), width=width, is_coloured=False)) for width in WIDTHS)
        yield f"topic-{name}", "\n".join(map(_framed, WIDTHS, at_each))


def _framed(width: int, shown_lines: list[str]) -> str:
    rule = "┄" * width
    return "\n".join([rule, *shown_lines, rule, ""])


def write() -> None:
    """Write all goldens anew, and take away those of commands that are gone."""
    GOLDENS.mkdir(exist_ok=True)
    wanted = dict(looks())
    for path in GOLDENS.glob("*.txt"):
        if path.stem not in wanted:
            path.unlink()
    for name, look in wanted.items():
        (GOLDENS / f"{name}.txt").write_text(look, encoding="utf-8")


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    write()
