import json
import os
from pathlib import Path

import pytest

from cpa_image_cli.adapters.openclaw.documents import DEEPEST_INCLUDE, DEEPEST_VALUE, UNREADABLE, Reader

SAMPLES = Path(__file__).parents[2] / "data" / "openclaw"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def notes(reader: Reader) -> list[str]:
    assert {note.code for note in reader.notes} <= {UNREADABLE}
    return [note.message for note in reader.notes]


def test_json_and_json5_are_read() -> None:
    reader = Reader()

    strict = reader.config(SAMPLES / "config" / "onboarded-2026.9.6.json")
    by_hand = reader.config(SAMPLES / "config" / "handwritten-comments.json5")

    assert strict["agents"]["entries"]["main"]["identity"] == {"name": "main"}  # type: ignore[index]
    assert by_hand["agents"] == {"defaults": {"model": {"primary": "otcbot/gpt-5.4"}}}
    assert notes(reader) == []


def test_a_missing_file_is_empty_and_no_matter(tmp_path: Path) -> None:
    reader = Reader()

    assert reader.config(tmp_path / "openclaw.json") == {}
    assert reader.variables(tmp_path / ".env") == {}
    assert reader.text(tmp_path / "a" / "b") is None
    assert (reader.files, reader.notes) == ([], [])


def test_an_include_stands_for_the_file_it_names(tmp_path: Path) -> None:
    for source, target in (("include-root.json5", "openclaw.json"), ("include-models.json5", "models.json5")):
        write(tmp_path / target, (SAMPLES / "config" / source).read_text(encoding="utf-8"))
    reader = Reader()

    config = reader.config(tmp_path / "openclaw.json")

    assert config["models"]["providers"]["otcbot"]["apiKey"] == "${OTCBOT_API_KEY}"  # type: ignore[index]
    assert config["gateway"] == {"mode": "local"}
    assert reader.files == [tmp_path / "openclaw.json", tmp_path / "models.json5"]


def test_several_includes_are_merged_and_own_keys_go_above(tmp_path: Path) -> None:
    write(tmp_path / "a.json", '{"x": {"one": 1, "two": 1, "list": [1]}}')
    write(tmp_path / "sub" / "b.json", '{"x": {"two": 2, "list": [2]}, "y": {"$include": "../c.json"}}')
    write(tmp_path / "c.json", "[3]")
    path = write(tmp_path / "openclaw.json", '{"$include": ["a.json", "./sub/b.json"], "x": {"one": 9}}')

    assert Reader().config(path) == {"x": {"one": 9, "two": 2, "list": [1, 2]}, "y": [3]}


@pytest.mark.parametrize("name", ["../outside.json", "/etc/passwd", "link.json"])
def test_an_include_outside_the_configurations_directory_is_left_out(tmp_path: Path, name: str) -> None:
    write(tmp_path / "outside.json", '{"stolen": true}')
    path = write(tmp_path / "state" / "openclaw.json", f'{{"x": {{"$include": "{name}"}}, "y": 1}}')
    (tmp_path / "state" / "link.json").symlink_to(tmp_path / "outside.json")
    reader = Reader()

    assert reader.config(path) == {"x": {}, "y": 1}
    assert len(notes(reader)) == 1
    assert "must lie in the configuration's own directory" in notes(reader)[0]


def test_includes_ten_levels_deep_are_read_and_the_eleventh_is_not(tmp_path: Path) -> None:
    for level in range(12):
        write(tmp_path / f"{level}.json", f'{{"level": {level}, "next": {{"$include": "{level + 1}.json"}}}}')
    reader = Reader()

    node: object = reader.config(tmp_path / "0.json")

    depth = -1
    while isinstance(node, dict) and node:
        depth, node = node["level"], node["next"]
    assert depth == 10
    assert "more than 10 levels deep" in notes(reader)[0]


