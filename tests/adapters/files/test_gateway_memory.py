"""The table of what gateways were seen to do, on disk."""

import json
import stat
from pathlib import Path

import pytest

from cpa_image_cli.adapters.files.gateway_memory import forget, habits_at, learn
from cpa_image_cli.core.gateway.habits import Habit, Lesson

PLACE = ("gateway.example:443", "gpt-5.4")
MASK = Habit(how="refused", at="2026-11-28")
SIZE = Habit(how="ignored", at="2026-11-28", value="1x1")


def test_what_was_learned_is_found_again_by_place(tmp_path: Path) -> None:
    path = tmp_path / "data" / "gateways.json"

    learn(path, PLACE, Lesson(seen={"mask": MASK}))
    learn(path, ("other:1", "m"), Lesson(seen={"size": SIZE}))

    assert habits_at(path) == {PLACE: {"mask": MASK}, ("other:1", "m"): {"size": SIZE}}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["gateways.json"]


def test_what_is_not_true_any_more_goes(tmp_path: Path) -> None:
    path = tmp_path / "gateways.json"
    learn(path, PLACE, Lesson(seen={"mask": MASK, "size": SIZE}))

    learn(path, PLACE, Lesson(untrue=frozenset({"mask"})))
    kept = habits_at(path)
    learn(path, PLACE, Lesson(untrue=frozenset({"size"})))

    assert kept == {PLACE: {"size": SIZE}}
    assert habits_at(path) == {}


def test_nothing_is_written_where_nothing_was_learned(tmp_path: Path) -> None:
    learn(tmp_path / "gateways.json", PLACE, Lesson(untrue=frozenset({"mask"})))

    assert list(tmp_path.iterdir()) == []


def test_it_is_forgotten_at_once(tmp_path: Path) -> None:
    path = tmp_path / "gateways.json"
    learn(path, PLACE, Lesson(seen={"mask": MASK, "size": SIZE}))

    assert (forget(path), forget(path), path.exists()) == (2, 0, False)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        json.dumps({"g": {"m": {"mask": {"how": "\x1b[2J", "at": "x"}, "size": 3, "\x1b": {}}}}).encode(),
        json.dumps({"g": {"m": {"mask": {"how": "refused"}}}}).encode(),
        json.dumps({"g" * 300: {"m": {"mask": {"how": "refused", "at": "x"}}}}).encode(),
    ],
)
def test_what_somebody_else_wrote_there_is_nothing(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "gateways.json"
    path.write_bytes(content)

    assert not any(habits_at(path).values())
