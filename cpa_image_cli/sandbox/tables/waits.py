"""
How gateways say how long to stay away: every grammar, in words, fields and headers, and what becomes of each wait.

A client waits a second at least, and gives up at once where more than a minute is asked for.
"""

from cpa_image_cli.core.errors import Code
from cpa_image_cli.sandbox.language.replies import HttpError, JsonObject
from cpa_image_cli.sandbox.language.scenario import Expected, error, repeated, then_ok

PER_MINUTE = (
    "Rate limit reached for gpt-image-2-codex (for limit gpt-image) in organization org-X on input-images per min:"
    " Limit 4000, Used 4000, Requested 1."
)
PER_DAY = "Rate limit reached for gpt-image-2-codex in organization org-X on requests per day:"
COOLING = "All credentials for model gpt-5.4 are cooling down via provider codex"


def limited(message: str, *, headers: dict[str, str] | None = None, retry_in: float | None = None) -> HttpError:
    """Return the 429 of a rate limit."""
    body = {"error": {"type": "input-images", "code": "rate_limit_exceeded", "message": message, "param": None}}
    return HttpError(status=429, body=body, headers=headers or {}, retry_in=retry_in)


def asking(delay: str) -> HttpError:
    """Return the 429 that asks for *delay* in the usual words."""
    return limited(f"{PER_MINUTE} Please try again in {delay}. Visit https://platform.example/limits to learn more.")


def headed(name: str, value: str) -> HttpError:
    """Return the 429 that names its wait in the header *name* alone."""
    return limited("Rate limit reached for images.", headers={name: value})


def _said(sentence: str) -> HttpError:
    return limited(f"Rate limit reached for images. {sentence}")


def _cooling(**rest: object) -> HttpError:
    more: JsonObject = {"model": "gpt-5.4", "provider": "codex", **rest}
    return error(429, COOLING, code="model_cooldown", kind=None, more=more)


LIMITED = Expected(code=Code.RATE_LIMITED)
DOUBLING = (2.0, 4.0, 8.0, 16.0)
"""Seconds between five attempts where nobody names a wait."""

IN_WORDS = (
    then_ok("rate-limited-12ms", "429 that asks for 12 ms, which is never enough", asking("12ms"), wait=1.0),
    then_ok("delay-350ms", "“350ms”", asking("350ms"), wait=1.0),
    then_ok("delay-12.5s", "“12.5s”", asking("12.5s"), wait=12.5),
    repeated("rate-limited-1m5s", "429 that asks for 1m5s, longer than we wait", asking("1m5s"), LIMITED),
    then_ok("delay-in-seconds", "“Try again in 17 seconds”", _said("Try again in 17 seconds."), wait=17.0),
    then_ok(
        "delay-after-seconds",
        "“try again after 51.84 seconds”",
        _said("Please slow down and try again after 51.84 seconds."),
        wait=51.84,
    ),
    then_ok("delay-retry-in", "“retry in 34.9s”", _said("Please retry in 34.9s."), wait=34.9),
    then_ok("delay-retry-after-0", "“retry after 0.0 seconds”", _said("Please retry after 0.0 seconds."), wait=1.0),
    then_ok("delay-1s-and-more", "“1.000s500ms”, units summed", asking("1.000s500ms"), wait=1.5),
    repeated("delay-6m0s", "“6m0s”", asking("6m0s"), LIMITED),
    repeated("delay-2h3m", "“2h3m”", asking("2h3m"), LIMITED),
    repeated("delay-1m2.639999999s", "“1m2.639999999s”", asking("1m2.639999999s"), LIMITED),
    repeated(
        "delay-reset-after",
        "“will reset after 2h23m59s”",
        _said("You have exhausted your capacity on this model. Your quota will reset after 2h23m59s."),
        LIMITED,
    ),
    then_ok("delay-please-wait", "“Please wait 20 seconds”", _said("Please wait 20 seconds and try again."), wait=20.0),
    then_ok("delay-in-chinese", "“请在 30 秒后重试”", _said("请求过于频繁，请在 30 秒后重试"), wait=30.0),
    repeated("delay-in-chinese-long", "“请 5 分钟后再试”", _said("请 5 分钟后再试"), LIMITED),
    repeated(
        "delay-until-a-moment",
        "a moment in the sentence, years ahead",
        _said("Your quota resets at 2100-01-01T00:00:00Z."),
        LIMITED,
    ),
    repeated("daily-limit", "a limit per day", limited(f"{PER_DAY} Limit 50. Please try again in 7m12s."), LIMITED),
    # Such a limit fills evenly: 10,000 a day are one every 8.64 s, so the wait is as true as any other.
    then_ok(
        "daily-limit-soon",
        "a limit per day that has room again in 8.64 s",
        limited(f"{PER_DAY} Limit 10000. Please try again in 8.64s."),
        wait=8.64,
    ),
)

