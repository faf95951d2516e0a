"""The checks of the way to the gateway, each failing for its real cause: real sockets, certificates and variables."""

import base64
import contextlib
import json
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.findings import Status, Verdict, failed, passed, skipped, warned
from tests.doctor.certificates import Authority, days_from_now
from tests.doctor.world import World, gateway, using
from tests.faults.servers import RawServer, Visitor, full_backlog
from tests.inherited import inherited


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port where nobody listens, nor can begin to."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


# The URL's shape


@pytest.mark.parametrize(
    ("url", "problem", "better"),
    [
        ("https://gateway.example/v1/v1", "has `/v1` twice", "https://gateway.example/v1"),
        ("https://gateway.example/api/v1/v1/", "has `/v1` twice", "https://gateway.example/api/v1"),
        (
            "https://gateway.example/v1/chat/completions",
            "ends in `/v1/chat/completions`, the address of one call",
            "https://gateway.example",
        ),
        (
            "https://gateway.example/v1/models",
            "ends in `/v1/models`, the address of one call",
            "https://gateway.example",
        ),
        (
            "http://localhost:8317/management.html",
            "ends in `/management.html`, a page for the browser",
            "http://localhost:8317",
        ),
    ],
)
def test_a_base_url_that_cannot_be_meant_so_fails_with_the_one_that_was(
    world: World, url: str, problem: str, better: str
) -> None:
    assert using(world, url).verdict("url_shape") == failed(
        f"the base URL {problem}: {url}",
        f"Set it to {better}; `/v1/responses` is added to it.",
        Code.ENDPOINT_NOT_FOUND,
    )


@pytest.mark.parametrize(
    ("url", "better"),
    [
        ("http://0.0.0.0:8317", "http://127.0.0.1:8317"),
        ("https://gateway.example//v1", "https://gateway.example/v1"),
    ],
)
def test_a_base_url_that_works_in_places_is_warned_of(world: World, url: str, better: str) -> None:
    verdict = using(world, url).verdict("url_shape")

    assert (verdict.status, verdict.advice) == (Status.WARN, f"{better} is what works everywhere.")


@pytest.mark.parametrize(
    "url", ["https://gateway.example", "https://gateway.example/v1/", "https://gateway.example/v1/responses"]
)
def test_a_good_base_url_is_told_with_where_requests_go(world: World, url: str) -> None:
    assert using(world, url).verdict("url_shape") == passed("requests go to https://gateway.example/v1/responses")


# Proxies


def test_another_machines_proxy_cannot_reach_our_loopback(world: World) -> None:
    using(world, "http://127.0.0.1:8317").environ["HTTP_PROXY"] = "http://me:pw@proxy.example:3128"

    assert world.verdict("proxy") == failed(
        "127.0.0.1 is a private address, and requests to it go through http://…@proxy.example:3128 (HTTP_PROXY)",
        "Run: export NO_PROXY=127.0.0.1",
        Code.CONNECTION_FAILED,
    )


def test_a_proxy_that_captures_a_private_address_is_warned_of(world: World) -> None:
    using(world, "http://10.1.2.3:8317").environ |= {
        "all_proxy": "http://127.0.0.1:7890",
        "NO_PROXY": "localhost, 192.168.0.0/16",
    }

    assert world.verdict("proxy") == warned(
        "10.1.2.3 is a private address, and requests to it go through http://127.0.0.1:7890 (all_proxy)",
        "Run: export NO_PROXY=localhost,192.168.0.0/16,10.1.2.3",
    )


@pytest.mark.parametrize(
    ("environ", "verdict"),
    [
        ({}, passed("none is used for this host")),
        ({"HTTPS_PROXY": "p.example:1", "NO_PROXY": "gateway.example"}, passed("none is used for this host")),
        ({"HTTPS_PROXY": "p.example:1"}, passed("requests go through http://p.example:1 (HTTPS_PROXY)")),
    ],
)
def test_a_proxy_for_a_public_host_is_no_mistake(world: World, environ: dict[str, str], verdict: Verdict) -> None:
    using(world, "https://gateway.example").environ |= environ

    assert world.verdict("proxy") == verdict


def test_a_range_in_no_proxy_keeps_what_lies_in_it_from_the_proxy(world: World) -> None:
    using(world, "http://10.1.2.3:8317").environ |= {"all_proxy": "http://127.0.0.1:7890", "NO_PROXY": "10.0.0.0/8"}

    assert world.verdict("proxy") == passed("none is used for this host")


