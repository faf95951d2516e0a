"""
Errors that are told after the answer has begun: as the event ``response.failed``, in a 200, with nothing of a status.

Most are those of the other tables; without streaming, the same gateway answers as there. A row is added by naming the
scenario, and how a run ends where the missing status makes a difference.
"""

import json
from collections.abc import Mapping

from cpa_image_cli.core.errors import Code
from cpa_image_cli.sandbox.language.replies import HttpError, JsonObject, StreamError
from cpa_image_cli.sandbox.language.scenario import Expected, Scenario, error, failed, refused, repeated
from cpa_image_cli.sandbox.tables.limits import LIMITS
from cpa_image_cli.sandbox.tables.refusals import REFUSALS
from cpa_image_cli.sandbox.tables.requests import REQUESTS
from cpa_image_cli.sandbox.tables.servers import SERVERS
from cpa_image_cli.sandbox.tables.waits import COOLING, DOUBLING, WAITS

PAGE_CODE = "internal_server_error"
LOST = {"type": "invalid_request_error", "code": "invalid_request_error", "message": "Bad Request"}
"""What CLIProxyAPI makes of a ``detail`` in a stream."""

BASES: Mapping[str, Scenario] = {
    scenario.name: scenario for scenario in (*LIMITS, *WAITS, *REFUSALS, *REQUESTS, *SERVERS)
}

NAMES = """
rate-limited request-too-large limit-zero daily-limit too-many-requests
usage-not-included quota billing-limit billing-not-active
content-policy invalid-prompt cyber-policy bio-policy misalignment-policy
upstream-login upstream-token token-expired refresh-token-reused account-deactivated
group-without-images cf-challenge
model-unknown image-only-model auth-not-found auth-unavailable
bad-size size-off-grid bad-background tool-choice tool-unknown model-not-in-plan version-too-old
store-must-be-false unsupported-parameter detail-json stale-item
context-too-large context-too-large-code
server-error upstream-error overloaded overloaded-503 at-capacity
html-502 html-504 html-520 html-522 html-524 stream-disconnected upstream-closed
"""
"""The scenarios whose error is seen, or may be, in the middle of a stream."""

ENVELOPES = "tool-unsupported image-model-gone"
"""Those that Codex tells as an ``error`` event with a status of its own."""

INPUT_IMAGES: Mapping[str, str] = {
    "invalid_image": "The image data you provided does not represent a valid image.",
    "invalid_image_format": "The image format is not supported.",
    "invalid_base64_image": "The image is not valid base64.",
    "invalid_image_url": "The image URL is not valid.",
    "image_too_large": "The image exceeds the size limit.",
    "image_too_small": "The image is below the size limit.",
    "image_parse_error": "The image could not be parsed.",
    "invalid_image_mode": "The image mode is not supported.",
    "image_file_too_large": "The image file is too large.",
    "unsupported_image_media_type": "image/bmp is not supported.",
    "empty_image_file": "The image file is empty.",
    "failed_to_download_image": "The image could not be downloaded.",
    "image_file_not_found": "The image file was not found.",
}
"""The official SDK's codes for pictures that were sent, with a sentence for each."""


def _as_event(name: str) -> Scenario:
    base = BASES[name]
    reply, *rest = base.script
    assert isinstance(reply, HttpError)  # noqa: S101 - so they are written
    return Scenario(
        name=f"{name}-event",
        summary=f"streamed: “{name}” as response.failed",
        script=(StreamError(event=failed(_problem(reply)), otherwise=reply), *rest),
        expected=base.expected,
    )


def _problem(reply: HttpError) -> JsonObject:
    """Return the error of *reply* as an event tells it: its code, type, message and param, and no more."""
    if isinstance(reply.body, bytes):
        return {"type": "server_error", "code": PAGE_CODE, "message": reply.body.decode()}
    body = reply.body if isinstance(reply.body, Mapping) else {}
    detail = body.get("detail")
    if isinstance(detail, str) and detail.startswith("{"):
        body = json.loads(detail)
    told = body.get("error") or {"message": detail}
    assert isinstance(told, Mapping)  # noqa: S101 - as above
    return {key: told[key] for key in ("type", "code", "message", "param") if told.get(key) is not None}


def _as_envelope(name: str) -> Scenario:
    base = BASES[name]
    [reply] = base.script
    assert isinstance(reply, HttpError)  # noqa: S101 - so they are written
    assert isinstance(reply.body, Mapping)  # noqa: S101 - as above
    event = {**reply.body, "type": "error"}
    return Scenario(
        name=f"{name}-event",
        summary=f"streamed: “{name}” as an error event with a status",
        script=(StreamError(event=event, otherwise=reply),),
        expected=base.expected,
    )


def _input_image(code: str, message: str) -> Scenario:
    problem = {"code": code, "message": message}
    otherwise = error(400, message, code=code, param="input")
    name = "-".join(part for part in code.split("_") if part != "image")
    return refused(
        f"input-{name}",
        f"a picture that was sent: {code}",
        StreamError(event=failed(problem), otherwise=otherwise),
        Code.BAD_REQUEST,
    )


ELSEWHERE = (
    refused(
        "detail-lost-event",
        "streamed: a 400 of which nothing is left but “Bad Request”",
        StreamError(event=failed(LOST), otherwise=HttpError(status=400, body={"detail": "Store must be set to false"})),
        Code.BAD_REQUEST,
    ),
    refused(
        "data-residency-event",
        "streamed: data_residency_mismatch",
        StreamError(
            event=failed({"code": "data_residency_mismatch", "message": "Data residency does not match."}),
            otherwise=error(400, "Data residency does not match.", code="data_residency_mismatch"),
        ),
        Code.BAD_REQUEST,
    ),
    repeated(
        "vector-store-timeout-event",
        "streamed: vector_store_timeout, which is the server's affair",
        StreamError(
            event=failed({"code": "vector_store_timeout", "message": "The vector store timed out."}),
            otherwise=error(500, "The vector store timed out.", code="vector_store_timeout", kind="server_error"),
        ),
        Expected(code=Code.SERVER_ERROR, posts=3, waits=(2.0, 4.0)),
    ),
    # The time at which the accounts are back is lost on the way.
    repeated(
        "model-cooldown-event",
        "streamed: the gateway's accounts rest, nobody says how long",
        StreamError(
            event=failed({"code": "model_cooldown", "message": COOLING}),
            otherwise=error(429, COOLING, code="model_cooldown", kind=None),
        ),
        Expected(code=Code.RATE_LIMITED, posts=5, waits=DOUBLING),
    ),
)

EVENTS = (
    *map(_as_event, NAMES.split()),
    *map(_as_envelope, ENVELOPES.split()),
    *ELSEWHERE,
    *(_input_image(code, message) for code, message in INPUT_IMAGES.items()),
)
