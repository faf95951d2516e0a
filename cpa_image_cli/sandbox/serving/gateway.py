"""
The sandbox: a gateway on loopback that speaks ``/v1/responses`` and draws its own pictures.

It costs nothing, asks nobody, and is faithful enough for the official SDK. Scenarios make it misbehave on purpose.
To change what it answers, write a scenario; to add a route, add a row to `ROUTES`.
"""

import contextlib
import hmac
import json
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.text import clean
from cpa_image_cli.sandbox.answers.playback import play, refuse
from cpa_image_cli.sandbox.answers.steps import Exchange
from cpa_image_cli.sandbox.language.replies import Answer, HttpError, Reply
from cpa_image_cli.sandbox.language.request import AUTO_SIZE, IMAGE_MODELS, TEXT_MODELS, Refused, read
from cpa_image_cli.sandbox.scenarios import Scenario, find
from cpa_image_cli.sandbox.serving.connection import Connection

LOOPBACK = "127.0.0.1"
LARGE = 64 * 1024
"""Bytes from which on a request may be refused before it has come."""

CLOSING_PATIENCE = 2.0
"""Seconds that closing waits for a thread that is busy drawing."""


def _length(headers: Mapping[str, str]) -> int:
    text = headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came. Header names are in lower case; *json* is None when the body is no JSON."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> object:
        """Return the body as JSON, or None."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


SHOWN = 200
"""Characters of a path that the log repeats."""


class Sandbox:
    """
    A gateway that lives from construction to `close`; also a context manager.

    *port* 0 takes any free one. *key* is the only one accepted: None makes a random one, "" accepts any or none.
    *pace* is how many seconds a whole generation takes, and *sleep* passes them in place of really waiting. *pad_to*
    grows every PNG, frames included, to that many bytes. *auto_size* is drawn where no size is asked. *prefix* is a
    path in front of every route. *now* is the wall clock. `requests` are all that came, in order.

    Raises: OSError when *port* is taken.
    """

    def __init__(
        self,
        scenario: str | Scenario = "ok",
        *,
        port: int = 0,
        key: str | None = None,
        pace: float = 0.0,
        sleep: Callable[[float], object] | None = None,
        pad_to: int = 0,
        auto_size: str = AUTO_SIZE,
        prefix: str = "",
        models: tuple[str, ...] = TEXT_MODELS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        log: Callable[[str], object] = lambda _: None,
    ) -> None:
        self.scenario = find(scenario) if isinstance(scenario, str) else scenario
        self.key = f"sk-sandbox-{secrets.token_hex(12)}" if key is None else key
        self.pace = pace
        self.sleep = sleep
        self.requests: list[Request] = []
        self._pad_to = pad_to
        self._auto_size = auto_size
        self._prefix = prefix.rstrip("/")
        self._models = models
        self._now = now
        self._log = log
        self._lock = threading.Lock()
        self._clients: dict[threading.Thread, socket.socket] = {}
        self._answered = 0
        self._closing = False
        self._listener = socket.create_server((LOOPBACK, port), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, name="sandbox", daemon=True)
        self._accepting.start()

    @property
    def base_url(self) -> str:
        """Return the base URL as this program wants it; the official SDK wants ``/v1`` behind it."""
        return f"http://{LOOPBACK}:{self.port}{self._prefix}"

    @property
    def posts(self) -> list[Request]:
        """Return the requests for a response so far, refused ones included."""
        return [request for request in self.requests if request.method == "POST"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening, drop every client, and wait for the threads. May be called again."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
        # Not every system wakes a blocked accept when its socket is closed; a visitor always does.
        with contextlib.suppress(OSError):
            socket.create_connection((LOOPBACK, self.port), timeout=1.0).close()
        self._accepting.join(CLOSING_PATIENCE)
        self._listener.close()
        with self._lock:
            clients = dict(self._clients)
        for client in clients.values():
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        for thread in clients:
            thread.join(CLOSING_PATIENCE)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Exchange:
        """Return what one request is answered, and remember it."""
        request = Request(method=method, path=path, headers=headers, body=body)
        self.requests.append(request)
        bare = path.partition("?")[0]
        route = ROUTES.get((method, bare.removeprefix(self._prefix))) if bare.startswith(self._prefix) else None
        exchange = refuse(NOT_FOUND) if route is None else route(self, request)
        self._log(f"{self._now().astimezone():%H:%M:%S}  {method} {clean(bare, limit=SHOWN)} → {exchange.status}")
        return exchange

    def refuses_early(self, method: str, path: str, headers: Mapping[str, str]) -> Exchange | None:
        """Return the refusal of a large request that the scenario plays before it has come, and remember its head."""
        reply = self.scenario.script[0]
        if not (isinstance(reply, HttpError) and reply.early) or _length(headers) < LARGE:
            return None
        self.requests.append(Request(method=method, path=path, headers=headers, body=b""))
        return refuse(reply)

    def trace_id(self) -> str:
        """Return an id for the next answer, in CLIProxyAPI's form."""
        return f"{self._now():%Y%m%d%H%M%S}-1-{secrets.token_hex(4)}"

    def list_models(self, request: Request) -> Exchange:
        """Answer ``GET /v1/models``."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refuse(refusal)
        made = int(self._now().timestamp())
        names = (*self._models, *IMAGE_MODELS)
        models = [{"id": name, "object": "model", "created": made, "owned_by": "openai"} for name in names]
        return refuse(HttpError(status=200, body={"object": "list", "data": models}))

    def respond(self, request: Request) -> Exchange:
        """Answer ``POST /v1/responses`` with the next reply of the scenario."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refuse(refusal)
        try:
            asked = read(request.body, models=self._models, auto_size=self._auto_size)
        except Refused as refused:
            return refuse(refused.reply)
        with self._lock:
            self._answered += 1
            number = self._answered
        reply = self._reply(number, drawable=asked.tool is not None)
        return play(reply, asked, number=number, created_at=int(self._now().timestamp()))

    def _reply(self, number: int, *, drawable: bool) -> Reply:
        script = self.scenario.script
        reply = script[min(number, len(script)) - 1]
        if not isinstance(reply, Answer):
            return reply
        if not drawable and reply.images:
            return replace(reply, images=0, text=NO_TOOL)
        return replace(reply, pad_to=max(reply.pad_to, self._pad_to))

    def _refusal(self, request: Request) -> HttpError | None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ") or request.headers.get("x-api-key", "")
        if not self.key or hmac.compare_digest(given.encode(), self.key.encode()):
            return None
        return HttpError(status=401, body={"error": "Invalid API key" if given else "Missing API key"})

    def _accept(self) -> None:
        while True:
            client, address = self._listener.accept()
            with self._lock:
                if self._closing:
                    client.close()
                    return
                thread = threading.Thread(
                    target=self._serve, args=(client, address), name="sandbox client", daemon=True
                )
                self._clients[thread] = client
            thread.start()

    def _serve(self, client: socket.socket, address: object) -> None:
        try:
            with contextlib.suppress(OSError):
                Connection(client, address, self)
        finally:
            client.close()
            with self._lock:
                del self._clients[threading.current_thread()]


NO_TOOL = "I can describe a picture in words, but there is no image generation tool in this request."
NOT_FOUND = HttpError(status=404)
"""CLIProxyAPI answers unknown paths with nothing at all."""

ROUTES: Mapping[tuple[str, str], Callable[[Sandbox, Request], Exchange]] = {
    ("GET", "/healthz"): lambda *_: refuse(HttpError(status=200, body={"status": "ok"})),
    ("GET", "/v1/models"): Sandbox.list_models,
    ("POST", "/v1/responses"): Sandbox.respond,
    ("POST", "/backend-api/codex/responses"): Sandbox.respond,
    # The real gateway takes this for the start of a websocket.
    ("GET", "/v1/responses"): lambda *_: refuse(
        HttpError(status=400, body=b"Bad Request\n", content_type="text/plain")
    ),
}
