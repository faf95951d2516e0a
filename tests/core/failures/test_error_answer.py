# ruff: noqa: E501 - the tables are read by row
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpa_image_cli.core.errors import MAY_HAVE_BILLED, Code, ExitStatus, Failure
from cpa_image_cli.core.failures import error_answer, hints
from cpa_image_cli.core.gateway.proxies import Proxy
from cpa_image_cli.core.gateway.trace import trace_id
from cpa_image_cli.core.gateway.way import Way
from cpa_image_cli.core.text import MAX_MESSAGE

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)

IPM = (
    "Rate limit reached for gpt-image-2-codex (for limit gpt-image) in organization org-X on input-images per min:"
    " Limit 4000, Used 4000, Requested 1. Please try again in 15ms. Visit https://example.org to learn more."
)
SAFETY = "Your request was rejected by the safety system. safety_violations=[sexual]."
MODERATION = {
    "type": "image_generation_user_error",
    "code": "moderation_blocked",
    "message": SAFETY,
    "moderation_details": {"moderation_stage": "output", "categories": ["sexual"]},
}
CHALLENGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>secret</body></html>"
IMAGE_ONLY = "model gpt-image-2 is only supported on /v1/images/generations and /v1/images/edits"
RESTING = "auth_unavailable: no auth available (providers=codex, model=gpt-5.4)"
SERVER = {"type": "server_error", "code": "internal_server_error"}


