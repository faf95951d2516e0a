"""
What has been seen of real gateways, and the scenario that plays each of it.

To add an observation, add a row here and its scenario to the sandbox; how a run ends in it is in the table there.
"""

import pytest

from cpa_image_cli.sandbox.scenarios import SCENARIOS

SEEN = {
    "the answer's shape": {
        "the terminal event has no output": "ok-item-only",
        "only the terminal event has the picture": "ok-final-only",
        "no event: lines": "data-only",
        "event: lines that are wrong": "event-names-lie",
        "an error as an event in a 200": "server-error-in-stream",
        "an error as JSON in a 200": "blank-lines-then-error rate-limit-in-200",
        "JSON for a stream, a stream for JSON": "json-for-stream sse-for-json wrong-content-type",
        "the end comes early, after the picture": "eof-after-image close-after-image bad-chunk-after-image",
        "the end comes early, without one": "eof-before-image eof-inside-image close-before-image close-inside-image",
        "an error after the picture": "late-error-after-image late-bare-error-after-image",
        "only partial frames": "partials-only eof-after-frames",
        "line ends": "crlf cr bom several-data-lines no-final-blank-line",
        "characters cut in two": "byte-by-byte",
        "lines of many megabytes": "huge-line",
        "unknown events, nulls, items without a type": "unknown-events null-fields tools-null",
        "keep-alives": "keepalives blank-lines-then-ok done-marker",
        "still generating, with a whole picture": "status-generating",
        "another spelling of base64": "data-url unpadded-base64 escaped-slashes wrapped-base64",
        "an address in place of a picture": "url-instead",
        "another format or size": "jpeg-for-png webp-for-png wrong-size",
    },
    "the error's shape": {
        "an object": "server-error",
        "a string": "bad-key missing-key",
        "a code as a string, a message beside it": "example-key",
        "a detail that is a text, an object, a list, JSON": (
            "model-not-in-plan workspace-deactivated detail-list detail-json"
        ),
        "a message, a code and a message": "message-only group-disabled",
        "an envelope with a status": "tool-unsupported image-model-gone moderation-nested-event",
        "no envelope at all": "usage-limit-top-level",
        "plain text, a page, nothing": "text-400 html-502 server-error-empty not-found-empty",
        "a code that is a number": "code-is-a-number",
        "JSON or a page inside the message": "nested-json-error html-in-json",
    },
    "limits": {
        "the short one, in every place": (
            "rate-limited-then-ok rate-limit-in-stream-then-ok rate-limit-flat-event rate-limit-nested-event"
            " rate-limit-bare-event rate-limit-in-200"
        ),
        "delays in words": (
            "rate-limited-12ms rate-limited-1m5s delay-in-seconds delay-after-seconds delay-retry-in"
            " delay-retry-after-0 delay-1s-and-more delay-6m0s delay-2h3m delay-1m2.639999999s"
        ),
        "delays in fields": "model-cooldown-then-ok model-cooldown-long usage-limit usage-limit-resets-at",
        "delays in headers": (
            "retry-after-header retry-after-ms-header retry-after-date ratelimit-reset-header"
            " ratelimit-reset-header-long"
        ),
        "no delay": "rate-limited-no-delay too-many-requests",
        "long or permanent": (
            "usage-limit usage-limit-in-stream usage-not-included quota billing-limit billing-not-active"
            " quota-exceeded workspace-deactivated request-too-large limit-zero daily-limit"
        ),
    },
    "other failures": {
        "moderation": "moderation moderation-in-stream moderation-in-500",
        "other policy": "content-policy image-policy-in-stream invalid-prompt cyber-policy content-filter",
        "the model is unknown, draws only, is not in the plan": "model-unknown image-only-model model-not-in-plan",
        "the version is too old": "version-too-old",
        "the tool is unknown, unsupported, forced": "tool-unknown tool-unsupported tool-choice",
        "an incident": "image-model-gone",
        "the key": "bad-key missing-key",
        "the gateway's login": "upstream-login upstream-token token-expired account-deactivated",
        "no account, a resting account": "auth-not-found auth-unavailable auth-unavailable-then-ok",
        "a group without images": "group-without-images",
        "the server": "server-error upstream-error",
        "overload": "overloaded overloaded-503 at-capacity",
        "a stream that broke upstream": "stream-disconnected upstream-closed",
        "pages of proxies": "html-502 html-504 html-520 html-522 html-524 cf-challenge html-200",
        "too large": "context-too-large too-large",
        "a bad size or background": "bad-size size-off-grid bad-background",
        "a bad request": "store-must-be-false unsupported-parameter stale-item input-image-too-large",
    },
    "text in place of a picture": {
        "the tool was taken away": "tools-empty-then-ok tools-empty",
        "the tools are not known": "text-tools-unknown",
        "the tool was there": "text-with-tools text-then-ok",
        "a refusal": "refusal refusal-part",
        "a missing capability, in words": "no-tool-in-words",
        "a picture in prose": "picture-in-prose",
        "a call that failed": "image-failed image-failed-then-ok",
    },
}


@pytest.mark.parametrize(("chapter", "seen"), [(chapter, seen) for chapter, rows in SEEN.items() for seen in rows])
def test_what_has_been_seen_is_played(chapter: str, seen: str) -> None:
    played = SEEN[chapter][seen].split()

    assert [name for name in played if name not in SCENARIOS] == []
    assert played
