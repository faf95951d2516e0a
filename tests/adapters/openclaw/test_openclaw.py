import json
from pathlib import Path

import pytest

from cpa_image_cli.adapters.openclaw import OpenClaw, Unresolved, read
from cpa_image_cli.adapters.openclaw.openclaw_paths import has_traces
from cpa_image_cli.adapters.openclaw.provider import read as read_whatever_there_is
from cpa_image_cli.core.secret import Secret

SAMPLES = Path(__file__).parents[2] / "data" / "openclaw"
URL = "http://127.0.0.1:38417/v1"
UNSET = Unresolved(reason="it stands for the variable OTCBOT_API_KEY, which is not set", variable="OTCBOT_API_KEY")


def installed(home: Path, *, config: str | None = None, models: str | None = None) -> Path:
    """Lay out *home* as OpenClaw does, from samples given by file name or text."""
    state = home / ".openclaw"
    for target, source in ((state / "openclaw.json", config), (state / "agents/main/agent/models.json", models)):
        if source is None:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        is_text = source.lstrip().startswith("{")
        target.write_text(source if is_text else (SAMPLES / source).read_text(encoding="utf-8"), encoding="utf-8")
    return state


def provider(**fields: object) -> str:
    return json.dumps({"models": {"providers": {"otcbot": fields}}})


def codes(found: OpenClaw) -> list[str]:
    return [note.code for note in found.notes]


def key(found: OpenClaw) -> Secret | Unresolved | None:
    return found.api_key.value if found.api_key else None


def url(found: OpenClaw) -> str | Unresolved | None:
    return found.base_url.value if found.base_url else None


def test_without_openclaw_nothing_is_known(tmp_path: Path) -> None:
    assert read({}, tmp_path) == OpenClaw()


@pytest.mark.parametrize("sample", ["config/onboarded-2026.9.6.json", "config/handwritten-comments.json5"])
def test_a_provider_in_openclaw_json_is_known_whole(tmp_path: Path, sample: str) -> None:
    state = installed(tmp_path, config=sample)

    found = read({}, tmp_path)

    assert (url(found), key(found)) == (URL, Secret("sk-fake-otcbot-0001"))
    assert found.model is not None
    assert found.model.value == "gpt-5.4"
    assert found.files == (state / "openclaw.json",)
    assert found.notes == ()


@pytest.mark.parametrize(
    "sample", ["literal-2026.1.29.json", "literal-2026.3.13.json", "literal-2026.7.1-gateway.json"]
)
def test_a_provider_in_models_json_alone_is_known(tmp_path: Path, sample: str) -> None:
    state = installed(tmp_path, models=f"models-json/{sample}")

    found = read({}, tmp_path)

    assert (url(found), key(found)) == (URL, Secret("sk-fake-otcbot-0001"))
    assert found.api_key is not None
    assert found.api_key.file == state / "agents/main/agent/models.json"
    assert found.model is None


@pytest.mark.parametrize(
    "sample",
    [
        "config/key-form-bare.json",
        "config/key-form-refenv.json",
        "config/key-form-shorthand.json",
        "config/key-form-tmpl.json",
        "models-json/envref-marker-2026.3.13.json",
        "models-json/dollar-shorthand-as-marker-2026.7.1.json",
    ],
)
def test_every_way_of_naming_a_variable_gives_its_value_or_says_what_to_set(tmp_path: Path, sample: str) -> None:
    is_config = sample.startswith("config")
    installed(tmp_path, config=sample if is_config else None, models=None if is_config else sample)

    assert key(read({"OTCBOT_API_KEY": "sk-fake-env"}, tmp_path)) == Secret("sk-fake-env")
    assert key(read({}, tmp_path)) == UNSET


def test_a_template_that_openclaw_expanded_is_a_key(tmp_path: Path) -> None:
    installed(tmp_path, models="models-json/template-resolved-plaintext-2026.3.13.json")

    assert key(read({}, tmp_path)) == Secret("sk-fake-from-env")


@pytest.mark.parametrize(
    ("config", "models", "reason"),
    [
        ("config/key-form-refexec.json", None, "a program of OpenClaw's has to be run"),
        (None, "models-json/secretref-managed-file-2026.3.13.json", "only OpenClaw's secrets name"),
        (
            "config/key-form-refexec.json",
            "models-json/secretref-managed-file-2026.3.13.json",
            "a program of OpenClaw's",
        ),
        ("config/key-in-auth-profile-2026.9.6.json", None, "a login of its own"),
        (None, "models-json/no-apikey-2026.4.15.json", "a login of its own"),
        (provider(baseUrl=URL, apiKey="two words"), None, "it holds a space"),
    ],
)
def test_a_key_that_cannot_be_had_is_said(tmp_path: Path, config: str | None, models: str | None, reason: str) -> None:
    installed(tmp_path, config=config, models=models)

    found = read({}, tmp_path)

    assert url(found) == URL
    assert isinstance(unresolved := key(found), Unresolved)
    assert reason in unresolved.reason