def normalise(
    status: int | None,
    body: object,
    *,
    headers: Mapping[str, str] | None = None,
    streamed: bool = True,
) -> Failure:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return error_answer.normalise(
        status=status,
        headers=headers or {},
        body=body if isinstance(body, dict) and status in (None, 200) else raw,
        now=NOW,
        streamed=streamed,
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    name: str
    status: int | None
    body: object
    code: Code
    message: str | None = None
    delay: float | None = None
    headers: dict[str, str] = field(default_factory=dict)
    reported: int | None = None

    def __str__(self) -> str:
        return self.name


def error(**fields: object) -> dict[str, object]:
    return {"error": fields}


def page(title: str) -> bytes:
    return f"<html>\r\n<head><title>{title}</title></head><body><h1>{title}</h1>secret</body></html>".encode()


SDK_CODES = {
    # What the official SDK knows as `response.error.code`.
    "server_error": Code.SERVER_ERROR,
    "rate_limit_exceeded": Code.RATE_LIMITED,
    "invalid_prompt": Code.MODERATION,
    "data_residency_mismatch": Code.BAD_REQUEST,
    "bio_policy": Code.MODERATION,
    "misalignment_policy_violation": Code.MODERATION,
    "vector_store_timeout": Code.SERVER_ERROR,
    "invalid_image": Code.BAD_REQUEST,
    "invalid_image_format": Code.BAD_REQUEST,
    "invalid_base64_image": Code.BAD_REQUEST,
    "invalid_image_url": Code.BAD_REQUEST,
    "image_too_large": Code.BAD_REQUEST,
    "image_too_small": Code.BAD_REQUEST,
    "image_parse_error": Code.BAD_REQUEST,
    "image_content_policy_violation": Code.MODERATION,
    "invalid_image_mode": Code.BAD_REQUEST,
    "image_file_too_large": Code.BAD_REQUEST,
    "unsupported_image_media_type": Code.BAD_REQUEST,
    "empty_image_file": Code.BAD_REQUEST,
    "failed_to_download_image": Code.BAD_REQUEST,
    "image_file_not_found": Code.BAD_REQUEST,
}

SHAPES = [
    # Each row: a body, and (code, type, param, message, status, delay) as they must be read from it.
    (429, error(message="m", type="t", code="c", param=None), ("c", "t", None, "m", 429, None)),
    (429, error(message="m", type="t", code=7, param="p"), ("7", "t", "p", "m", 429, None)),
    (429, error(message="m", type=None, code=None), (None, None, None, "m", 429, None)),
    (429, error(message="m", type="None", code="429", param="None"), ("429", None, None, "m", 429, None)),
    (401, {"error": "Invalid API key"}, (None, None, None, "Invalid API key", 401, None)),
    (401, {"error": "unauthorized"}, ("unauthorized", None, None, "unauthorized", 401, None)),
    (403, {"error": "unsafe_example_api_key", "message": "m"}, ("unsafe_example_api_key", None, None, "m", 403, None)),
    (
        429,
        error(type="usage_limit_reached", message="m", resets_in_seconds=9, resets_at=1),
        (None, "usage_limit_reached", None, "m", 429, 9.0),
    ),
    (400, {"detail": "m"}, (None, None, None, "m", 400, None)),
    (402, {"detail": {"code": "deactivated_workspace"}}, ("deactivated_workspace", None, None, "deactivated_workspace", 402, None)),
    (400, {"detail": '{"error": {"code": "c", "message": "m"}}'}, ("c", None, None, "m", 400, None)),
    (422, {"detail": [{"msg": "m", "type": "missing"}]}, (None, "missing", None, "m", 422, None)),
    (400, {"message": "m"}, (None, None, None, "m", 400, None)),
    (403, {"code": "GROUP_DISABLED", "message": "m"}, ("GROUP_DISABLED", None, None, "m", 403, None)),
    (200, {"type": "error", "status": 400, "error": {"message": "m", "code": None}}, (None, None, None, "m", 400, None)),
    (200, {"type": "error", "status_code": "400", "error": {"message": "m"}}, (None, None, None, "m", 400, None)),
    (200, {"error": {"message": "m"}, "status": 401}, (None, None, None, "m", 401, None)),
    (429, {"type": "usage_limit_reached", "message": "m"}, (None, "usage_limit_reached", None, "m", 429, None)),
    (500, b"upstream is down", (None, None, None, "upstream is down", 500, None)),
    (500, b'"upstream is down"', (None, None, None, "upstream is down", 500, None)),
    (500, b"\xef\xbb\xbf\n\n upstream\r\nis down \n", (None, None, None, "upstream is down", 500, None)),
    (502, page("502 Bad Gateway"), (None, None, None, "HTTP 502, a web page titled “502 Bad Gateway”", 502, None)),
    (500, b"<html><h1>Oops &amp; sorry</h1>", (None, None, None, "HTTP 500, a web page titled “Oops & sorry”", 500, None)),
    (500, b"<html><body>x</body>", (None, None, None, "HTTP 500, a web page without a title", 500, None)),
    (500, b"", (None, None, None, "HTTP 500 with an empty body", 500, None)),
    (500, b" \r\n\r\n", (None, None, None, "HTTP 500 with an empty body", 500, None)),
    (500, b"{}", (None, None, None, "HTTP 500 that says “{}”", 500, None)),
    # Further wrappings that relays make of these.
    (500, [{"error": {"code": 500, "message": "m", "status": "INTERNAL"}}], ("500", "INTERNAL", None, "m", 500, None)),
    (500, {"error": ["m"]}, (None, None, None, "m", 500, None)),
    (500, {"errors": [{"message": "m", "code": "c"}]}, ("c", None, None, "m", 500, None)),
    (400, {"error": "invalid_grant", "error_description": "m"}, ("invalid_grant", None, None, "m", 400, None)),
    (
        500,
        error(message=json.dumps(error(message="m", code="inner")), code="outer", type="server_error"),
        ("inner", "server_error", None, "m", 500, None),
    ),
    (500, error(message='OpenAIException - {"error": {"code": "inner", "message": "m"}}'), ("inner", None, None, "m", 500, None)),
    (500, error(message="{'not': json}", code="c"), ("c", None, None, "{'not': json}", 500, None)),
    (500, error(message='use {} or {"x": 1}', code="c"), ("c", None, None, 'use {} or {"x": 1}', 500, None)),
    (429, b'event: error\ndata: {"error": {"code": "c", "message": "m"}}\n\n', ("c", None, None, "m", 429, None)),
    (
        200,
        {"type": "response.failed", "response": {"status": "failed", "error": {"code": "c", "message": "m"}}},
        ("c", None, None, "m", None, None),
    ),
    (None, {"type": "error", "code": "c", "message": "m", "param": None, "sequence_number": 7}, ("c", None, None, "m", None, None)),
    (
        None,
        {"type": "error", "status": 429, "error": {"type": "t", "code": "c", "message": "m"}, "headers": {"Retry-After": 3}},
        ("c", "t", None, "m", 429, 3.0),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "expected"), SHAPES)
def test_every_shape_of_body_is_read(status: int | None, body: object, expected: tuple[object, ...]) -> None:
    it = normalise(status, body)

    assert (it.upstream_code, it.upstream_type, it.param, it.message, it.status, it.delay) == expected


CASES = [
    # Rate limits.
    Case(name="image limit as 429", status=429, code=Code.RATE_LIMITED, delay=0.015, message=IPM,
         body=error(type="input-images", code="rate_limit_exceeded", message=IPM)),
    Case(name="image limit in a 200", status=200, code=Code.RATE_LIMITED, delay=0.015, message=IPM,
         body=error(type="input-images", code="rate_limit_exceeded", message=IPM)),
    Case(name="image limit as response.failed", status=None, code=Code.RATE_LIMITED, delay=12.0,
         message="Please try again in 12s.",
         body={"type": "response.failed", "response": {
             "status": "failed", "error": {"code": "rate_limit_exceeded", "message": "Please try again in 12s."}}}),
    Case(name="image limit nested in an event", status=None, code=Code.RATE_LIMITED, delay=3.0, reported=429,
         body={"type": "error", "status": 429, "error": {"type": "t", "message": "slow"}, "headers": {"retry-after": "3"}}),
    Case(name="429 without a body", status=429, code=Code.RATE_LIMITED, body=b"", message="HTTP 429 with an empty body"),
    Case(name="429 page", status=429, code=Code.RATE_LIMITED, body=page("Error 1015")),
    Case(name="429 with a header", status=429, code=Code.RATE_LIMITED, body=b"slow down", delay=2.0,
         headers={"Retry-After": "2"}),
    Case(name="429 with a bucket", status=429, code=Code.RATE_LIMITED, body=b"slow down", delay=120.0,
         headers={"X-RateLimit-Reset-Requests": "2m0s"}),
    Case(name="500 with a bucket is no limit", status=500, code=Code.SERVER_ERROR, body=b"x",
         headers={"x-ratelimit-reset-requests": "2m0s"}),
    Case(name="TooManyRequests without delay", status=200, code=Code.RATE_LIMITED,
         body=error(code="TooManyRequests", message="image generation request was rate limited")),
    Case(name="image generation was rate limited", status=None, code=Code.RATE_LIMITED,
         body=error(message="image generation request was rate limited")),
    Case(name="a day's limit", status=429, code=Code.RATE_LIMITED, delay=432.0,
         body=error(code="rate_limit_exceeded", message="on requests per day (RPD): Limit 200. Please try again in 7m12s.")),
    Case(name="Gemini's quota of a minute", status=429, code=Code.RATE_LIMITED, delay=34.9,
         body=error(code=429, status="RESOURCE_EXHAUSTED", message="You exceeded your current quota. Please retry in 34.9s.")),
    Case(name="short model_cooldown", status=429, code=Code.RATE_LIMITED, delay=90.0,
         body=error(code="model_cooldown", message="All credentials for model gpt-5.4 are cooling down via provider codex",
                    model="gpt-5.4", provider="codex", reset_time="1m30s", reset_seconds=90)),
    # Long or permanent limits.
    Case(name="usage limit", status=429, code=Code.USAGE_LIMIT, delay=13872.0, message="The usage limit has been reached",
         body=error(type="usage_limit_reached", message="The usage limit has been reached", plan_type="plus",
                    resets_at=1777936568, resets_in_seconds=13872)),
    Case(name="usage limit through a stream", status=None, code=Code.USAGE_LIMIT,
         body=error(type="usage_limit_reached", message="The usage limit has been reached")),
    Case(name="usage limit by its message", status=429, code=Code.USAGE_LIMIT,
         body=error(type="rate_limit_error", code="rate_limit_exceeded", message="The usage limit has been reached")),
    Case(name="usage not included", status=429, code=Code.QUOTA, body=error(type="usage_not_included", message="m")),
    Case(name="insufficient quota", status=429, code=Code.QUOTA, body=error(code="insufficient_quota", message="m")),
    Case(name="billing hard limit", status=400, code=Code.QUOTA, body=error(code="billing_hard_limit_reached", message="m")),
    Case(name="billing not active", status=429, code=Code.QUOTA, body=error(code="billing_not_active", message="m")),
    Case(name="quota exceeded", status=429, code=Code.QUOTA, body=error(code="quota_exceeded", message="m")),
    Case(name="deactivated workspace", status=402, code=Code.QUOTA, body={"detail": {"code": "deactivated_workspace"}}),
    Case(name="any 402", status=402, code=Code.QUOTA, body=error(message="Insufficient credits")),
    Case(name="one-api's quota", status=403, code=Code.QUOTA,
         body=error(code="insufficient_user_quota", message="用户额度不足", type="new_api_error")),
    Case(name="request too large for the limit", status=429, code=Code.QUOTA,
         body=error(code="rate_limit_exceeded", message="Request too large for gpt-image-1 on tokens per min: Limit 4000.")),
    Case(name="Limit 0", status=429, code=Code.QUOTA,
         body=error(code="rate_limit_exceeded", message="on input-images per min: Limit 0, Used 0, Requested 1.")),
    Case(name="Limit 0.5 is not Limit 0", status=429, code=Code.RATE_LIMITED,
         body=error(code="rate_limit_exceeded", message="per min: Limit 0.5, Used 0.5, Requested 1.")),
    Case(name="current quota without an end", status=429, code=Code.QUOTA,
         body=error(message="You exceeded your current quota, please check your plan and billing details.")),
    # Policy.
    Case(name="moderation as 400", status=400, code=Code.MODERATION, body={"error": MODERATION},
         message=f"{SAFETY} (stage: output; categories: sexual)"),
    Case(name="moderation as response.failed", status=200, code=Code.MODERATION,
         body={"type": "response.failed", "response": {"error": MODERATION}}),
    Case(name="moderation wrapped in a 500", status=500, code=Code.MODERATION,
         body=error(message=json.dumps({"error": MODERATION}), **SERVER)),
    Case(name="moderation by its sentence alone", status=500, code=Code.MODERATION, body=SAFETY.encode()),
    *(
        Case(name=word, status=400, code=Code.MODERATION, body=error(code=word, message="m"))
        for word in ("content_policy_violation", "image_content_policy_violation", "invalid_prompt", "cyber_policy", "bio_policy")
    ),
    # Models and the tool.
    Case(name="unknown provider", status=400, code=Code.MODEL_NOT_FOUND,
         body=error(message="unknown provider for model gpt-9", code="model_not_found", param="model")),
    Case(name="unknown provider without a code", status=502, code=Code.MODEL_NOT_FOUND,
         body=error(message="unknown provider for model gpt-9")),
    Case(name="no such model", status=404, code=Code.MODEL_NOT_FOUND,
         body=error(message="The model `gpt-9` does not exist or you do not have access to it.", param=None)),
    Case(name="Ollama's unknown model", status=404, code=Code.MODEL_NOT_FOUND, body={"error": "model 'gpt-9' not found"}),
    Case(name="a key that LiteLLM without a database does not know", status=400, code=Code.KEY_REJECTED,
         body=error(message="No connected db.", type="no_db_connection", param=None, code="400")),
    Case(name="LiteLLM's unknown model", status=400, code=Code.MODEL_NOT_FOUND,
         body=error(message="Invalid model name passed in model=gpt-9", code="400")),
    Case(name="LiteLLM's unknown model, as of 2026", status=400, code=Code.MODEL_NOT_FOUND,
         body=error(message="/responses: Invalid model name passed in model=gpt-9. Call `/v1/models`", code="400")),
    Case(name="image model on /responses", status=503, code=Code.MODEL_UNSUITABLE, body=error(message=IMAGE_ONLY, **SERVER)),
    Case(name="image model on /responses, in a stream", status=None, code=Code.MODEL_UNSUITABLE,
         body=error(message=IMAGE_ONLY, **SERVER)),
    Case(name="model not for this plan", status=400, code=Code.MODEL_UNSUITABLE,
         body={"detail": "The 'gpt-5.4' model is not supported when using Codex with a ChatGPT account."}),
    Case(name="Codex too old", status=400, code=Code.BAD_REQUEST,
         body={"detail": "The 'gpt-5.5' model requires a newer version of Codex. Please upgrade."}),
    Case(name="tool unsupported", status=None, code=Code.MODEL_UNSUITABLE, reported=400,
         body={"type": "error", "status": 400, "error": {
             "message": "Tool 'image_generation' is not supported with gpt-5.3-codex-spark.", "code": None}}),
    *(
        Case(name=f"{word} in response.failed", status=200, code=code,
             body={"type": "response.failed", "response": {"error": {"code": word, "message": "m"}}})
        for word, code in SDK_CODES.items()
    ),
    Case(name="forced tool_choice", status=400, code=Code.BAD_REQUEST,
         body=error(message="Tool choice 'image_generation' not found in 'tools' parameter.", param="tool_choice")),
    Case(name="image model incident", status=None, code=Code.BAD_REQUEST, reported=400,
         body={"type": "error", "status": 400, "error": {
             "type": "image_generation_user_error", "code": "invalid_value", "param": "tools",
             "message": "The model 'gpt-image-2' does not exist."}}),
    Case(name="tool type unknown", status=400, code=Code.MODEL_UNSUITABLE,
         body=error(message="Unsupported tool type: 'image_generation'")),
    # Keys, logins, permissions.
    Case(name="gateway key wrong", status=401, code=Code.KEY_REJECTED, body={"error": "Invalid API key"}),
    Case(name="gateway key missing", status=401, code=Code.KEY_REJECTED, body={"error": "Missing API key"}),
    Case(name="gateway key wrong, in a 200", status=200, code=Code.KEY_REJECTED, body={"error": "Invalid API key"}),
    Case(name="401 without a body", status=401, code=Code.KEY_REJECTED, body=b""),
    Case(name="401 of one-api", status=401, code=Code.KEY_REJECTED, body=error(message="无效的令牌", type="new_api_error")),
    Case(name="upstream login by code", status=401, code=Code.UPSTREAM_LOGIN,
         body=error(type="authentication_error", code="auth_unavailable", message="m")),
    *(
        Case(name=word, status=401, code=Code.UPSTREAM_LOGIN, body=error(code=word, message="m"))
        for word in ("token_invalidated", "token_expired", "refresh_token_reused", "account_deactivated")
    ),
    Case(name="upstream login by sentence", status=401, code=Code.UPSTREAM_LOGIN,
         body=error(code="invalid_api_key", message="Your authentication token has been invalidated.")),
    Case(name="401 after our key was accepted", status=200, code=Code.UPSTREAM_LOGIN,
         body=error(type="authentication_error", code="invalid_api_key", message="Unauthorized")),
    Case(name="401 named in an event", status=None, code=Code.UPSTREAM_LOGIN, reported=401,
         body={"error": {"message": "Unauthorized"}, "status": 401}),
    Case(name="safe mode", status=403, code=Code.PERMISSION_DENIED, message="m",
         body={"error": "unsafe_example_api_key", "message": "m"}, headers={"X-CPA-SAFE-MODE": "example-api-key"}),
    Case(name="group without image rights", status=403, code=Code.PERMISSION_DENIED,
         body=error(type="permission_error", message="Image generation is not enabled for this group")),
    Case(name="GROUP_DISABLED", status=None, code=Code.PERMISSION_DENIED, body={"code": "GROUP_DISABLED", "message": "m"}),
    Case(name="any 403", status=403, code=Code.PERMISSION_DENIED, body=b"no"),
    Case(name="CPA's name for any 403", status=403, code=Code.PERMISSION_DENIED,
         body=error(type="permission_error", code="insufficient_quota", message="Forbidden")),
    Case(name="CPA's name for any 403, in a stream", status=None, code=Code.PERMISSION_DENIED,
         body=error(type="permission_error", code="insufficient_quota", message="Forbidden")),
    Case(name="a 403 that does speak of quota", status=403, code=Code.QUOTA,
         body=error(code="insufficient_quota", message="Your quota is used up")),
    Case(name="firewall's challenge", status=403, code=Code.CHALLENGE, body=CHALLENGE.encode(),
         message="HTTP 403, a web page titled “Just a moment...”"),
    Case(name="firewall's challenge as 503", status=503, code=Code.CHALLENGE, body=CHALLENGE.encode()),
    Case(name="firewall's challenge by header", status=403, code=Code.CHALLENGE, body=b"", headers={"CF-Mitigated": "challenge"}),
    Case(name="firewall's challenge inside JSON", status=403, code=Code.CHALLENGE,
         body=error(message=CHALLENGE, code="insufficient_quota", type="permission_error")),
    Case(name="firewall's challenge in a stream", status=200, code=Code.CHALLENGE,
         body=error(message=page("Denied").decode(), code="insufficient_quota", type="permission_error")),
    # Credentials of the gateway.
    Case(name="no credential", status=503, code=Code.NO_CREDENTIAL,
         body=error(message="auth_not_found: no auth available (providers=codex, model=gpt-5.4)", **SERVER)),
    Case(name="no credential, older", status=500, code=Code.NO_CREDENTIAL, body=error(message="auth_not_found: x", **SERVER)),
    Case(name="no channel", status=503, code=Code.NO_CREDENTIAL,
         body=error(message="No available channel for model gpt-5.4 under group default", type="new_api_error")),
    Case(name="no channel in Chinese", status=503, code=Code.NO_CREDENTIAL,
         body=error(message="当前分组 default 下对于模型 gpt-5.4 无可用渠道", type="new_api_error")),
    Case(name="accounts resting", status=503, code=Code.COOLING_DOWN, body=error(message=RESTING, **SERVER), message=RESTING),
    Case(name="accounts resting, newer wording", status=503, code=Code.COOLING_DOWN,
         body=error(message=f"{RESTING}; check x auth/key session and cooldown state via /v0/management/auth-files", **SERVER)),
    Case(name="accounts resting, in a stream", status=None, code=Code.COOLING_DOWN, body=error(message=RESTING, **SERVER)),
    # Servers.
    Case(name="server_error", status=None, code=Code.SERVER_ERROR,
         body=error(code="server_error", message="An error occurred while processing your request. You can retry it.")),
    Case(name="server_error in a 400", status=400, code=Code.SERVER_ERROR, body=error(code="server_error", message="m")),
    Case(name="server_error as a type", status=None, code=Code.SERVER_ERROR, body=error(message="m", **SERVER)),
    Case(name="server error by its sentence", status=None, code=Code.SERVER_ERROR,
         body=error(message="An error occurred while processing your request.")),
    Case(name="bare 500 of a panic", status=500, code=Code.SERVER_ERROR, body=b"", message="HTTP 500 with an empty body"),
    Case(name="opaque upstream", status=502, code=Code.SERVER_ERROR,
         body=error(type="upstream_error", message="Failed to forward Codex image request")),
    Case(name="server_is_overloaded", status=503, code=Code.OVERLOADED, body=error(code="server_is_overloaded", message="m")),
    Case(name="overloaded_error", status=529, code=Code.OVERLOADED, body=error(type="overloaded_error", message="Overloaded")),
    Case(name="overloaded in a stream", status=None, code=Code.OVERLOADED, body=error(type="overloaded_error", message="m")),
    Case(name="529", status=529, code=Code.OVERLOADED, body=b""),
    Case(name="at capacity", status=429, code=Code.OVERLOADED,
         body=error(code="rate_limit_exceeded", message="Selected model is at capacity. Please try a different model.")),
    Case(name="503", status=503, code=Code.SERVER_ERROR, body=b"Service Unavailable"),
    *(
        Case(name=f"Cloudflare {status}", status=status, code=Code.SERVER_ERROR, body=page(f"example.org | {status}: x"),
             message=f"HTTP {status}, a web page titled “example.org | {status}: x”")
        for status in (502, 520, 522)
    ),
    # Streams and waits, after which a picture may have been paid for.
    *(
        Case(name=f"{status} {message}", status=status, code=Code.STREAM_BROKEN, body=error(message=message))
        for status, message in (
            (408, "stream error: stream disconnected before completion: stream closed before response.completed"),
            (502, "upstream stream closed before a terminal event (last event: response.created)"),
            (502, "upstream stream closed before first payload"),
            (500, "litellm.APIConnectionError: openai closed the responses stream before any terminal event"),
            (500, "OpenAIException - Response payload is not completed: <ContentLengthError: 400>"),
            (500, "litellm.InternalServerError: OpenAIException - Server disconnected"),
            (None, "stream error: stream disconnected before completion"),
            (500, 'Post "https://example.org/responses": unexpected EOF'),
        )
    ),
    *(
        Case(name=f"{status} page", status=status, code=Code.GATEWAY_TIMEOUT, body=page(f"{status} late"))
        for status in (504, 524)
    ),
    Case(name="504 page inside a stream", status=200, code=Code.GATEWAY_TIMEOUT, reported=504,
         body=error(message=page("504 Gateway Time-out").decode(), **SERVER)),
    Case(name="524 page inside a stream", status=200, code=Code.GATEWAY_TIMEOUT, reported=524,
         body=error(message=page("example.org | 524: A timeout occurred").decode(), **SERVER)),
    Case(name="408", status=408, code=Code.GATEWAY_TIMEOUT, body=error(code="request_timeout", message="m")),
    Case(name="the gateway's own deadline", status=500, code=Code.GATEWAY_TIMEOUT,
         body=error(message="context deadline exceeded (Client.Timeout exceeded while awaiting headers)", **SERVER)),
    # Requests.
    *(
        Case(name=str(fields), status=400, code=Code.BAD_REQUEST, body=error(**fields))
        for fields in (
            {"code": "context_length_exceeded", "message": "m"},
            {"code": "context_too_large", "message": "m"},
            {"code": "invalid_value", "param": "size", "message": "Invalid value: '1x1'. Supported values are: '1024x1024'."},
            {"message": "Invalid size '1792x936'. Width and height must both be divisible by 16."},
            {"message": "Transparent background is not supported for this model."},
            {"code": "image_too_large", "message": "m"},
        )
    ),
    *(
        Case(name=f"{word} in a stream", status=None, code=Code.BAD_REQUEST, body=error(code=word, message="m"))
        for word in ("invalid_image", "image_file_too_large", "unsupported_image_media_type", "empty_image_file",
                     "failed_to_download_image", "data_residency_mismatch", "context_length_exceeded", "unknown_parameter")
    ),
    *(
        Case(name=detail, status=400, code=Code.BAD_REQUEST, body={"detail": detail}, message=detail)
        for detail in ("Store must be set to false", "Instructions are required", "Unsupported parameter: x")
    ),
    Case(name="a request refused without a status", status=None, code=Code.BAD_REQUEST, body={"detail": "Unsupported parameter: x"}),
    Case(name="sanitised 400 in a stream", status=None, code=Code.BAD_REQUEST,
         body=error(message="Bad Request", type="invalid_request_error")),
    Case(name="413 page", status=413, code=Code.BAD_REQUEST, body=page("413 Request Entity Too Large")),
    Case(name="stale id", status=404, code=Code.BAD_REQUEST,
         body=error(message="Item with id 'ig_1' not found. Items are not persisted when store is set to false.")),
    Case(name="405", status=405, code=Code.BAD_REQUEST, body=b""),
    Case(name="418", status=418, code=Code.BAD_REQUEST, body=b"teapot"),
    # Paths and redirects.
    Case(name="empty 404", status=404, code=Code.ENDPOINT_NOT_FOUND, body=b"", message="HTTP 404 with an empty body"),
    Case(name="404 page", status=404, code=Code.ENDPOINT_NOT_FOUND, body=page("404 Not Found")),
    Case(name="404 text", status=404, code=Code.ENDPOINT_NOT_FOUND, body=b"404 page not found"),
    Case(name="FastAPI's 404", status=404, code=Code.ENDPOINT_NOT_FOUND, body={"detail": "Not Found"}),
    Case(name="OpenAI's 404", status=404, code=Code.ENDPOINT_NOT_FOUND,
         body=error(message="Invalid URL (POST /v1/v1/responses)", type="invalid_request_error")),
    Case(name="404 about something else", status=404, code=Code.BAD_REQUEST, body=error(message="Session x is gone", code="x")),
    Case(name="redirect", status=308, code=Code.REDIRECTED, body=b"", headers={"Location": "https://u:p@example.org/x?k=v"},
         message="HTTP 308: redirected to https://…@example.org/x?…"),
    Case(name="redirect to nowhere", status=302, code=Code.REDIRECTED, body=page("Found"),
         message="HTTP 302: redirected to an address it did not name"),
    # What no rule knows.
    Case(name="unknown error in a 200", status=200, code=Code.UNEXPECTED_ANSWER, body=error(message="boom", code="x"),
         message="boom"),
    Case(name="web site instead of an API", status=200, code=Code.UNEXPECTED_ANSWER, body=page("One API"),
         message="HTTP 200, a web page titled “One API”"),
    Case(name="empty 200", status=200, code=Code.UNEXPECTED_ANSWER, body=b"", message="HTTP 200 with an empty body"),
    Case(name="unknown 200", status=200, code=Code.UNEXPECTED_ANSWER, body={"choices": []},
         message='HTTP 200 that says “{"choices": []}”'),
]  # fmt: skip


BLOCKED = error(code="moderation_blocked", message="Your request was rejected by the safety system.")
WRAPPINGS: dict[str, object] = {
    "OpenRouter's metadata": error(message="Provider returned error", code=400, metadata={"raw": json.dumps(BLOCKED)}),
    "a string in a string": error(message=json.dumps(json.dumps(BLOCKED))),
    "raw": {"error": {"message": "bad response", "raw": BLOCKED}},
    "body": {"statusCode": 400, "body": json.dumps(BLOCKED)},
    "detail": {"detail": BLOCKED},
    "details, a list": error(message="upstream failed", details=[json.dumps(BLOCKED), {"message": "see the docs"}]),
    "details, an object": error(message="upstream failed", details=BLOCKED),
    "cause": {"message": "upstream failed", "cause": BLOCKED["error"]},
    "inner_error": error(message="upstream failed", inner_error=BLOCKED["error"]),
    "innererror, as Azure has it": error(message="upstream failed", innererror=BLOCKED["error"]),
    "upstream": {"message": "upstream failed", "upstream": {"status": 400, "body": json.dumps(BLOCKED)}},
    "all of them": {
        "body": json.dumps({"detail": json.dumps({"upstream": {"metadata": {"raw": json.dumps(BLOCKED)}}})})
    },
}


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_cause_is_found_however_deep_it_is_wrapped(wrapping: str, status: int) -> None:
    it = normalise(status, WRAPPINGS[wrapping])

    assert (it.code, it.upstream_code) == (Code.MODERATION, "moderation_blocked")
    assert it.message == "Your request was rejected by the safety system."


@pytest.mark.parametrize(
    "key",
    ["message", "Message", "error_msg", "errorMessage", "error_message", "msg", "description", "raw", "detail", "body"],
)
def test_a_sentence_is_found_under_every_name_it_has(key: str) -> None:
    for body in ({key: "the disk is full"}, {"error": {key: "the disk is full", "code": 5}}):
        assert normalise(500, body).message == "the disk is full"


def test_what_is_said_beside_a_relays_own_words_is_told_too() -> None:
    raw = "Rate limit reached. Please try again in 7s."
    it = normalise(429, error(message="Provider returned error", metadata={"raw": raw, "provider_name": "x"}))

    assert (it.message, it.delay) == (f"Provider returned error: {raw}", 7.0)


@pytest.mark.parametrize("body", [{"ok": False, "data": {"x": [1]}}, [], b"[7]", {"error": {"reason": {}}}])
def test_a_body_nobody_understands_is_quoted(body: object) -> None:
    it = normalise(500, body)

    text = body.decode() if isinstance(body, bytes) else json.dumps(body)
    assert it.message == f"HTTP 500 that says “{text}”"


def test_a_quotation_is_short_and_clean() -> None:
    body = ("{'x': \x1b[31m" + "长" * 10_000).encode()

    assert normalise(500, body).message.startswith("{'x': 长长")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_failure_is_told_apart(case: Case) -> None:
    it = normalise(case.status, case.body, headers=case.headers)

    named = case.reported if case.status in (None, 200) else case.status
    assert (it.code, it.delay, it.status) == (case.code, case.delay, named)
    assert case.message is None or it.message == case.message
    assert it.hint is not None


@pytest.mark.parametrize("case", [case for case in CASES if case.status is not None and case.status >= 400], ids=str)
def test_blank_lines_before_an_answer_change_nothing(case: Case) -> None:
    raw = case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode()

    assert normalise(case.status, b"\n\r\n " + raw, headers=case.headers) == normalise(
        case.status, case.body, headers=case.headers
    )


def test_a_failure_is_reported_whole() -> None:
    it = error_answer.normalise(
        status=429,
        headers={"X-Request-Id": "req_1", "X-CPA-Trace-Id": "20260504-1-a"},
        body=json.dumps(error(type="input-images", code="rate_limit_exceeded", message=IPM, param="tools")).encode(),
        now=NOW,
        streamed=False,
    )

    assert it == Failure(
        code=Code.RATE_LIMITED,
        message=IPM,
        status=429,
        upstream_code="rate_limit_exceeded",
        upstream_type="input-images",
        param="tools",
        delay=0.015,
        hint="Try again later.",
        sent=True,
        text="",
        trace_id="20260504-1-a",
    )


@pytest.mark.parametrize(
    ("headers", "trace"),
    [
        ({"cf-ray": "c", "X-Request-ID": "r", "x-cpa-trace-id": "t"}, "t"),
        ({"cf-ray": "c", "X-Request-ID": "r"}, "r"),
        ({"CF-RAY": "c"}, "c"),
        ({"cf-ray": "\x1b[31mred"}, "red"),
        ({"x-cpa-trace-id": "", "cf-ray": "c"}, "c"),
        ({}, None),
    ],
)
def test_the_trace_id_is_the_most_telling_one(headers: dict[str, str], trace: str | None) -> None:
    assert trace_id(headers) == trace


HINTS = [
    (400, {"detail": "The 'gpt-5.5' model requires a newer version of Codex."}, "CPA_VERSION"),
    (404, b"", "ends in `/responses` is taken as it is"),
    (503, error(message=IMAGE_ONLY, **SERVER), "gpt-5.4"),
    (401, error(code="token_expired", message="m"), "your key is fine"),
    (401, error(code="account_deactivated", message="m"), "put another account in place"),
    (
        401,
        error(
            message="Your OpenAI account has been deactivated.", type="authentication_error", code="auth_unavailable"
        ),
        "put another account in place",
    ),
    (400, page("400 The plain HTTP request was sent to HTTPS port"), "https://"),
    (400, b"Client sent an HTTP request to an HTTPS server.", "https://"),
    (401, {"error": "Invalid API key"}, "config show"),
    (403, {"error": "unsafe_example_api_key", "message": "m"}, "example API keys"),
    (403, error(code="insufficient_quota", message="Forbidden"), "any 403"),
    (429, error(code="rate_limit_exceeded", message="Limit 0, Used 0"), "no room"),
    (429, error(type="usage_limit_reached", resets_in_seconds=13872), "3 h 51 min"),
    (429, error(code="rate_limit_exceeded", message="try again in 7m12s"), "7 min 12 s"),
    (429, error(code="model_cooldown", message="m"), "cooling down"),
    (413, page("413"), "too large"),
    (200, page("One API"), "web site"),
    (
        None,
        {"error": {"type": "image_generation_user_error", "message": "The model 'x' does not exist."}},
        "--image-model",
    ),
]


@pytest.mark.parametrize(("status", "body", "words"), HINTS)
def test_the_hint_says_what_to_do_in_this_very_case(status: int | None, body: object, words: str) -> None:
    assert words in (normalise(status, body).hint or "")


@pytest.mark.parametrize("status", [504, 524])
def test_a_proxy_that_gave_up_waiting_suggests_streaming_only_to_who_does_not_stream(status: int) -> None:
    plain = normalise(status, b"", streamed=False)
    streaming = normalise(status, b"", streamed=True)

    assert "--stream" in (plain.hint or "")
    assert "--stream" not in (streaming.hint or "")
    assert plain.may_have_billed
    assert streaming.may_have_billed


def test_every_failure_that_may_have_cost_a_picture_has_advice() -> None:
    stopped = {Code.INTERRUPTED, Code.TERMINATED}

    assert [code for code in MAY_HAVE_BILLED - stopped if hints.next_step(code) is None] == []


VERBS = (
    "Add Allow Ask Change Check Choose Correct Expect Fetch Get Give Have Leave Log Look Name Reach Read Replace Run Send"
    " Set Shorten Try Use Wait Write"
)
EVERY_HINT = [*hints.GENERAL.values(), *(advice for _, _, advice in hints.SPECIAL), hints.LOOK_FIRST]


@pytest.mark.parametrize("hint", EVERY_HINT)
def test_what_to_do_next_begins_with_what_to_do(hint: str) -> None:
    assert hint.split(maxsplit=1)[0] in VERBS.split()


def test_a_time_out_names_what_allows_more_and_streaming_to_who_does_not_stream() -> None:
    plain = error_answer.without_answer(Code.TIMEOUT, "m", sent=True, streamed=False)
    streaming = error_answer.without_answer(Code.TIMEOUT, "m", sent=True, streamed=True)

    assert "--timeout" in (plain.hint or "")
    assert "--stream" in (plain.hint or "")
    assert "--timeout" in (streaming.hint or "")
    assert "--stream" not in (streaming.hint or "")


ASKED = Way(url="https://me:secret@gate.example/v1/responses?key=secret")


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (404, b"", {}),
        (404, b'{"error": {"message": "no such thing"}}', {}),
        (404, b'{"error": {"code": "model_not_found", "message": "m"}}', {}),
        (405, b"Method Not Allowed", {}),
        (307, b"", {"location": "/elsewhere"}),
        (200, page("One API"), {}),
    ],
)
def test_whatever_may_be_the_fault_of_the_address_shows_what_was_asked(
    status: int, body: bytes, headers: dict[str, str]
) -> None:
    it = error_answer.normalise(status=status, headers=headers, body=body, now=NOW, streamed=True, way=ASKED)

    assert it.message.endswith(" (POST https://…@gate.example/v1/responses?…)")
    assert "secret" not in f"{it.message}{it.hint}"


