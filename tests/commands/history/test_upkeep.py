"""The commands ``history export``, ``forget`` and ``prune``."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from cpa_image_cli.core.errors import ExitStatus
from tests.commands.history.histories import Past, Said, Terminal, done


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return Past(tmp_path)


@pytest.fixture
def ids(past: Past) -> list[str]:
    """Record an old picture, an old one that is gone, a new one that is gone, and a run under way for long."""
    return [
        past.drew("旧的松鼠", name="old.png", ago=timedelta(days=100)),
        past.ended("旧的猫", done(past.folder / "old-gone.png"), ago=timedelta(days=99)),
        past.ended("a new cat", done(past.folder / "new-gone.png"), ago=timedelta(days=1)),
        past.begun("still drawing", ago=timedelta(days=98)),
    ]


def left(past: Past) -> list[str]:
    return [run.id for run in past.history.each()]


# -- export --------------------------------------------------------------------------------------------------------


def test_export_is_one_object_a_line_oldest_first(past: Past, ids: list[str]) -> None:
    said = past.says("export")

    lines = [json.loads(line) for line in said.out.splitlines()]
    assert (said.status, said.err) == (0, "")
    assert [line["id"] for line in lines] == ids
    assert list(reversed(lines)) == json.loads(past.says("list", "--json").out)["runs"]


def test_export_takes_what_the_list_takes(past: Past, ids: list[str]) -> None:
    said = past.says("export", "--search", "旧的", "--since", "99d", "--model", "gpt*")

    assert [json.loads(line)["id"] for line in said.out.splitlines()] == [ids[1]]


def test_an_empty_export_is_empty(past: Past) -> None:
    assert past.says("export") == Said(0, "", "")


# -- forget --------------------------------------------------------------------------------------------------------


def test_forgetting_takes_the_runs_and_leaves_their_pictures(past: Past, ids: list[str]) -> None:
    said = past.says("forget", ids[0], "last~1", ids[0][:7])

    assert said == Said(0, "", f"forgot {ids[0]} (旧的松鼠)\nforgot {ids[2]} (a new cat)\n")
    assert left(past) == [ids[1], ids[3]]
    assert (past.folder / "old.png").exists()


def test_one_wrong_id_and_nothing_is_forgotten(past: Past, ids: list[str]) -> None:
    said = past.says("forget", ids[0], "zzz")

    assert (said.status, left(past)) == (ExitStatus.USAGE, ids)


def test_programs_are_told_the_whole_ids(past: Past, ids: list[str]) -> None:
    said = past.says("forget", "last~3", "--json")

    assert json.loads(said.out) == {"schema": "cpa-image/history/1", "forgotten": [ids[0]]}
    assert said.err == ""


def test_forgetting_nothing_in_particular_is_a_usage_error(past: Past, ids: list[str]) -> None:
    assert (past.says("forget").status, left(past)) == (ExitStatus.USAGE, ids)


# -- prune ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "pruned"),
    [
        (["--older-than", "90d"], [0, 1]),
        (["--missing"], [1, 2]),
        (["--older-than", "90d", "--missing"], [1]),
        (["--older-than", "2026-05-09"], [0, 1, 2]),
        (["--older-than", "900d"], []),
    ],
)
def test_prune_takes_what_its_options_say_and_never_a_run_under_way(
    past: Past, ids: list[str], words: list[str], pruned: list[int]
) -> None:
    looked = json.loads(past.says("prune", *words, "--dry-run", "--json").out)
    before = left(past)
    did = json.loads(past.says("prune", *words, "--yes", "--json").out)

    chosen = [ids[number] for number in pruned]
    assert looked == {"schema": "cpa-image/history/1", "found": chosen, "forgotten": []}
    assert before == ids
    assert did == {"schema": "cpa-image/history/1", "found": chosen, "forgotten": chosen}
    assert left(past) == [identity for identity in ids if identity not in chosen]


@pytest.mark.parametrize(
    ("typed", "told", "goes"),
    [
        ("y\n", "forgot 2 runs; pictures stay where they are\n", True),
        ("YES\n", "forgot 2 runs; pictures stay where they are\n", True),
        ("是\n", "forgot 2 runs; pictures stay where they are\n", True),
        ("\n", "nothing was forgotten\n", False),
        ("n\n", "nothing was forgotten\n", False),
        ("yep\n", "nothing was forgotten\n", False),
        ("", "nothing was forgotten\n", False),
    ],
)
def test_prune_asks_first_and_only_a_yes_is_one(
    past: Past, ids: list[str], typed: str, told: str, *, goes: bool
) -> None:
    said = past.says("prune", "--missing", stdin=Terminal(typed), stderr=Terminal())

    lines = said.err.splitlines()
    assert (said.status, said.out) == (0, "")
    assert [line.split()[0] for line in lines[:3]] == ["ID", ids[1], ids[2]]
    assert said.err.endswith(f"Forget 2 runs? Pictures stay where they are. [y/N] {told}")
    assert left(past) == ([ids[0], ids[3]] if goes else ids)


def test_of_many_runs_the_newest_are_named_and_the_others_counted(past: Past) -> None:
    ids = [past.drew(str(number), ago=timedelta(days=100 - number)) for number in range(13)]

    lines = past.says("prune", "--older-than", "1d", stdin=Terminal("n\n"), stderr=Terminal()).err.splitlines()

    assert [line.split()[0] for line in lines[1:11]] == ids[3:]
    assert lines[11] == "… and 3 before these"


def test_without_a_terminal_prune_needs_a_yes(past: Past, ids: list[str]) -> None:
    piped = past.says("prune", "--missing", stdin=io.StringIO("y\n"))
    silent = past.says("prune", "--missing", stdin=Terminal("y\n"))

    for said in (piped, silent):
        assert (said.status, said.out) == (ExitStatus.USAGE, "")
        assert "there is no terminal to ask on" in said.err
    assert left(past) == ids


def test_prune_without_a_rule_is_a_usage_error(past: Past, ids: list[str]) -> None:
    said = past.says("prune", "--yes")

    assert (said.status, "--older-than 90d or --missing" in said.err, left(past)) == (ExitStatus.USAGE, True, ids)


def test_a_dry_run_lists_what_it_would_be(past: Past, ids: list[str]) -> None:
    said = past.says("prune", "--missing", "--dry-run")

    assert [line.split("\t")[0] for line in said.out.splitlines()] == ["ID", ids[1], ids[2]]
    assert (said.status, said.err) == (0, "")


def test_nothing_to_prune_asks_nothing(past: Past) -> None:
    past.drew("a")

    assert past.says("prune", "--missing", stdin=Terminal(""), stderr=Terminal()).err == "there is nothing to prune\n"


def test_a_picture_goes_into_the_trash_with_its_run_when_that_is_said(past: Past) -> None:
    identity = past.drew("松鼠", name="松鼠.png")
    kept = past.drew("猫", name="猫.png")

    said = past.says("forget", identity, "--delete-picture")

    assert said.status == 0
    assert (past.folder / "松鼠.png").exists() is False
    assert (past.folder / ".local/share/Trash/files/松鼠.png").exists()
    assert [run.id for run in past.history.recent(5)] == [kept]
    assert f"into the trash: {past.folder / '松鼠.png'}" in said.err
