"""Which proxy a request goes through, held to what the HTTP client really does."""

import itertools
import json
import subprocess
import sys

import pytest

from cpa_image_cli.core.gateway.proxies import Proxy, proxies_in, proxy_for, warnings

URLS = (
    "http://127.0.0.1:8317",
    "http://localhost:8317",
    "https://localhost",
    "https://gateway.example",
    "https://gateway.example:8443/v1",
    "http://a.gateway.example",
    "http://10.1.2.3",
    "http://[::1]:8080",
    "https://xgateway.example",
    "http://gateway.example:80",
)
PROXIES: tuple[dict[str, str], ...] = (
    {"HTTP_PROXY": "http://p:1"},
    {"https_proxy": "p:2"},
    {"ALL_PROXY": "http://p:3", "HTTPS_PROXY": "http://p:4"},
    {"HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"},
    {"HTTP_PROXY": "http://p:1", "http_proxy": ""},
    {"Http_Proxy": "http://p:9", "ALL_PROXY": "http://u:pw@p:3"},
    {"HTTPS_PROXY": "http://p:1", "https_proxy": "http://p:2"},
)
EXCEPTIONS = (
    "",
    "*",
    "localhost",
    "LOCALHOST",
    "localhost:8317",
    "127.0.0.1",
    "127.0.0.1:8317",
    "gateway.example",
    "Gateway.Example",
    ".gateway.example",
    "gateway.example:443",
    "gateway.example:80",
    "http://gateway.example",
    "https://gateway.example:8443",
    "http://gateway.example:80",
    "https://*",
    "https://",
    "all://*",
    "all://",
    "http://*:8317",
    "a.gateway.example, 127.0.0.1",
    "::1",
    "example",
)

ASK_HTTPX = """
import json, os, sys, httpx
urls, environments = json.load(sys.stdin)
answers = []
for environment in environments:
    os.environ.clear()
    os.environ.update(environment)
    with httpx.Client(verify=False) as client:
        for url in urls:
            transport = client._transport_for_url(httpx.URL(url))
            proxy = None if transport is client._transport else transport._pool._proxy_url
            answers.append(proxy and f"{proxy.host.decode()}:{proxy.port}")
print(json.dumps(answers))
"""


def test_the_proxy_is_the_one_that_the_http_client_uses() -> None:
    environments = [
        {**proxies, "NO_PROXY": exceptions} for proxies, exceptions in itertools.product(PROXIES, EXCEPTIONS)
    ]
    # In a process of its own, whose variables can be real ones.
    run = subprocess.run(
        [sys.executable, "-c", ASK_HTTPX],
        input=json.dumps([URLS, environments]),
        capture_output=True,
        text=True,
        check=True,
    )

    ours = [_authority(proxy_for(url, environ)) for environ, url in itertools.product(environments, URLS)]
    assert ours == json.loads(run.stdout)
    assert len(set(ours)) > 4


def _authority(proxy: Proxy | None) -> str | None:
    return proxy and proxy.url.partition("://")[2].rpartition("@")[2]


def test_the_variable_that_names_a_proxy_is_remembered() -> None:
    environ = {"HTTP_PROXY": "p:1", "all_proxy": "socks5://p:2", "TRAVIS_APT_PROXY": "p:3"}

    assert proxies_in(environ) == {
        "http": Proxy(url="http://p:1", variable="HTTP_PROXY"),
        "all": Proxy(url="socks5://p:2", variable="all_proxy"),
    }
    assert proxies_in(environ)["all"].scheme == "socks5"


PROXY = Proxy(url="http://p:1", variable="ALL_PROXY")


@pytest.mark.parametrize(
    ("entry", "excepted", "others"),
    [
        ("10.0.0.0/8", "http://10.1.2.3:8317", "http://11.1.2.3"),
        ("10.1.2.3/32", "http://10.1.2.3", "http://10.1.2.4"),
        ("10.0.0.0/8", "http://10.1.2.3", "http://gateway.example"),
        ("fd00::/8", "http://[fd00::7]:80", "http://[fe80::7]"),
        ("*.gateway.example", "https://a.gateway.example", "https://gateway.example"),
        ("*gateway.example", "https://gateway.example", "https://xgateway.example"),
        ("[::1]", "http://[::1]:8080", "http://[::2]:8080"),
        ("[::1]:8080", "http://[::1]:8080", "http://[::1]:8081"),
    ],
)
def test_what_curl_and_people_mean_by_an_exception_is_understood(entry: str, excepted: str, others: str) -> None:
    environ = {"ALL_PROXY": "http://p:1", "NO_PROXY": f"localhost, {entry}"}

    assert proxy_for(excepted, environ) is None
    assert proxy_for(others, environ) == PROXY


