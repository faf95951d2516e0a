"""Proxies, certificates and names on the way to a gateway: which apply, and whose fault it is when one is wrong."""

import contextlib
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from cpa_image_cli.adapters.gateway import Gateway
from cpa_image_cli.core.errors import Code, ConfigError, Failure, GatewayError
from cpa_image_cli.core.gateway.calls import Answer, Get, Post
from cpa_image_cli.core.wire.body import Body
from tests.adapters.gateway.proxies import http_proxy, refusing, socks_proxy
from tests.doctor.certificates import Authority, days_from_now

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
CLOSED = 9
"""The port for discarding, at which nobody listens."""


@contextlib.contextmanager
def server(answer: bytes = ANSWER, *, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve *answer* to everybody, over *tls* if given; yield the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()

    def serve() -> None:
        while not closing.is_set():
            client, _ = listener.accept()
            with client, contextlib.suppress(OSError):
                # Nobody waits for whoever hangs up in the middle.
                client.settimeout(10)
                with tls.wrap_socket(client, server_side=True) if tls else client as spoken:
                    spoken.recv(65536)
                    spoken.sendall(answer)

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    try:
        yield listener.getsockname()[1]
    finally:
        closing.set()
        socket.create_connection(listener.getsockname()).close()
        serving.join(20)
        listener.close()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def get(url: str, environ: Mapping[str, str], *, timeout: float = 20.0) -> Answer:
    with contextlib.closing(Gateway(environ)) as gateway:
        return gateway.get(Get(url=url, headers={}, timeout=timeout))


def failure_of(url: str, environ: Mapping[str, str], *, timeout: float = 20.0) -> Failure:
    with pytest.raises(GatewayError) as caught:
        get(url, environ, timeout=timeout)
    return caught.value.failure


def test_a_socks_proxy_is_spoken_to_and_finds_the_host_itself() -> None:
    with server() as port, socks_proxy() as proxy:
        answer = get(f"http://gateway.example:{port}/v1", {"ALL_PROXY": f"socks://127.0.0.1:{proxy.port}/"})

    assert (answer.status, answer.body) == (200, b"{}")
    assert proxy.asked == [f"gateway.example:{port}"]
    assert answer.proxy is not None
    assert answer.proxy.variable == "ALL_PROXY"


def test_tls_goes_through_a_socks_proxy(authority: Authority) -> None:
    environ = {"SSL_CERT_FILE": str(authority.file)}
    with server(tls=authority.server("gateway.example")) as port, socks_proxy() as proxy:
        environ["https_proxy"] = f"socks5h://127.0.0.1:{proxy.port}"
        answer = get(f"https://gateway.example:{port}/v1", environ)

    assert (answer.status, proxy.asked) == (200, [f"gateway.example:{port}"])


def test_an_http_proxy_passes_plain_requests_on_and_tunnels_the_others(authority: Authority) -> None:
    environ = {"SSL_CERT_FILE": str(authority.file)}
    with server() as plain, server(tls=authority.server()) as secure, http_proxy() as proxy:
        environ["ALL_PROXY"] = f"127.0.0.1:{proxy.port}"
        answers = [get(f"http://127.0.0.1:{plain}/a", environ), get(f"https://127.0.0.1:{secure}/b", environ)]

    assert [answer.status for answer in answers] == [200, 200]
    assert proxy.asked == [f"GET http://127.0.0.1:{plain}/a", f"CONNECT 127.0.0.1:{secure}"]


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTPS_PROXY": "socks4://127.0.0.1:9"},
        {"HTTPS_PROXY": "nonsense://["},
        {"ALL_PROXY": "socks4://127.0.0.1:9", "NO_PROXY": "127.0.0.1"},
        {"ALL_PROXY": "http://:99999", "no_proxy": "[::1],127.0.0.0/8"},
        {"HTTP_PROXY": "http://p q", "NO_PROXY": "*"},
        {"NO_PROXY": "[::1], [, ::1/x"},
        {"SSL_CERT_FILE": "/nowhere/ca.pem"},
        {"REQUESTS_CA_BUNDLE": "/nowhere/ca.pem"},
    ],
)
def test_what_does_not_apply_may_be_as_wrong_as_it_likes(environ: dict[str, str]) -> None:
    with server() as port:
        assert get(f"http://127.0.0.1:{port}/v1", environ).status == 200


