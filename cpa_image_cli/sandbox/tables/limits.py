"""Rate limits in every place in which they are told, plan windows and quotas; how waits are named is in ``waits``."""

from cpa_image_cli.core.errors import Code
from cpa_image_cli.sandbox.language.replies import HttpError, JsonObject, StreamError
from cpa_image_cli.sandbox.language.scenario import Expected, error, failed, refused, repeated, then_ok
from cpa_image_cli.sandbox.tables.waits import PER_MINUTE, asking, headed, limited

PLAN: JsonObject = {
    "type": "usage_limit_reached",
    "message": "The usage limit has been reached",
    "plan_type": "plus",
    "resets_in_seconds": 13872,
}
WITHOUT_RESET: JsonObject = {"type": "usage_limit_reached", "message": "The usage limit has been reached"}


def _limited(delay: str) -> JsonObject:
    message = f"{PER_MINUTE} Please try again in {delay}."
    return {"type": "input-images", "code": "rate_limit_exceeded", "message": message}


LIMITS = (
    then_ok("rate-limited-then-ok", "429 that asks for 4 seconds, then a picture", asking("4s"), wait=4.0),
    repeated(
        "rate-limited",
        "429 every time",
        asking("1.5s"),
        Expected(code=Code.RATE_LIMITED, posts=5, waits=(1.5,) * 4),
    ),
    then_ok(
        "rate-limit-in-stream-then-ok",
        "streamed: response.failed that asks for 3 seconds, then a picture",
        StreamError(event=failed(_limited("3s")), otherwise=asking("3s")),
        wait=3.0,
    ),
    then_ok(
        "rate-limit-flat-event",
        "streamed: a flat error event",
        StreamError(
            event={
                "type": "error",
                "code": "rate_limit_exceeded",
                "message": f"{PER_MINUTE} Please try again in 3s.",
                "param": None,
                "sequence_number": 7,
            },
            otherwise=asking("3s"),
        ),
        wait=3.0,
    ),
    then_ok(
        "rate-limit-nested-event",
        "streamed: an error event with status and headers of its own",
        StreamError(
            event={
                "type": "error",
                "status": 429,
                "error": {"type": "requests", "code": "rate_limit_exceeded", "message": PER_MINUTE},
                "headers": {"retry-after": "3"},
            },
            otherwise=headed("Retry-After", "3"),
        ),
        wait=3.0,
    ),
    then_ok(
        "rate-limit-bare-event",
        "streamed: an error without a type",
        StreamError(event={"error": dict(_limited("3s"))}, otherwise=asking("3s")),
        wait=3.0,
    ),
    then_ok(
        "rate-limit-in-200",
        "the error is JSON in a 200",
        HttpError(status=200, body={"error": dict(_limited("50ms"))}),
        wait=1.0,
    ),
    refused(
        "request-too-large",
        "a limit that has no room for this request",
        limited("Request too large for gpt-image-2 on tokens per min (TPM): Limit 30000, Requested 40000."),
        Code.QUOTA,
    ),
    refused(
        "limit-zero",
        "a limit of 0",
        limited("Rate limit reached on input-images per min: Limit 0, Used 0, Requested 1. Please try again in 12ms."),
        Code.QUOTA,
    ),
    refused(
        "usage-limit", "the plan's window is used up", HttpError(status=429, body={"error": PLAN}), Code.USAGE_LIMIT
    ),
    refused(
        "usage-limit-resets-at",
        "the same, with a moment in place of a wait",
        HttpError(status=429, body={"error": {**WITHOUT_RESET, "resets_at": 4_102_444_800}}),
        Code.USAGE_LIMIT,
    ),
    refused(
        "usage-limit-top-level",
        "the same, without an error object",
        HttpError(status=429, body=WITHOUT_RESET),
        Code.USAGE_LIMIT,
    ),
    refused(
        "usage-limit-in-stream",
        "streamed: the same, its reset time lost on the way",
        StreamError(event=failed(WITHOUT_RESET), otherwise=HttpError(status=429, body={"error": PLAN})),
        Code.USAGE_LIMIT,
    ),
    refused(
        "usage-not-included",
        "the plan does not include this",
        error(403, "To use Codex with your ChatGPT plan, upgrade to Plus.", kind="usage_not_included"),
        Code.QUOTA,
    ),
    refused(
        "quota",
        "insufficient_quota",
        error(
            429,
            "You exceeded your current quota, please check your plan and billing details.",
            code="insufficient_quota",
            kind="insufficient_quota",
        ),
        Code.QUOTA,
    ),
    refused(
        "billing-limit",
        "the billing limit is reached",
        error(400, "Billing hard limit has been reached", code="billing_hard_limit_reached"),
        Code.QUOTA,
    ),
    refused(
        "billing-not-active",
        "there is no billing at all",
        error(429, "Your account is not active, please check your billing details.", code="billing_not_active"),
        Code.QUOTA,
    ),
    refused("quota-exceeded", "403 for a quota", error(403, "Quota exceeded", code="quota_exceeded"), Code.QUOTA),
    refused(
        "insufficient-balance",
        "402 in capitals, with nothing but a code and words",
        HttpError(status=402, body={"code": "INSUFFICIENT_BALANCE", "message": "Insufficient account balance"}),
        Code.QUOTA,
    ),
    refused(
        "billing-error",
        "billing_error as the type of a 400",
        error(400, "Your credit balance is too low to access the API.", kind="billing_error"),
        Code.QUOTA,
    ),
    refused(
        "quota-before-consuming",
        "403 of one-api, in Chinese",
        error(
            403,
            "预扣费额度失败, 用户剩余额度: ＄0.002, 需要预扣费额度: ＄0.04",
            code="pre_consume_token_quota_failed",
            kind="new_api_error",
        ),
        Code.QUOTA,
    ),
    refused(
        "balance-in-500",
        "500 that looks transient, and says in Chinese that the balance is too low",
        error(500, "余额不足，请充值后再试", code=None, kind="new_api_error"),
        Code.QUOTA,
    ),
    refused(
        "quota-used-up-in-stream",
        "streamed: the quota is used up, in Chinese, under a code that says nothing",
        StreamError(
            event=failed({"type": "upstream_error", "code": "bad_response", "message": "该令牌额度已用尽"}),
            otherwise=error(429, "该令牌额度已用尽", code="bad_response", kind="upstream_error"),
        ),
        Code.QUOTA,
    ),
    refused(
        "out-of-credits",
        "429 that wants to be recharged",
        error(429, "You are out of credits. Please recharge your account.", code="429", kind=None),
        Code.QUOTA,
    ),
    refused(
        "workspace-deactivated",
        "402, with a code for its only detail",
        HttpError(status=402, body={"detail": {"code": "deactivated_workspace"}}),
        Code.QUOTA,
    ),
)