@pytest.mark.parametrize("entry", ["http://a:b:c", "[::1]:x", "[::1", "ftp://gateway.example", "10.0.0.0/99", "::1/x"])
def test_an_exception_that_makes_no_sense_excepts_nothing(entry: str) -> None:
    environ = {"ALL_PROXY": "http://p:1", "NO_PROXY": entry}

    assert proxy_for("http://gateway.example", environ) == PROXY
    assert proxy_for("http://[::1]", environ) == PROXY


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("[::1]", "is understood here, but not by most programs"),
        ("[::1]:8080", "is understood here, but not by most programs"),
        ("[::1", "cannot be read, and is skipped"),
        ("10.0.0.0/99", "cannot be read, and is skipped"),
        ("gateway.example:http", "cannot be read, and is skipped"),
        ("a b", "cannot be read, and is skipped"),
        ("[nobody]", "cannot be read, and is skipped"),
    ],
)
def test_an_exception_that_cannot_be_read_is_told_with_its_variable(entry: str, words: str) -> None:
    (notice,) = warnings({"no_proxy": f"localhost,{entry}"})

    assert notice.code == "no_proxy_unreadable"
    assert notice.message.startswith(f"no_proxy has the entry {entry!r}, which {words}")


def test_what_can_be_read_is_not_told_of() -> None:
    plain = (
        "*",
        "localhost",
        ".local",
        "*.local",
        "10.0.0.0/8",
        "::1",
        "fd00::/8",
        "a_b.example:80",
        "https://x",
        "*:80",
    )

    assert warnings({"NO_PROXY": ",".join(plain)}) == ()
    assert warnings({}) == ()


@pytest.mark.parametrize(
    ("value", "url", "shown"),
    [
        ("127.0.0.1:7890", "http://127.0.0.1:7890", "127.0.0.1:7890"),
        ("socks://127.0.0.1:7891/", "socks5://127.0.0.1:7891/", "127.0.0.1:7891"),
        ("SOCKS://p", "socks5://p", "p:1080"),
        ("socks5h://p", "socks5h://p", "p:1080"),
        ("https://me:secret@p", "https://me:secret@p", "p:443"),
        (" http://[::1]:3128 ", "http://[::1]:3128", "[::1]:3128"),
    ],
)
def test_a_proxy_is_read_as_it_is_usually_written(value: str, url: str, shown: str) -> None:
    proxy = proxy_for("https://gateway.example", {"all_proxy": value})

    assert proxy == Proxy(url=url, variable="all_proxy")
    assert proxy.problem is None
    assert proxy.shown == f"{shown} (all_proxy)"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("socks4://p:1", "begins with socks4://, and not with one of http://, https://, socks5://, socks5h://"),
        ("ftp://p:1", "begins with ftp://"),
        ("http://", "names no host"),
        ("http://:3128", "names no host"),
        ("http://p:port", "malformed host or port"),
        ("http://p:99999", "malformed host or port"),
        ("http://p:0", "malformed host or port"),
        ("http://[::1", "malformed host or port"),
        ("http://p q:1", "malformed host or port"),
    ],
)
def test_a_proxy_that_cannot_be_used_says_why_without_a_password(value: str, words: str) -> None:
    proxy = Proxy(url=value.replace("//", "//me:secret@"), variable="HTTP_PROXY")

    assert words in (proxy.problem or "")
    assert "secret" not in (proxy.problem or "")


def test_a_proxy_sees_what_is_not_encrypted_unless_it_speaks_socks() -> None:
    assert PROXY.reads("http://gateway.example")
    assert not PROXY.reads("https://gateway.example")
    assert not Proxy(url="socks5://p", variable="ALL_PROXY").reads("http://gateway.example")
