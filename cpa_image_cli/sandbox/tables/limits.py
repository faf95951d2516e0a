"""Rate limits, plan windows and quotas, in every place and every grammar in which they are told."""

from cpa_image_cli.core.errors import Code
from cpa_image_cli.sandbox.replies import HttpError, JsonObject, StreamError
from cpa_image_cli.sandbox.scenario import Expected, error, refused, repeated, then_ok

PER_MINUTE = (
    "Rate limit reached for gpt-image-2-codex (for limit gpt-image) in organization org-X on input-images per min:"
    " Limit 4000, Used 4000, Requested 1."
)
PER_DAY = "Rate limit reached for gpt-image-2-codex in organization org-X on requests per day: Limit 50, Used 50."
PLAN: JsonObject = {
    "type": "usage_limit_reached",
    "message": "The usage limit has been reached",
    "plan_type": "plus",
    "resets_in_seconds": 13872,
}
WITHOUT_RESET: JsonObject = {"type": "usage_limit_reached", "message": "The usage limit has been reached"}


def _limit(message: str, *, headers: dict[str, str] | None = None, kind: str = "input-images") -> HttpError:
    body = {"error": {"type": kind, "code": "rate_limit_exceeded", "message": message, "param": None}}
    return HttpError(status=429, body=body, headers=headers or {})


def _asking(delay: str) -> HttpError:
    return _limit(f"{PER_MINUTE} Please try again in {delay}. Visit https://platform.example/limits to learn more.")


def _said(sentence: str) -> HttpError:
    return _limit(f"Rate limit reached for images. {sentence}")


def _headed(name: str, value: str) -> HttpError:
    return _limit("Rate limit reached for images.", headers={name: value})


def _cooling(words: str, seconds: int) -> HttpError:
    message = "All credentials for model gpt-5.4 are cooling down via provider codex"
    more = {"model": "gpt-5.4", "provider": "codex", "reset_time": words, "reset_seconds": seconds}
    return error(429, message, code="model_cooldown", kind=None, more=more)


def _failed(body: JsonObject) -> JsonObject:
    # As CLIProxyAPI makes it: sequence number 0, and no id in the response.
    return {"type": "response.failed", "sequence_number": 0, "response": {"status": "failed", "error": dict(body)}}


def _limited(delay: str) -> JsonObject:
    message = f"{PER_MINUTE} Please try again in {delay}."
    return {"type": "input-images", "code": "rate_limit_exceeded", "message": message}


LIMITED = Expected(code=Code.RATE_LIMITED)

LIMITS = (
    then_ok("rate-limited-then-ok", "429 that asks for 4 seconds, then a picture", _asking("4s"), wait=4.0),
    repeated(
        "rate-limited",
        "429 every time",
        _asking("1.5s"),
        Expected(code=Code.RATE_LIMITED, posts=5, waits=(1.5,) * 4),
    ),
    then_ok("rate-limited-12ms", "429 that asks for 12 ms, which is never enough", _asking("12ms"), wait=1.0),
    repeated("rate-limited-1m5s", "429 that asks for 1m5s, longer than we wait", _asking("1m5s"), LIMITED),
    then_ok("rate-limited-no-delay", "429 that names no wait", _limit(PER_MINUTE), wait=2.0),
    then_ok(
        "too-many-requests",
        "429 under another name, with no wait",
        error(429, "image generation request was rate limited", code="TooManyRequests", kind=None),
        wait=2.0,
    ),
    then_ok("delay-in-seconds", "“Try again in 17 seconds”", _said("Try again in 17 seconds."), wait=17.0),
    then_ok(
        "delay-after-seconds",
        "“try again after 51.84 seconds”",
        _said("Please slow down and try again after 51.84 seconds."),
        wait=51.84,
    ),
    then_ok("delay-retry-in", "“retry in 34.9s”", _said("Please retry in 34.9s."), wait=34.9),
    then_ok("delay-retry-after-0", "“retry after 0.0 seconds”", _said("Please retry after 0.0 seconds."), wait=1.0),
    then_ok("delay-1s-and-more", "“1.000s500ms”, units summed", _asking("1.000s500ms"), wait=1.5),
    repeated("delay-6m0s", "“6m0s”", _asking("6m0s"), LIMITED),
    repeated("delay-2h3m", "“2h3m”", _asking("2h3m"), LIMITED),
    repeated("delay-1m2.639999999s", "“1m2.639999999s”", _asking("1m2.639999999s"), LIMITED),
    then_ok("retry-after-header", "Retry-After: 7", _headed("Retry-After", "7"), wait=7.0),
    then_ok("retry-after-ms-header", "retry-after-ms: 2500", _headed("retry-after-ms", "2500"), wait=2.5),
    repeated(
        "retry-after-date",
        "Retry-After: a date, years ahead",
        _headed("Retry-After", "Fri, 01 Jan 2100 00:00:00 GMT"),
        LIMITED,
    ),
    then_ok(
        "ratelimit-reset-header",
        "x-ratelimit-reset-requests: 3.5s",
        _headed("x-ratelimit-reset-requests", "3.5s"),
        wait=3.5,
    ),
    repeated(
        "ratelimit-reset-header-long",
        "x-ratelimit-reset-tokens: 2m0s",
        _headed("x-ratelimit-reset-tokens", "2m0s"),
        LIMITED,
    ),
    then_ok(
        "rate-limit-in-stream-then-ok",
        "streamed: response.failed that asks for 3 seconds, then a picture",
        StreamError(event=_failed(_limited("3s")), otherwise=_asking("3s")),
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
            otherwise=_asking("3s"),
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
            otherwise=_headed("Retry-After", "3"),
        ),
        wait=3.0,
    ),
    then_ok(
        "rate-limit-bare-event",
        "streamed: an error without a type",
        StreamError(event={"error": dict(_limited("3s"))}, otherwise=_asking("3s")),
        wait=3.0,
    ),
    then_ok(
        "rate-limit-in-200",
        "the error is JSON in a 200",
        HttpError(status=200, body={"error": dict(_limited("50ms"))}),
        wait=1.0,
    ),
    then_ok("model-cooldown-then-ok", "the gateway's accounts rest for 30 s", _cooling("30s", 30), wait=30.0),
    repeated("model-cooldown-long", "the gateway's accounts rest for 1m30s", _cooling("1m30s", 90), LIMITED),
    repeated("daily-limit", "a limit per day", _limit(f"{PER_DAY} Please try again in 7m12s."), LIMITED),
    refused(
        "request-too-large",
        "a limit that has no room for this request",
        _limit("Request too large for gpt-image-2 on tokens per min (TPM): Limit 30000, Requested 40000."),
        Code.QUOTA,
    ),
    refused(
        "limit-zero",
        "a limit of 0",
        _limit("Rate limit reached on input-images per min: Limit 0, Used 0, Requested 1. Please try again in 12ms."),
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
        StreamError(event=_failed(WITHOUT_RESET), otherwise=HttpError(status=429, body={"error": PLAN})),
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
        "workspace-deactivated",
        "402, with a code for its only detail",
        HttpError(status=402, body={"detail": {"code": "deactivated_workspace"}}),
        Code.QUOTA,
    ),
)
