"""From where a picture may be fetched whose address came in its place."""

import pytest

from cpa_image_cli.core.gateway.fetchable import is_private, refusal_of


@pytest.mark.parametrize(
    "url",
    [
        *("https://pictures.example/a.png", "https://8.8.8.8:8443/a"),
        *("http://localhost:1/a", "http://127.0.0.2/a", "http://[::1]/"),
    ],
)
def test_https_and_this_machine_are_all_right(url: str) -> None:
    assert refusal_of(url) is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://pictures.example/a.png", "it is not https"),
        ("http://10.0.0.1/a.png", "it is not https"),
        ("ftp://localhost/a.png", "it is not https"),
        ("file:///etc/passwd", "it names no host"),
        ("/a.png", "it names no host"),
        ("https://user@pictures.example/", "it names a user"),
        ("https://:secret@pictures.example/", "it names a user"),
        ("https://[::1/a.png", "it is no address"),
        ("https://pictures.example:99999/", "it is no address"),
    ],
)
def test_anything_else_is_refused(url: str, reason: str) -> None:
    assert refusal_of(url) == reason


@pytest.mark.parametrize(
    "address",
    [
        *("10.1.2.3", "172.16.0.1", "192.168.0.1", "127.0.0.1", "169.254.169.254"),
        *("100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "::", "fd00::1", "fe80::1%eth0"),
        *("ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "no address"),
    ],
)
def test_what_not_everybody_can_reach_is_private(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808"])
def test_what_everybody_can_reach_is_not(address: str) -> None:
    assert not is_private(address)
