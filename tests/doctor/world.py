"""A user's machine and a gateway, made for one examination."""

import contextlib
import io
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cpa_image_cli.core.findings import Finding, Status, Verdict
from cpa_image_cli.doctor import Examination, Question, examination_of, examine
from cpa_image_cli.doctor.checks import chosen
from cpa_image_cli.doctor.running import verdict_of
from cpa_image_cli.process.surroundings import Directories, Surroundings

KEY = "sk-test-0123456789abcdef"
MODELS = b'{"object":"list","data":[{"id":"gpt-5.4"},{"id":"gpt-5.5"},{"id":"gpt-image-2"}]}'
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Said:
    """One answer. A date of its own replaces the server's; *cut* is none at all."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    cut: bool = False


HEALTHY = Said(body=b'{"status":"ok"}')
LISTED = Said(body=MODELS)
REFUSED = Said(
    400, b'{"error":{"message":"We could not parse the JSON body of your request.","type":"invalid_request_error"}}'
)
NOTHING = Said(404)
Routes = Mapping[tuple[str, str], Said]

GOOD: Routes = {
    ("GET", "/healthz"): HEALTHY,
    ("GET", "/v1/models"): LISTED,
    ("POST", "/v1/responses"): REFUSED,
}


def page(status: int, title: str, **headers: str) -> Said:
    body = f"<!DOCTYPE html><html><head><title>{title}</title></head><body></body></html>".encode()
    return Said(status, body, {"Content-Type": "text/html", **{k.replace("_", "-"): v for k, v in headers.items()}})


@dataclass
class Gateway:
    """A server of *routes*; any other request is answered *otherwise*. *seen* are method, path, headers and body."""

    routes: Routes
    otherwise: Said
    scheme: str = "http"
    port: int = 0
    seen: list[tuple[str, str, Mapping[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"


@contextlib.contextmanager
def gateway(
    routes: Routes = GOOD, *, otherwise: Said = NOTHING, tls: ssl.SSLContext | None = None
) -> Iterator[Gateway]:
    played = Gateway(routes=routes, otherwise=otherwise, scheme="https" if tls else "http")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.serve("GET")

        def do_POST(self) -> None:
            self.serve("POST")

        def serve(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            played.seen.append((method, self.path, headers, body))
            said = played.routes.get((method, self.path), played.otherwise)
            if said.cut:
                self.close_connection = True
                return
            self.send_response_only(said.status)
            if "Date" not in said.headers:
                self.send_header("Date", self.date_time_string())
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    played.port = server.server_address[1]
    if tls:
        # Each handshake in the thread of its connection, so that one that fails does not hold up the others.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    serving.start()
    try:
        yield played
    finally:
        server.shutdown()
        server.server_close()
        serving.join(10)


@dataclass
class World:
    """A user's machine; nothing of the real one is seen. *more* goes to `Question`."""

    home: Path
    environ: dict[str, str] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock: Callable[[], float] | None = None
    stdout: Any = field(default_factory=io.StringIO)
    flags: Mapping[str, object] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def directories(self) -> Directories:
        home = self.home
        return Directories(config=home / "config", data=home / "data", cache=home / "cache", pictures=home / "pictures")

    def around(self) -> Surroundings:
        clock = {"clock": self.clock} if self.clock else {}
        return Surroundings(
            environ=self.environ,
            stdin=io.StringIO(),
            stdout=self.stdout,
            stderr=io.StringIO(),
            home=self.home,
            working_directory=self.home,
            directories=lambda: self.directories,
            now=self.now,
            draw=lambda: 0.5,
            **clock,
        )

    def writes(self, name: str, text: str, *, mode: int = 0o600) -> Path:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    @contextlib.contextmanager
    def case(self) -> Iterator[Examination]:
        case = examination_of(
            Question(around=self.around(), program=self.home / "bin/python", flags=self.flags, **self.more)
        )
        try:
            yield case
        finally:
            case.close()

    def verdict(self, check: str) -> Verdict:
        """Return what one check finds, with nothing done that it does not need."""
        with self.case() as case:
            return verdict_of(next(found for found in chosen(is_live=True) if found.label.id == check), case)

    def status(self, check: str) -> Status:
        return self.verdict(check).status

    def findings(self, *, is_live: bool = False) -> dict[str, Finding]:
        """Return what all checks find, by their ids."""
        with self.case() as case:
            found = [finding for finding in examine(case, is_live=is_live) if finding is not None]
        return {finding.label.id: finding for finding in found}

    def ended(self, *, is_live: bool = False) -> dict[Status, set[str]]:
        """Return the ids of all checks by how they ended."""
        ended: dict[Status, set[str]] = {status: set() for status in Status}
        for check, finding in self.findings(is_live=is_live).items():
            ended[finding.verdict.status].add(check)
        return ended


def using(world: World, url: str, key: str = KEY) -> World:
    world.environ |= {"IMAGE_GEN_BASE_URL": url, "IMAGE_GEN_KEY": key}
    return world
