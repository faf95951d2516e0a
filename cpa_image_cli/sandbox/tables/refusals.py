"""Errors for which the prompt, the key or the set-up is to blame."""

import json

from cpa_image_cli.core.errors import Code
from cpa_image_cli.sandbox.language.replies import HttpError, JsonObject, StreamError
from cpa_image_cli.sandbox.language.request import image_only
from cpa_image_cli.sandbox.language.scenario import Expected, error, page, refused, repeated, then_ok

MODERATION: JsonObject = {
    "type": "image_generation_user_error",
    "code": "moderation_blocked",
    "message": "Your request was rejected by the safety system. safety_violations=[sexual].",
    "moderation_details": {"moderation_stage": "input", "categories": ["sexual"]},
}
NO_AUTH = "no auth available (providers=codex, model=gpt-5.4)"


def _gateway(message: str, *, status: int = 503) -> HttpError:
    return error(status, message, code="internal_server_error", kind="server_error")


POLICY = (
    refused(
        "moderation", "the safety system says no", HttpError(status=400, body={"error": MODERATION}), Code.MODERATION
    ),
    refused(
        "moderation-in-stream",
        "streamed: the safety system says no after the picture was made",
        StreamError(
            event={"type": "response.failed", "response": {"status": "failed", "error": dict(MODERATION)}},
            otherwise=HttpError(status=400, body={"error": MODERATION}),
        ),
        Code.MODERATION,
    ),
    refused(
        "moderation-in-500",
        "the same, wrapped in a 500 that looks transient",
        HttpError(status=500, body={"error": MODERATION}),
        Code.MODERATION,
    ),
    refused(
        "nested-json-error",
        "the same, as JSON inside the message of another error",
        error(500, json.dumps({"error": MODERATION}), code="internal_server_error", kind="server_error"),
        Code.MODERATION,
    ),
    refused(
        "moderation-nested-event",
        "streamed: the same, in an error event with a status of its own",
        StreamError(
            event={"type": "error", "status": 400, "error": dict(MODERATION)},
            otherwise=HttpError(status=400, body={"type": "error", "status": 400, "error": MODERATION}),
        ),
        Code.MODERATION,
    ),
    refused(
        "content-policy",
        "content_policy_violation",
        error(400, "This request violates our content policy.", code="content_policy_violation"),
        Code.MODERATION,
    ),
    refused(
        "image-policy-in-stream",
        "streamed: the finished picture was against the policy",
        StreamError(
            event={
                "type": "response.failed",
                "response": {
                    "status": "failed",
                    "error": {"code": "image_content_policy_violation", "message": "The image was rejected."},
                },
            },
            otherwise=error(400, "The image was rejected.", code="image_content_policy_violation"),
        ),
        Code.MODERATION,
    ),
    refused("invalid-prompt", "invalid_prompt", error(400, "Invalid prompt.", code="invalid_prompt"), Code.MODERATION),
    refused("bio-policy", "bio_policy", error(400, "Not allowed.", code="bio_policy"), Code.MODERATION),
    refused(
        "misalignment-policy",
        "misalignment_policy_violation",
        error(400, "Not allowed.", code="misalignment_policy_violation"),
        Code.MODERATION,
    ),
    refused(
        "azure-content-filter",
        "Azure's content_filter, with the filter's results",
        error(
            400,
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
            code="content_filter",
            kind=None,
            param="prompt",
            more={"innererror": {"code": "ResponsibleAIPolicyViolation"}},
        ),
        Code.MODERATION,
    ),
    refused(
        "content-management-policy",
        "the same in a 500, its code lost on the way",
        error(500, "Filtered due to the prompt triggering the content management policy.", code="bad_response"),
        Code.MODERATION,
    ),
    refused(
        "content-review-in-stream",
        "streamed: a review of contents says no, in Chinese",
        StreamError(
            event={"type": "error", "code": "upstream_error", "message": "内容审核未通过：提示词包含敏感词"},
            otherwise=error(400, "内容审核未通过：提示词包含敏感词", code="upstream_error"),
        ),
        Code.MODERATION,
    ),
    refused(
        "against-the-rules", "500: 输入内容违规", error(500, "输入内容违规，请修改后重试", code=None), Code.MODERATION
    ),
    refused("cyber-policy", "cyber_policy", error(400, "Not allowed.", code="cyber_policy"), Code.MODERATION),
)

