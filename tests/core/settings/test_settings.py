from pathlib import Path

import pytest

from cpa_image_cli.core.errors import Code, ConfigError, UsageError
from cpa_image_cli.core.job.image_options import ImageOptions, flags
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.settings.resolution import Origin, Resolved
from cpa_image_cli.core.settings.settings import SOURCES, Settings


def by_default(value: object) -> Resolved:  # type: ignore[type-arg]
    return Resolved(value=value, source="default", origin=Origin.DEFAULT)


def settings(**changed: object) -> Settings:
    values: dict[str, object] = {
        "base_url": Resolved(value="https://gate.example/api", source="CPA_BASE_URL", origin=Origin.ENVIRONMENT),
        "api_key": Resolved(value=Secret("sk-fake-1"), source="CPA_API_KEY", origin=Origin.ENVIRONMENT),
        "model": by_default("gpt-5.4"),
        "output_format": by_default("png"),
        "image": {name: Resolved(value=None) for name, _ in flags()},
        "instructions": by_default("x"),
        "stream": by_default(False),
        "retries": by_default(4),
        "timeout": by_default(600.0),
        "max_wait": by_default(60.0),
        "retry_unknown": by_default(False),
        "output_dir": by_default(Path("/pictures")),
        "name_template": Resolved(value=None),
        "if_exists": by_default("error"),
        "preview": by_default("auto"),
        "fetch_url": by_default(False),
        "provenance": by_default("history"),
        "prices": Resolved(value=None),
        "ledger": by_default(Path("/data/history.sqlite3")),
        "requests_per_hour": Resolved(value=None),
        "requests_per_day": Resolved(value=None),
        "max_requests": Resolved(value=None),
        "ask_anyway": by_default(False),
        "user_agent": by_default("x"),
        "version": by_default("0.122.0"),
        "originator": by_default("x"),
        "session_id": by_default("test-session"),
        "profile": Resolved(value=None),
        "config_file": Path("/config.toml"),
        "config_file_exists": False,
    }
    return Settings(**{**values, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "order"),
    [
        (
            "base_url",
            "--base-url IMAGE_GEN_BASE_URL OTCBOT_BASE_URL CPA_BASE_URL OPENAI_BASE_URL base_url OpenClaw",
        ),
        (
            "api_key",
            "IMAGE_GEN_KEY OTCBOT_API_KEY CPA_API_KEY OPENAI_API_KEY api_key_env api_key_command OpenClaw",
        ),
        ("model", "--model IMAGE_GEN_MODEL OTCBOT_IMAGE_MODEL CPA_MODEL model OpenClaw default"),
        ("format", "--format -o IMAGE_GEN_OUTPUT_FORMAT format default"),
        ("session_id", "--session-id CPA_SESSION_ID default"),
        ("size", "--size size"),
    ],
)
def test_sources_are_asked_in_the_documented_order(name: str, order: str) -> None:
    assert [source.name for source in SOURCES[name]] == order.split()


def test_only_openclaw_is_costly_and_no_key_has_a_flag() -> None:
    costly = {source.origin for sources in SOURCES.values() for source in sources if source.costly}

    assert costly == {Origin.OPENCLAW}
    assert Origin.FLAG not in {source.origin for source in SOURCES["api_key"]}


def test_every_setting_with_sources_is_a_row_and_the_other_way_round() -> None:
    assert {name for name, _ in settings().rows()} == set(SOURCES)


def test_what_is_there_is_returned_when_required() -> None:
    assert settings().require_base_url() == "https://gate.example/api"
    assert settings().require_key() == Secret("sk-fake-1")
    assert settings().sends_key


def test_addresses_follow_from_the_base_url_and_whose_it_is() -> None:
    openclaws = settings(base_url=Resolved(value="https://gate.example/api", origin=Origin.OPENCLAW))

    assert settings().responses_url() == "https://gate.example/api/v1/responses"
    assert settings().models_url() == "https://gate.example/api/v1/models"
    assert openclaws.responses_url() == "https://gate.example/api/responses"
    assert openclaws.models_url() == "https://gate.example/api/models"


def test_a_missing_base_url_says_what_to_set() -> None:
    with pytest.raises(ConfigError) as caught:
        settings(base_url=Resolved(value=None)).require_base_url()

    assert caught.value.code is Code.BASE_URL_MISSING
    assert "IMAGE_GEN_BASE_URL" in str(caught.value.hint)


def test_a_missing_key_says_what_to_set_and_how_to_send_none() -> None:
    keyless = settings(api_key=Resolved(value=None))

    with pytest.raises(ConfigError) as caught:
        keyless.require_key()

    assert caught.value.code is Code.KEY_MISSING
    assert 'IMAGE_GEN_KEY=""' in str(caught.value.hint)
    assert not keyless.sends_key


def test_a_problem_is_raised_when_the_value_is_required() -> None:
    problem = ConfigError("no such thing", code=Code.KEY_COMMAND_FAILED)
    broken: Resolved[None] = Resolved(value=None, source="x", origin=Origin.CONFIG, problem=problem)

    with pytest.raises(ConfigError) as url:
        settings(base_url=broken).require_base_url()
    with pytest.raises(ConfigError) as key:
        settings(api_key=broken).require_key()

    assert url.value is key.value is problem
    assert settings(api_key=broken).sends_key


def test_a_key_set_to_nothing_means_that_none_is_sent() -> None:
    chosen = settings(api_key=Resolved(value=None, source="IMAGE_GEN_KEY", origin=Origin.ENVIRONMENT))

    assert chosen.require_key() is None
    assert not chosen.sends_key


@pytest.mark.parametrize("origin", [Origin.FLAG, Origin.ENVIRONMENT])
def test_a_session_id_somebody_gave_is_theirs(origin: Origin) -> None:
    assert settings(session_id=Resolved(value="s", origin=origin)).session_is_users
    assert not settings().session_is_users


def test_image_options_are_made_of_the_values() -> None:
    image = {**settings().image, "size": Resolved(value="1024x1536"), "output_compression": Resolved(value="80")}

    assert settings(image=image).image_options() == ImageOptions(
        output_format="png", size="1024x1536", output_compression="80"
    )


def test_an_impossible_image_option_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="--size '10x'"):
        settings(image={"size": Resolved(value="10x")}).image_options()
