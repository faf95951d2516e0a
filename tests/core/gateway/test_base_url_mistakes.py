"""What looks wrong about a base URL, and which others may have been meant."""

import pytest

from cpa_image_cli.core.gateway.base_url_mistakes import MOST, mistake_in, oddity_in, other_bases


@pytest.mark.parametrize(
    ("url", "better"),
    [
        ("https://h/v1/v1", "https://h/v1"),
        ("https://h/v1/v1/v1/", "https://h/v1"),
        ("https://h/api/v1/v1/responses", "https://h/api/v1/responses"),
        ("https://h/v1/chat/completions", "https://h"),
        ("https://h/api/v1/images/generations", "https://h/api"),
        ("https://h/healthz", "https://h"),
        ("https://h/management.html", "https://h"),
    ],
)
def test_a_mistake_is_told_with_what_was_meant(url: str, better: str) -> None:
    found = mistake_in(url)

    assert found is not None
    assert found[1] == better


@pytest.mark.parametrize(
    "url",
    [
        "https://h",
        "https://h/",
        "https://h/v1",
        "https://h/v1/responses",
        "https://h/responses",
        "https://h/openai/responses",
        "https://h/api/v1",
        "https://h/openai",
        "https://v1.h/v1",
        "https://h/v1beta",
        "https://h/v10/v1",
        "https://models.h/v1",
    ],
)
def test_what_may_be_right_is_no_mistake(url: str) -> None:
    assert (mistake_in(url), oddity_in(url)) == (None, None)


@pytest.mark.parametrize(
    ("url", "better"),
    [
        ("http://h//v1", "http://h/v1"),
        ("http://0.0.0.0:8317/v1", "http://127.0.0.1:8317/v1"),
        ("http://[::]:8317", "http://127.0.0.1:8317"),
    ],
)
def test_an_oddity_is_told_with_what_always_works(url: str, better: str) -> None:
    found = oddity_in(url)

    assert (mistake_in(url), found and found[1]) == (None, better)


def test_other_bases_are_of_the_same_host_with_the_likeliest_first() -> None:
    assert other_bases("https://me:pw@h:8317/v1/v1") == (
        "https://me:pw@h:8317",
        "https://me:pw@h:8317/api",
        "https://me:pw@h:8317/openai",
        "https://me:pw@h:8317/codex",
        "https://me:pw@h:8317/backend-api/codex",
    )
    assert other_bases("https://h/a/b")[:3] == ("https://h/a/b/responses", "https://h/a", "https://h")
    assert other_bases("https://h/a/responses")[:2] == ("https://h/a", "https://h")
    assert "https://h" not in other_bases("https://h/v1")


def test_there_are_never_many_other_bases() -> None:
    assert len(other_bases("https://h/" + "/".join("abcdefghijklmnop"))) == MOST
