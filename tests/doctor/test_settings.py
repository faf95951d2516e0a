"""The checks of what is configured, each failing for its real cause."""

import json
import sys

import pytest

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.findings import Status, passed, skipped
from tests.doctor.world import KEY, World, gateway, using

URL = "https://gateway.example/v1"


def openclaw(*, url: str = URL, key: object = "sk-openclaw-0123456789") -> str:
    provider = {"baseUrl": url, "apiKey": key, "api": "openai-responses"}
    return json.dumps({"models": {"providers": {"otcbot": provider}}})


def models_json(*, url: str = URL, key: str = "sk-openclaw-0123456789") -> str:
    return json.dumps({"providers": {"otcbot": {"baseUrl": url, "apiKey": key}}})


MODELS_JSON = ".openclaw/agents/main/agent/models.json"


def test_without_a_config_file_the_defaults_hold(world: World) -> None:
    assert world.verdict("config_file") == passed(f"none ({world.directories.config_file}); the defaults hold")
    assert world.verdict("config_private") == skipped("there is no file")


def test_a_good_config_file_is_told_with_its_profiles(world: World) -> None:
    path = world.writes("config/config.toml", 'model = "gpt-5.5"\n[profiles.work]\nstream = true\n')

    assert world.verdict("config_file") == passed(f"{path}: 1 value, profiles work")
    assert world.verdict("config_private") == passed("only you can read it (600)")


def test_a_config_file_with_a_typo_fails_and_what_builds_on_it_is_skipped(world: World) -> None:
    world.writes("config/config.toml", 'modell = "gpt-5.5"\n')

    verdict = world.verdict("config_file")

    assert (verdict.status, verdict.code) == (Status.FAIL, Code.CONFIG_INVALID)
    assert "line 1: `modell`" in verdict.found
    assert "model" in verdict.advice
    assert world.verdict("base_url") == skipped("needs “config file” to be right")


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o606])
def test_a_config_file_that_others_can_read_fails(world: World, mode: int) -> None:
    path = world.writes("config/config.toml", "stream = true\n", mode=mode)

    verdict = world.verdict("config_private")

    assert (verdict.status, verdict.advice) == (Status.FAIL, f"Run: chmod 600 {path}")
    assert f"({mode:03o})" in verdict.found


def test_values_are_counted_by_where_they_come_from(world: World) -> None:
    using(world, URL).flags = {"model": "gpt-5.5", "profile": None}
    world.writes("config/config.toml", 'retries = 2\ndefault_profile = "work"\n[profiles.work]\nstream = true\n')

    assert world.verdict("values") == passed(
        "1 from the command line, 2 from the environment, 3 from the config file, defaults for the rest, profile work"
    )


def test_a_variable_that_cannot_be_right_fails(world: World) -> None:
    world.environ["IMAGE_GEN_OUTPUT_FORMAT"] = "bmp"

    verdict = world.verdict("values")

    assert verdict.status is Status.FAIL
    assert verdict.found.startswith("the variable IMAGE_GEN_OUTPUT_FORMAT is 'bmp'")


def test_a_profile_that_does_not_exist_fails(world: World) -> None:
    world.environ["CPA_IMAGE_PROFILE"] = "wrok"
    world.writes("config/config.toml", "[profiles.work]\nstream = true\n")

    verdict = world.verdict("values")

    assert (verdict.status, "Did you mean work?" in verdict.advice) == (Status.FAIL, True)


def test_without_a_gateway_one_check_fails_and_the_endpoint_is_skipped(world: World) -> None:
    world.environ["IMAGE_GEN_KEY"] = KEY

    ended = world.ended()

    assert world.verdict("base_url").code is Code.BASE_URL_MISSING
    assert ended[Status.FAIL] == {"base_url"}
    assert {"url_shape", "tcp", "tls", "healthz", "models", "responses", "clock"} <= ended[Status.SKIP]


def test_a_base_url_without_its_scheme_fails_with_the_url_that_was_meant(world: World) -> None:
    verdict = using(world, "gateway.example/v1").verdict("base_url")

    assert (verdict.code, verdict.advice) == (Code.BASE_URL_INVALID, "Did you mean https://gateway.example/v1?")


def test_the_base_url_is_told_without_its_password(world: World) -> None:
    using(world, "https://me:secret@gateway.example/v1")

    assert world.verdict("base_url") == passed("https://…@gateway.example/v1 (from IMAGE_GEN_BASE_URL)")


def test_without_a_key_the_checks_that_need_none_are_done_all_the_same(world: World) -> None:
    with gateway() as played:
        world.environ["IMAGE_GEN_BASE_URL"] = played.url
        ended = world.ended()

    assert ended[Status.FAIL] == {"api_key"}
    assert {"tcp", "healthz", "clock"} <= ended[Status.PASS]
    assert {"models", "responses", "path"} <= ended[Status.SKIP]


