"""
Decides what the rows of a file ask for: JSON lines, plain lines, or a table whose columns fill ``{column}``.

Each row that makes no sense is a `Complaint` that names its line, and keeps no other from being read. Names are those
of the configuration, and the few of `OWN`; to let rows say more, add a name there and read it in `Row`.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from enum import Enum
from typing import assert_never

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.job import image_options
from cpa_image_cli.core.settings.config_keys import KEYS
from cpa_image_cli.core.text import one_line

OWN = ("prompt", "prompt_file", "output", "image", "mask", "key", "request_id")
"""What a row may say beside settings."""

SETTINGS = (
    "model",
    "profile",
    "instructions",
    "session_id",
    "stream",
    "retries",
    "timeout",
    "max_wait",
    "retry_unknown",
    "name_template",
    "format",
    *(name for name, _ in image_options.flags()),
)
"""Settings of one picture, which a row may override."""

NOT_OF_DATA: Mapping[str, str] = {
    "base_url": "a row does not say where the key goes; name a `profile` of yours, or use --base-url",
    "if_exists": "a row does not say what may be overwritten; use --if-exists",
}
"""What the command line alone decides: a file may come from somebody else, the key and the other files do not."""

IMAGE = frozenset(name for name, _ in image_options.flags())

LONGEST_SHOWN = 60
"""Characters of a row's own words that a complaint repeats."""


class Form(Enum):
    """How a file says its rows."""

    JSON = "JSON lines"
    PLAIN = "plain lines"
    COMMAS = "a table with commas"
    TABS = "a table with tabs"


FORMS: Mapping[str, Form] = {
    ".jsonl": Form.JSON,
    ".ndjson": Form.JSON,
    ".json": Form.JSON,
    ".csv": Form.COMMAS,
    ".tsv": Form.TABS,
    ".tab": Form.TABS,
}
"""By the extension of the file; any other is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    What one row asks for.

    *number* counts rows from 1, *line* is where it begins in the file. *said* is what it says by name, and *fields*
    what may stand in for ``{…}``: the columns of a table.
    """

    number: int
    line: int
    said: Mapping[str, object] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """Return what it says under *name*, as text."""
        value = self.said.get(name)
        return None if value is None else str(value)

    @property
    def images(self) -> tuple[str, ...]:
        """Return the pictures to begin from."""
        images = self.said.get("image")
        return tuple(images) if isinstance(images, list) else (images,) if isinstance(images, str) else ()

    @property
    def overrides(self) -> dict[str, object]:
        """Return what it says about settings."""
        return {name: value for name, value in self.said.items() if name in SETTINGS}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong in *line* of a file."""

    line: int
    problem: str


def form_of(extension: str, text: str) -> Form:
    """Return how *text*, from a file with *extension*, says its rows."""
    first = next((line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")), "")
    return FORMS.get(extension.lower(), Form.JSON if first[:1] in ("{", '"') else Form.PLAIN)


def rows_in(text: str, form: Form) -> Iterator[Row | Complaint]:
    """Yield the rows of *text*, and what is wrong with those that are none."""
    match form:
        case Form.JSON:
            yield from _lines(text, _of_json)
        case Form.PLAIN:
            yield from _lines(text, lambda line: {"prompt": line})
        case Form.COMMAS | Form.TABS:
            yield from _table(text, "\t" if form is Form.TABS else ",")
        case _:
            assert_never(form)


class _WrongRow(Exception):  # noqa: N818 - says what it is
    """A row makes no sense."""


def _lines(text: str, read: Callable[[str], Mapping[str, object]]) -> Iterator[Row | Complaint]:
    number = 0
    # Not `splitlines`: a line separator may stand within a prompt.
    for at, line in enumerate(text.split("\n"), 1):
        content = line.strip()
        if not content or content.startswith("#"):
            continue
        number += 1
        try:
            yield Row(number=number, line=at, said=read(content))
        except _WrongRow as wrong:
            yield Complaint(at, str(wrong))


def _of_json(line: str) -> Mapping[str, object]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        raise _WrongRow(f"no JSON: {reason}") from error
    if isinstance(value, str):
        return {"prompt": value}
    if not isinstance(value, dict):
        raise _WrongRow("expected a text in quotation marks or an object")
    return _checked({name: said for name, said in value.items() if said is not None})


def _checked(said: Mapping[str, object]) -> Mapping[str, object]:
    for name, value in said.items():
        if name in NOT_OF_DATA:
            raise _WrongRow(f"`{name}`: {NOT_OF_DATA[name]}")
        if name not in OWN and name not in SETTINGS:
            raise _WrongRow(f"there is no `{one_line(str(name), limit=LONGEST_SHOWN)}`")
        problem = _problem(name, value)
        if problem:
            raise _WrongRow(f"`{name}`: {problem}")
    # Whole numbers may stand without quotation marks, as in the configuration.
    return {name: str(value) if name in IMAGE else value for name, value in said.items()}


def _problem(name: str, value: object) -> str | None:
    if name == "image":
        is_list = isinstance(value, list) and all(isinstance(one, str) and one for one in value)
        return None if is_list or (isinstance(value, str) and value) else "expected a text or a list of texts"
    if name in KEYS:
        return KEYS[name].problem(value)
    if name == "retry_unknown":
        return None if isinstance(value, bool) else "expected true or false"
    return None if isinstance(value, str) and value.strip() else "expected some text"


def _table(text: str, delimiter: str) -> Iterator[Row | Complaint]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    number, begins = 0, 1
    try:
        for cells in reader:
            at, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                yield from _of_header(header, at)
                continue
            number += 1
            yield _of_cells(number, at, header, cells)
    except csv.Error as error:
        yield Complaint(begins, f"no row of a table: {error}")


def _of_header(header: Sequence[str], line: int) -> Iterable[Complaint]:
    twice = next((name for name in header if name and header.count(name) > 1), None)
    return [Complaint(line, f"the column `{one_line(twice, limit=LONGEST_SHOWN)}` is there twice")] if twice else []


def _of_cells(number: int, line: int, header: Sequence[str], cells: Sequence[str]) -> Row | Complaint:
    if len(cells) > len(header):
        return Complaint(line, f"{len(cells)} cells, but {len(header)} columns")
    fields = dict.fromkeys(header, "") | dict(zip(header, (cell.strip() for cell in cells), strict=False))
    known = (*OWN, *SETTINGS, *NOT_OF_DATA)
    said = {name: _read(name, cell) for name, cell in fields.items() if cell and name in known}
    try:
        return Row(number=number, line=line, said=_checked(said), fields=fields)
    except _WrongRow as wrong:
        return Complaint(line, str(wrong))


def _read(name: str, cell: str) -> object:
    if name == "retry_unknown":
        return {"true": True, "false": False}.get(cell.lower(), cell)
    return KEYS[name].value_of(cell) if name in KEYS else cell
