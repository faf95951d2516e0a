"""Which proxy a request goes through, held to what the HTTP client really does."""

import itertools
import json
import subprocess
import sys

import pytest

from cpa_image_cli.core.gateway.proxies import Proxy, exceptions_in, proxies_in, proxy_for, range_around

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
    "10.0.0.0/8",
    "10.1.2.3/32",
    "gateway.example",
    "Gateway.Example",
    ".gateway.example",
    "*.gateway.example",
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


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://10.1.2.3:8317", "10.0.0.0/8"),
        ("http://192.168.7.7", "192.168.0.0/16"),
        ("http://11.1.2.3", None),
        ("http://gateway.example", None),
    ],
)
def test_a_range_that_has_no_effect_is_found(url: str, found: str | None) -> None:
    environ = {"no_proxy": "localhost,10.0.0.0/8, 192.168.0.0/16,nonsense/99"}

    assert range_around(url, environ) == found
    assert exceptions_in(environ) == ("localhost", "10.0.0.0/8", "192.168.0.0/16", "nonsense/99")


def test_an_exception_that_makes_no_sense_excepts_nothing() -> None:
    proxy = Proxy(url="http://p:1", variable="HTTP_PROXY")

    for entry in ("http://a:b:c", "[::1]:x", "ftp://gateway.example"):
        assert proxy_for("http://gateway.example", {"HTTP_PROXY": "http://p:1", "NO_PROXY": entry}) == proxy
