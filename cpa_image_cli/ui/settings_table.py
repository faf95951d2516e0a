"""
Decides how settings are shown: as a table for people, as data for programs.

Both are pure and hold no secret: they print what each candidate says may be shown. `SCHEMA` names the contract of
`settings_data`: keys are added, never renamed or removed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cpa_image_cli.core.endpoint import shown_url
from cpa_image_cli.core.key_pairing import MIXED_SOURCES
from cpa_image_cli.core.outcome import Notice
from cpa_image_cli.core.resolution import Candidate, Resolved, State
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.settings import Settings
from cpa_image_cli.core.text import clean, one_line

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderableType
    from rich.table import Table
    from rich.text import Text

    Row = tuple[Text, Text, Text]

SCHEMA = "cpa-image/settings/1"

NARROW = 60
"""Columns below which a table of three columns would break every word."""

NOTHING = "-"

_STYLES = {State.SET: "green", State.UNRESOLVED: "red", State.SHADOWED: "yellow"}
_MIXED = frozenset({"base_url", "api_key"})


def settings_table(settings: Settings, *, all_candidates: bool) -> "RenderableType":
    """Return the settings as a table, with each candidate if *all_candidates*, and what is to be said below it."""
    rows = [*(_candidates(settings) if all_candidates else _values(settings)), *_headers(settings)]
    titles = ("Setting", "Source", "Found") if all_candidates else ("Setting", "Value", "From")
    return _Page(
        heading=_heading(settings),
        titles=titles,
        rows=tuple(rows),
        remarks=tuple(_remarks(settings, all_notes=all_candidates)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A table where there is room for one; on a narrow terminal each row's cells stand below each other."""

    heading: "Text"
    titles: tuple[str, str, str]
    rows: "tuple[Row, ...]"
    remarks: "tuple[tuple[Text, Text], ...]"

    def __rich_console__(self, _: object, options: "ConsoleOptions") -> "Iterator[RenderableType]":
        yield self.heading
        if options.max_width < NARROW:
            yield from self._stacked()
        else:
            yield self._table()
        if self.remarks:
            yield self._below()

    def _table(self) -> "Table":
        from rich import box  # noqa: PLC0415 - `--json` needs no Rich
        from rich.table import Table  # noqa: PLC0415 - as above

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        for number, title in enumerate(self.titles):
            table.add_column(title, no_wrap=number == 0, overflow="fold")
        for number, row in enumerate(self.rows):
            if number and str(row[0]) and self.titles[1] == "Source":
                table.add_section()
            table.add_row(*row)
        return table

    def _stacked(self) -> "Iterator[RenderableType]":
        from rich.padding import Padding  # noqa: PLC0415 - as above

        for name, *others in self.rows:
            if str(name):
                yield name
            said = [cell for cell in others if str(cell) != NOTHING] or others[:1]
            yield Padding(_text(" · ", "dim").join(said), (0, 0, 0, 2))

    def _below(self) -> "Table":
        from rich.table import Table  # noqa: PLC0415 - as above

        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for mark, remark in self.remarks:
            grid.add_row(mark, remark)
        return grid


def _heading(settings: Settings) -> "Text":
    presence = "" if settings.config_file_exists else " (not there)"
    return _text(f"Config file: {settings.config_file}{presence}", "dim")


def _values(settings: Settings) -> "Iterator[Row]":
    """Yield one row per setting: name, value in use, source."""
    for name, resolved in settings.rows():
        if resolved.problem is not None:
            value = _text(f"unresolved: {one_line(resolved.problem.message)}", "red")
        else:
            value = _text(_shown(resolved), "" if resolved.origin else "dim")
        yield _text(name, "bold"), value, _source(name, resolved, settings)


def _candidates(settings: Settings) -> "Iterator[Row]":
    """Yield one row per candidate of each setting, in the order they are asked."""
    for name, resolved in settings.rows():
        for number, candidate in enumerate(resolved.candidates):
            is_winner = candidate.state in (State.SET, State.UNRESOLVED) and candidate.source == resolved.source
            source = _source(name, resolved, settings) if is_winner else _text(candidate.source, "dim")
            yield _text("" if number else name, "bold"), source, _found(candidate)


def _headers(settings: Settings) -> "Iterator[Row]":
    for header in settings.headers:
        yield _text(f"header {header.name}", "bold"), _text(header.shown, ""), _text(header.source, "")


def _found(candidate: Candidate) -> "Text":
    text = _text(candidate.state, _STYLES.get(candidate.state, "dim"))
    if candidate.shown:
        text.append(f" {one_line(candidate.shown)}", style="")
    if candidate.note:
        text.append(f" ({one_line(candidate.note)})", style="dim")
    return text


def _source(name: str, resolved: Resolved[object], settings: Settings) -> "Text":
    """Return where the value comes from, marked if it sends a key to another party's host."""
    text = _text(resolved.source or NOTHING, "" if resolved.source else "dim")
    if name in _MIXED and any(notice.code == MIXED_SOURCES for notice in settings.warnings):
        text.append(" ! mixed", style="bold yellow")
    return text


def _shown(resolved: Resolved[object]) -> str:
    """Return the value in use; one that is set to nothing says what that means."""
    if resolved.origin is None:
        return NOTHING
    winner = next(candidate for candidate in resolved.candidates if candidate.state is State.SET)
    return one_line(winner.shown) or f"({winner.note or 'empty'})"


def _remarks(settings: Settings, *, all_notes: bool) -> "Iterator[tuple[Text, Text]]":
    """Yield the warnings, and with *all_notes* what else there is to say on files that were read."""
    for notice in settings.warnings:
        yield _text("!", "yellow"), _text(one_line(notice.message), "yellow")
    for notice in settings.notes if all_notes else ():
        if notice not in settings.warnings:
            yield _text("·", "dim"), _text(one_line(notice.message), "dim")


def _text(content: str, style: str) -> "Text":
    from rich.text import Text  # noqa: PLC0415 - as above

    return Text(clean(content), style=style, overflow="fold")


def settings_data(settings: Settings) -> dict[str, object]:
    """Return the settings as ``config show --json`` prints them; keys masked, credentials in URLs too."""
    return {
        "schema": SCHEMA,
        "config_file": str(settings.config_file),
        "config_file_exists": settings.config_file_exists,
        "openclaw_files": [str(path) for path in settings.openclaw_files],
        "settings": {name: _setting(name, resolved) for name, resolved in settings.rows()},
        "headers": [
            {"name": header.name, "value": clean(header.shown), "source": clean(header.source)}
            for header in settings.headers
        ],
        "warnings": _notices(settings.warnings),
        "notes": _notices(settings.notes),
    }


def _setting(name: str, resolved: Resolved[object]) -> dict[str, object]:
    problem = resolved.problem
    return {
        "value": _plain(name, resolved.value),
        "source": clean(resolved.source) or None,
        "origin": resolved.origin,
        "problem": problem and {"code": problem.code.word, "message": clean(problem.message), "hint": problem.hint},
        "candidates": [
            {
                "source": clean(candidate.source),
                "state": candidate.state,
                "value": clean(candidate.shown) or None,
                "note": clean(candidate.note) or None,
            }
            for candidate in resolved.candidates
        ],
    }


def _plain(name: str, value: object) -> object:
    """Return *value* as JSON can have it."""
    match value:
        case Secret():
            return value.masked()
        case str() if name == "base_url":
            return shown_url(value)
        case str() | Path():
            return clean(str(value))
        case _:
            return value


def _notices(notices: tuple[Notice, ...]) -> list[dict[str, str]]:
    return [{"code": notice.code, "message": clean(notice.message)} for notice in notices]