def test_what_is_not_about_the_address_does_not_show_it() -> None:
    for status, body in ((429, b""), (401, b""), (502, page("502 Bad Gateway"))):
        it = error_answer.normalise(status=status, headers={}, body=body, now=NOW, streamed=True, way=ASKED)

        assert "gate.example" not in it.message


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("/api/v1/responses", "Set the base URL to https://…@gate.example/api, if you trust that host"),
        ("https://new.example/v1/responses", "Set the base URL to https://new.example, if you trust that host"),
        ("https://new.example/openai/responses/", "Set the base URL to https://new.example/openai/responses, if"),
        ("https://login.example/?next=/v1/responses", "sends browsers to a login page"),
        ("/login?next=%2Fv1%2Fresponses", "sends browsers to a login page"),
        ("https://sso.example/v1/responses", "sends browsers to a login page"),
        ("/users/sign_in", "sends browsers to a login page"),
        ("https://gate.example/", "leads to a page"),
        ("http://[::1", "leads to a page"),
        ("", "leads to a page"),
    ],
)
def test_a_redirect_is_recommended_only_if_it_leads_to_the_call(location: str, words: str) -> None:
    headers = {"location": location}

    it = error_answer.normalise(status=302, headers=headers, body=b"", now=NOW, streamed=True, way=ASKED)

    assert words in (it.hint or "")
    assert "secret" not in (it.hint or "")


