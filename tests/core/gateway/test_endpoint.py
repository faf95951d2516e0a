import pytest

from cpa_image_cli.core.errors import Code, ConfigError
from cpa_image_cli.core.gateway.endpoint import (
    checked_base_url,
    health_url,
    host_of,
    is_private_host,
    models_url,
    passwords_in,
    responses_url,
    shown_url,
)
from cpa_image_cli.core.secret import Secret


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://gate.example", "https://gate.example/v1/responses"),
        ("https://gate.example/", "https://gate.example/v1/responses"),
        ("https://gate.example/v1", "https://gate.example/v1/responses"),
        ("https://gate.example/v1///", "https://gate.example/v1/responses"),
        ("https://gate.example/api", "https://gate.example/api/v1/responses"),
        ("https://gate.example/api/", "https://gate.example/api/v1/responses"),
        ("https://gate.example/openai/v1", "https://gate.example/openai/v1/responses"),
        ("https://gate.example/v1beta", "https://gate.example/v1beta/v1/responses"),
        ("https://gate.example/v1/responses", "https://gate.example/v1/responses"),
        ("https://gate.example/v1/responses/", "https://gate.example/v1/responses"),
        ("https://gate.example/responses", "https://gate.example/responses"),
        ("https://gate.example/openai/responses", "https://gate.example/openai/responses"),
        ("https://gate.example/backend-api/codex/responses/", "https://gate.example/backend-api/codex/responses"),
        ("https://gate.example/api/v3/responses", "https://gate.example/api/v3/responses"),
        ("https://responses", "https://responses/v1/responses"),
        ("http://[::1]:8317", "http://[::1]:8317/v1/responses"),
        ("https://v1", "https://v1/v1/responses"),
    ],
)
def test_a_base_url_gets_v1_exactly_once_unless_it_is_the_endpoint_itself(base_url: str, expected: str) -> None:
    assert responses_url(base_url) == expected


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("http://127.0.0.1:38417", "http://127.0.0.1:38417/v1/responses"),
        ("http://127.0.0.1:38417/", "http://127.0.0.1:38417/v1/responses"),
        ("http://127.0.0.1:38417/api", "http://127.0.0.1:38417/api/responses"),
        ("http://127.0.0.1:38417/v1/", "http://127.0.0.1:38417/v1/responses"),
        ("http://127.0.0.1:38417/v2/v1", "http://127.0.0.1:38417/v2/v1/responses"),
        ("http://127.0.0.1:38417/v2/responses", "http://127.0.0.1:38417/v2/responses"),
    ],
)
def test_a_base_url_of_openclaw_with_a_path_is_taken_as_it_is(base_url: str, expected: str) -> None:
    assert responses_url(base_url, as_openclaw=True) == expected