@pytest.mark.parametrize(
    ("environ", "message", "hint"),
    [
        (
            {"http_proxy": "socks4://me:secret@127.0.0.1:9"},
            "http_proxy names a proxy that cannot be used: it begins with socks4://",
            "Correct or unset http_proxy (NO_PROXY=gateway.example keeps this host out).",
        ),
        ({"ALL_PROXY": "http://me:secret@[::1"}, "ALL_PROXY names a proxy that cannot be used", "ALL_PROXY"),
        (
            {"HTTP_PROXY": "http://me:secret@ä..b:1"},
            "HTTP_PROXY names a proxy that cannot be used: Invalid",
            "HTTP_PROXY",
        ),
        ({"HTTP_PROXY": "http://me:secret@:1"}, "HTTP_PROXY names a proxy that cannot be used", "HTTP_PROXY"),
    ],
)
def test_a_proxy_that_applies_and_cannot_be_used_is_named_with_its_variable(
    environ: dict[str, str], message: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        get("http://gateway.example/v1", environ)

    assert caught.value.message.startswith(message)
    assert hint in (caught.value.hint or "")
    assert "secret" not in f"{caught.value.message}{caught.value.hint}"


@pytest.mark.parametrize(
    ("status", "code", "is_permanent"),
    [
        ("407 Proxy Authentication Required", Code.PROXY_REFUSED, True),
        ("403 Forbidden", Code.PROXY_REFUSED, True),
        ("429 Slow down", Code.CONNECTION_FAILED, False),
        ("503 Service Unavailable", Code.CONNECTION_FAILED, False),
    ],
)
def test_what_a_proxy_answers_to_connect_is_the_proxys(status: str, code: Code, *, is_permanent: bool) -> None:
    with http_proxy(answer=refusing(status)) as proxy:
        it = failure_of("https://gateway.example/v1", {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"})

    assert (it.code, it.is_permanent, it.sent) == (code, is_permanent, False)
    assert it.message == f"the proxy 127.0.0.1:{proxy.port} (HTTPS_PROXY) answered: {status}"
    assert ("USER:PASSWORD" in (it.hint or "")) is status.startswith("407")
    assert "HTTPS_PROXY" in (it.hint or "")


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (b"\x05\xff", Code.PROXY_REFUSED, "answered: "),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Code.CONNECTION_FAILED, "could not reach the proxy"),
        (b"\x05\x00\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00", Code.CONNECTION_FAILED, "answered: "),
    ],
    ids=["no method", "no SOCKS", "the gateway refuses"],
)
def test_what_a_socks_proxy_answers_is_the_proxys(answer: bytes, code: Code, words: str) -> None:
    with socks_proxy(answer=answer) as proxy:
        it = failure_of("http://gateway.example/v1", {"ALL_PROXY": f"socks5://127.0.0.1:{proxy.port}"})

    assert (it.code, it.sent) == (code, False)
    assert words in it.message
    assert f"127.0.0.1:{proxy.port} (ALL_PROXY)" in it.message


def test_a_proxy_that_is_down_is_named_and_may_be_up_again() -> None:
    it = failure_of("https://gateway.example/v1", {"HTTPS_PROXY": f"127.0.0.1:{CLOSED}"})

    assert (it.code, it.is_permanent) == (Code.CONNECTION_FAILED, False)
    assert it.message == f"could not reach the proxy 127.0.0.1:{CLOSED} (HTTPS_PROXY): Connection refused"
    assert it.hint == "Check the proxy, or unset HTTPS_PROXY (NO_PROXY=gateway.example keeps this host out)."


def test_a_socks_proxy_that_says_nothing_is_waited_for_no_longer_than_the_time_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environ = {"ALL_PROXY": f"socks5://127.0.0.1:{silent.getsockname()[1]}"}
        it = failure_of("http://gateway.example/v1", environ, timeout=0.1)

    assert (it.code, it.sent) == (Code.TIMEOUT, False)


def test_an_answer_that_came_through_a_proxy_says_so() -> None:
    with http_proxy(answer=refusing("407 Proxy Authentication Required")) as proxy:
        answer = get("http://gateway.example/v1", {"HTTP_PROXY": f"http://127.0.0.1:{proxy.port}"})

    assert answer.status == 407
    assert answer.proxy is not None
    assert answer.proxy.shown == f"127.0.0.1:{proxy.port} (HTTP_PROXY)"


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_an_authority_of_ones_own_is_trusted_by_any_of_the_usual_variables(variable: str, authority: Authority) -> None:
    with server(tls=authority.server()) as port:
        answer = get(f"https://127.0.0.1:{port}/v1", {variable: str(authority.file), "SSL_CERT_DIR": "/nowhere"})

    assert answer.status == 200


