from pathlib import Path

import pytest

from cpa_image_cli.adapters.openclaw.openclaw_paths import (
    Agent,
    config_files,
    default_agent,
    expanded,
    home_of,
    models_files,
    state_dir,
)

MAIN = Agent(own={})


def test_the_state_is_in_the_home_directory_by_default(tmp_path: Path) -> None:
    assert state_dir({}, tmp_path) == tmp_path / ".openclaw"


@pytest.mark.parametrize("name", [".openclaw", ".clawdbot", ".moltbot", ".moldbot"])
def test_old_state_directories_are_found(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()

    assert state_dir({}, tmp_path) == tmp_path / name


def test_the_newest_state_directory_goes_before_old_ones(tmp_path: Path) -> None:
    (tmp_path / ".clawdbot").mkdir()
    (tmp_path / ".openclaw").mkdir()

    assert state_dir({}, tmp_path) == tmp_path / ".openclaw"


def test_the_variable_names_the_state_directory(tmp_path: Path) -> None:
    assert state_dir({"OPENCLAW_STATE_DIR": " ~/claw "}, tmp_path) == tmp_path / "claw"
    assert state_dir({"OPENCLAW_STATE_DIR": "/srv/claw"}, tmp_path) == Path("/srv/claw")


@pytest.mark.parametrize("nothing", ["", " ", "undefined", "null"])
def test_words_for_nothing_count_as_unset(tmp_path: Path, nothing: str) -> None:
    assert state_dir({"OPENCLAW_STATE_DIR": nothing}, tmp_path) == tmp_path / ".openclaw"


def test_the_old_variable_holds_if_it_leads_somewhere(tmp_path: Path) -> None:
    environ = {"CLAWDBOT_STATE_DIR": str(tmp_path / "old")}
    assert state_dir(environ, tmp_path) == tmp_path / ".openclaw"

    (tmp_path / "old").mkdir()

    assert state_dir(environ, tmp_path) == tmp_path / "old"
    assert state_dir({**environ, "OPENCLAW_STATE_DIR": "/srv/new"}, tmp_path) == Path("/srv/new")


def test_openclaws_home_is_a_home_and_not_a_state_directory(tmp_path: Path) -> None:
    assert home_of({}, tmp_path) == tmp_path
    assert home_of({"OPENCLAW_HOME": "~/other"}, tmp_path) == tmp_path / "other"


def test_a_home_that_cannot_be_looked_into_has_no_state(tmp_path: Path) -> None:
    home = tmp_path / ("x" * 300)

    assert state_dir({}, home) == home / ".openclaw"


def test_a_profile_alone_moves_nothing(tmp_path: Path) -> None:
    assert state_dir({"OPENCLAW_PROFILE": "rescue"}, tmp_path) == tmp_path / ".openclaw"


@pytest.mark.parametrize("variable", ["OPENCLAW_CONFIG_PATH", "CLAWDBOT_CONFIG_PATH"])
def test_a_named_configuration_is_the_only_one(tmp_path: Path, variable: str) -> None:
    assert list(config_files({variable: "~/c.json"}, tmp_path)) == [tmp_path / "c.json"]


def test_the_configuration_is_looked_for_under_new_and_old_names(tmp_path: Path) -> None:
    found = list(config_files({"OPENCLAW_STATE_DIR": "/srv/claw"}, tmp_path))

    assert found[:4] == [
        Path("/srv/claw") / name for name in ("openclaw.json", "clawdbot.json", "moltbot.json", "moldbot.json")
    ]
    assert found[4] == tmp_path / ".openclaw" / "openclaw.json"
    assert found[-1] == tmp_path / ".moldbot" / "moldbot.json"


def test_models_are_looked_for_where_variables_and_the_agent_say(tmp_path: Path) -> None:
    environ = {"OPENCLAW_AGENT_DIR": "~/a", "PI_CODING_AGENT_DIR": "~/b", "CLAWDBOT_AGENT_DIR": "~/c"}
    agent = Agent(name="painter", own={"agentDir": "~/own"})

    assert list(models_files(environ, tmp_path, agent)) == [
        tmp_path / "a" / "models.json",
        tmp_path / "b" / "models.json",
        tmp_path / "c" / "models.json",
        tmp_path / "own" / "models.json",
        tmp_path / ".openclaw" / "agents" / "painter" / "agent" / "models.json",
    ]


@pytest.mark.parametrize(
    ("agents", "expected"),
    [
        ({}, Agent(own={})),
        ({"list": []}, Agent(own={})),
        ({"list": "x"}, Agent(own={})),
        ({"list": [{"id": "One"}, {"id": "two"}]}, Agent(name="one", own={"id": "One"})),
        (
            {"list": [{"id": "one"}, {"id": "Two", "default": True}]},
            Agent(name="two", own={"id": "Two", "default": True}),
        ),
        ({"entries": {"Painter": {"model": "m"}}}, Agent(name="painter", own={"model": "m"})),
        ({"entries": {"main": None}}, Agent(own={})),
        (
            {
                "entries": {"a": {}, "B": {"model": "m"}},
                "ownership": "explicit",
                "defaults": {"systemAgent": {"agentId": "b"}},
            },
            Agent(name="b", own={"model": "m"}),
        ),
        (
            {"entries": {"a": {}, "b": {}}, "defaults": {"systemAgent": {"agentId": "b"}}},
            Agent(own={}, note="several agents are configured and none is named as the default"),
        ),
    ],
)
def test_the_default_agent_is_told_from_old_and_new_rosters(agents: dict[str, object], expected: Agent) -> None:
    assert default_agent(agents) == expected


def test_a_tilde_is_the_home_it_is_given(tmp_path: Path) -> None:
    assert expanded("~", tmp_path) == tmp_path
    assert expanded("~/x", tmp_path) == tmp_path / "x"
    assert expanded("~x", tmp_path) == Path("~x")