UNNAMED = (
    then_ok("rate-limited-no-delay", "429 that names no wait", limited(PER_MINUTE), wait=2.0),
    repeated("daily-limit-no-delay", "a limit per day that names no wait", limited(f"{PER_DAY} Limit 50."), LIMITED),
    then_ok(
        "too-many-requests",
        "429 under another name, with no wait",
        error(429, "image generation request was rate limited", code="TooManyRequests", kind=None),
        wait=2.0,
    ),
    repeated(
        "weekly-limit-no-delay",
        "a limit per week that names no wait",
        limited("You have reached your weekly limit."),
        LIMITED,
    ),
    repeated("monthly-limit-no-delay", "the same of a month, in Chinese", limited("本月使用次数已达上限"), LIMITED),
    # Incidents of this kind have lasted for hours, and one would rather not knock again. But nothing tells a short one
    # from a long one, a refused request costs nothing, and four more are soon over: tried again on purpose.
    repeated(
        "too-many-requests-always",
        "the same every time",
        error(429, "image generation request was rate limited", code="TooManyRequests", kind=None),
        Expected(code=Code.RATE_LIMITED, posts=5, waits=DOUBLING),
    ),
)

IN_HEADERS = (
    then_ok("retry-after-header", "Retry-After: 7", headed("Retry-After", "7"), wait=7.0),
    then_ok("retry-after-ms-header", "retry-after-ms: 2500", headed("retry-after-ms", "2500"), wait=2.5),
    then_ok(
        "retry-after-date-soon",
        "Retry-After: a date, 20 seconds ahead",
        limited("Rate limit reached for images.", retry_in=20.0),
        wait=20.0,
    ),
    repeated(
        "retry-after-date",
        "Retry-After: a date, years ahead",
        headed("Retry-After", "Fri, 01 Jan 2100 00:00:00 GMT"),
        LIMITED,
    ),
    then_ok(
        "ratelimit-reset-header",
        "x-ratelimit-reset-requests: 3.5s",
        headed("x-ratelimit-reset-requests", "3.5s"),
        wait=3.5,
    ),
    then_ok(
        "ratelimit-reset-header-short",
        "x-ratelimit-reset-requests: 20ms",
        headed("x-ratelimit-reset-requests", "20ms"),
        wait=1.0,
    ),
    repeated(
        "ratelimit-reset-header-long",
        "x-ratelimit-reset-tokens: 2m0s",
        headed("x-ratelimit-reset-tokens", "2m0s"),
        LIMITED,
    ),
)


def _more(**fields: object) -> HttpError:
    return error(429, "Too many requests.", code="rate_limit_exceeded", more=fields)


IN_FIELDS = (
    then_ok("delay-field", "retry_after: 20, in the body", _more(retry_after=20), wait=20.0),
    then_ok("delay-field-camel", "retryAfter: “20s”, in the body", _more(retryAfter="20s"), wait=20.0),
    then_ok(
        "delay-field-beside",
        "retry_delay beside the error object",
        HttpError(status=429, body={"error": {"message": "slow down"}, "retry_delay": {"seconds": 20}}),
        wait=20.0,
    ),
    then_ok(
        "delay-in-details",
        "Google's RetryInfo, in a list of details",
        _more(
            details=[
                {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED"},
                {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "24.5s"},
            ]
        ),
        wait=24.5,
    ),
    repeated(
        "quota-reset-delay",
        "quotaResetDelay in the metadata of a detail",
        _more(
            details=[
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "metadata": {"model": "gpt-5.4", "quotaResetDelay": "8639.5s"},
                }
            ]
        ),
        LIMITED,
    ),
    repeated(
        "reset-at-a-moment", "reset_at: a moment, years ahead", _more(reset_at="2100-01-01T00:00:00+08:00"), LIMITED
    ),
    then_ok(
        "model-cooldown-then-ok",
        "the gateway's accounts rest for 30 s",
        _cooling(reset_time="30s", reset_seconds=30),
        wait=30.0,
    ),
    then_ok(
        "model-cooldown-reset-time",
        "the same, told by reset_time alone",
        _cooling(reset_time="45s"),
        wait=45.0,
    ),
    repeated(
        "model-cooldown-long",
        "the gateway's accounts rest for 1m30s",
        _cooling(reset_time="1m30s", reset_seconds=90),
        LIMITED,
    ),
)

WAITS = (*IN_WORDS, *UNNAMED, *IN_HEADERS, *IN_FIELDS)