def test_models_are_listed_beside_the_responses() -> None:
    assert models_url("https://gate.example/api") == "https://gate.example/api/v1/models"
    assert models_url("https://gate.example/v1/responses") == "https://gate.example/v1/models"
    assert models_url("https://gate.example/openai/responses") == "https://gate.example/openai/models"
    assert models_url("https://gate.example/api", as_openclaw=True) == "https://gate.example/api/models"


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://gate.example", "https://gate.example/healthz"),
        ("https://gate.example/v1/", "https://gate.example/healthz"),
        ("https://gate.example/cpa/v1", "https://gate.example/cpa/healthz"),
        ("https://gate.example/cpa", "https://gate.example/cpa/healthz"),
        ("https://gate.example/cpa/v1/responses", "https://gate.example/cpa/healthz"),
        ("https://gate.example/cpa/responses", "https://gate.example/cpa/healthz"),
    ],
)
def test_health_is_asked_beside_v1(base_url: str, expected: str) -> None:
    assert health_url(base_url) == expected


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:8317",
        "HTTPS://Gate.Example/v1",
        "https://user:p%40ss@gate.example",
        "https://网关.example/v1",
        "http://[fe80::1%25eth0]:8080",
    ],
)
def test_an_http_url_is_a_base_url_as_it_was_written(text: str) -> None:
    assert checked_base_url(f" {text}\n") == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gate.example",
        "localhost:8317",
        "ftp://gate.example",
        "http:/gate.example",
        "https://",
        "https:///v1",
        "https://:8317",
        "https://gate.example:port",
        "https://gate.example:99999",
        "https://gate.example:0",
        "https://[::1",
        "https://gate.example/a b",
        "https://gate.exa\x1b[31mmple",
        "https://gate.example/\tv1",
        "https://gate.example\\v1",
        "https://gate.example/v1?key=1",
        "https://gate.example/?",
        "https://gate.example/v1#top",
    ],
)
def test_what_is_no_base_url_is_refused(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked_base_url(text)

    assert caught.value.code is Code.BASE_URL_INVALID
    assert caught.value.hint
    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("gate.example/v1", "Did you mean https://gate.example/v1?"),
        ("localhost:8317", "Did you mean http://localhost:8317?"),
        ("192.168.1.9:8317/v1", "Did you mean http://192.168.1.9:8317/v1?"),
        (
            "ftp://gate.example",
            "Write it as https://HOST, https://HOST/v1, or the whole address that ends in /responses.",
        ),
    ],
)
def test_a_missing_scheme_is_guessed_in_the_hint(text: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked_base_url(text)

    assert caught.value.hint == hint


@pytest.mark.parametrize(
    "text",
    [
        "sk-fake-0123456789",
        "https://user:fakepass@gate.example:port",
        "https://user:fake/fakepass@gate.example",
        "https://gate.example/v1?key=fakepass",
        "user:fakepass@gate.example",
    ],
)
def test_a_refusal_does_not_repeat_a_secret(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked_base_url(text)

    assert "fakepass" not in f"{caught.value.message} {caught.value.hint}"
    assert "0123456789" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://gate.example/v1", "https://gate.example/v1"),
        ("https://user:fakepass@gate.example:8/v1", "https://…@gate.example:8/v1"),
        ("https://user@gate.example", "https://…@gate.example"),
        ("https://u:p@ss@gate.example", "https://…@gate.example"),
        ("https://gate.example/@me/v1", "https://gate.example/@me/v1"),
        ("https://gate.example:8/@me", "https://gate.example:8/@me"),
        ("https://user:pa/ss@gate.example", "https://…@gate.example"),
        ("https://gate.example/v1?key=fake#x", "https://gate.example/v1?…"),
        ("user:fakepass@gate.example", "…@gate.example"),
    ],
)
def test_credentials_in_a_url_are_masked(url: str, expected: str) -> None:
    assert shown_url(url) == expected


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST.",
        "gate.localhost",
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.1.1",
        "::1",
        "[::1]",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "nas",
        "nas.local",
        "host.docker.internal",
    ],
)
def test_loopback_and_private_hosts_are_private(host: str) -> None:
    assert is_private_host(host)


@pytest.mark.parametrize(
    "host",
    ["gate.example", "8.8.8.8", "172.32.0.1", "203.0.113.7", "2001:db8::1", "::ffff:8.8.8.8", "local.example", ""],
)
def test_other_hosts_are_public(host: str) -> None:
    assert not is_private_host(host)


def test_the_host_of_a_url_is_bare_and_lower_case() -> None:
    assert host_of("https://user:pw@Gate.Example:8317/v1") == "gate.example"
    assert host_of("http://[::1]:8317") == "::1"
    assert host_of("http://[::1") == ""


@pytest.mark.parametrize(
    ("url", "passwords"),
    [
        ("https://user:p%40ss@gate.example", ("p%40ss", "p@ss")),
        ("https://user:pass@gate.example", ("pass",)),
        ("https://user@gate.example", ()),
        ("http://[::1", ()),
    ],
)
def test_a_password_in_a_url_is_found_in_both_of_its_spellings(url: str, passwords: tuple[str, ...]) -> None:
    assert passwords_in(url) == tuple(Secret(password) for password in passwords)