def test_a_redirect_without_anything_known_is_no_address() -> None:
    assert "leads to a page" in (hints.next_step(Code.REDIRECTED) or "")


PROXIED = Way(url="http://gate.example/v1/responses", proxy=Proxy(url="http://p.example:3128", variable="HTTP_PROXY"))


def through_proxy(status: int, body: bytes, way: Way | None = PROXIED, **headers: str) -> Failure:
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}
    return error_answer.normalise(status=status, headers=spelled, body=body, now=NOW, streamed=True, way=way)


def test_a_proxy_that_wants_a_login_is_named_with_its_variable() -> None:
    it = through_proxy(407, page("Proxy Authentication Required"))

    assert (it.code, it.status) == (Code.PROXY_REFUSED, 407)
    assert it.message.endswith(", through the proxy p.example:3128 (HTTP_PROXY)")
    assert it.hint == (
        "Write the right user and password into HTTP_PROXY, as http://USER:PASSWORD@HOST:PORT; "
        "or NO_PROXY=gate.example keeps this host out."
    )


def test_a_proxy_nobody_here_knows_of_is_the_operators() -> None:
    assert "a proxy on the way wants a login" in (through_proxy(407, b"", way=None).hint or "")


def test_a_rule_of_the_proxys_is_its_own() -> None:
    squid = through_proxy(403, page("ERROR: Access Denied"), x_squid_error="ERR_ACCESS_DENIED 0")
    standard = through_proxy(403, b"", proxy_status="p.example; error=http_request_denied")

    assert (squid.code, standard.code) == (Code.PROXY_REFUSED, Code.PROXY_REFUSED)
    assert squid.hint == "Check the proxy, or unset HTTP_PROXY (NO_PROXY=gate.example keeps this host out)."


