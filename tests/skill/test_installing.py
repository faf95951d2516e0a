"""Where the skill goes, and what it never touches."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from cpa_image_cli.adapters.skill.installation import packaged
from cpa_image_cli.core.skill import MAIN, SkillState, digest_of, stamp_of, state_of
from tests.faults.home import Home
from tests.faults.in_process import Ended, run_here

SCRIPT = "scripts/generate_image.py"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


def shared(home: Home) -> Path:
    return home.root / ".agents/skills/cpa-image"


def of_claude(home: Home) -> Path:
    return home.root / ".claude/skills/cpa-image"


def skill(home: Home, *words: str, **environ: str) -> Ended:
    return run_here(home, "skill", *words, **environ)


def told(home: Home, *words: str, **environ: str) -> Any:  # noqa: ANN401 - JSON
    return skill(home, *words, "--json", **environ).object


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def as_released(version: str) -> dict[str, bytes]:
    """Return the skill as another *version* would have had it."""
    files = dict(packaged())
    text = files[MAIN].decode().replace("Costs money.", "Is not free.")
    files[MAIN] = re.sub(r"(?m)^  version: .*$", f'  version: "{version}"', text).encode()
    digest = f"  digest: {digest_of(files)}".encode()
    files[MAIN] = re.sub(rb"(?m)^  digest: .*$", digest, files[MAIN])
    return files


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def test_it_is_shown_without_being_installed(home: Home) -> None:
    assert skill(home, "show").stdout == packaged()[MAIN]


def test_without_any_agent_it_goes_where_most_look_and_says_so(home: Home) -> None:
    ended = skill(home, "install")

    assert ended.stdout.decode() == f"{shared(home)}: installed (no agent was found; most read this folder)\n"
    assert files_in(shared(home)) == packaged()
    assert os.access(shared(home) / SCRIPT, os.X_OK)


def test_it_goes_to_every_agent_that_is_there(home: Home) -> None:
    (home.root / ".claude").mkdir()
    (home.root / ".codex").mkdir()
    (home.root / ".gemini").mkdir()

    places = told(home, "install")["places"]

    assert [(place["path"], place["agents"], place["action"]) for place in places] == [
        (str(of_claude(home)), ["claude"], "installed"),
        (str(shared(home)), ["codex", "gemini"], "installed"),
    ]
    assert files_in(of_claude(home)) == files_in(shared(home)) == packaged()


@pytest.mark.parametrize(
    ("agent", "folders"),
    [("claude", [".claude"]), ("cursor", [".agents"]), ("all", [".claude", ".agents"])],
)
def test_an_agent_may_be_named(home: Home, agent: str, folders: list[str]) -> None:
    places = told(home, "install", "--agent", agent)["places"]

    assert [place["path"] for place in places] == [str(home.root / f"{name}/skills/cpa-image") for name in folders]


def test_it_may_be_for_a_project(home: Home) -> None:
    skill(home, "install", "--agent", "claude", "--scope", "project")

    assert files_in(home.wanted / ".claude/skills/cpa-image") == packaged()


def test_an_agent_that_was_moved_is_found_where_it_is(home: Home) -> None:
    moved = home.root / "elsewhere"
    moved.mkdir()

    [place] = told(home, "install", CLAUDE_CONFIG_DIR=str(moved))["places"]

    assert place["path"] == str(moved / "skills/cpa-image")


@pytest.mark.parametrize("words", [("--agent", "clippy"), ("--scope", "world")])
def test_what_is_not_known_is_refused(home: Home, words: tuple[str, ...]) -> None:
    assert skill(home, "install", *words).status == 2


def test_a_dry_run_says_and_does_nothing(home: Home) -> None:
    [place] = told(home, "install", "--dry-run")["places"]

    assert (place["action"], shared(home).exists()) == ("installed", False)


def test_a_second_time_changes_nothing(home: Home) -> None:
    skill(home, "install")
    before = (shared(home) / MAIN).stat().st_mtime_ns

    [place] = told(home, "install")["places"]

    assert (place["state"], place["action"]) == ("current", "none")
    assert (shared(home) / MAIN).stat().st_mtime_ns == before


@pytest.mark.parametrize(("version", "state", "action"), [("0.0.9", "older", "updated"), ("9.0.0", "newer", "none")])
def test_another_version_is_told_from_a_change(home: Home, version: str, state: str, action: str) -> None:
    put(shared(home), as_released(version))

    assert told(home, "status")["places"][0]["state"] == state
    assert told(home, "install")["places"][0]["action"] == action


def test_what_its_owner_changed_stays(home: Home) -> None:
    skill(home, "install")
    with (shared(home) / MAIN).open("a") as file:
        file.write("\nAlways draw cats.\n")
    changed = files_in(shared(home))

    ended = skill(home, "install")

    assert ended.status == 9
    assert ended.stderr == (
        f"{shared(home)}: left as it is, changed by you; --force insists (no agent was found; most read this folder)\n"
    )
    assert files_in(shared(home)) == changed
    assert skill(home, "uninstall").status == 9
    assert files_in(shared(home)) == changed
    assert skill(home, "install", "--force").status == 0
    assert files_in(shared(home)) == packaged()


def test_a_skill_of_somebody_elses_stays(home: Home) -> None:
    put(shared(home), {MAIN: b"---\nname: cpa-image\ndescription: mine\n---\n"})
    theirs = files_in(shared(home))

    assert told(home, "install")["places"][0] | {"path": ""} == {
        "path": "",
        "agents": [],
        "state": "foreign",
        "action": "refused",
    }
    for words in (("uninstall",), ("uninstall", "--force")):
        assert skill(home, *words).status == 0
    assert files_in(shared(home)) == theirs


@pytest.mark.parametrize("there", ["notes.txt", SCRIPT])
def test_a_folder_that_holds_something_else_is_somebody_elses(home: Home, there: str) -> None:
    put(shared(home), {there: b"mine"})

    assert told(home, "status")["places"][0]["state"] == "foreign"


def test_an_empty_folder_is_nobodys(home: Home) -> None:
    shared(home).mkdir(parents=True)

    assert told(home, "install")["places"][0]["action"] == "installed"


@pytest.mark.parametrize("link", [".agents", ".agents/skills", ".agents/skills/cpa-image"])
def test_nothing_is_written_through_a_link(home: Home, link: str) -> None:
    elsewhere = home.root / "dotfiles"
    elsewhere.mkdir()
    (home.root / link).parent.mkdir(parents=True, exist_ok=True)
    (home.root / link).symlink_to(elsewhere)

    [place] = told(home, "install")["places"]

    assert (place["state"], place["action"]) == ("link", "refused")
    assert list(elsewhere.iterdir()) == []
    assert skill(home, "install", "--force").status == 0
    assert (shared(home) / MAIN).read_bytes() == packaged()[MAIN]
    assert (home.root / link).is_symlink()


def test_a_file_that_is_a_link_is_not_written_through(home: Home) -> None:
    skill(home, "install")
    target = home.root / "target"
    target.write_bytes(b"mine")
    (shared(home) / SCRIPT).unlink()
    (shared(home) / SCRIPT).symlink_to(target)

    assert skill(home, "install").status == 9
    assert skill(home, "uninstall").status == 9
    assert target.read_bytes() == b"mine"


def test_uninstalling_takes_only_what_was_put_there(home: Home) -> None:
    (home.root / ".claude").mkdir()
    skill(home, "install", "--agent", "all")
    (shared(home) / "notes.txt").write_text("mine")

    actions = {place["path"]: place["action"] for place in told(home, "uninstall")["places"]}

    assert actions == {str(of_claude(home)): "removed", str(shared(home)): "removed"}
    assert files_in(shared(home)) == {"notes.txt": b"mine"}
    assert not of_claude(home).exists()


def test_uninstalling_what_is_not_there_is_no_failure(home: Home) -> None:
    ended = skill(home, "uninstall", "--agent", "claude")

    assert (ended.status, ended.stdout.decode()) == (0, f"{of_claude(home)}: not installed (Claude Code)\n")


def test_a_changed_skill_goes_if_its_owner_insists(home: Home) -> None:
    skill(home, "install")
    (shared(home) / SCRIPT).write_text("changed")

    assert skill(home, "uninstall", "--dry-run", "--force").status == 0
    assert (shared(home) / SCRIPT).exists()
    assert skill(home, "uninstall", "--force").status == 0
    assert not shared(home).exists()


def test_a_folder_that_cannot_be_made_is_told(home: Home) -> None:
    (home.root / ".agents").write_text("in the way")

    ended = skill(home, "install")

    assert (ended.status, "cannot be used" in ended.stderr) == (9, True)


def test_status_says_how_it_stands(home: Home) -> None:
    skill(home, "install")

    assert skill(home, "status").stdout.decode() == (
        f"{shared(home)}: installed, and up to date (no agent was found; most read this folder)\n"
    )


def test_a_copy_with_other_line_ends_is_the_same(home: Home) -> None:
    put(shared(home), {name: content.replace(b"\n", b"\r\n") for name, content in packaged().items()})

    assert told(home, "status")["places"][0]["state"] == "current"


def test_a_file_that_is_missing_is_a_change() -> None:
    found = {name: content for name, content in packaged().items() if name == MAIN}

    assert state_of(found, packaged()) is SkillState.CHANGED


@pytest.mark.parametrize("files", ["SKILL.md ../../.bashrc", "SKILL.md /etc/passwd", "other.md", "SKILL.md .ssh/id"])
def test_a_stamp_that_names_files_elsewhere_is_not_ours(files: str) -> None:
    main = re.sub(rb"(?m)^  files: .*$", f"  files: {files}".encode(), packaged()[MAIN])

    assert stamp_of(main) is None


def test_nothing_is_known_against_a_package_without_a_stamp() -> None:
    assert state_of(packaged(), {MAIN: b""}) is SkillState.CURRENT


def test_the_group_alone_shows_its_help(home: Home) -> None:
    ended = skill(home)

    assert (ended.status, b"skill install" in ended.stdout) == (0, True)


def test_json_is_one_line(home: Home) -> None:
    assert json.loads(skill(home, "status", "--json").stdout)["schema"] == "cpa-image/skill/1"