def test_variables_come_from_the_process_then_dotenv_then_the_configuration(tmp_path: Path) -> None:
    env = {"vars": {"OTCBOT_API_KEY": "sk-fake-vars", "B": "${A}", "C": "${GONE}"}, "A": "sk-fake-flat"}
    text = {**json.loads(provider(baseUrl=URL, apiKey="${OTCBOT_API_KEY}")), "env": env}
    state = installed(tmp_path, config=json.dumps(text))
    assert key(read({}, tmp_path)) == Secret("sk-fake-vars")

    (state / ".env").write_text("OTCBOT_API_KEY=sk-fake-dotenv\n")
    assert key(read({}, tmp_path)) == Secret("sk-fake-dotenv")
    assert key(read({"OTCBOT_API_KEY": "sk-fake-process"}, tmp_path)) == Secret("sk-fake-process")


def test_a_variable_set_in_the_old_flat_way_is_known(tmp_path: Path) -> None:
    text = {**json.loads(provider(baseUrl=URL, apiKey="MY_KEY")), "env": {"MY_KEY": "sk-fake-flat"}}
    installed(tmp_path, config=json.dumps(text))

    assert key(read({}, tmp_path)) == Secret("sk-fake-flat")


def test_a_variable_whose_configured_value_names_an_unset_one_is_unset(tmp_path: Path) -> None:
    text = {**json.loads(provider(baseUrl=URL, apiKey="MY_KEY")), "env": {"vars": {"MY_KEY": "${GONE}"}}}
    installed(tmp_path, config=json.dumps(text))

    assert isinstance(key(read({}, tmp_path)), Unresolved)


def test_a_split_configuration_with_dotenv_is_known_whole(tmp_path: Path) -> None:
    state = installed(tmp_path, config="config/include-root.json5")
    for source, target in (("include-models.json5", "models.json5"), ("include-dotenv.env", ".env")):
        (state / target).write_text((SAMPLES / "config" / source).read_text(encoding="utf-8"))

    found = read({}, tmp_path)

    assert (url(found), key(found)) == (URL, Secret("sk-fake-from-dotenv"))
    assert found.files == (state / "openclaw.json", state / "models.json5", state / ".env")


def test_after_a_rotation_openclaw_json_holds_and_the_difference_is_noted(tmp_path: Path) -> None:
    installed(
        tmp_path,
        config="config/rotated-key-2026.4.15.json5",
        models="models-json/stale-key-after-rotation-2026.4.15.json",
    )

    found = read({}, tmp_path)

    assert (url(found), key(found)) == ("http://127.0.0.1:38417/v2/v1", Secret("sk-fake-ROTATED-0002"))
    assert [note.message for note in found.notes] == [
        "OpenClaw's models.json is out of date (apiKey differs); openclaw.json is used"
    ]
    assert codes(found) == ["openclaw_stale"]


def test_both_differences_are_named(tmp_path: Path) -> None:
    installed(tmp_path, config="config/rotated-key-2026.4.15.json5", models="models-json/literal-2026.7.1-gateway.json")

    assert [note.message for note in read({}, tmp_path).notes] == [
        "OpenClaw's models.json is out of date (baseUrl and apiKey differ); openclaw.json is used"
    ]


def test_a_key_of_models_json_fills_a_gap_for_the_same_address_only(tmp_path: Path) -> None:
    models = "models-json/literal-2026.7.1-gateway.json"
    installed(tmp_path, config=provider(baseUrl=f"{URL}/"), models=models)
    assert key(read({}, tmp_path)) == Secret("sk-fake-otcbot-0001")

    installed(tmp_path, config=provider(baseUrl="http://127.0.0.1:9/v1"), models=models)
    assert isinstance(key(read({}, tmp_path)), Unresolved)


def test_a_base_url_that_names_an_unset_variable_is_said(tmp_path: Path) -> None:
    installed(tmp_path, config=provider(baseUrl="${GATEWAY}/v1", apiKey="sk-fake-1"))

    assert url(read({"GATEWAY": "http://127.0.0.1:1"}, tmp_path)) == "http://127.0.0.1:1/v1"
    assert isinstance(url(read({}, tmp_path)), Unresolved)


def test_the_address_of_models_json_holds_when_openclaw_json_has_none(tmp_path: Path) -> None:
    models = "models-json/literal-2026.7.1-gateway.json"
    installed(tmp_path, config=provider(apiKey="sk-fake-new"), models=models)

    found = read({}, tmp_path)

    assert (url(found), key(found)) == (URL, Secret("sk-fake-new"))


def test_a_provider_without_an_address_still_has_its_key(tmp_path: Path) -> None:
    installed(tmp_path, config=provider(apiKey="sk-fake-new"))

    found = read({}, tmp_path)

    assert (url(found), key(found)) == (None, Secret("sk-fake-new"))


def test_the_providers_name_is_found_in_any_case(tmp_path: Path) -> None:
    installed(tmp_path, config='{"models": {"providers": {"other": {}, "OTCbot": {"baseUrl": "http://[::1]"}}}}')

    assert url(read({}, tmp_path)) == "http://[::1]"