def test_an_error_page_on_the_way_through_a_proxy_may_be_the_proxys() -> None:
    it = through_proxy(503, page("503 Service Unavailable"))

    assert (it.code, it.status) == (Code.SERVER_ERROR, 503)
    assert it.message.endswith(", through the proxy p.example:3128 (HTTP_PROXY)")
    assert it.hint == (
        "Check the proxy, or unset HTTP_PROXY (NO_PROXY=gate.example keeps this host out): it may have written this page."
    )


@pytest.mark.parametrize(
    "way",
    [
        Way(url="http://gate.example/v1/responses"),
        Way(url="https://gate.example/v1/responses", proxy=PROXIED.proxy),
        Way(url="http://gate.example/v1/responses", proxy=Proxy(url="socks5://p.example", variable="ALL_PROXY")),
    ],
)
def test_a_page_that_no_proxy_can_have_written_is_the_gateways(way: Way) -> None:
    assert "proxy" not in through_proxy(503, page("503 Service Unavailable"), way=way).message


def test_a_request_that_never_left_was_not_billed() -> None:
    it = error_answer.without_answer(Code.TIMEOUT, "no answer\nwithin 600 s", sent=False, streamed=True)

    assert it == Failure(
        code=Code.TIMEOUT,
        message="no answer within 600 s",
        sent=False,
        hint="Check the network and the proxy settings; the request had not left whole, so nothing was billed.",
    )
    assert not it.may_have_billed


