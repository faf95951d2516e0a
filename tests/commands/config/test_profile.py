"""``config profile``: which profiles there are, which is the default, and one that goes away."""

import json
from pathlib import Path

import pytest

from tests.faults.home import Home
from tests.faults.in_process import Ended, run_here

FILE = """\
# mine
model = "gpt-5.4"
default_profile = "work"

[profiles.work] # at work
base_url = "https://user:password@images.work.example/v1"

[profiles."家"]
base_url = "http://192.168.1.2:8317"
model = "gpt-5.5"
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home.made_in(tmp_path)
    home.directories.config_file.parent.mkdir(parents=True)
    home.directories.config_file.write_text(FILE, encoding="utf-8")
    return home


def profile(home: Home, *words: str) -> Ended:
    return run_here(home, "config", "profile", *words)


def text(home: Home) -> str:
    return home.directories.config_file.read_text(encoding="utf-8")


def test_they_are_listed_with_what_would_hold_and_no_password(home: Home) -> None:
    assert profile(home, "list").stdout.decode().splitlines() == [
        "DEFAULT\tPROFILE\tMODEL\tGATEWAY",
        "*\twork\tgpt-5.4\thttps://…@images.work.example/v1",
        "\t家\tgpt-5.5\thttp://192.168.1.2:8317",
    ]


def test_a_program_gets_one_object(home: Home) -> None:
    found = json.loads(profile(home, "list", "--json").stdout)

    assert [(one["name"], one["is_default"]) for one in found["profiles"]] == [("work", True), ("家", False)]
    assert found["config_file"] == str(home.directories.config_file)


def test_where_there_are_none_it_is_said_how_one_is_made(home: Home) -> None:
    home.directories.config_file.unlink()

    assert "config init --profile NAME" in profile(home, "list").stderr


def test_another_one_is_used_and_nothing_else_in_the_file_changes(home: Home) -> None:
    ended = profile(home, "use", "家")

    assert ended.status == 0
    assert text(home) == FILE.replace('"work"', '"家"')


def test_one_that_is_not_there_is_not_used(home: Home) -> None:
    ended = profile(home, "use", "wrok")

    assert (ended.status, text(home)) == (3, FILE)
    assert "there is no profile 'wrok'" in ended.stderr


def test_a_variable_that_names_another_is_told(home: Home) -> None:
    ended = run_here(home, "config", "profile", "use", "家", CPA_IMAGE_PROFILE="work")

    assert "from CPA_IMAGE_PROFILE, which goes before the config file" in ended.stderr


def test_the_default_profile_goes_with_all_that_names_it(home: Home) -> None:
    ended = profile(home, "remove", "work", "--yes")

    assert (ended.status, "removed the profile work" in ended.stderr) == (0, True)
    assert "work" not in text(home)
    assert "default_profile" not in text(home)
    assert text(home).startswith('# mine\nmodel = "gpt-5.4"\n')
    assert '[profiles."家"]\nbase_url = "http://192.168.1.2:8317"' in text(home)


def test_nobody_is_asked_where_nobody_is(home: Home) -> None:
    ended = profile(home, "remove", "work")

    assert (ended.status, text(home)) == (2, FILE)
    assert "--yes removes it without asking" in ended.stderr


def test_one_that_is_not_there_is_not_removed(home: Home) -> None:
    assert profile(home, "remove", "x", "--yes").status == 3
    assert text(home) == FILE


def test_alone_it_says_what_there_is(home: Home) -> None:
    ended = profile(home)

    assert ended.status == 0
    assert "cpa-image config profile use work" in ended.stdout.decode()