def run_doctor(home: Path, **variables: str) -> dict[str, dict[str, str]]:
    """Return the findings of a doctor in a process of its own: the HTTP client reads the real environment."""
    environ = {**inherited(), "HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path.cwd()), **variables}
    command = [sys.executable, "-m", "cpa_image_cli", "doctor", "--json"]
    run = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    return {finding["check"]: finding for finding in json.loads(run.stdout)["findings"]}


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        (
            {"ALL_PROXY": "socks4://127.0.0.1:1080"},
            "ALL_PROXY names a proxy that cannot be used: it begins with socks4",
        ),
        ({"http_proxy": "http://:0"}, "http_proxy names a proxy that cannot be used"),
    ],
)
def test_a_proxy_that_no_request_survives_is_named_with_its_variable(
    tmp_path: Path, variables: dict[str, str], told: str
) -> None:
    with gateway() as played:
        found = run_doctor(tmp_path, IMAGE_GEN_BASE_URL=played.url, IMAGE_GEN_KEY="", **variables)

    assert (found["proxy"]["status"], found["proxy"]["code"]) == ("fail", "config_invalid")
    assert found["proxy"]["found"].startswith(told)
    assert {found[name]["status"] for name in ("name_resolution", "tcp", "healthz", "models")} == {"skip"}
    assert played.seen == []


def test_what_cannot_be_read_in_no_proxy_is_warned_of_and_everything_else_is_looked_at(tmp_path: Path) -> None:
    variables = {"HTTP_PROXY": "socks4://127.0.0.1:9", "NO_PROXY": "127.0.0.1,[::1"}
    with gateway() as played:
        found = run_doctor(tmp_path, IMAGE_GEN_BASE_URL=played.url, IMAGE_GEN_KEY="", **variables)

    told = "NO_PROXY has the entry '[::1', which cannot be read, and is skipped"
    assert (found["proxy"]["status"], found["proxy"]["found"]) == ("warn", told)
    assert found["healthz"]["status"] == "pass"


def test_a_dead_proxy_is_told_by_its_variable(world: World, closed_port: int) -> None:
    using(world, "https://gateway.example").environ["HTTPS_PROXY"] = f"http://127.0.0.1:{closed_port}"

    verdict = world.verdict("tcp")

    assert verdict == failed(
        f"the proxy 127.0.0.1 (HTTPS_PROXY), port {closed_port}: Connection refused",
        "Start the proxy, or unset HTTPS_PROXY (NO_PROXY=gateway.example keeps this host out).",
        Code.CONNECTION_FAILED,
    )
    assert world.verdict("healthz") == skipped("needs “TCP” to be right")


# Name and TCP


def test_a_name_that_is_not_known_fails(world: World) -> None:
    def no_network(host: str, port: int, **more: object) -> object:
        # What the resolver really does, without asking a server.
        return socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST, **more)  # type: ignore[arg-type]

    world.more["resolve"] = no_network

    verdict = using(world, "https://gatewya.example").verdict("name_resolution")

    assert (verdict.status, verdict.code) == (Status.FAIL, Code.CONNECTION_FAILED)
    assert verdict.found.startswith("gatewya.example: ")
    assert "Check the spelling" in verdict.advice


def test_a_name_that_nobody_can_have_fails(world: World) -> None:
    verdict = using(world, "https://gateway..example").verdict("name_resolution")

    assert (verdict.status, "no host can have this name" in verdict.found) == (Status.FAIL, True)


def test_a_resolver_that_does_not_answer_is_not_waited_for(world: World) -> None:
    answered = threading.Event()
    world.more |= {"resolve": lambda *_, **__: answered.wait(30), "patience": 0.01}

    verdict = using(world, "https://gateway.example").verdict("name_resolution")
    answered.set()

    assert (verdict.status, verdict.found) == (Status.FAIL, "gateway.example: no answer within 0.01 s")


def test_a_name_is_told_with_its_addresses(world: World) -> None:
    world.more["resolve"] = lambda *_, **__: [(0, 0, 0, "", (address, 443)) for address in ("192.0.2.1", "192.0.2.2")]

    verdict = using(world, "https://gateway.example").verdict("name_resolution")

    assert verdict == passed("gateway.example is 192.0.2.1 and 1 more")