def test_every_exit_status_of_the_settled_list_is_reached() -> None:
    told = {case.name: case.code.exit_status for case in CASES}

    assert told["418"] == ExitStatus.GATEWAY
    assert told["empty 404"] == ExitStatus.CONFIG
    assert told["unknown provider"] == ExitStatus.CONFIG
    assert told["any 402"] == ExitStatus.LIMIT
    assert told["firewall's challenge"] == ExitStatus.GATEWAY
    assert told["image model on /responses"] == ExitStatus.CONFIG
    assert told["no credential"] == ExitStatus.CONFIG


def test_json_in_json_is_followed_to_a_bounded_depth() -> None:
    body: dict[str, object] = error(message="core", code="rate_limit_exceeded")
    for _ in range(3):
        body = error(message=json.dumps(body), code="internal_server_error")

    assert normalise(500, body).upstream_code == "rate_limit_exceeded"

    for _ in range(8):
        body = error(message=json.dumps(body)[:100_000], code="internal_server_error")

    assert normalise(500, body).upstream_code == "internal_server_error"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"error":' * 100_000,
        b'{"error":{"message":"' + b"{" * 100_000 + b'"}}',
        b"<html>" + b"<title" * 100_000,
        b'{"error":{"code":' + b"9" * 100_000 + b"}}",
        b'{"error":{"code":1e999,"message":NaN,"resets_in_seconds":Infinity}}',
        b"\xff\xfe\x00",
        b'{"error":{"message":"\\ud800"}}',
        b"\x00" * 1000,
    ],
    ids=["lists", "objects", "braces", "titles", "digits", "numbers", "bytes", "surrogate", "nul"],
)
def test_a_hostile_body_is_a_failure_like_any_other(body: bytes) -> None:
    it = normalise(500, body)

    assert (it.code, it.status) == (Code.SERVER_ERROR, 500)