def test_a_key_command_that_fails_is_told_with_its_own_words(world: World) -> None:
    script = world.writes("vault", "#!/bin/sh\necho the vault is locked >&2\nexit 3\n", mode=0o700)
    world.writes("config/config.toml", f'base_url = "{URL}"\napi_key_command = "{script}"\n')

    verdict = world.verdict("api_key")

    assert (verdict.code, "the vault is locked" in verdict.found) == (Code.KEY_COMMAND_FAILED, True)


def test_a_key_is_shown_masked_and_no_key_as_none(world: World) -> None:
    assert using(world, URL).verdict("api_key") == passed("sk-…cdef (from IMAGE_GEN_KEY)")
    assert using(world, URL, key="").verdict("api_key") == passed("none is sent (from IMAGE_GEN_KEY)")


def test_a_key_that_was_meant_for_another_host_is_not_sent_there(world: World) -> None:
    with gateway() as played:
        world.environ |= {"IMAGE_GEN_BASE_URL": played.url, "OPENAI_API_KEY": KEY}
        ended = world.ended()
        verdict = world.verdict("pairing")

    assert ended[Status.FAIL] == set()
    assert ("pairing" in ended[Status.WARN], {"models", "responses"} <= ended[Status.SKIP]) == (True, True)
    assert {path for _, path, _, _ in played.seen} == {"/healthz"}
    assert KEY not in str(played.seen)
    assert "OPENAI_API_KEY" in verdict.found
    assert "127.0.0.1" in verdict.found


def test_a_key_over_plain_http_to_a_public_host_is_warned_of(world: World) -> None:
    verdict = using(world, "http://gateway.example").verdict("pairing")

    assert (verdict.status, "plain http" in verdict.found) == (Status.WARN, True)


def test_key_and_host_that_belong_together_pass(world: World) -> None:
    assert using(world, URL).verdict("pairing") == passed("key from IMAGE_GEN_KEY, host from IMAGE_GEN_BASE_URL")
    assert using(world, URL, key="").verdict("pairing") == passed("no key is sent")


def test_without_openclaw_there_is_nothing_to_look_at(world: World) -> None:
    assert world.verdict("openclaw") == skipped("not set up on this machine")
    assert world.verdict("openclaw_models") == skipped("there is none")


def test_openclaw_files_that_can_be_read_pass(world: World) -> None:
    world.writes(".openclaw/openclaw.json", openclaw())

    assert world.verdict("openclaw") == passed("read: openclaw.json")
    assert world.verdict("openclaw_models") == skipped("there is none")


def test_a_broken_openclaw_json_fails_when_nothing_else_names_a_gateway(world: World) -> None:
    path = world.writes(".openclaw/openclaw.json", '{"models": ')

    verdict = world.verdict("openclaw")

    assert (verdict.status, verdict.code, str(path) in verdict.found) == (Status.FAIL, Code.CONFIG_INVALID, True)


def test_a_broken_openclaw_json_is_a_warning_when_it_is_not_needed(world: World) -> None:
    world.writes(".openclaw/openclaw.json", '{"models": ')

    assert using(world, URL).status("openclaw") is Status.WARN


def test_a_stale_models_json_is_told(world: World) -> None:
    world.writes(".openclaw/openclaw.json", openclaw(key="sk-new-0123456789abcdef"))
    world.writes(MODELS_JSON, models_json(key="sk-old-0123456789abcdef"))

    verdict = world.verdict("openclaw_models")

    assert (verdict.status, verdict.found) == (
        Status.WARN,
        "OpenClaw's models.json is out of date (apiKey differs); openclaw.json is used",
    )


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({".openclaw/openclaw.json": openclaw(), MODELS_JSON: models_json()}, "says the same as openclaw.json"),
        ({MODELS_JSON: models_json()}, "is the only record, and is used"),
    ],
)
def test_a_models_json_that_is_right_passes(world: World, files: dict[str, str], found: str) -> None:
    for name, text in files.items():
        world.writes(name, text)

    assert world.verdict("openclaw_models") == passed(found)


def test_an_image_model_in_the_place_of_the_text_model_fails(world: World) -> None:
    world.environ["IMAGE_GEN_MODEL"] = "gpt-image-2"

    verdict = world.verdict("model")

    assert (verdict.status, verdict.code) == (Status.FAIL, Code.IMAGE_MODEL)
    assert "--image-model gpt-image-2" in verdict.advice
    assert World(home=world.home).verdict("model") == passed("gpt-5.4 (the default)")