def test_a_file_that_includes_itself_many_times_comes_to_an_end(tmp_path: Path) -> None:
    path = write(tmp_path / "openclaw.json", '{"$include": ["openclaw.json", "openclaw.json", "openclaw.json"]}')
    reader = Reader()

    reader.config(path)

    assert len(reader.files) <= 100
    assert notes(reader)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "neither JSON nor JSON5"),
        (b"[" * 100_000, "neither JSON nor JSON5"),
        (b"[1]", "not a JSON object"),
        (b"\xff\xfe{}", "not UTF-8 text"),
        (b" " * 8_000_001, "too long"),
    ],
)
def test_a_broken_file_is_noted_and_left_out(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "openclaw.json"
    path.write_bytes(content)
    reader = Reader()

    assert reader.config(path) == {}
    assert len(notes(reader)) == 1
    assert f"{path} is left out: {problem}" in notes(reader)[0]


def test_a_broken_include_is_noted_and_the_rest_is_read(tmp_path: Path) -> None:
    write(tmp_path / "broken.json", "{")
    path = write(tmp_path / "openclaw.json", '{"x": {"$include": ["broken.json", "gone.json", "a\\u0000b"]}, "y": 1}')
    reader = Reader()

    assert reader.config(path) == {"x": {}, "y": 1}
    assert [message.rpartition(": ")[2] for message in notes(reader)][1] == "included, but not there"
    assert len(notes(reader)) == 3


def test_a_directory_or_pipe_in_place_of_a_file_is_noted_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "openclaw.json").mkdir()
    os.mkfifo(tmp_path / ".env")
    reader = Reader()

    assert reader.config(tmp_path / "openclaw.json") == {}
    assert reader.variables(tmp_path / ".env") == {}
    assert [message.rpartition(": ")[2] for message in notes(reader)] == ["not a plain file"] * 2


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "openclaw.json").write_bytes(b'\xef\xbb\xbf{"a": 1}')

    assert Reader().config(tmp_path / "openclaw.json") == {"a": 1}


def test_assignments_are_read_as_dotenv_does(tmp_path: Path) -> None:
    text = """\
# a comment
PLAIN=sk-fake-1
export EXPORTED = sk-fake-2
QUOTED="sk-fake 3" # why
SINGLE='a\\nb'
LINES="a\\nb"
HASH=a#b # c
EMPTY=
中文=x
not an assignment
#OFF=1
"""

    assert Reader().variables(write(tmp_path / ".env", text)) == {
        "PLAIN": "sk-fake-1",
        "EXPORTED": "sk-fake-2",
        "QUOTED": "sk-fake 3",
        "SINGLE": "a\\nb",
        "LINES": "a\nb",
        "HASH": "a#b",
        "EMPTY": "",
    }


def nested(depth: int) -> str:
    return '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)


def test_values_may_be_nested_so_deeply_and_no_deeper(tmp_path: Path) -> None:
    path = write(tmp_path / "openclaw.json", nested(DEEPEST_VALUE))
    assert Reader().config(path) == json.loads(nested(DEEPEST_VALUE))

    for depth in (DEEPEST_VALUE + 1, 900):
        reader = Reader()
        write(path, nested(depth))
        assert reader.config(path) == {}
        (note,) = notes(reader)
        assert f"{path} is left out: its values are nested too deeply" in note


def test_includes_of_the_deepest_kind_are_read(tmp_path: Path) -> None:
    for level in range(DEEPEST_INCLUDE):
        inner = f'{{"$include": "{level + 1}.json"}}'
        write(tmp_path / f"{level}.json", nested(DEEPEST_VALUE).replace("{}", inner))
    write(tmp_path / f"{DEEPEST_INCLUDE}.json", nested(DEEPEST_VALUE))
    reader = Reader()

    found = reader.config(tmp_path / "0.json")

    assert notes(reader) == []
    assert json.dumps(found).count("a") == (DEEPEST_VALUE - 1) * (DEEPEST_INCLUDE + 1)