def test_a_port_where_nobody_listens_fails(world: World, closed_port: int) -> None:

    assert using(world, f"http://127.0.0.1:{closed_port}").verdict("tcp") == failed(
        f"127.0.0.1, port {closed_port}: Connection refused",
        "Start the gateway, and check the port; `cpa-image sandbox` starts one to try with.",
        Code.CONNECTION_FAILED,
    )


def test_a_port_of_a_public_host_that_nobody_opens_is_a_matter_of_the_network(world: World, closed_port: int) -> None:
    world.more["resolve"] = lambda *_, **__: [(0, 0, 0, "", ("127.0.0.1", closed_port))]

    assert using(world, f"https://gateway.example:{closed_port}").verdict("tcp") == failed(
        f"gateway.example, port {closed_port}: Connection refused",
        "Check host and port, and whether a firewall or a missing VPN is in the way.",
        Code.CONNECTION_FAILED,
    )


def test_a_port_that_neither_opens_nor_refuses_is_not_waited_for(world: World) -> None:
    world.more["patience"] = 0.05
    with full_backlog() as base_url:
        verdict = using(world, base_url).verdict("tcp")

    assert verdict == failed(
        f"127.0.0.1, port {base_url.rpartition(':')[2]}: no answer within 0.05 s",
        "Start the gateway, and check the port; `cpa-image sandbox` starts one to try with.",
        Code.CONNECTION_FAILED,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")
def test_an_address_that_every_connection_tries_in_vain_is_warned_of(world: World) -> None:
    with gateway() as played:
        world.more["resolve"] = lambda *_, **__: [
            (0, 0, 0, "", (address, played.port)) for address in ("127.0.0.2", "127.0.0.1")
        ]
        verdict = using(world, f"http://gateway.test:{played.port}").verdict("tcp")

    assert verdict.status is Status.WARN
    assert verdict.found.endswith("but 127.0.0.2 does not")


# TLS


def test_a_good_certificate_is_told_with_who_trusts_it(world: World, authority: Authority) -> None:
    until = days_from_now(200)
    with gateway(tls=authority.server(not_after=until)) as played:
        using(world, played.url).environ["SSL_CERT_FILE"] = str(authority.file)
        verdict = world.verdict("tls")

    assert verdict == passed(
        f"TLS 1.3, certificate by Test Authority, trusted by SSL_CERT_FILE, good until {until:%Y-%m-%d}"
    )


def test_an_expired_certificate_fails(world: World, authority: Authority) -> None:
    since, until = days_from_now(-90), days_from_now(-30.5)
    with gateway(tls=authority.server(not_before=since, not_after=until)) as played:
        using(world, played.url).environ["SSL_CERT_FILE"] = str(authority.file)
        findings = world.findings()

    assert findings["tls"].verdict == failed(
        f"the certificate expired on {until:%Y-%m-%d}, 30 days ago",
        "Have the gateway's operator renew it; if this machine's clock is wrong, set it.",
        Code.CONNECTION_FAILED,
    )
    assert findings["healthz"].verdict == findings["models"].verdict == skipped("needs “TLS” to be right")
    assert played.seen == []


def test_a_certificate_that_is_not_valid_yet_fails(world: World, authority: Authority) -> None:
    since = days_from_now(2)
    with gateway(tls=authority.server(not_before=since)) as played:
        using(world, played.url).environ["SSL_CERT_FILE"] = str(authority.file)
        verdict = world.verdict("tls")

    assert (verdict.status, verdict.found) == (
        Status.FAIL,
        f"the certificate is not valid before {since:%Y-%m-%d}",
    )


def test_a_certificate_of_another_name_fails(world: World, authority: Authority) -> None:
    with gateway(tls=authority.server("images.example", "*.images.example")) as played:
        using(world, played.url).environ["SSL_CERT_FILE"] = str(authority.file)
        by_address = world.verdict("tls")
        by_name = using(world, f"https://localhost:{played.port}").verdict("tls")

    assert by_address.found == "the certificate is for images.example, *.images.example, not for 127.0.0.1"
    assert by_name.found == "the certificate is for images.example, *.images.example, not for localhost"
    assert by_name.advice == "Use a name that the certificate has in the base URL."


def test_a_certificate_of_an_unknown_authority_fails_and_says_how_to_trust_it(
    world: World, authority: Authority
) -> None:
    with gateway(tls=authority.server()) as played:
        verdict = using(world, played.url).verdict("tls")

    assert verdict.status is Status.FAIL
    assert verdict.found == "nobody trusted signed the certificate (it says: Test Authority)"
    assert verdict.advice.startswith("Set SSL_CERT_FILE to a file with the certificate of its authority")


def test_another_authority_in_ssl_cert_file_does_not_help(world: World, authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other") if (tmp_path / "other").mkdir() is None else authority
    with gateway(tls=authority.server()) as played:
        using(world, played.url).environ["SSL_CERT_FILE"] = str(other.file)
        verdict = world.verdict("tls")

    assert verdict.advice.startswith("SSL_CERT_FILE does not have its authority.")


def test_authorities_may_be_in_a_folder(world: World, authority: Authority, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl names the files of such a folder")
    folder = tmp_path / "authorities"
    folder.mkdir()
    shutil.copy(authority.file, folder / "authority.pem")
    subprocess.run([openssl, "rehash", str(folder)], check=True, capture_output=True)
    with gateway(tls=authority.server()) as played:
        using(world, played.url).environ["SSL_CERT_DIR"] = str(folder)
        verdict = world.verdict("tls")

    assert (verdict.status, "trusted by SSL_CERT_DIR" in verdict.found) == (Status.PASS, True)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_certificate_file_that_is_not_there_fails_whatever_is_asked(world: World, scheme: str) -> None:
    using(world, f"{scheme}://127.0.0.1:8317").environ["SSL_CERT_FILE"] = "/nowhere/ca.pem"

    verdict = world.verdict("tls")

    assert verdict == failed(
        "SSL_CERT_FILE names /nowhere/ca.pem, which cannot be used: No such file or directory",
        "Correct the variable, or unset it.",
        Code.CONFIG_INVALID,
    )


@pytest.mark.parametrize(
    ("life", "left", "status"),
    [(90, 13.5, Status.WARN), (90, 14.5, Status.PASS), (6, 2, Status.PASS), (6, 1.1, Status.WARN)],
)
def test_a_certificate_that_ends_soon_is_warned_of_in_proportion_to_its_life(
    world: World, authority: Authority, life: int, left: float, status: Status
) -> None:
    until = days_from_now(left)
    with gateway(tls=authority.server(not_before=until - timedelta(days=life), not_after=until)) as played:
        using(world, played.url).environ["SSL_CERT_FILE"] = str(authority.file)
        verdict = world.verdict("tls")

    assert verdict.status is status


def test_a_server_that_speaks_only_an_old_tls_fails(world: World, authority: Authority) -> None:
    context = authority.server()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.deprecated_call():
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with gateway(tls=context) as played:
        using(world, played.url).environ["SSL_CERT_FILE"] = str(authority.file)
        verdict = world.verdict("tls")

    assert (verdict.status, verdict.found) == (
        Status.FAIL,
        "the server speaks only versions of TLS that are too old",
    )


def test_https_to_a_port_that_speaks_plain_http_fails(world: World) -> None:
    with gateway() as played:
        verdict = using(world, f"https://127.0.0.1:{played.port}").verdict("tls")

    assert verdict == failed(
        "the server does not speak TLS on this port",
        "Write http:// in place of https://, or give the port that speaks TLS.",
        Code.CONNECTION_FAILED,
    )


def reset(visitor: Visitor) -> None:
    """Break the connection off after the first byte, as a firewall does."""
    visitor.socket.recv(1)
    visitor.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_handshake_that_is_broken_off_fails(world: World) -> None:
    with RawServer(reset, unread=True) as server:
        verdict = using(world, f"https://127.0.0.1:{server.port}").verdict("tls")

    assert verdict == failed(
        "[Errno 104] Connection reset by peer",
        "Ask the gateway's operator; `openssl s_client -connect HOST:PORT` shows more.",
        Code.CONNECTION_FAILED,
    )


def test_a_refused_certificate_that_cannot_be_had_a_second_time_is_told_by_openssl(
    world: World, authority: Authority
) -> None:
    greeted: list[bytes] = []

    def greet_once(visitor: Visitor) -> None:
        # The connection that only looks whether the port is open says nothing.
        if greeting := visitor.socket.recv(1, socket.MSG_PEEK):
            greeted.append(greeting)
            if len(greeted) == 1:
                authority.server().wrap_socket(visitor.socket, server_side=True)

    with RawServer(greet_once, unread=True) as server:
        verdict = using(world, f"https://127.0.0.1:{server.port}").verdict("tls")

    assert (verdict.status, verdict.code, len(greeted)) == (Status.FAIL, Code.CONNECTION_FAILED, 2)
    assert verdict.found == "the certificate is refused: unable to get local issuer certificate"


def test_over_plain_http_there_is_no_certificate_to_look_at(world: World) -> None:
    with gateway() as played:
        verdict = using(world, played.url).verdict("tls")

    assert verdict == skipped("plain http://, nothing is encrypted")


# Through a proxy


@contextlib.contextmanager
def connect_proxy(answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Serve CONNECT: with *answer*, after which a good one passes everything on to the host that was asked for."""
    asked: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = client.recv(65536)
            if not head:
                return
            asked.append(head)
            client.sendall(answer)
            if b" 200 " not in answer:
                return
            host, _, port = head.split()[1].decode().rpartition(":")
            with socket.create_connection((host.strip("[]"), int(port))) as upstream:
                there = threading.Thread(target=_pass_on, args=(client, upstream), daemon=True)
                there.start()
                _pass_on(upstream, client)
                there.join(10)

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield listener.getsockname()[1], asked
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        accepting.join(10)
        listener.close()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)


def test_tls_is_looked_at_through_the_proxy_that_requests_go_through(world: World, authority: Authority) -> None:
    with (
        gateway(tls=authority.server()) as played,
        connect_proxy(b"HTTP/1.1 200 Connection established\r\n\r\n") as (port, asked),
    ):
        using(world, played.url).environ |= {
            "SSL_CERT_FILE": str(authority.file),
            "HTTPS_PROXY": f"http://me:p%40ss@127.0.0.1:{port}",
        }
        verdict = world.verdict("tls")

    target = f"127.0.0.1:{played.port}".encode()
    login = b"Proxy-Authorization: Basic " + base64.b64encode(b"me:p@ss")
    assert verdict.status is Status.PASS
    assert asked == [b"CONNECT " + target + b" HTTP/1.1\r\nHost: " + target + b"\r\n" + login + b"\r\n\r\n"]


def test_a_proxy_that_wants_a_login_fails_the_tls_check(world: World) -> None:
    with connect_proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as (port, _):
        using(world, "https://gateway.example").environ["HTTPS_PROXY"] = f"http://127.0.0.1:{port}"
        verdict = world.verdict("tls")

    assert (verdict.status, "407 Proxy Authentication Required" in verdict.found) == (Status.FAIL, True)


def test_a_proxy_that_hangs_up_fails_the_tls_check(world: World) -> None:
    with connect_proxy(b"") as (port, _):
        using(world, "https://gateway.example").environ["HTTPS_PROXY"] = f"http://127.0.0.1:{port}"
        verdict = world.verdict("tls")

    assert (verdict.status, "the proxy answered 'nothing'" in verdict.found) == (Status.FAIL, True)


def test_a_proxy_that_breaks_the_connection_off_fails_the_tls_check(world: World) -> None:
    with RawServer(reset, unread=True) as server:
        using(world, "https://gateway.example").environ["HTTPS_PROXY"] = server.base_url
        verdict = world.verdict("tls")

    assert (verdict.status, verdict.found) == (Status.FAIL, "Connection reset by peer")


def test_behind_a_proxy_of_another_kind_tls_is_not_looked_at(world: World) -> None:
    with connect_proxy(b"") as (port, _):
        using(world, "https://gateway.example").environ["HTTPS_PROXY"] = f"https://127.0.0.1:{port}"
        verdict = world.verdict("tls")

    assert verdict == skipped("a proxy of this kind does not let us look")


def test_everything_passes_with_an_authority_of_ones_own(tmp_path: Path, authority: Authority) -> None:
    with gateway(tls=authority.server()) as played:
        found = run_doctor(
            tmp_path, IMAGE_GEN_BASE_URL=played.url, IMAGE_GEN_KEY="sk-test", SSL_CERT_FILE=str(authority.file)
        )

    endpoint = {check: finding["status"] for check, finding in found.items() if finding["group"] == "endpoint"}
    assert set(endpoint.values()) == {"pass"}
