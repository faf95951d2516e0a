"""
Decides what a program that follows a run reads: one JSON object per line and event, the same keys as the event.

A new event or field needs nothing here. The last line, the result object, is written by the command with `as_line`.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.job.events import JobEvent, ReplyStarted
from cpa_image_cli.core.job.outcome import Outcome, in_iso
from cpa_image_cli.core.text import json_text
from cpa_image_cli.ui.console import Outlet
from cpa_image_cli.ui.formatting import shown_headers


def event_as_json(event: JobEvent) -> dict[str, object]:
    """Return *event* as an object; readings of the job's clock (``..._at``) mean nothing outside and are left out."""
    told = {name: value for name, value in _fields(event).items() if not name.endswith("_at")}
    shown: dict[str, object] = {"event": event.kind, **told}
    if isinstance(event, ReplyStarted):
        shown["headers"] = shown_headers(event.headers)
    return shown


def as_line(shown: Mapping[str, object]) -> str:
    """Return *shown* as one line of JSON, its newline included, in readable characters."""
    return json_text(shown) + "\n"


class JsonLinesRenderer:
    """Writes every event to *stream*, as it happens; *now* is the wall clock."""

    def __init__(self, stream: TextIO, *, now: Callable[[], datetime]) -> None:
        self._outlet = Outlet(stream)
        self._now = now

    def handle(self, event: JobEvent) -> None:
        """Write *event*."""
        self._outlet.write(as_line({**event_as_json(event), "at": in_iso(self._now())}))

    def tick(self) -> None:
        """Do nothing: a program has its own clock."""

    def conclude(self, outcome: Outcome) -> None:
        """Write the last line, the result object."""
        self._outlet.write(as_line(outcome.as_json()))

    def close(self) -> None:
        """Do nothing: there is nothing to restore."""


def _fields(value: object) -> dict[str, object]:
    assert is_dataclass(value)  # noqa: S101 - for the type checker
    return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}


def _plain(value: object) -> object:
    match value:
        case Path():
            return str(value)
        case Code():
            return value.word
        case Failure():
            told = {name: inner for name, inner in _fields(value).items() if name != "is_permanent"}
            return {**told, "may_have_billed": value.may_have_billed}
        case tuple() | list():
            return [_plain(item) for item in value]
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case _:
            return _fields(value) if is_dataclass(value) and not isinstance(value, type) else value
