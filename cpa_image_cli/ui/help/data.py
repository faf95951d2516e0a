"""Pages of help as JSON, typed by `core.contracts.help`: a contract whose keys are added to and never renamed."""

from collections.abc import Callable
from typing import TypeVar, cast

from cpa_image_cli.core.contracts.help import HelpObject, OptionObject, StatusObject
from cpa_image_cli.core.manual.page import Page, Row
from cpa_image_cli.core.manual.statuses import MEANINGS
from cpa_image_cli.core.manual.variables import meaning_of

Object = TypeVar("Object")


def page_data(page: Page) -> HelpObject:
    """Return *page*: what a program needs to call the command, and to understand how it ended."""
    manual = page.manual
    data: HelpObject = {
        "schema": "cpa-image/help/1",
        "command": page.path,
        "usage": page.usage,
        "summary": next(iter(page.paragraphs), ""),
        "description": list(page.paragraphs[1:]),
        "arguments": [_row(row) for row in page.arguments],
        "options": [_row(row) for section in page.sections for row in section.rows],
        "commands": [{"name": name, "summary": summary} for name, summary in page.commands],
        "examples": [{"command": example.command, "about": example.about} for example in manual.examples],
        "remarks": [{"title": title, "text": text} for title, text in manual.remarks],
        "exit_statuses": [
            StatusObject(exit_status=int(status), meaning=MEANINGS[status].meaning) for status in manual.statuses
        ],
        "environment": [{"name": name, "meaning": meaning_of(name)} for name in manual.variables],
    }
    return _without_silence(data, keeps=lambda name: name == "command")


def _row(row: Row) -> OptionObject:
    data: OptionObject = {
        "names": list(row.names),
        "value": row.value,
        # The values have a key of their own.
        "help": row.help.partition(" Known: ")[0] if row.known else row.help,
        "default": row.default,
        "values": [] if "|" in row.value else list(row.known),
        "required": row.is_required,
        "repeatable": row.is_repeatable,
    }
    return _without_silence(data)


def _without_silence(data: Object, *, keeps: Callable[[str], bool] = lambda _: False) -> Object:
    """Return *data* without the keys that say nothing, but for those it *keeps*: an agent reads every byte."""
    said = cast("dict[str, object]", data)
    return cast(Object, {name: value for name, value in said.items() if value or keeps(name)})
