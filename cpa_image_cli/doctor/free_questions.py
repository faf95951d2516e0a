"""
Asks the gateway questions that cost nothing.

Three are asked: ``GET /healthz`` without the key, ``GET /v1/models``, and a POST to ``/v1/responses`` whose whole body
is one opening brace. That is no JSON, so a server that parses it must refuse it, and one that repaired it would hold an
empty object: no model, no input and no tool, nothing that anybody could generate from. CLIProxyAPI refuses it before it
chooses an account. An OPTIONS request would be as free and say nothing: CLIProxyAPI answers it at any path. A GET is
taken for the start of a websocket.
"""

import contextlib
from datetime import datetime, timedelta

from cpa_image_cli.adapters.gateway import Reply
from cpa_image_cli.core.errors import CpaImageError, GatewayError
from cpa_image_cli.core.findings import failed_with
from cpa_image_cli.core.gateway.calls import Answer, Get, Post
from cpa_image_cli.core.gateway.endpoint import health_url
from cpa_image_cli.core.gateway.way import Way
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.wire.body import Body
from cpa_image_cli.doctor.examination import Examination
from cpa_image_cli.doctor.facts import Heard
from cpa_image_cli.doctor.steps import Obstacle

PATIENCE = 20.0
"""Seconds for one answer."""

PINGS = 3
"""Times that ``/healthz`` is asked: the first answer includes the connection."""

REFUSED_BY_ALL = Body((b"{",))
"""A request body that nobody can generate anything from."""

MAX_REFUSAL = 64 * 1024
"""Bytes of an answer to it that are read."""


def health(case: Examination) -> tuple[Heard, ...]:
    """Ask ``/healthz``, several times over one connection."""
    case.tls()
    url = health_url(case.base_url())
    try:
        return tuple(get(case, url) for _ in range(PINGS))
    except CpaImageError as error:
        raise Obstacle("healthz", failed_with(error)) from error


def models(case: Examination) -> Heard:
    """Ask for the list of models."""
    key = case.key()
    case.tls()
    try:
        return get(case, case.settings().models_url(), key=key, with_secrets=True)
    except CpaImageError as error:
        raise Obstacle("models", failed_with(error)) from error


def responses(case: Examination) -> Heard:
    """Send what must be refused to where pictures are asked for."""
    key = case.key()
    case.tls()
    post = Post(
        url=case.settings().responses_url(),
        body=REFUSED_BY_ALL,
        headers={**_headers(case), "content-type": "application/json"},
        key=key,
        secret_headers=_secret_headers(case),
        timeout=PATIENCE,
    )
    started, began = case.around.clock(), case.around.now()
    try:
        with case.gateway().post(post, on_sent=lambda: None) as reply:
            answer = Answer(status=reply.status, headers=reply.headers, body=_beginning(reply), proxy=reply.proxy)
    except CpaImageError as error:
        raise Obstacle("responses", failed_with(error)) from error
    return _heard(case, post, answer, started, began)


def get(case: Examination, url: str, *, key: Secret | None = None, with_secrets: bool = False) -> Heard:
    """Return the answer at *url*; the further headers may hold secrets. Raises: GatewayError or ConfigError."""
    secret_headers = _secret_headers(case) if with_secrets else {}
    request = Get(url=url, headers=_headers(case), key=key, secret_headers=secret_headers, timeout=PATIENCE)
    started, began = case.around.clock(), case.around.now()
    return _heard(case, request, case.gateway().get(request), started, began)


def _heard(case: Examination, asked: Get | Post, answer: Answer, started: float, began: datetime) -> Heard:
    seconds = case.around.clock() - started
    way = Way(url=asked.url, method="POST" if isinstance(asked, Post) else "GET", proxy=answer.proxy)
    # The server looked at its clock about half way.
    return Heard(way=way, answer=answer, seconds=seconds, at=began + timedelta(seconds=seconds / 2))


def _headers(case: Examination) -> dict[str, str]:
    settings = case.settings()
    return {
        "accept": "application/json",
        "user-agent": settings.user_agent.value,
        "originator": settings.originator.value,
    }


def _secret_headers(case: Examination) -> dict[str, Secret]:
    return {header.name: header.value for header in case.settings().headers}


def _beginning(reply: Reply) -> bytes:
    body = bytearray()
    with contextlib.suppress(GatewayError):
        for piece in reply.pieces():
            body += piece
            if len(body) >= MAX_REFUSAL:
                break
    return bytes(body[:MAX_REFUSAL])
