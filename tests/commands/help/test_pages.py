"""
What every page of help must hold, whichever command it is of.

The goldens show each at four widths; after a wanted change write them anew and look at the difference::

    .venv/bin/python -m tests.commands.help.pages --write; git diff tests/commands/help/goldens
"""

import re
import subprocess
from pathlib import Path

import pytest
from rich.cells import cell_len

from cpa_image_cli import __version__
from cpa_image_cli.core.errors import ExitStatus
from cpa_image_cli.core.manual.page import Page, Row
from cpa_image_cli.core.settings.settings import DEFAULTS
from cpa_image_cli.core.text import json_text
from cpa_image_cli.ui.help.data import page_data
from cpa_image_cli.ui.help.man_page import man_page
from tests.commands.help.pages import GOLDENS, WIDTHS, looks, pages, shown

PAGES = {page.path or "cpa-image": page for page in pages()}
LOOKS = dict(looks())
PROJECT = Path(__file__).parents[3]

VALUE = re.compile(r"[A-Z]+(\|[A-Z]+)*|WIDTHxHEIGHT|\d+-\d+|[a-z][a-z-]*(\|[a-z-]+)+")
"""The one vocabulary of values: a word in capitals, a span of numbers, or the words that there are."""

LARGEST_JSON = 10 * 1024


def rows(page: Page) -> list[Row]:
    return [row for section in page.sections for row in section.rows]


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Page:
    return PAGES[request.param]


@pytest.mark.parametrize("name", LOOKS)
def test_a_page_looks_as_it_was_looked_at(name: str) -> None:
    assert LOOKS[name] == (GOLDENS / f"{name}.txt").read_text(encoding="utf-8")


def test_there_are_no_goldens_of_commands_that_are_gone() -> None:
    assert {path.stem for path in GOLDENS.glob("*.txt")} == LOOKS.keys()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal_but_for_a_word_that_is(page: Page, width: int) -> None:
    copied = {line.strip() for _, text in page.manual.remarks for line in text.split("\n") if line.startswith(" ")}
    wide = [line for line in shown(page, width) if cell_len(line) > width and line.strip() not in copied]

    # What is between quotes stays in one piece, for it is to be copied.
    assert [line for line in wide if len(line.split()) > 2 and not re.search(r"""["'].*\s.*["']""", line)] == []


def test_every_command_has_examples_and_a_sentence_that_sums_it_up(page: Page) -> None:
    assert 2 <= len(page.manual.examples) <= 5
    assert page.paragraphs[0].endswith((".", ".)"))
    assert all(example.command.count("cpa-image") for example in page.manual.examples)


def test_every_option_is_explained_and_the_short_spelling_comes_first(page: Page) -> None:
    for row in rows(page):
        assert row.help.endswith((".", ".)")), row
        assert [name.startswith("--") for name in row.names] == sorted(name.startswith("--") for name in row.names)


def test_values_have_one_vocabulary(page: Page) -> None:
    wrong = [row.value for row in rows(page) if row.value and not VALUE.fullmatch(row.value)]

    assert wrong + [row.names[0] for row in page.arguments if not VALUE.fullmatch(row.names[0])] == []


@pytest.mark.parametrize("path", ["generate", "history rerun"])
@pytest.mark.parametrize("setting", ["retries", "timeout", "max_wait", "if_exists", "preview", "session_id"])
def test_a_default_is_the_one_that_is_applied(path: str, setting: str) -> None:
    (row,) = (row for row in rows(PAGES[path]) if row.long == f"--{setting.replace('_', '-')}")
    value = DEFAULTS[setting]

    assert row.default == (f"{value:g}" if isinstance(value, float) else str(value))
    assert f"[default: {row.default}]" in " ".join("\n".join(shown(PAGES[path], 80)).split())


def test_words_that_are_known_are_not_said_twice() -> None:
    assert [row.long for page in PAGES.values() for row in rows(page) if "Known" in row.help and "-" in row.value] == []


def test_whoever_has_only_the_help_knows_the_statuses_the_variables_and_what_a_timeout_means() -> None:
    told = " ".join("\n".join(shown(PAGES["generate"], 80)).split())

    assert [status for status in ExitStatus if f" {int(status)} " not in told] == []
    assert "IMAGE_GEN_BASE_URL" in told
    assert "After a time-out (exit 8, code word `timeout`) a picture may have been made and billed" in told
    assert "25 to 150 s" in told


def test_a_page_as_json_is_small(page: Page) -> None:
    assert len(json_text(page_data(page), compact=True).encode()) <= LARGEST_JSON


def test_the_ready_made_man_page_is_what_the_program_writes() -> None:
    ready_made = (PROJECT / "completions" / "cpa-image.1").read_text(encoding="utf-8")

    if ready_made != man_page(list(PAGES.values()), version=__version__):
        pytest.fail("the help has changed; run: cpa-image help --man > completions/cpa-image.1")


def test_groff_finds_nothing_wrong_with_the_man_page() -> None:
    try:
        done = subprocess.run(
            # By its standard input: it hands names to a shell without quoting them.
            ["groff", "-man", "-Tutf8", "-ww", "-z", "-Kutf8"],
            input=(PROJECT / "completions" / "cpa-image.1").read_text(encoding="utf-8"),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("groff is not installed")

    assert (done.returncode, done.stderr) == (0, "")