def test_ssl_cert_file_goes_before_what_other_programs_read(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    environ = {"SSL_CERT_FILE": str(other.file), "REQUESTS_CA_BUNDLE": str(authority.file)}

    with server(tls=authority.server()) as port:
        it = failure_of(f"https://127.0.0.1:{port}/v1", environ)

    assert it.message.startswith("the certificate of the gateway is of nobody trusted")


def test_a_folder_is_read_where_other_programs_would_read_one(tmp_path: Path) -> None:
    with contextlib.closing(Gateway({"REQUESTS_CA_BUNDLE": str(tmp_path)})) as gateway:
        gateway.open("https://gateway.example")


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_cannot_be_read_are_named_with_their_variable(variable: str) -> None:
    with contextlib.closing(Gateway({variable: "/nowhere/ca.pem"})) as gateway:
        if variable == "SSL_CERT_DIR":
            # OpenSSL looks into it when it looks for somebody.
            gateway.open("https://gateway.example")
            return
        with pytest.raises(ConfigError) as caught:
            gateway.open("https://gateway.example")

    assert caught.value.message.startswith(f"{variable} names /nowhere/ca.pem, which cannot be used: No such file")


def test_a_file_without_certificates_is_named_too() -> None:
    with contextlib.closing(Gateway({"SSL_CERT_FILE": os.devnull})) as gateway, pytest.raises(ConfigError) as caught:
        gateway.open("https://gateway.example")

    assert caught.value.message.startswith(f"SSL_CERT_FILE names {os.devnull}, which cannot be used: ")


@pytest.mark.parametrize(
    ("names", "dates", "message", "hint"),
    [
        ((), (None, None), "is of nobody trusted (unable to get local issuer certificate)", "Set SSL_CERT_FILE"),
        ((), (-9, -2), "has expired", "renew it"),
        ((), (2, 9), "is not valid yet", "clock"),
        (("other.example",), (None, None), "is not for 127.0.0.1", "Use a name that the certificate has"),
    ],
    ids=["unknown", "expired", "not yet", "another name"],
)
def test_a_certificate_that_is_refused_is_refused_for_good(
    names: tuple[str, ...], dates: tuple[float | None, float | None], message: str, hint: str, authority: Authority
) -> None:
    since, until = (None if days is None else days_from_now(days) for days in dates)
    is_trusted = bool(names) or dates != (None, None)
    environ = {"SSL_CERT_FILE": str(authority.file)} if is_trusted else {}

    with server(tls=authority.server(*names, not_before=since, not_after=until)) as port:
        it = failure_of(f"https://127.0.0.1:{port}/v1", environ)

    assert (it.code, it.is_permanent, it.sent) == (Code.CONNECTION_FAILED, True, False)
    assert it.message == f"the certificate of the gateway {message}"
    assert hint in (it.hint or "")
    assert "_ssl.c" not in it.message


def test_the_certificate_of_an_encrypted_proxy_is_the_proxys(authority: Authority) -> None:
    with server(tls=authority.server()) as port:
        it = failure_of("http://gateway.example/v1", {"HTTP_PROXY": f"https://127.0.0.1:{port}"})

    assert it.message.startswith(f"the certificate of the proxy 127.0.0.1:{port} (HTTP_PROXY) is of nobody trusted")


def test_https_to_a_plain_port_is_told_as_what_it_is() -> None:
    with server() as port:
        it = failure_of(f"https://127.0.0.1:{port}/v1", {})

    assert (it.code, it.is_permanent, it.sent) == (Code.CONNECTION_FAILED, True, False)
    assert it.message == "could not reach the gateway: the server does not speak TLS on this port"
    assert it.hint == "Write http:// in place of https://, or give the port that speaks TLS."


def test_an_answer_that_is_no_http_may_be_one_of_tls() -> None:
    with server(b"\x15\x03\x01\x00\x02\x02\x46") as port, contextlib.closing(Gateway({})) as gateway:
        post = Post(url=f"http://127.0.0.1:{port}/v1/responses", body=Body((b"{}",)), headers={}, timeout=20)
        with pytest.raises(GatewayError) as caught, gateway.post(post, on_sent=lambda: None):
            pass

    it = caught.value.failure
    # Nothing proves that it was: a picture may have been made.
    assert (it.code, it.may_have_billed, it.message) == (Code.HEADERS_MALFORMED, True, "the answer is no HTTP")
    assert (it.hint or "").startswith("Write https:// in place of http://, if the port speaks TLS")


def raising(error: Exception) -> Callable[..., object]:
    def resolve(*_: object, **__: object) -> object:
        raise error

    return resolve


@pytest.mark.parametrize(
    ("number", "is_permanent"),
    [(socket.EAI_NONAME, True), (getattr(socket, "EAI_NODATA", socket.EAI_NONAME), True), (socket.EAI_AGAIN, False)],
)
def test_a_host_that_does_not_exist_is_permanent_and_a_resolver_that_is_away_is_not(
    number: int, monkeypatch: pytest.MonkeyPatch, *, is_permanent: bool
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", raising(socket.gaierror(number, "the resolver's words")))

    it = failure_of("https://gateway.test/v1", {})

    assert (it.code, it.is_permanent, it.sent) == (Code.CONNECTION_FAILED, is_permanent, False)
    assert it.message.startswith("could not reach the gateway: ")
    assert it.message.endswith("the resolver's words")
    assert ("Check the spelling of the host" in (it.hint or "")) is is_permanent


def test_a_proxy_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", raising(socket.gaierror(socket.EAI_NONAME, "Name not known")))

    it = failure_of("https://gateway.test/v1", {"HTTPS_PROXY": "http://proxy.test:3128"})

    assert it.is_permanent
    assert it.message == "could not reach the gateway: the proxy proxy.test:3128 (HTTPS_PROXY): Name not known"
    assert "HTTPS_PROXY" in (it.hint or "")


def test_a_name_that_no_host_can_have_is_permanent() -> None:
    it = failure_of("http://a..b/v1", {})

    assert (it.code, it.is_permanent) == (Code.CONNECTION_FAILED, True)
    assert it.message == "could not reach the gateway: a..b: no host can have this name"