def test_a_long_message_is_cut_after_its_delay_was_read() -> None:
    it = normalise(429, error(code="rate_limit_exceeded", message="用" * 1000 + " try again in 3s"))

    assert it.delay == 3.0
    assert len(it.message) == MAX_MESSAGE


words = st.sampled_from(
    ["error", "message", "code", "type", "param", "status", "detail", "errors", "headers", "response", "retry-after",
     "resets_in_seconds", "moderation_details", "categories", "moderation_stage", "rate_limit_exceeded"]
)  # fmt: skip
text = st.text() | words | st.from_regex(r"\{.{0,20}\}") | st.just("\x1b]0;x\x07\u202e<html><title>x")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | st.text(), inner, max_size=5),
    max_leaves=12,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    status=st.none() | st.integers(100, 599),
    headers=st.dictionaries(st.sampled_from(["retry-after", "location", "cf-ray", "cf-mitigated"]), text),
    body=st.binary() | json_values,
)
def test_whatever_a_server_sends_becomes_one_short_clean_failure(
    status: int | None, headers: dict[str, str], body: object
) -> None:
    given_body = body if isinstance(body, bytes | dict) else json.dumps(body).encode()

    it = error_answer.normalise(status=status, headers=headers, body=given_body, now=NOW, streamed=False)

    shown = [
        it.message,
        it.upstream_code or "",
        it.upstream_type or "",
        it.param or "",
        it.trace_id or "",
        it.hint or "",
    ]
    assert it.message
    assert max(map(len, shown)) <= MAX_MESSAGE
    assert not [character for each in shown for character in each if unicodedata.category(character) in ("Cc", "Cs")]
    assert it.delay is None or 0 <= it.delay < float("inf")
