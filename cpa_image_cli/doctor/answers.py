"""
What the gateway answers to questions that cost nothing, and whose business it is when an answer is wrong.

Three are asked: ``GET /healthz`` without the key, ``GET /v1/models``, and a POST to ``/v1/responses`` whose whole body
is one opening brace. That is no JSON, so a server that parses it must refuse it, and one that repaired it would hold an
empty object: no model, no input and no tool, nothing that anybody could generate from. CLIProxyAPI refuses it before it
chooses an account. An OPTIONS request would be as free and say nothing: CLIProxyAPI answers it at any path. A GET is
taken for the start of a websocket.
"""

import contextlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cpa_image_cli.adapters import model_cache
from cpa_image_cli.adapters.gateway import Answer, Get, Post, Reply
from cpa_image_cli.core import failures
from cpa_image_cli.core.base_urls import other_bases
from cpa_image_cli.core.endpoint import health_url, models_url
from cpa_image_cli.core.errors import Code, CpaImageError, Failure, GatewayError
from cpa_image_cli.core.findings import failed, failed_with, warned
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.doctor.steps import Obstacle

if TYPE_CHECKING:
    from cpa_image_cli.doctor.case import Case

PATIENCE = 20.0
"""Seconds for one answer."""

PINGS = 3
"""Times that ``/healthz`` is asked: the first answer includes the connection."""

REFUSED_BY_ALL = b"{"
"""A request body that nobody can generate anything from."""

_TAKES_NO_POST = 405

MAX_REFUSAL = 64 * 1024
"""Bytes of an answer to it that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer, how many *seconds* it took, and when, by our clock, it was on its way."""

    answer: Answer
    seconds: float
    at: datetime

    @property
    def is_page(self) -> bool:
        """Whether a web page came."""
        return self.answer.body[:512].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def health(case: "Case") -> tuple[Heard, ...]:
    """Ask ``/healthz``, several times over one connection."""
    case.tls()
    url = health_url(case.base_url())
    try:
        return tuple(_get(case, url) for _ in range(PINGS))
    except CpaImageError as error:
        raise Obstacle("healthz", failed_with(error)) from error


def models(case: "Case") -> Heard:
    """Ask for the list of models."""
    key = case.key()
    case.tls()
    try:
        return _get(case, case.settings().models_url(), key=key, with_secrets=True)
    except CpaImageError as error:
        raise Obstacle("models", failed_with(error)) from error


def responses(case: "Case") -> Heard:
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
            answer = Answer(status=reply.status, headers=reply.headers, body=_beginning(reply))
    except CpaImageError as error:
        raise Obstacle("responses", failed_with(error)) from error
    return _heard(case, answer, started, began)


def listing(case: "Case") -> tuple[str, ...]:
    """Return the models that the gateway lists, and remember them for TAB."""
    heard = case.models()
    failure = judged(case, heard)
    if failure is not None:
        raise _blamed(case, failure, otherwise="models", is_page=heard.is_page)
    names = _names(heard)
    if names is None:
        found = "the answer is no list of models that this program can read"
        raise Obstacle("models", warned(found, "A model's name cannot be checked; `generate` may work all the same."))
    with contextlib.suppress(OSError):
        gateway = case.settings().base_url.shown
        model_cache.remember(case.around.directories().model_cache, gateway=gateway, models=names)
    return names


def ready(case: "Case") -> Failure | None:
    """Return how the endpoint refused what must be refused; None if it did not. Anything else is an obstacle."""
    heard = case.responses()
    failure = judged(case, heard)
    if failure is None and not heard.is_page:
        return None
    if failure is not None and _is_about_the_body(failure) and not heard.is_page:
        return failure
    assert failure is not None  # noqa: S101 - a page is always judged
    raise _blamed(case, failure, otherwise="responses", is_page=heard.is_page)


def _is_about_the_body(failure: Failure) -> bool:
    # CLIProxyAPI looks for the model first, and misses that.
    return failure.code in (Code.BAD_REQUEST, Code.MODEL_NOT_FOUND) and failure.status != _TAKES_NO_POST


def judged(case: "Case", heard: Heard) -> Failure | None:
    """Return what is wrong with an answer by its own account; None for a success that is no web page."""
    answer = heard.answer
    if 200 <= answer.status < 300 and not heard.is_page:  # noqa: PLR2004 - HTTP's class of success
        return None
    return failures.normalise(
        status=answer.status, headers=answer.headers, body=answer.body, now=case.around.now(), streamed=False
    )


