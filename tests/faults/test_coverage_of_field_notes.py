"""
What has been seen of real gateways, and the scenario that plays each of it.

A row is one observation, in the order of the notes that were taken: which scenarios play it, and, as a regular
expression, what each of them must send for that. So neither an observation without a scenario nor a scenario that no
longer plays what it stands for goes unnoticed; how a run ends in it is in the table of the sandbox. To add an
observation, add a row here and its scenario there.
"""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pytest

from cpa_image_cli.sandbox.answers.playback import play
from cpa_image_cli.sandbox.answers.steps import Break, Exchange, Send
from cpa_image_cli.sandbox.language.replies import Trickle
from cpa_image_cli.sandbox.language.request import read
from cpa_image_cli.sandbox.scenarios import SCENARIOS

ENOUGH = 200
"""Steps of an answer that are looked at; one that never ends has no more to say than that."""
PICTURE = r'"result":"iVBOR'
LATER = r"[\s\S]*"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One observation: *sign* is what each of the scenarios *played_by* sends, the stream unless it is *whole*."""

    what: str
    played_by: str
    sign: str
    whole: bool = False

    def __str__(self) -> str:
        return self.what


def seen(what: str, played_by: str, sign: str, *, whole: bool = False) -> Seen:
    return Seen(what=what, played_by=played_by, sign=sign, whole=whole)


def event(kind: str) -> str:
    return rf"\nevent: {re.escape(kind)}\ndata: "


def failed(code: str) -> str:
    return rf'"type": ?"response.failed".*"code": ?"{code}"'


ANSWERS = (
    seen(
        "the terminal event has no output, the item had", "ok-item-only", PICTURE + LATER + r'completed".*"output":\[\]'
    ),
    seen("only the terminal event has the picture", "ok-final-only", rf"{event('response.completed')}.*{PICTURE}"),
    seen("the item and the end have different pictures", "another-at-the-end", PICTURE + LATER + PICTURE),
    seen("the item's picture is damaged, the end's is not", "damaged-then-sound", PICTURE + LATER + PICTURE),
    seen("no event: lines", "data-only", r"\A200\n[^\n]*\n+data: (?![\s\S]*\nevent:)"),
    seen(
        "event: lines that are wrong", "event-names-lie", r'event: response.failed\ndata: \{"type":"response.completed"'
    ),
    seen("an error as an event in a 200", "server-error-in-stream", r"\A200[\s\S]*\nevent: error\ndata: "),
    seen("an error as JSON in a 200", "rate-limit-in-200 unauthorised-in-200", r'\A200\n[^\n]*json[^\n]*\n\n\{"error"'),
    seen("JSON though a stream was asked for", "json-for-stream", r'\A200\n[^\n]*\n\n\{"id":"resp'),
    seen("a stream though JSON was asked for", "sse-for-json", r"\A200\n[^\n]*\n\nevent: response.created", whole=True),
    seen("a content type that is wrong", "wrong-content-type", r"text/plain[^\n]*\n\n(?:event|\{)"),
    seen("JSON that begins with [", "error-in-a-list", r'\A200\n[^\n]*\n\n\[\{"error"'),
    seen("a page where JSON should be", "html-200", r"\A200\n[^\n]*\n\n<!DOCTYPE"),
    seen(
        "the end comes early, after the picture", "eof-after-image", rf"{PICTURE}(?![\s\S]*completed\")[\s\S]*\n\n\|END"
    ),
    seen(
        "it is cut off after the picture", "close-after-image bad-chunk-after-image", rf"{PICTURE}[\s\S]*\|(CLOSE|BAD)"
    ),
    seen("the end comes early, without a picture", "eof-before-image", rf"\A200(?![\s\S]*{PICTURE})[\s\S]*\|END"),
    seen("the end comes early, inside the picture", "eof-inside-image", rf'{PICTURE}[^"]*\|END'),
    seen("it is cut off without a picture", "close-before-image close-inside-image bad-chunk", r"\|(CLOSE|BAD)"),
    seen("an error event after the picture", "late-error-after-image", rf"{PICTURE}{LATER}{event('error')}"),
    seen(
        "an error without a type after the picture", "late-bare-error-after-image", PICTURE + LATER + r'data: \{"error"'
    ),
    seen(
        "response.failed after it", "late-failed-after-image", PICTURE + LATER + r'"type":"response.failed","sequence'
    ),
    seen(
        "response.incomplete after it",
        "incomplete-with-picture filtered-after-image",
        PICTURE + LATER + r'response.incomplete".*"reason":"(max_output|content)',
    ),
    seen("preview frames before the picture", "frames", r'"partial_image_b64":"iVBOR' + LATER + PICTURE),
    seen(
        "only preview frames",
        "partials-only eof-after-frames",
        rf'(?![\s\S]*{PICTURE})[\s\S]*"partial_image_b64":"iVBOR',
    ),
    seen("CR LF", "crlf", r"\r\ndata: [^\r\n]*\r\n\r\nevent"),
    seen("CR alone", "cr", r"\rdata: [^\r\n]*\r\revent"),
    seen("several data: lines", "several-data-lines", r"\ndata: [^\n]*\ndata: "),
    seen("a byte order mark", "bom", "\n\n\ufeffevent"),
    seen("characters of several bytes, cut in two", "byte-by-byte", r"\A200 in pieces of 1\b[\s\S]*松鼠"),
    seen("no blank line at the end", "no-final-blank-line", r"[^\n]\Z"),
    seen("pages: 502", "html-502", r"\A502\n[^\n]*html[^\n]*\n\n<!DOC[\s\S]*<title>502"),
    seen("pages: 520, 522", "html-520 html-522", r"\A(520|522)\n[^\n]*html[^\n]*\n\n<!DOC[\s\S]*\1"),
    seen("pages: 524", "html-524", r"\A524\n[^\n]*html[^\n]*\n\n<!DOC[\s\S]*524: A timeout occurred"),
    seen("pages: a challenge", "cf-challenge", r"\A403\n[^\n]*cf-mitigated: challenge[\s\S]*Just a moment"),
    seen("pages: nginx's 413, 504", "too-large html-504", r"\A(413|504)\n[^\n]*html[^\n]*\n\n<!DOC[\s\S]*\1"),
    seen("pages inside JSON", "html-in-json", r'"message": "<html>'),
    seen(
        "pages inside an event", "html-524-event cf-challenge-event", r'response.failed".*"message": ?"<!DOCTYPE html>'
    ),
    seen("lines of many megabytes", "huge-line", r'"result":"iVBOR[^"]{20000000}'),
    seen("unknown events, items without a type", "unknown-events", rf"{event('codex.rate_limits')}"),
    seen("unknown items", "unknown-events", r'"type":"hologram"', whole=True),
    seen("fields that are null", "null-fields", r'"response":null,"item":null'),
    seen("no output at all", "output-missing", r'response.completed".*"model":"[^"]*","parallel_tool_calls'),
    seen("no output at all, as JSON", "output-missing", r'"model":"[^"]*","parallel_tool_calls', whole=True),
    seen("tools: null", "tools-null text-tools-unknown", r'"tools":null'),
    seen("keep-alives", "keepalives", r'\n: keep-alive\n\nevent: keepalive\n\ndata: \{"type":"keepalive"'),
    seen("blank lines before JSON", "blank-lines-then-ok", r"\n\n\n\n\n\n\{", whole=True),
    seen("[DONE]", "done-marker", r"\ndata: \[DONE\]\n\n\Z"),
    seen("still generating, with a whole picture", "status-generating", r'"status":"generating","result":"iVBOR'),
    seen("a data: URL", "data-url", r'"result":"data:image/png;base64,iVBOR'),
    seen("base64 without =", "unpadded-base64", r'"result":"iVBOR[^"=]+"'),
    seen("base64 in lines", "wrapped-base64", r'"result":"iVBOR[^"]{70,72}\\n'),
    seen("escaped slashes", "escaped-slashes", r'"result":"iVBOR[^"]*\\/'),
    seen("an address in place of a picture", "url-instead", r'"result":"https://'),
    seen("another format", "jpeg-for-png all-differs", r'"result":"/9j/'),
    seen("yet another", "webp-for-png", r'"result":"UklGR'),
    seen("another size, another quality", "wrong-size all-differs", r'"size":"1254x1254"'),
    seen("another quality", "wrong-quality all-differs", r'"quality":"medium"'),
)

BODIES = (
    seen("an object", "server-error", r'\n\n\{"error": \{"message"'),
    seen("a string", "bad-key", r'\n\n\{"error": "Invalid API key"\}'),
    seen(
        "a code as a string, a message beside it", "example-key", r'\{"error": "unsafe_example_api_key", "message": "'
    ),
    seen(
        "the plan's limit",
        "usage-limit",
        r'"usage_limit_reached", "message": "[^"]*", "plan_type".*"resets_in_seconds"',
    ),
    seen("a detail", "model-not-in-plan store-must-be-false", r'\n\n\{"detail": "'),
    seen("a detail that is an object", "workspace-deactivated", r'\{"detail": \{"code": "deactivated_workspace"'),
    seen("a detail that is JSON in a string", "detail-json", r'\{"detail": "\{\\"error\\": \{'),
    seen("a detail that is a list", "detail-list", r'\{"detail": \[\{.*"msg": '),
    seen("a message", "message-only", r'\n\n\{"message": "'),
    seen("a code and a message", "group-disabled", r'\n\n\{"code": "GROUP_DISABLED", "message": '),
    seen("an envelope with a status", "tool-unsupported", r'\{"type": "error", "status": 400, "error": \{'),
    seen(
        "a status beside the error, in a 200", "unauthorised-in-200", r'\A200[\s\S]*\{"error": \{.*\}, "status": 401\}'
    ),
    seen("no envelope at all", "usage-limit-top-level", r'\n\n\{"type": "usage_limit_reached", "message": '),
    seen("plain text", "text-400", r"text/plain\n\nbad request"),
    seen("a page", "html-502", r"<html>"),
    seen("nothing", "server-error-empty not-found-empty", r"\A\d{3}\n[^\n]*\n\n\Z"),
    seen("a code that is a number", "code-is-a-number", r'"code": 400'),
    seen("a code that is null", "tool-unsupported", r'"code": null'),
    seen("JSON inside the message", "nested-json-error", r'"message": "\{\\"error\\": '),
    seen("a flat event", "rate-limit-flat-event", r'\{"type":"error","code":"rate_limit_exceeded","message"'),
    seen(
        "a nested event",
        "rate-limit-nested-event",
        r'"type":"error","status":429,"error":\{.*"headers":\{"retry-after"',
    ),
    seen("an event without a type", "rate-limit-bare-event", r'\ndata: \{"error":\{'),
    seen(
        "response.failed as the gateway makes it",
        "server-error-event",
        r'"sequence_number":0,"response":\{"status":"fa',
    ),
)

SHORT = r"input-images per min: Limit 4000, Used 4000, Requested 1\. Please try again in "

LIMITS = (
    seen("the short one as 429", "rate-limited", rf"\A429[\s\S]*{SHORT}"),
    seen(
        "as response.failed",
        "rate-limit-in-stream-then-ok rate-limited-event",
        rf"\A200[\s\S]*response.failed.*{SHORT}",
    ),
    seen("in a 200", "rate-limit-in-200", rf"\A200[\s\S]*{SHORT}50ms"),
    seen("12ms", "rate-limited-12ms limit-zero", "Please try again in 12ms"),
    seen("12.5s", "delay-12.5s", "Please try again in 12.5s"),
    seen("350ms", "delay-350ms", "Please try again in 350ms"),
    seen("1m5s", "rate-limited-1m5s", "Please try again in 1m5s"),
    seen("1m2.639999999s", "delay-1m2.639999999s", "Please try again in 1m2.639999999s"),
    seen("6m0s", "delay-6m0s", "Please try again in 6m0s"),
    seen("7m12s", "daily-limit", "Please try again in 7m12s"),
    seen("2h3m", "delay-2h3m", "Please try again in 2h3m"),
    seen("in 17 seconds", "delay-in-seconds", "Try again in 17 seconds"),
    seen("after 51.84 seconds", "delay-after-seconds", "Please slow down and try again after 51.84 seconds"),
    seen("retry in 34.9s", "delay-retry-in", "retry in 34.9s"),
    seen("retry after 0.0 seconds", "delay-retry-after-0", "retry after 0.0 seconds"),
    seen("reset_time and reset_seconds", "model-cooldown-then-ok", r'"reset_time": "30s", "reset_seconds": 30'),
    seen("reset_time alone", "model-cooldown-reset-time", r'"reset_time": "45s"(?!.*reset_seconds)'),
    seen("resets_in_seconds", "usage-limit", r'"resets_in_seconds": 13872'),
    seen("resets_at", "usage-limit-resets-at", r'"resets_at": \d{10}'),
    seen("retry-after-ms", "retry-after-ms-header", r"\A429\n[^\n]*retry-after-ms: 2500"),
    seen("Retry-After in seconds", "retry-after-header", r"\A429\n[^\n]*Retry-After: 7"),
    seen("Retry-After, a date soon", "retry-after-date-soon", r"Retry-After: Thu, 01 Jan 1970 00:00:20 GMT"),
    seen("Retry-After, a date far ahead", "retry-after-date", r"Retry-After: Fri, 01 Jan 2100"),
    seen("x-ratelimit-reset, 3.5s", "ratelimit-reset-header", r"x-ratelimit-reset-requests: 3.5s"),
    seen("x-ratelimit-reset, 20ms", "ratelimit-reset-header-short", r"x-ratelimit-reset-requests: 20ms"),
    seen("x-ratelimit-reset, 2m0s", "ratelimit-reset-header-long", r"x-ratelimit-reset-tokens: 2m0s"),
    seen("the plan's window", "usage-limit", r'"type": "usage_limit_reached"'),
    seen("its time lost on the way", "usage-limit-in-stream", r'response.failed".*usage_limit_reached(?!.*resets)'),
    seen("usage_not_included", "usage-not-included usage-not-included-event", r'"usage_not_included"'),
    seen("insufficient_quota", "quota quota-event", r'"insufficient_quota"'),
    seen("insufficient_quota for any 403", "forbidden-called-quota", r'\A403[\s\S]*"insufficient_quota"'),
    seen("billing_hard_limit_reached", "billing-limit billing-limit-event", r'"billing_hard_limit_reached"'),
    seen("billing_not_active", "billing-not-active billing-not-active-event", r'"billing_not_active"'),
    seen("quota_exceeded", "quota-exceeded", r'"quota_exceeded"'),
    seen("deactivated_workspace", "workspace-deactivated", r"\A402[\s\S]*deactivated_workspace"),
    seen("a request too large", "request-too-large request-too-large-event", r"rate_limit_exceeded.*Request too large"),
    seen("Limit 0", "limit-zero limit-zero-event", r"rate_limit_exceeded.*Limit 0,"),
    seen("a limit per day", "daily-limit daily-limit-event", "requests per day: .*again in 7m12s"),
    seen("a limit per day with a short wait", "daily-limit-soon", "requests per day: .*again in 8.64s"),
    seen("a limit per day without a wait", "daily-limit-no-delay", "requests per day: (?!.*again)"),
    seen("resting accounts, too long", "model-cooldown-long", r'"model_cooldown".*"reset_seconds": 90'),
    seen("resting accounts, nobody says how long", "model-cooldown-event", r'response.failed".*"model_cooldown"'),
    seen(
        "TooManyRequests, once and for hours",
        "too-many-requests too-many-requests-always too-many-requests-event",
        r"image generation request was rate limited.*TooManyRequests|TooManyRequests.*request was rate limited",
    ),
    seen("no wait", "rate-limited-no-delay", r"rate_limit_exceeded.*Requested 1\.\""),
)

SAFETY = (
    r'"image_generation_user_error", ?"code": ?"moderation_blocked".*safety_violations=\[sexual\].*"moderation_stage"'
)

OTHERS = (
    seen("moderation as 400", "moderation", rf"\A400[\s\S]*{SAFETY}"),
    seen("moderation as response.failed", "moderation-in-stream", rf'response.failed".*{SAFETY}'),
    seen("moderation in a 500", "moderation-in-500", rf"\A500[\s\S]*{SAFETY}"),
    seen("moderation with a status of its own", "moderation-nested-event", rf'"type":"error","status":400.*{SAFETY}'),
    seen("content_policy_violation", "content-policy content-policy-event", r'"content_policy_violation"'),
    seen("image_content_policy_violation", "image-policy-in-stream", failed("image_content_policy_violation")),
    seen("invalid_prompt", "invalid-prompt invalid-prompt-event", r'"invalid_prompt"'),
    seen("cyber_policy", "cyber-policy cyber-policy-event", r'"cyber_policy"'),
    seen("bio_policy", "bio-policy bio-policy-event", r'"bio_policy"'),
    seen("misalignment", "misalignment-policy misalignment-policy-event", r'"misalignment_policy_violation"'),
    seen("incomplete: content_filter", "content-filter", r'response.incomplete".*"reason":"content_filter"'),
    seen("the model is unknown", "model-unknown model-unknown-event", "unknown provider for model gpt-5.4"),
    seen("the model only draws", "image-only-model image-only-model-event", "only supported on /v1/images/generations"),
    seen("the same is a 503", "image-only-model", r"\A503\n"),
    seen("the model is not in the plan", "model-not-in-plan model-not-in-plan-event", "with a ChatGPT account"),
    seen("the version is too old", "version-too-old version-too-old-event", "requires a newer version of Codex"),
    seen(
        "the model has no tool", "tool-unsupported", "Tool 'image_generation' is not supported with gpt-5.3-codex-spark"
    ),
    seen(
        "the same in an event",
        "tool-unsupported-event",
        r'"type":"error","status":400.*"code":null.*is not supported with',
    ),
    seen("the tool was forced", "tool-choice tool-choice-event", r"not found in 'tools' parameter\..*\"tool_choice\""),
    seen(
        "an incident", "image-model-gone", r"image_generation_user_error.*The model 'gpt-image-2' does not exist.*400\}"
    ),
    seen(
        "an incident in an event",
        "image-model-gone-event",
        r'"status":400.*"type":"error"|"type":"error".*"status":400',
    ),
    seen("the key is wrong", "bad-key", r"\A401[\s\S]*Invalid API key"),
    seen("the key is missing", "missing-key", r"\A401[\s\S]*Missing API key"),
    seen("the login", "upstream-login upstream-login-event", r'authentication_error".*"auth_unavailable'),
    seen("the token was taken back", "upstream-token upstream-token-event", '"token_invalidated"'),
    seen("the token is old", "token-expired token-expired-event", '"token_expired"'),
    seen("the token was used", "refresh-token-reused refresh-token-reused-event", '"refresh_token_reused"'),
    seen("the account is gone", "account-deactivated account-deactivated-event", '"account_deactivated"'),
    seen("no account", "auth-not-found auth-not-found-event", '"auth_not_found: '),
    seen("resting accounts", "auth-unavailable auth-unavailable-event auth-unavailable-then-ok", '"auth_unavailable: '),
    seen("the newer wording", "auth-unavailable-then-ok", r"; check codex auth/key session and cooldown state"),
    seen("a group without images", "group-without-images group-without-images-event", "not enabled for this group"),
    seen("the server", "server-error server-error-event server-error-in-stream", "You can retry your request"),
    seen("the same behind blank lines in a 200", "blank-lines-then-error", r'\A200\n[^\n]*\n\n\n\n\n\{"error"'),
    seen("the server, by another code", "vector-store-timeout-event", failed("vector_store_timeout")),
    seen("the tool is unknown", "tool-unknown tool-unknown-event", "Unsupported tool type: 'image_generation'"),
    seen("overload: 502, 503", "overloaded-502 overloaded-503", r"\A50[23][\s\S]*server_is_overloaded"),
    seen("overload: 529", "overloaded", r"\A529[\s\S]*overloaded_error"),
    seen("overload in an event", "overloaded-event", r'response.failed".*"overloaded_error"'),
    seen("overload in an event, by code", "overloaded-503-event", failed("server_is_overloaded")),
    seen("at capacity", "at-capacity at-capacity-event", "Selected model is at capacity"),
    seen("at capacity is a 429", "at-capacity", r"\A429"),
    seen("a stream that broke: 408", "stream-disconnected", r"\A408[\s\S]*stream closed before response.completed"),
    seen("a stream that broke: 502", "upstream-closed", r"\A502[\s\S]*closed before a terminal event"),
    seen("the same in events", "stream-disconnected-event upstream-closed-event", r"response.failed.*closed before"),
    seen("an opaque upstream", "upstream-error upstream-error-event", "Failed to forward Codex image request"),
    seen("too large", "context-too-large context-too-large-event", "context_length_exceeded"),
    seen("the same", "context-too-large-code context-too-large-code-event", "context_too_large"),
    seen("413", "too-large", r"\A413"),
    seen(
        "a bad size",
        "bad-size bad-size-event",
        r"Invalid value: '1536x1536'. Supported values are: .*\"invalid_value"
        r"|\"invalid_value\".*Invalid value: '1536x1536'",
    ),
    seen("a size off the grid", "size-off-grid size-off-grid-event", "must both be divisible by 16"),
    seen("no transparency", "bad-background bad-background-event", "Transparent background is not supported"),
    seen("store", "store-must-be-false store-must-be-false-event", "Store must be set to false"),
    seen("instructions", "detail-json detail-json-event", "Instructions are required"),
    seen("a parameter", "unsupported-parameter unsupported-parameter-event", "Unsupported parameter: "),
    seen("a detail lost on the way", "detail-lost-event", r'response.failed".*"message":"Bad Request"'),
    seen("a stale id", "stale-item stale-item-event", "Item with id 'ig_1' not found"),
    seen("a stale id is a 404", "stale-item", r"\A404"),
    *(
        seen(code, f"input-{name}", failed(code))
        for name, code in (
            ("invalid", "invalid_image"),
            ("invalid-format", "invalid_image_format"),
            ("invalid-base64", "invalid_base64_image"),
            ("invalid-url", "invalid_image_url"),
            ("too-large", "image_too_large"),
            ("too-small", "image_too_small"),
            ("parse-error", "image_parse_error"),
            ("invalid-mode", "invalid_image_mode"),
            ("file-too-large", "image_file_too_large"),
            ("unsupported-media-type", "unsupported_image_media_type"),
            ("empty-file", "empty_image_file"),
            ("failed-to-download", "failed_to_download_image"),
            ("file-not-found", "image_file_not_found"),
        )
    ),
    seen("where data may lie", "data-residency-event", failed("data_residency_mismatch")),
)

WORDS = (
    seen("the tool was taken away", "tools-empty tools-empty-then-ok", r'response.created".*"tools":\[\]'),
    seen("the tools are not known", "text-tools-unknown", r'response.created".*"tools":null'),
    seen("words, the tool was there", "text-with-tools text-then-ok", r'"tools":\[\{.*\n[\s\S]*output_text.delta'),
    seen("a refusal in words", "refusal", "content policy"),
    seen("a refusal in its own part", "refusal-part", event("response.refusal.delta")),
    seen("a missing capability, in words", "no-tool-in-words", "can't generate images right now"),
    seen("a picture in prose", "picture-in-prose", r"data:image/png;base64,.*[\s\S]*<svg"),
    seen("a call that failed", "image-failed image-failed-then-ok", r'"status":"failed","result":null'),
    seen("no tokens left", "max-output-tokens", r'response.incomplete".*"reason":"max_output_tokens"'),
)

NAMED_ONLY = {"gzip": "gzip", "br": "br", "zstd": "zstd", "deflate": "deflate", "codings": "gzip, br"}

RELAYS = (
    *(
        seen(
            f"a header that outlived its coding: {coding}",
            f"{name}-in-name-only",
            rf"-Encoding: {coding}\n\n.*\n?data:",
        )
        for name, coding in NAMED_ONLY.items()
    ),
    seen("br", "br", "Content-Encoding: br\n"),
    seen("zstd", "zstd", "Content-Encoding: zstd\n"),
    seen("a comment before JSON", "comment-then-error comment-then-refusal comment-then-picture", r"\n: PING\n\n.*\{"),
    seen("a bare line in a stream", "json-line-in-stream", r'\n\{"error"'),
    seen("an error as a field", "error-field", r'\nerror: \{"error"'),
    seen("a frame within a frame", "data-data", r'\ndata: data: \{"error"'),
    seen("words as data", "data-error-words", r"\ndata: error: "),
    seen("no blank lines", "errors-run-together events-run-together", r"\}\}\ndata: \{"),
    seen("the same twice", "json-twice", r'\}\}\{"error"'),
    seen("[DONE] after plain JSON", "json-then-done", r"\}\}\n\ndata: \[DONE\]"),
    seen("an event cut off by an error", "event-cut-then-error", r'"iVBOR\ndata: \{"type": "error"'),
    seen("an event of words", "event-error-words", r"\nevent: error\ndata: Rate limit"),
    seen("a cause in metadata", "cause-in-metadata", r'"metadata": \{"raw": "\{'),
    seen("a cause in a body", "cause-in-body", r'"statusCode": 400, "body": "\{'),
    seen("the Images API's shape", "images-api-shape", r'"data":\[\{"b64_json":"iVBOR'),
    seen(
        "a data URL in a message",
        "output-image image-url-object chat-images",
        r'"image_url":(\{"url":)?"data:image/png;base64,iVBOR',
    ),
    seen("Markdown", "markdown-picture", r"!\[squirrel\]\(data:image/png;base64,iVBOR"),
    seen("a list", "result-list", r'"result":\["iVBOR'),
    seen("an object", "result-object", r'"result":\{"data":"iVBOR'),
    seen("b64_json of a call", "b64-json-call", r'"image_generation_call".*"b64_json":"iVBOR'),
    seen("another alphabet", "url-safe-base64", r'"result":"iVBOR[A-Za-z0-9_-]*[_-]'),
    seen("JSON in a string", "json-in-a-string", r'\{"data":"\{\\"id\\"'),
    seen("a status and a body", "status-and-body", r'"statusCode":200,"body":"\{\\"'),
    seen(
        "previews under the picture's key",
        "preview-elsewhere preview-beside-the-picture",
        '"partial_image_index":0,"b64_json":"iVBOR',
    ),
    seen("addresses", "url-in-call url-in-data url-in-words", "https://pictures.example/"),
    seen(
        "a response that is not over",
        "still-queued still-in-progress",
        r'"status":"(queued|in_progress)".*"output":\[\]',
    ),
    seen("a task", "task-submitted task-in-data", r'"status":"submitted","task_id":"task_7"'),
    seen("202", "accepted", r"\A202\n"),
    seen("a framing header twice", "framing-header-twice", "Transfer-Encoding: chunked"),
    seen("a space in a header", "space-in-a-header", "X Relay: 1"),
)


def said(text: str) -> str:
    """Return the pattern of *text* in JSON, which may spell it in ASCII."""
    return f"(?:{re.escape(text)}|{re.escape(json.dumps(text)[1:-1])})"


REPORTED = (
    seen("quota: a code in capitals and 402", "insufficient-balance", r'\A402[\s\S]*"INSUFFICIENT_BALANCE"'),
    seen("quota: billing_error as a type", "billing-error", r'\A400[\s\S]*"type": "billing_error"'),
    seen("quota: before anything is consumed", "quota-before-consuming", r"\A403[\s\S]*pre_consume_token_quota_failed"),
    seen("quota: in Chinese, in a 500", "balance-in-500", rf"\A500[\s\S]*{said('余额不足')}"),
    seen("quota: in Chinese, on the stream", "quota-used-up-in-stream", rf"\A200[\s\S]*{said('额度已用尽')}"),
    seen("quota: recharge", "out-of-credits", r"out of credits. Please recharge"),
    seen("moderation: Azure's filter", "azure-content-filter", r'"content_filter"'),
    seen("moderation: its words alone", "content-management-policy", r"\A500[\s\S]*content management policy"),
    seen("moderation: a review, in Chinese", "content-review-in-stream", rf"\A200[\s\S]*{said('内容审核未通过')}"),
    seen("moderation: against the rules, in Chinese", "against-the-rules", said("违规")),
    seen("will reset after", "delay-reset-after", r"Your quota will reset after 2h23m59s"),
    seen("please wait", "delay-please-wait", r"Please wait 20 seconds"),
    seen("a wait in Chinese", "delay-in-chinese delay-in-chinese-long", f"(?:{said('秒后重试')}|{said('分钟后再试')})"),
    seen("a moment in a sentence", "delay-until-a-moment", r"resets at 2100-01-01T00:00:00Z"),
    seen("a limit of a week", "weekly-limit-no-delay", r"weekly limit"),
    seen("a limit of a month", "monthly-limit-no-delay", said("本月使用次数已达上限")),
    seen("retry_after in the body", "delay-field", r'"retry_after": 20'),
    seen("retryAfter in the body", "delay-field-camel", r'"retryAfter": "20s"'),
    seen("retry_delay beside the error", "delay-field-beside", r'\}, "retry_delay": \{"seconds": 20\}'),
    seen("RetryInfo in details", "delay-in-details", r'RetryInfo", "retryDelay": "24.5s"'),
    seen("quotaResetDelay in metadata", "quota-reset-delay", r'"quotaResetDelay": "8639.5s"'),
    seen("reset_at, a moment", "reset-at-a-moment", r'"reset_at": "2100-01-01T00:00:00\+08:00"'),
)

PICTURES_IN = (
    seen("a mask is an unknown parameter", "mask-refused", r"Unknown parameter: 'tools\[0\].input_image_mask'"),
    seen(
        "a mask is refused in a detail", "mask-refused-detail", r'"detail": ?"Unsupported parameter: input_image_mask'
    ),
    seen("a stream makes “Bad Request” of it", "mask-refused-bare", r'\n\n\{"error": \{"message": "Bad Request"'),
    seen("what was sent is no picture", "invalid-image", "does not represent a valid image"),
    seen("too many pixels", "too-many-patches", r"requires 33174 patches .* limit of 30000"),
    seen("what was sent is not allowed", "input-moderated", r'completed"[\s\S]*"moderation_stage":"input"'),
    seen("a large body is a context", "upload-too-large-code", r'^413[\s\S]*"context_too_large"'),
    seen("a large body is cut off", "upload-cut-off", r"^413[\s\S]*413 Payload Too Large"),
    seen("a mask is ignored", "mask-ignored", '"action":"generate"'),
    seen("another picture is drawn", "not-edited", '"action":"generate"'),
    seen("the result has another size", "edit-smaller edit-larger", '"size":"(32x32|96x96)"'),
    seen("the result has another shape", "edit-other-shape", '"size":"512x512"'),
    seen("a picture comes twice", "same-bytes-twice", r"ig_sandbox_2"),
)

SEEN = (*RELAYS, *ANSWERS, *BODIES, *LIMITS, *OTHERS, *WORDS, *REPORTED, *PICTURES_IN)

OURS = """
ok in-envelope two-images gzip slow close-after-all reset-inside-image truncated-gzip no-answer reset
stall stall-before-image stall-inside-image endless empty-output damaged-png cut-short-png not-a-picture not-base64
no-end-png gif-for-png avif-for-png svg-for-png bmp-for-png gif avif svg
bomb-png delay-1s-and-more rate-limited-then-ok server-error-then-ok redirect redirect-to-login garbage
words-in-stream not-understood gzip-unannounced
html-502-event html-504-event html-520-event html-522-event
"""
"""Scenarios that were thought of, not seen."""


@lru_cache(maxsize=4)
def sent(name: str, *, stream: bool) -> str:
    """Return what the scenario *name* sends first: status and headers in two lines, a blank line, and the body."""
    body = {"model": "gpt-5.4", "input": "松鼠", "tools": [{"type": "image_generation"}], "stream": stream}
    asked = read(json.dumps(body).encode(), auto_size="64x64")
    exchange = play(SCENARIOS[name].script[0], asked, number=1, created_at=0)
    headers = "; ".join(f"{name}: {value}" for name, value in exchange.headers.items())
    return f"{exchange.status}{_pace(exchange.trickle)}\n{headers}\n\n{''.join(_text(exchange))}"


def _pace(trickle: Trickle | None) -> str:
    return "" if trickle is None else f" in pieces of {trickle.bytes}"


def _text(exchange: Exchange) -> Iterator[str]:
    """Yield the body, and ``|HOW`` where it breaks off."""
    body = b""
    for step in itertools.islice(exchange.steps, ENOUGH):
        if isinstance(step, Send):
            body += b"".join(step.text)
        elif isinstance(step, Break):
            yield body.decode("utf-8", "replace")
            yield f"|{step.how.name}"
            return
    yield body.decode("utf-8", "replace")


@pytest.mark.parametrize("row", SEEN, ids=str)
def test_what_has_been_seen_is_played(row: Seen) -> None:
    names = row.played_by.split()

    assert [name for name in names if name not in SCENARIOS] == []
    assert names
    assert [name for name in names if not re.search(row.sign, sent(name, stream=not row.whole))] == []


def test_every_scenario_is_something_seen_or_something_thought_of() -> None:
    played = {name for row in SEEN for name in row.played_by.split()}

    assert played | set(OURS.split()) == set(SCENARIOS)
    assert played & set(OURS.split()) == set()


def test_an_observation_is_told_once() -> None:
    told = [(row.what, row.played_by) for row in SEEN]

    assert len(set(told)) == len(told)
