"""
Decides how settings are shown to people: as a table, with the unset ones in one row, or with each candidate.

It is pure and holds no secret: it prints what each candidate says may be shown.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.settings.key_pairing import MIXED_SOURCES
from cpa_image_cli.core.settings.resolution import Candidate, Origin, Resolved, State
from cpa_image_cli.core.settings.settings import Settings
from cpa_image_cli.core.text import clean, one_line
from cpa_image_cli.ui.palette import CAUTION, STRONG

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderableType
    from rich.table import Table
    from rich.text import Text

    Row = tuple[Text, Text, Text]

NARROW = 60
"""Columns below which a table of three columns would break every word."""

NOTHING = "-"
NOT_SET = "(not set)"

ALWAYS_A_ROW = frozenset({"base_url", "api_key"})
"""Settings whose absence is news; others that nobody set share one row."""

_STYLES = {State.SET: "green", State.UNRESOLVED: "red", State.SHADOWED: CAUTION}
_MIXED = frozenset({"base_url", "api_key"})


def settings_table(settings: Settings, *, all_candidates: bool) -> "RenderableType":
    """Return the settings as a table, with each candidate if *all_candidates*, and what is to be said below it."""
    rows = [*(_candidates(settings) if all_candidates else _values(settings)), *_headers(settings)]
    if not all_candidates:
        rows += _absent(settings)
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
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        for number, title in enumerate(self.titles):
            table.add_column(title, no_wrap=number == 0, overflow="fold")
        for number, row in enumerate(self.rows):
            if number and str(row[0]) and self.titles[1] == "Source":
                table.add_section()
            table.add_row(*row)
        return table

    def _stacked(self) -> "Iterator[RenderableType]":
        from rich.padding import Padding

        for name, *others in self.rows:
            if str(name):
                yield name
            said = [cell for cell in others if str(cell) != NOTHING] or others[:1]
            yield Padding(_text(" · ", "dim").join(said), (0, 0, 0, 2))

    def _below(self) -> "Table":
        from rich.table import Table

        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for mark, remark in self.remarks:
            grid.add_row(mark, remark)
        return grid


def _heading(settings: Settings) -> "Text":
    presence = "" if settings.config_file_exists else " (not there)"
    return _text(f"Config file: {settings.config_file}{presence}{_profiles(settings)}", "dim")


def _profiles(settings: Settings) -> str:
    """Return the line that says which profile is in use and which others there are; empty if there are none."""
    if not settings.profiles:
        return ""
    in_use = settings.profile.value
    others = ", ".join(one_line(name, limit=60) for name in settings.profiles if name != in_use)
    if in_use is None:
        return f"\nProfile: none in use; the file has {others}"
    rest = f"; the file also has {others}" if others else ""
    return f"\nProfile: {one_line(in_use, limit=60)}, by {_short_source('profile', settings.profile.source)}{rest}"


def _is_absent(name: str, resolved: Resolved[object]) -> bool:
    return resolved.origin is None and resolved.problem is None and name not in ALWAYS_A_ROW


def _values(settings: Settings) -> "Iterator[Row]":
    """Yield one row per setting that has a value: name, value in use, source."""
    for name, resolved in settings.rows():
        if _is_absent(name, resolved):
            continue
        if resolved.problem is not None:
            value = _text(f"unresolved: {one_line(resolved.problem.message)}", "red")
        else:
            value = _text(_shown(resolved), "dim" if resolved.origin in (None, Origin.DEFAULT) else "")
        yield _text(name, "bold"), value, _source(name, resolved, settings)


def _absent(settings: Settings) -> "Iterator[Row]":
    """Yield the row of the settings that have no value, if there are any."""
    names = [name for name, resolved in settings.rows() if _is_absent(name, resolved)]
    if names:
        yield _text(NOT_SET, "dim"), _text(", ".join(names), "dim"), _text(NOTHING, "dim")


def _candidates(settings: Settings) -> "Iterator[Row]":
    """Yield one row per candidate of each setting, in the order they are asked."""
    for name, resolved in settings.rows():
        for number, candidate in enumerate(resolved.candidates):
            is_winner = candidate.state in (State.SET, State.UNRESOLVED) and candidate.source == resolved.source
            passed_over = _text(_short_source(name, candidate.source), "dim")
            source = _source(name, resolved, settings) if is_winner else passed_over
            yield _text("" if number else name, "bold"), source, _found(candidate)


def _headers(settings: Settings) -> "Iterator[Row]":
    for header in settings.headers:
        source = _short_source("headers", header.source)
        yield _text(f"header {header.name}", "bold"), _text(header.shown, ""), _text(source, "")


def _found(candidate: Candidate) -> "Text":
    text = _text(candidate.state, _STYLES.get(candidate.state, "dim"))
    if candidate.shown:
        text.append(f" {one_line(candidate.shown)}", style="")
    if candidate.note:
        text.append(f" ({one_line(candidate.note)})", style="dim")
    return text


def _source(name: str, resolved: Resolved[object], settings: Settings) -> "Text":
    """Return where the value comes from, marked if it sends a key to another party's host."""
    is_chosen = resolved.origin not in (None, Origin.DEFAULT)
    place = _short_source(name, resolved.source) or NOTHING
    if resolved.variable not in ("", resolved.source):
        place = f"{one_line(resolved.variable, limit=80)} ({_short_source(name, resolved.source)})"
    text = _text(place, "" if is_chosen else "dim")
    if name in _MIXED and any(notice.code == MIXED_SOURCES for notice in settings.warnings):
        text.append(" ! mixed", style=f"{STRONG} {CAUTION}")
    return text


def _short_source(name: str, source: str) -> str:
    """Return *source* without the configuration key if that is the setting's own *name*."""
    return source.removesuffix(f": {name}") if source.startswith("config file") else source


def _shown(resolved: Resolved[object]) -> str:
    """Return the value in use; one that is set to nothing says what that means."""
    if resolved.origin is None:
        return NOTHING
    winner = next(candidate for candidate in resolved.candidates if candidate.state is State.SET)
    return one_line(winner.shown) or f"({winner.note or 'empty'})"


def _remarks(settings: Settings, *, all_notes: bool) -> "Iterator[tuple[Text, Text]]":
    """Yield the warnings, and with *all_notes* what else there is to say on files that were read."""
    for notice in settings.warnings:
        yield _text("!", CAUTION), _text(one_line(notice.message), CAUTION)
    for notice in settings.notes if all_notes else ():
        if notice not in settings.warnings:
            yield _text("·", "dim"), _text(one_line(notice.message), "dim")


def _text(content: str, style: str) -> "Text":
    from rich.text import Text

    return Text(clean(content), style=style, overflow="fold")
