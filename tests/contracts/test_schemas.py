"""The schemas in the wheel are what the program's types say, and what was released stays."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import cpa_image_cli
from tests.contracts.additions import lost
from tests.contracts.generate import CONTRACTS, RELEASED, SCHEMAS, schema_of, text_of
from tests.contracts.validation import complaint
from tests.faults.home import Home
from tests.faults.in_process import run_here

NAMES = sorted(CONTRACTS)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_in_the_wheel_is_made_of_the_types_that_write_it(name: str) -> None:
    assert (SCHEMAS / f"{name}.json").read_text(encoding="utf-8") == text_of(name)


def test_every_file_is_of_a_contract() -> None:
    assert sorted(path.stem for path in SCHEMAS.iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(schema_of(name))


def test_every_schema_that_the_program_names_is_described() -> None:
    package = Path(cpa_image_cli.__file__).parent
    named = {
        name for path in package.rglob("*.py") for name in re.findall(r'"cpa-image/([a-z-]+)/\d+"', path.read_text())
    }

    assert named <= set(NAMES)


@pytest.mark.parametrize("path", sorted(RELEASED.iterdir()), ids=lambda path: path.stem)
def test_what_was_released_is_only_added_to(path: Path) -> None:
    assert lost(json.loads(path.read_text(encoding="utf-8")), schema_of(path.stem)) == []


def changed(at: str, value: object) -> dict[str, Any]:
    """Return the schema of results with *value* in place of what stands at the path *at*; None takes it away."""
    schema = copy.deepcopy(schema_of("result"))
    *outer, last = at.split("/")
    place: Any = schema
    for name in outer:
        place = place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return schema


@pytest.mark.parametrize(
    ("at", "value", "told"),
    [
        ("properties/usage", None, [".usage is gone"]),
        ("required", [], None),
        ("properties/ok/type", ["boolean", "null"], [".ok may be null"]),
        ("properties/schema/const", "cpa-image/result/2", [".schema is no longer cpa-image/result/1"]),
        ("$defs/Error/properties/hint", None, [".error.hint is gone"]),
        ("properties/requested/additionalProperties/type", "integer", [".requested[] may be integer"]),
        ("$defs/Notice/properties/message/type", "object", [".warnings[].message may be object"]),
    ],
)
def test_a_key_that_goes_away_or_changes_is_noticed(at: str, value: object, told: list[str] | None) -> None:
    found = lost(schema_of("result"), changed(at, value))

    assert found == told if told is not None else found


def test_more_keys_and_more_events_are_additions() -> None:
    events = copy.deepcopy(schema_of("event"))
    events["anyOf"].append({"type": "object"})
    events["$defs"]["Accepted"]["properties"]["more"] = {"type": "string"}

    assert lost(schema_of("event"), events) == []


def test_an_event_that_goes_away_is_noticed() -> None:
    events = copy.deepcopy(schema_of("event"))
    events["anyOf"].pop(0)

    assert lost(schema_of("event"), events) != []


def test_an_object_that_breaks_its_contract_fails_the_test_that_reads_it(home: Home) -> None:
    printed = run_here(home, "generate", "x", "--sandbox", "--size", "64x64", "--json").stdout.decode()

    assert complaint(json.loads(printed)) is None
    with pytest.raises(AssertionError, match=r"result\.ok: 1 is not of type 'boolean'"):
        json.loads(printed.replace('"ok": true', '"ok": 1'))
    with pytest.raises(AssertionError, match="'more' was unexpected"):
        json.loads(printed.replace('"ok": true', '"ok": true, "more": 1'))
    with pytest.raises(AssertionError, match="no contract is called 'other'"):
        json.loads('{"schema": "cpa-image/other/1"}')


def test_a_schema_is_printed_by_its_name(home: Home) -> None:
    ended = run_here(home, "schema", "result")

    assert (ended.status, ended.stdout.decode()) == (0, text_of("result"))


def test_without_a_name_it_is_told_what_there_is(home: Home) -> None:
    ended = run_here(home, "schema")

    lines = ended.stdout.decode().splitlines()
    assert [line.split("\t")[0] for line in lines] == NAMES
    assert "result\tWhat generate --json prints, and the last line of --jsonl" in lines


def test_an_unknown_name_is_told_what_there_is(home: Home) -> None:
    ended = run_here(home, "schema", "../results")

    assert ended.status == 2
    assert ended.stderr.startswith("cpa-image: there is no schema '../results' [usage]\n")
    assert ", ".join(NAMES) in ended.stderr


def test_a_result_is_found_in_history_by_its_id(home: Home) -> None:
    printed = run_here(home, "generate", "松鼠", "--sandbox", "--size", "64x64", "--json").object

    assert (printed["id"], printed["prompt"]) == (home.runs()[0].id, "松鼠")


def test_a_run_that_cannot_be_recorded_has_no_id(home: Home) -> None:
    home.directories.history_file.mkdir(parents=True)
    printed = run_here(home, "generate", "松鼠", "--sandbox", "--size", "64x64", "--json").object

    assert printed["id"] is None