def is_safe_mode(heard: Heard) -> bool:
    """Whether CLIProxyAPI refuses everything because its example keys are still in force."""
    return "x-cpa-safe-mode" in heard.answer.headers


def is_elsewhere(failure: Failure, *, is_page: bool) -> bool:
    """Whether an answer shows that the API is not at this address."""
    if failure.code is Code.CHALLENGE:
        return False
    succeeded = failure.status is None
    return failure.code in (Code.ENDPOINT_NOT_FOUND, Code.REDIRECTED) or (is_page and succeeded)


def has_an_api(case: "Case", base_url: str) -> bool:
    """Whether there is a list of models at *base_url*, which must be of the same host."""
    url = models_url(base_url)
    try:
        heard = _get(case, url, key=case.key(), with_secrets=True)
    except CpaImageError:
        return False
    return heard.answer.status == 200 and _names(heard) is not None  # noqa: PLR2004 - HTTP's OK


def base_with_an_api(case: "Case") -> str | None:
    """Return another base URL of the same host at which there is an API."""
    return next((other for other in other_bases(case.base_url()) if has_an_api(case, other)), None)


def _blamed(case: "Case", failure: Failure, *, otherwise: str, is_page: bool) -> Obstacle:
    """Return the obstacle that *failure* is, with the check whose business it is."""
    verdict = failed(told(failure), failure.hint or "", failure.code)
    if failure.code is Code.CHALLENGE:
        return Obstacle("firewall", verdict)
    if is_safe_mode(case.models()):
        return Obstacle("safe_mode", verdict)
    if failure.code is Code.KEY_REJECTED:
        return Obstacle("models", verdict)
    if is_elsewhere(failure, is_page=is_page) and is_all_elsewhere(case):
        return Obstacle("path", verdict)
    return Obstacle(otherwise, verdict)


def is_all_elsewhere(case: "Case") -> bool:
    """Whether neither of the API's two addresses is one."""
    for heard in (case.models(), case.responses()):
        failure = judged(case, heard)
        if failure is None or not is_elsewhere(failure, is_page=heard.is_page):
            return False
    return True


def told(failure: Failure) -> str:
    """Return the gateway's words with the status before them."""
    status = f"HTTP {failure.status}"
    return failure.message if failure.message.startswith(("HTTP ", "an event")) else f"{status}: {failure.message}"


def _get(case: "Case", url: str, *, key: Secret | None = None, with_secrets: bool = False) -> Heard:
    secret_headers = _secret_headers(case) if with_secrets else {}
    request = Get(url=url, headers=_headers(case), key=key, secret_headers=secret_headers, timeout=PATIENCE)
    started, began = case.around.clock(), case.around.now()
    return _heard(case, case.gateway().get(request), started, began)


def _heard(case: "Case", answer: Answer, started: float, began: datetime) -> Heard:
    seconds = case.around.clock() - started
    # The server looked at its clock about half way.
    return Heard(answer=answer, seconds=seconds, at=began + timedelta(seconds=seconds / 2))


def _headers(case: "Case") -> dict[str, str]:
    settings = case.settings()
    return {
        "accept": "application/json",
        "user-agent": settings.user_agent.value,
        "originator": settings.originator.value,
    }


def _secret_headers(case: "Case") -> dict[str, Secret]:
    return {header.name: header.value for header in case.settings().headers}


def _beginning(reply: Reply) -> bytes:
    body = bytearray()
    with contextlib.suppress(GatewayError):
        for piece in reply.pieces():
            body += piece
            if len(body) >= MAX_REFUSAL:
                break
    return bytes(body[:MAX_REFUSAL])


def _names(heard: Heard) -> tuple[str, ...] | None:
    """Return the ids in a list of models of either usual shape; None if it is none."""
    try:
        content = json.loads(heard.answer.body)
    except (ValueError, RecursionError):
        return None
    entries = content.get("data", content.get("models")) if isinstance(content, dict) else content
    if not isinstance(entries, list):
        return None
    ids = (entry.get("id") or entry.get("name") if isinstance(entry, dict) else entry for entry in entries)
    return tuple(name for name in ids if isinstance(name, str) and name)
