import pytest

from cpa_image_cli.core.errors import ConfigError
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.settings.key_pairing import warnings
from cpa_image_cli.core.settings.resolution import Origin, Resolved

KEY = Secret("sk-fake-0123456789")


def value(source: str, content: object) -> Resolved[object]:
    origins = {"--": Origin.FLAG, "config": Origin.CONFIG, "OpenClaw": Origin.OPENCLAW}
    origin = next((origin for start, origin in origins.items() if source.startswith(start)), Origin.ENVIRONMENT)
    return Resolved(value=content, source=source, origin=origin)


def codes(url_source: str, key_source: str, url: str = "https://gate.example/v1") -> list[str]:
    return [notice.code for notice in warnings(value(url_source, url), value(key_source, KEY))]


@pytest.mark.parametrize(
    ("url_source", "key_source"),
    [
        ("OTCBOT_BASE_URL", "OTCBOT_API_KEY"),
        ("CPA_BASE_URL", "CPA_API_KEY"),
        ("OPENAI_BASE_URL", "OPENAI_API_KEY"),
        ("IMAGE_GEN_BASE_URL", "IMAGE_GEN_KEY"),
        ("OPENAI_BASE_URL", "IMAGE_GEN_KEY"),
        ("OpenClaw (~/x)", "IMAGE_GEN_KEY"),
        ("--base-url", "CPA_API_KEY"),
        ("--base-url", "OTCBOT_API_KEY"),
        ("--base-url", "config file: api_key_command"),
        ("--base-url", "OpenClaw (~/x)"),
        ("config file: base_url", "CPA_API_KEY"),
        ("config file [profiles.work]: base_url", "config file: api_key_env"),
        ("OpenClaw (~/x)", "OpenClaw (~/y)"),
    ],
)
def test_values_that_belong_together_give_no_warning(url_source: str, key_source: str) -> None:
    assert codes(url_source, key_source) == []


@pytest.mark.parametrize(
    ("url_source", "key_source"),
    [
        ("IMAGE_GEN_BASE_URL", "OPENAI_API_KEY"),
        ("OpenClaw (~/x)", "OPENAI_API_KEY"),
        ("--base-url", "OPENAI_API_KEY"),
        ("config file: base_url", "OPENAI_API_KEY"),
        ("CPA_BASE_URL", "OTCBOT_API_KEY"),
        ("IMAGE_GEN_BASE_URL", "CPA_API_KEY"),
        ("OPENAI_BASE_URL", "OpenClaw (~/x)"),
        ("IMAGE_GEN_BASE_URL", "config file: api_key_command"),
        ("OpenClaw (~/x)", "CPA_API_KEY"),
    ],
)
def test_a_key_found_under_another_name_gives_one_warning(url_source: str, key_source: str) -> None:
    assert warnings(value(url_source, "https://gate.example"), value(key_source, KEY)) == (
        Notice(
            code="mixed_sources",
            message=f"the key from {key_source} goes to gate.example, which was configured by {url_source}",
        ),
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.openai.com/v1", []),
        ("https://OPENAI.com", []),
        ("https://openai.com.evil.example", ["mixed_sources"]),
        ("https://notopenai.com", ["mixed_sources"]),
    ],
)
def test_openais_key_may_go_to_openai_wherever_that_is_configured(url: str, expected: list[str]) -> None:
    assert codes("IMAGE_GEN_BASE_URL", "OPENAI_API_KEY", url) == expected


def test_the_providers_own_key_under_another_name_gives_no_warning() -> None:
    url, key = value("OpenClaw (~/x)", "https://gate.example"), value("OTCBOT_API_KEY", KEY)

    assert warnings(url, key, is_providers_key=True) == ()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://gate.example/v1", ["plain_http"]),
        ("HTTP://8.8.8.8", ["plain_http"]),
        ("http://127.0.0.1:8317", []),
        ("http://nas.local", []),
        ("http://user:pw@192.168.1.4:80", []),
        ("https://gate.example", []),
    ],
)
def test_a_key_over_plain_http_to_a_public_host_gives_a_warning(url: str, expected: list[str]) -> None:
    assert codes("IMAGE_GEN_BASE_URL", "IMAGE_GEN_KEY", url) == expected


def test_without_a_key_or_a_host_there_is_nothing_to_warn_of() -> None:
    url, none = value("IMAGE_GEN_BASE_URL", "http://gate.example"), value("OPENAI_API_KEY", None)

    assert warnings(url, none) == ()
    assert warnings(Resolved(value=None), value("OPENAI_API_KEY", KEY)) == ()


def test_a_key_that_is_yet_to_be_fetched_is_warned_of_too() -> None:
    url = value("CPA_BASE_URL", "https://gate.example")
    key: Resolved[object] = Resolved(
        value=None, source="config file: api_key_command", origin=Origin.CONFIG, problem=ConfigError("not run")
    )

    assert [notice.code for notice in warnings(url, key)] == ["mixed_sources"]