def test_headers_are_resolved_and_those_that_cannot_be_are_left_out_with_a_notice(tmp_path: Path) -> None:
    installed(tmp_path, models="models-json/headers-with-marker-2026.3.13.json")

    without, having = read({}, tmp_path), read({"OTCBOT_HDR": "fake-header"}, tmp_path)

    assert {header.name: header.value for header in having.headers} == {
        "X-Tenant": Secret("acme"),
        "X-Secret": Secret("fake-header"),
        "X-T2": Secret("hdr-secret"),
    }
    assert having.header_notes == ()
    assert [header.name for header in without.headers] == ["X-Tenant", "X-T2"]
    assert [(note.code, note.message) for note in without.header_notes] == [
        (
            "openclaw_header_left_out",
            "OpenClaw's header X-Secret is left out: it stands for the variable OTCBOT_HDR, which is not set",
        )
    ]


def test_header_values_are_never_shown(tmp_path: Path) -> None:
    installed(tmp_path, config=provider(baseUrl=URL, headers={"X-Tenant": "acme", "X-Long": "0123456789abcdef"}))

    assert [header.shown for header in read({}, tmp_path).headers] == ["…", "…cdef"]


@pytest.mark.parametrize("name", ["Content-Length", "X Y", "X:Y"])
def test_headers_nobody_may_set_are_left_out(tmp_path: Path, name: str) -> None:
    installed(tmp_path, config=provider(baseUrl=URL, headers={name: "1", "X-Line": "a\nb", "X-Number": 1}))

    found = read({}, tmp_path)

    assert found.headers == ()
    assert len(found.header_notes) == 3


def test_an_authorization_header_is_the_key_when_there_is_no_other(tmp_path: Path) -> None:
    headers = {"authorization": "Bearer ${TOKEN}"}
    installed(tmp_path, config=provider(baseUrl=URL, headers=headers))
    assert key(found := read({"TOKEN": "sk-fake-t"}, tmp_path)) == Secret("sk-fake-t")
    assert found.headers == ()

    installed(tmp_path, config=provider(baseUrl=URL, apiKey="sk-fake-k", headers=headers))
    assert key(read({"TOKEN": "sk-fake-t"}, tmp_path)) == Secret("sk-fake-k")


def test_the_newest_release_reads_an_old_configuration_under_its_old_name(tmp_path: Path) -> None:
    old = tmp_path / ".clawdbot" / "clawdbot.json"
    old.parent.mkdir()
    old.write_text(provider(baseUrl=URL, apiKey="sk-fake-old"))

    assert key(read({}, tmp_path)) == Secret("sk-fake-old")


def test_the_agents_own_directory_holds_its_models(tmp_path: Path) -> None:
    roster = {"agents": {"list": [{"id": "x"}, {"id": "p", "default": True, "agentDir": "~/p", "model": "otcbot/m"}]}}
    installed(tmp_path, config=json.dumps(roster))
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "models.json").write_text(
        (SAMPLES / "models-json/literal-2026.1.29.json").read_text(encoding="utf-8")
    )

    found = read({}, tmp_path)

    assert (url(found), found.model and found.model.value) == (URL, "m")


def test_an_unclear_roster_is_noted(tmp_path: Path) -> None:
    installed(tmp_path, config='{"agents": {"entries": {"a": {}, "b": {}}}}')

    assert codes(read({}, tmp_path)) == ["openclaw_agent_unclear"]


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        '{"models": []}',
        '{"models": {"providers": {"otcbot": 3}}}',
        '{"models": {"providers": {"otcbot": {"baseUrl": 3, "apiKey": [], "headers": []}}}}',
        '{"models": {"providers": [1]}, "agents": {"list": [3], "entries": []}, "env": [], "secrets": 1}',
        '{"agents": {"entries": {"main": {"agentDir": "a\\u0000b"}}}}',
    ],
)
def test_malformed_files_never_crash(tmp_path: Path, broken: str) -> None:
    installed(tmp_path, config=broken, models=broken)

    assert url(read({"OPENCLAW_AGENT_DIR": str(tmp_path / ("x" * 300))}, tmp_path)) is None


def test_an_unreadable_file_is_noted(tmp_path: Path) -> None:
    (tmp_path / ".openclaw" / "openclaw.json").mkdir(parents=True)

    assert codes(read({}, tmp_path)) == ["openclaw_unreadable"]


@pytest.mark.parametrize(
    ("variable", "folder", "is_looked_for"),
    [("", "", False), ("OPENCLAW_HOME", "", True), ("CLAWDBOT_STATE_DIR", "", True), ("", ".moltbot", True)],
)
def test_only_traces_of_openclaw_lead_to_its_reader(
    tmp_path: Path, variable: str, folder: str, *, is_looked_for: bool
) -> None:
    (tmp_path / folder).mkdir(exist_ok=True)

    assert has_traces({variable: "x", "PATH": "/bin"}, tmp_path) is is_looked_for
    assert read({"PATH": "/bin"}, tmp_path).files == read_whatever_there_is({"PATH": "/bin"}, tmp_path).files == ()


def test_nothing_is_known_where_openclaw_never_was(tmp_path: Path) -> None:
    assert read({}, tmp_path) == read_whatever_there_is({}, tmp_path) == OpenClaw()