ACCESS = (
    refused(
        "bad-key",
        "401 whose error is a string",
        HttpError(status=401, body={"error": "Invalid API key"}),
        Code.KEY_REJECTED,
    ),
    refused(
        "missing-key",
        "401 for a key that did not come",
        HttpError(status=401, body={"error": "Missing API key"}),
        Code.KEY_REJECTED,
    ),
    refused(
        "example-key",
        "403: the gateway still has its example keys",
        HttpError(
            status=403,
            body={"error": "unsafe_example_api_key", "message": "Replace the example API keys in the configuration."},
            headers={"X-CPA-SAFE-MODE": "example-api-key"},
        ),
        Code.PERMISSION_DENIED,
    ),
    refused(
        "upstream-login",
        "401: the gateway's own login has expired",
        error(401, "no usable credential for provider codex", code="auth_unavailable", kind="authentication_error"),
        Code.UPSTREAM_LOGIN,
    ),
    refused(
        "upstream-token",
        "401: the gateway's token was taken back",
        error(
            401,
            "Your authentication token has been invalidated. Please try signing in again.",
            code="token_invalidated",
        ),
        Code.UPSTREAM_LOGIN,
    ),
    refused(
        "token-expired",
        "401: the gateway's token has run out",
        error(401, "Provided authentication token is expired.", code="token_expired"),
        Code.UPSTREAM_LOGIN,
    ),
    refused(
        "refresh-token-reused",
        "401: two gateways share one login",
        error(401, "Your refresh token has already been used.", code="refresh_token_reused"),
        Code.UPSTREAM_LOGIN,
    ),
    # A 200 has accepted our key, so it is the gateway that was refused.
    refused(
        "unauthorised-in-200",
        "a 200 that names the status 401 beside its error",
        HttpError(status=200, body={"error": {"message": "Unauthorized", "type": None}, "status": 401}),
        Code.UPSTREAM_LOGIN,
    ),
    refused(
        "account-deactivated",
        "401: the gateway's account was closed",
        error(401, "Your OpenAI account has been deactivated.", code="account_deactivated"),
        Code.UPSTREAM_LOGIN,
    ),
    refused(
        "group-without-images",
        "403: the key's group may not generate images",
        error(403, "Image generation is not enabled for this group", kind="permission_error"),
        Code.PERMISSION_DENIED,
    ),
    refused(
        "group-disabled",
        "403 with a code and a message and no error object",
        HttpError(status=403, body={"code": "GROUP_DISABLED", "message": "the group of this key is disabled"}),
        Code.PERMISSION_DENIED,
    ),
    refused(
        "forbidden-called-quota",
        "403 that is called insufficient_quota and is none",
        error(403, "Forbidden", code="insufficient_quota", kind="permission_error"),
        Code.PERMISSION_DENIED,
    ),
    refused(
        "cf-challenge",
        "403: a firewall wants a browser",
        page(403, "Just a moment...", headers={"cf-mitigated": "challenge", "cf-ray": "0000000000000000-XXX"}),
        Code.CHALLENGE,
    ),
)

ROUTING = (
    refused(
        "not-found-empty", "404 without a body: the base URL is wrong", HttpError(status=404), Code.ENDPOINT_NOT_FOUND
    ),
    refused(
        "model-unknown",
        "400: the gateway does not have this model",
        error(400, "unknown provider for model gpt-5.4", code="model_not_found", param="model"),
        Code.MODEL_NOT_FOUND,
    ),
    refused(
        "image-only-model",
        "503 that is permanent: the model only draws",
        image_only("gpt-image-2"),
        Code.MODEL_UNSUITABLE,
    ),
    refused(
        "auth-not-found",
        "503 that is permanent: no account for this model",
        _gateway(f"auth_not_found: {NO_AUTH}"),
        Code.NO_CREDENTIAL,
    ),
    repeated(
        "auth-unavailable",
        "503: the gateway's accounts rest for a minute",
        _gateway(f"auth_unavailable: {NO_AUTH}"),
        Expected(code=Code.COOLING_DOWN, posts=2, waits=(60.0,)),
    ),
    then_ok(
        "auth-unavailable-then-ok",
        "503: the gateway's accounts rest for a minute, then a picture",
        _gateway(f"auth_unavailable: {NO_AUTH}; check codex auth/key session and cooldown state"),
        wait=60.0,
    ),
    refused(
        "redirect",
        "307 to another host's path, which is not followed",
        HttpError(status=307, headers={"Location": "/elsewhere/v1/responses"}),
        Code.REDIRECTED,
    ),
    refused(
        "redirect-to-login",
        "302 to a login page",
        HttpError(status=302, headers={"Location": "https://login.example/?next=/v1/responses"}),
        Code.REDIRECTED,
    ),
)

REFUSALS = (*POLICY, *ACCESS, *ROUTING)
